"""Molecules of one's own: from an entry of the config to maps, by `snakemake maps`.

They need nothing of the papers: no other molecule, no dynamics of others, no claims.
"""


rule own_errors:
    input:
        lambda wildcards: error_tables(
            f"{wildcards.molecule}/{pool}" for pool in SAMPLES.owners[wildcards.molecule]["pools"]
        ),
    output:
        table="results/maps/{molecule}/errors.parquet",
        markdown=report(
            "results/maps/{molecule}/errors.md",
            caption="../report/own_errors.rst",
            category="Molecules",
            labels={"item": "{molecule}, errors"},
        ),
        png=report(
            "results/maps/{molecule}/learning_curve.png",
            caption="../report/own_learning_curve.rst",
            category="Molecules",
            labels={"item": "{molecule}, learning curve"},
        ),
        pdf="results/maps/{molecule}/learning_curve.pdf",
    log:
        "logs/own_errors/{molecule}.log",
    benchmark:
        "results/benchmarks/own_errors/{molecule}.tsv"
    wildcard_constraints:
        molecule=one_of(config["molecules"]),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        style=STYLE,
        code=code("own_errors.py"),
    script:
        "../scripts/own_errors.py"


rule own_predictions:
    input:
        map="results/maps/{molecule}/{pool}/{method}/map.safetensors",
        geometries="results/molecules/{molecule}/{predicted}/geometries.parquet",
        energies="results/molecules/{molecule}/{predicted}/energies.parquet",
    output:
        "results/maps/{molecule}/{pool}/{method}/samples/{predicted}.xyz",
    log:
        "logs/own_predictions/{molecule}_{pool}_{method}_{predicted}.log",
    benchmark:
        "results/benchmarks/own_predictions/{molecule}_{pool}_{method}_{predicted}.tsv"
    wildcard_constraints:
        molecule=one_of(config["molecules"]),
        pool="[^/]+",
        predicted="[^/]+",
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("own_predictions.py"),
    script:
        "../scripts/own_predictions.py"


rule own_calibration:
    input:
        lambda wildcards: tests_of([wildcards.molecule]),
    output:
        "results/maps/{molecule}/calibration.parquet",
    log:
        "logs/own_calibration/{molecule}.log",
    benchmark:
        "results/benchmarks/own_calibration/{molecule}.tsv"
    wildcard_constraints:
        molecule=one_of(SAMPLES.rounds.of),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("map_calibration.py"),
    script:
        "../scripts/map_calibration.py"


# Figures of dynamics by the maps of one molecule -> caption, what they show, and which part of it.
OF_DYNAMICS = {
    "dynamics": ("own_dynamics", dynamics_inputs, shown_dynamics),
    "observables": ("own_observables", observable_inputs, published_barriers),
    "uncertainty": ("study_uncertainty", calibration_inputs, last_maps),
}


for figure, (caption, shown, settings) in OF_DYNAMICS.items():

    rule:
        name:
            f"own_{figure}"
        input:
            unpack(lambda wildcards, shown=shown: shown([wildcards.molecule])),
        output:
            png=report(
                f"results/maps/{{molecule}}/{figure}.png",
                caption=f"../report/{caption}.rst",
                category="Molecules",
                labels={"item": f"{{molecule}}, {figure}"},
            ),
            pdf=f"results/maps/{{molecule}}/{figure}.pdf",
        log:
            f"logs/own_{figure}/{{molecule}}.log",
        benchmark:
            f"results/benchmarks/own_{figure}/{{molecule}}.tsv"
        wildcard_constraints:
            molecule=one_of(SAMPLES.rounds.of),
        localrule: True
        conda:
            "../../envs/study.yaml"
        params:
            figure=figure,
            settings=lambda wildcards, settings=settings: settings([wildcards.molecule]),
            style=STYLE,
            code=code(f"study_{figure}.py"),
        script:
            "../scripts/study_{params.figure}.py"


rule maps:
    input:
        own_results(MAPPED),
    localrule: True
