"""Energies along trajectories: classical, ab initio, and driven by a map (paper B, Figures 2 and 3)."""

# Trained maps of a pool.
MAPS = {
    "hohenberg_kohn": "results/maps/{sample}/hohenberg_kohn/map.safetensors",
    "subspace": OF_DENSITIES["subspace"],
    "kohn_sham": "results/maps/{sample}/kohn_sham/map.safetensors",
}
AB_INITIO_FOLDER = f"results/molecules/{AB_INITIO}/trajectories"
# Samples of geometries on trajectories of a map, by the pool that the map learned.
DRIVEN_BY = {sample.name.removesuffix("-driven"): sample for sample in SAMPLES.where("driven")}


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


rule driven_trajectory:
    input:
        structure=structure,
        hohenberg_kohn=MAPS["hohenberg_kohn"],
        subspace=MAPS["subspace"],
    output:
        trajectory="results/maps/{sample}/driven.parquet",
        ends="results/maps/{sample}/driven_ends.parquet",
    log:
        "logs/driven_trajectory/{sample}.log",
    benchmark:
        "results/benchmarks/driven_trajectory/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        settings={
            key: value
            for key, value in TRAJECTORIES["driven"].items()
            if key not in ("molecule", "snapshots")
        },
        seed=config["seed"],
        code=code("driven_trajectory.py"),
    script:
        "../scripts/driven_trajectory.py"


rule driven_snapshots:
    input:
        structure=structure,
        trajectory=lambda wildcards: (
            f"results/maps/{wildcards.sample.removesuffix('-driven')}/driven.parquet"
        ),
    output:
        CHUNK,
    log:
        "logs/driven_snapshots/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/driven_snapshots/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("driven")),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        snapshots=TRAJECTORIES["driven"]["snapshots"],
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("driven_snapshots.py"),
    script:
        "../scripts/driven_snapshots.py"


rule driven_energies:
    input:
        **MAPS,
        trajectory="results/maps/{sample}/driven.parquet",
        geometries="results/molecules/{sample}-driven/geometries.parquet",
        energies="results/molecules/{sample}-driven/energies.parquet",
    output:
        "results/maps/{sample}/driven_energies.parquet",
    log:
        "logs/driven_energies/{sample}.log",
    benchmark:
        "results/benchmarks/driven_energies/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("snapshot_energies.py"),
    script:
        "../scripts/snapshot_energies.py"
