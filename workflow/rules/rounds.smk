"""Dynamics by forces of maps, and rounds of learning from it."""

MAP_FILE = "results/maps/{sample}/{method}/map.safetensors"
MAP_DYNAMICS = "results/maps/{sample}/{method}/{dynamics}"


rule map_dynamics:
    input:
        map_files,
        structure=structure,
        map=MAP_FILE,
    output:
        frames=f"{MAP_DYNAMICS}/frames.parquet",
        ends=f"{MAP_DYNAMICS}/ends.parquet",
        trajectory=f"{MAP_DYNAMICS}/trajectory.traj",
    log:
        "logs/map_dynamics/{sample}_{method}_{dynamics}.log",
    benchmark:
        "results/benchmarks/map_dynamics/{sample}_{method}_{dynamics}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        temperatures=lambda wildcards: map_runs(wildcards).temperatures,
        protocol=lambda wildcards: map_runs(wildcards).protocol,
        seed=config["seed"],
        code=code("map_dynamics.py"),
    script:
        "../scripts/map_dynamics.py"


# What a round learns from that the one before it did not.
rule added_geometries:
    input:
        structure=structure,
        frames=lambda wildcards: f"{learning_runs(wildcards).folder}/frames.parquet",
        map=lambda wildcards: (
            f"results/maps/{learning_runs(wildcards).pool}/{learning_runs(wildcards).method}"
            "/map.safetensors"
        ),
        geometries=lambda wildcards: (
            f"results/molecules/{learning_runs(wildcards).pool}/geometries.parquet"
        ),
    output:
        CHUNK,
    log:
        "logs/added_geometries/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/added_geometries/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("added")),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        add=lambda wildcards: SAMPLES.rounds.of[sample_of(wildcards).owner]["add"],
        above=lambda wildcards: SAMPLES.rounds.of[sample_of(wildcards).owner]["above"],
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("added_geometries.py"),
    script:
        "../scripts/added_geometries.py"


rule driven_snapshots:
    input:
        structure=structure,
        frames=lambda wildcards: f"{driving_runs(wildcards).folder}/frames.parquet",
        ends=lambda wildcards: f"{driving_runs(wildcards).folder}/ends.parquet",
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
        snapshots=lambda wildcards: sample_of(wildcards).size,
        longest=lambda wildcards: sample_of(wildcards).settings["longest"],
        length=lambda wildcards: sample_of(wildcards).settings.get("length"),
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("driven_snapshots.py"),
    script:
        "../scripts/driven_snapshots.py"


# Errors of a map, energies and forces, on geometries that it has not seen.
rule map_tests:
    input:
        map_files,
        unpack(tested_sets),
        structure=structure,
        map=MAP_FILE,
    output:
        "results/maps/{sample}/{method}/tests.parquet",
    log:
        "logs/map_tests/{sample}_{method}.log",
    benchmark:
        "results/benchmarks/map_tests/{sample}_{method}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        code=code("map_tests.py"),
    script:
        "../scripts/map_tests.py"
