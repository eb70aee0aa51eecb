"""Energies along trajectories: classical, ab initio, and driven by a map (paper B, Figures 2 and 3)."""

# Trained maps of a pool.
MAPS = {
    "hohenberg_kohn": "results/maps/{sample}/hohenberg_kohn/map.safetensors",
    "subspace": OF_DENSITIES["subspace"],
    "kohn_sham": "results/maps/{sample}/kohn_sham/map.safetensors",
}
AB_INITIO_FOLDER = f"results/molecules/{AB_INITIO}/trajectories"
THERMAL_FOLDER = f"results/molecules/{THERMAL}/trajectories"
THERMAL_RUNS = [
    f"{THERMAL_FOLDER}/thermal_{number}.parquet"
    for number in range(TRAJECTORIES["thermal"]["runs"])
]


rule classical_energies:
    input:
        **MAPS,
        trajectory=tested_on("trajectory"),
        geometries=tested_on("geometries"),
        energies=tested_on("energies"),
    output:
        "results/maps/{sample}/classical_energies.parquet",
    log:
        "logs/classical_energies/{sample}.log",
    benchmark:
        "results/benchmarks/classical_energies/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("snapshot_energies.py"),
    script:
        "../scripts/snapshot_energies.py"


rule ab_initio_trajectory:
    input:
        structure=lambda wildcards: structure(as_wildcards(molecule=AB_INITIO)),
    output:
        trajectory=f"{AB_INITIO_FOLDER}/ab_initio.parquet",
        ends=f"{AB_INITIO_FOLDER}/ab_initio_end.parquet",
        transfer=f"{AB_INITIO_FOLDER}/proton_transfer.parquet",
    log:
        "logs/ab_initio_trajectory.log",
    benchmark:
        "results/benchmarks/ab_initio_trajectory.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=lambda wildcards: molecule_settings(as_wildcards(molecule=AB_INITIO)),
        engine=lambda wildcards: engine(as_wildcards(molecule=AB_INITIO)),
        densities=FOURIER_BASIS,
        settings={
            key: value for key, value in TRAJECTORIES["ab_initio"].items() if key != "molecule"
        },
        seed=config["seed"],
        code=lambda wildcards: engine_code("ab_initio_trajectory.py")(
            as_wildcards(molecule=AB_INITIO)
        ),
    script:
        "../scripts/ab_initio_trajectory.py"


rule thermal_trajectory:
    input:
        structure=lambda wildcards: structure(as_wildcards(molecule=THERMAL)),
        geometries=geometry_files(f"{THERMAL}/{SAMPLES.owners[THERMAL]['test']}"),
    output:
        trajectory=f"{THERMAL_FOLDER}/thermal_{{number}}.parquet",
        ends=f"{THERMAL_FOLDER}/thermal_{{number}}_end.parquet",
    log:
        "logs/thermal_trajectory/{number}.log",
    benchmark:
        "results/benchmarks/thermal_trajectory/{number}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=lambda wildcards: molecule_settings(as_wildcards(molecule=THERMAL)),
        engine=lambda wildcards: engine(as_wildcards(molecule=THERMAL)),
        densities=FOURIER_BASIS,
        settings={key: value for key, value in TRAJECTORIES["thermal"].items() if key != "molecule"},
        seed=config["seed"],
        code=lambda wildcards: engine_code("thermal_trajectory.py")(as_wildcards(molecule=THERMAL)),
    script:
        "../scripts/thermal_trajectory.py"


# Geometries that maps are tested on, beside those of a force field.
rule ab_initio_snapshots:
    input:
        structure=structure,
        runs=THERMAL_RUNS,
    output:
        CHUNK,
    log:
        "logs/ab_initio_snapshots/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/ab_initio_snapshots/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("trajectory")),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        snapshots=lambda wildcards: sample_of(wildcards).size,
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("ab_initio_snapshots.py"),
    script:
        "../scripts/ab_initio_snapshots.py"


rule ab_initio_energies:
    input:
        **MAPS,
        trajectory=f"{AB_INITIO_FOLDER}/ab_initio.parquet",
    output:
        "results/maps/{sample}/ab_initio_energies.parquet",
    log:
        "logs/ab_initio_energies/{sample}.log",
    benchmark:
        "results/benchmarks/ab_initio_energies/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("ab_initio_energies.py"),
    script:
        "../scripts/ab_initio_energies.py"


rule driven_energies:
    input:
        **MAPS,
        frames="results/maps/{sample}/hohenberg_kohn/{dynamics}/frames.parquet",
        geometries="results/molecules/{sample}-driven-{dynamics}/geometries.parquet",
        energies="results/molecules/{sample}-driven-{dynamics}/energies.parquet",
    output:
        "results/maps/{sample}/hohenberg_kohn/{dynamics}/energies.parquet",
    log:
        "logs/driven_energies/{sample}_{dynamics}.log",
    benchmark:
        "results/benchmarks/driven_energies/{sample}_{dynamics}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("driven_energies.py"),
    script:
        "../scripts/driven_energies.py"


# By which the paper chose its friction.
rule driven_fluctuations:
    input:
        # Of another molecule it is nothing to compare with.
        runs=THERMAL_RUNS if THERMAL == DRIVEN else [],
        structure=structure,
        frames=[f"{runs.folder}/frames.parquet" for runs in SAMPLES.rounds.printed_runs],
        ends=[f"{runs.folder}/ends.parquet" for runs in SAMPLES.rounds.printed_runs],
    output:
        "results/maps/{sample}/hohenberg_kohn/fluctuations.parquet",
    log:
        "logs/driven_fluctuations/{sample}.log",
    benchmark:
        "results/benchmarks/driven_fluctuations/{sample}.tsv"
    wildcard_constraints:
        sample=one_of([trajectory_pool(DRIVEN)]),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        frictions=[runs.name for runs in SAMPLES.rounds.printed_runs],
        code=code("driven_fluctuations.py"),
    script:
        "../scripts/driven_fluctuations.py"
