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
        unpack(learning_map),
        structure=structure,
        frames=lambda wildcards: f"{learning_runs(wildcards).folder}/frames.parquet",
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
        length=lambda wildcards: sample_of(wildcards).settings.get("length"),
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("driven_snapshots.py"),
    script:
        "../scripts/driven_snapshots.py"


# Geometries at the top and at the foot of a barrier, of which that of the reference follows.
rule transfer_snapshots:
    input:
        structure=structure,
        frames=lambda wildcards: f"{driving_runs(wildcards).folder}/frames.parquet",
        ends=lambda wildcards: f"{driving_runs(wildcards).folder}/ends.parquet",
    output:
        CHUNK,
    log:
        "logs/transfer_snapshots/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/transfer_snapshots/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("transfer")),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        transfer=lambda wildcards: stability_of(wildcards)["transfer"],
        snapshots=lambda wildcards: sample_of(wildcards).size,
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("transfer_snapshots.py"),
    script:
        "../scripts/transfer_snapshots.py"


rule transfer_barrier:
    input:
        map_files,
        structure=structure,
        frames=f"{MAP_DYNAMICS}/frames.parquet",
        ends=f"{MAP_DYNAMICS}/ends.parquet",
        map=MAP_FILE,
        geometries=lambda wildcards: f"{transfer_folder(wildcards)}/geometries.parquet",
        energies=lambda wildcards: f"{transfer_folder(wildcards)}/energies.parquet",
    output:
        observables=f"{MAP_DYNAMICS}/barrier.parquet",
        profiles=f"{MAP_DYNAMICS}/barrier_profiles.parquet",
    log:
        "logs/transfer_barrier/{sample}_{method}_{dynamics}.log",
    benchmark:
        "results/benchmarks/transfer_barrier/{sample}_{method}_{dynamics}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        transfer=lambda wildcards: stability_of(wildcards)["transfer"],
        seed=config["seed"],
        code=code("transfer_barrier.py"),
    script:
        "../scripts/transfer_barrier.py"


# Dynamics without a thermostat from one start, by the map and by the engine.
rule spectrum_trajectories:
    input:
        map_files,
        structure=structure,
        frames=f"{MAP_DYNAMICS}/frames.parquet",
        ends=f"{MAP_DYNAMICS}/ends.parquet",
        map=MAP_FILE,
    output:
        ends=f"{MAP_DYNAMICS}/spectrum_ends.parquet",
        map=f"{MAP_DYNAMICS}/same_start.parquet",
        ab_initio=f"{MAP_DYNAMICS}/ab_initio.parquet",
    log:
        "logs/spectrum_trajectories/{sample}_{method}_{dynamics}.log",
    benchmark:
        "results/benchmarks/spectrum_trajectories/{sample}_{method}_{dynamics}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        engine=engine,
        densities=FOURIER_BASIS,
        settings=lambda wildcards: {
            "length": stability_of(wildcards)["spectrum"],
            "time_step": config["maps"]["dynamics"]["time_step"],
        },
        code=engine_code("spectrum_trajectories.py"),
    script:
        "../scripts/spectrum_trajectories.py"


rule spectra:
    input:
        structure=structure,
        map=f"{MAP_DYNAMICS}/same_start.parquet",
        ab_initio=f"{MAP_DYNAMICS}/ab_initio.parquet",
    output:
        f"{MAP_DYNAMICS}/spectra.parquet",
    log:
        "logs/spectra/{sample}_{method}_{dynamics}.log",
    benchmark:
        "results/benchmarks/spectra/{sample}_{method}_{dynamics}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        code=code("spectra.py"),
    script:
        "../scripts/spectra.py"


rule map_observables:
    input:
        unpack(compared_trajectories),
        structure=structure,
        frames=f"{MAP_DYNAMICS}/frames.parquet",
        ends=f"{MAP_DYNAMICS}/ends.parquet",
    output:
        observables=f"{MAP_DYNAMICS}/observables.parquet",
        profiles=f"{MAP_DYNAMICS}/profiles.parquet",
    log:
        "logs/map_observables/{sample}_{method}_{dynamics}.log",
    benchmark:
        "results/benchmarks/map_observables/{sample}_{method}_{dynamics}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        code=code("map_observables.py"),
    script:
        "../scripts/map_observables.py"


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
        sample=lambda wildcards: sample_of(wildcards).key,
        code=code("map_tests.py"),
    script:
        "../scripts/map_tests.py"


# How far the uncertainties of all tested maps hold.
rule map_calibration:
    input:
        TESTS,
    output:
        "results/tables/calibration.parquet",
    log:
        "logs/map_calibration.log",
    benchmark:
        "results/benchmarks/map_calibration.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("map_calibration.py"),
    script:
        "../scripts/map_calibration.py"


rule dynamics_table:
    input:
        unpack(lambda wildcards: dynamics_inputs([wildcards.molecule])),
    output:
        table="results/maps/{molecule}/dynamics.parquet",
        markdown=report(
            "results/maps/{molecule}/dynamics.md",
            caption="../report/dynamics_table.rst",
            category="Molecules",
            labels={"item": "{molecule}, dynamics"},
        ),
    log:
        "logs/dynamics_table/{molecule}.log",
    benchmark:
        "results/benchmarks/dynamics_table/{molecule}.tsv"
    wildcard_constraints:
        molecule=one_of(SAMPLES.rounds.of),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings=lambda wildcards: shown_dynamics([wildcards.molecule]),
        code=code("dynamics_table.py"),
    script:
        "../scripts/dynamics_table.py"


rule observables_table:
    input:
        OBSERVABLES,
    output:
        report(
            "results/tables/observables.md",
            caption="../report/observables_table.rst",
            category="This study",
            labels={"item": "observables of dynamics, table"},
        ),
    log:
        "logs/observables_table.log",
    benchmark:
        "results/benchmarks/observables_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings=published_barriers(PAPER_MOLECULES),
        code=code("observables_table.py"),
    script:
        "../scripts/observables_table.py"


rule study_dynamics_table:
    input:
        **dynamics_inputs(PAPER_MOLECULES),
    output:
        table="results/tables/dynamics.parquet",
        markdown=report(
            "results/tables/dynamics.md",
            caption="../report/dynamics_table.rst",
            category="This study",
            labels={"item": "dynamics by maps, table"},
        ),
    log:
        "logs/study_dynamics_table.log",
    benchmark:
        "results/benchmarks/study_dynamics_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings=shown_dynamics(PAPER_MOLECULES),
        code=code("dynamics_table.py"),
    script:
        "../scripts/dynamics_table.py"
