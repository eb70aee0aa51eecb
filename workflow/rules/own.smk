"""Molecules of one's own: from an entry of the config to maps, by `snakemake maps`.

They need nothing of the papers: no other molecule, no dynamics of others, no claims.
"""


def engine_for_people(name):
    """Name of an engine with what of its settings chemists ask for first."""
    settings = config["engines"][name]
    keys = ("functional", "orbital_basis", "pseudopotentials", "all_electron_basis")
    return f"{name} ({', '.join(settings[key] for key in keys if settings.get(key))})"


def tell_costs():
    """Say what calculations of own molecules will cost, from a timed first one of each kind.

    What an engine cannot calculate, and what is not installed, ends the run here.
    """
    # Molecule and engine -> number of calculations, whether with forces; molecule -> steps.
    calculations, steps = {}, {}
    for job in workflow.dag.needrun_jobs():
        if job.rule.name in ("reference_chunk", "energy_chunk"):
            sample, chunk = sample_of(job.wildcards), int(job.wildcards.chunk)
            chosen = sample.settings.get("engine") or entry_of(job.wildcards)["engine"]
            number, forces = calculations.get((sample.molecule, chosen), (0, False))
            calculations[sample.molecule, chosen] = (
                number + (sample.chunk_size(chunk) or 0),
                forces or sample.has_forces(chunk),
            )
        elif job.rule.name == "xtb_trajectory":
            name, protocol = molecule_name(job.wildcards), job.params.protocol
            time = protocol["equilibration"] + protocol["length"]
            steps[name] = steps.get(name, 0) + round(time / protocol["time_step"])
    if not set(OWN) & {*steps, *(name for name, _ in calculations)}:
        return
    # Imported for those who calculate: PySCF and its kin take longer than all that is here.
    from hkmaps.geometry.molecule import Molecule
    from hkmaps.molecules.first_calculation import (
        expected_cost,
        first_of_dynamics,
        first_of_engine,
    )

    try:
        for name in OWN:
            wildcards = as_wildcards(molecule=name)
            molecule = Molecule.from_entry(name, structure(wildcards), molecule_settings(wildcards))
            if name in steps:
                what = "steps of dynamics by GFN2-xTB"
                cost = expected_cost(steps[name], what, first_of_dynamics(molecule))
                logger.info(f"{name}: {cost}")
            for (calculated, chosen), (number, forces) in calculations.items():
                if calculated == name:
                    settings = dict(config["engines"][chosen])
                    what = f"reference calculations by {engine_for_people(chosen)}"
                    seconds = first_of_engine(
                        molecule, settings.pop("program"), settings, config["densities"], forces
                    )
                    logger.info(f"{name}: {expected_cost(number, what, seconds)}")
    except HkmapsError as error:
        raise WorkflowError(str(error)) from None


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


rule maps:
    input:
        own_results(MAPPED),
    localrule: True
