"""Ethane, benzene, malonaldehyde: conformers from dynamics, Table 2, dynamics on the learned energy.

A sample, such as ethane/300+350K or ethane/test, is a set of geometries with reference
calculations; its chunks are made by the rules of molecules.smk.
"""

# What maps of a pool are trained on.
MAP_DATA = {
    "subspace": "results/maps/{conformer}/{pool}/hohenberg_kohn/density_subspace.safetensors",
    "coordinates": "results/maps/{conformer}/{pool}/density_coordinates.parquet",
    "pool": "results/molecules/{conformer}/{pool}/geometries.parquet",
    "pool_energies": "results/molecules/{conformer}/{pool}/energies.parquet",
}
# Trained maps of a pool.
MAPS = {
    "hohenberg_kohn": "results/maps/{conformer}/{pool}/hohenberg_kohn/map.safetensors",
    "subspace": MAP_DATA["subspace"],
    "kohn_sham": "results/maps/{conformer}/{pool}/kohn_sham/map.safetensors",
}


rule classical_trajectory:
    output:
        "results/molecules/{conformer}/trajectories/{run}_{tautomer}.parquet",
    log:
        "logs/classical_trajectory/{conformer}_{run}_{tautomer}.log",
    benchmark:
        "results/benchmarks/classical_trajectory/{conformer}_{run}_{tautomer}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        protocol=dynamics_protocol,
        force_field=lambda wildcards: file_digest(
            f"src/hkmaps/molecules/force_fields/{molecule_of(wildcards.conformer)}.prmtop"
        ),
        seed=config["seed"],
        code=code("classical_trajectory.py"),
    script:
        "../scripts/classical_trajectory.py"


rule training_pool:
    input:
        pool_trajectories,
    output:
        "results/molecules/{sample}/geometries.parquet",
    log:
        "logs/training_pool/{sample}.log",
    benchmark:
        "results/benchmarks/training_pool/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(name for name in POOL_SAMPLES if name not in FILES),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        size=lambda wildcards: SAMPLES[wildcards.sample],
        seed=config["seed"],
        code=code("training_pool.py"),
    script:
        "../scripts/training_pool.py"


rule held_out_conformers:
    input:
        lambda wildcards: trajectories(sampled_of(wildcards.sample), ["test"]),
    output:
        "results/molecules/{sample}/geometries.parquet",
    log:
        "logs/held_out_conformers/{sample}.log",
    benchmark:
        "results/benchmarks/held_out_conformers/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(name for name in TEST_SAMPLES if name not in FILES),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        size=lambda wildcards: SAMPLES[wildcards.sample],
        code=code("held_out_conformers.py"),
    script:
        "../scripts/held_out_conformers.py"


rule engine_accuracy:
    input:
        "results/molecules/{conformer}/test/geometries.parquet",
    output:
        "results/molecules/{conformer}/engine_accuracy.parquet",
    log:
        "logs/engine_accuracy/{conformer}.log",
    benchmark:
        "results/benchmarks/engine_accuracy/{conformer}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        engine=CONFORMER_ENGINE["name"],
        settings=compared_settings(),
        geometries=config["molecules"]["conformers"]["accuracy"]["geometries"],
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        code=engine_code(CONFORMER_ENGINE, "engine_accuracy.py"),
    script:
        "../scripts/engine_accuracy.py"


rule engine_accuracy_table:
    input:
        ENGINE_ACCURACY,
    output:
        report(
            "results/tables/engine_accuracy.md",
            caption="../report/engine_accuracy_table.rst",
            category="This study",
            labels={"item": "engine accuracy, table"},
        ),
    log:
        "logs/engine_accuracy_table.log",
    benchmark:
        "results/benchmarks/engine_accuracy_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("engine_accuracy_table.py"),
    script:
        "../scripts/engine_accuracy_table.py"


rule density_subspace:
    input:
        pool=lambda wildcards: reference_chunks(f"{wildcards.conformer}/{wildcards.pool}"),
        test=lambda wildcards: reference_chunks(f"{wildcards.conformer}/test"),
    output:
        subspace="results/maps/{conformer}/{pool}/hohenberg_kohn/density_subspace.safetensors",
        coordinates="results/maps/{conformer}/{pool}/density_coordinates.parquet",
    log:
        "logs/density_subspace/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/density_subspace/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        code=code("density_subspace.py"),
    script:
        "../scripts/density_subspace.py"


rule conformer_errors:
    input:
        **MAP_DATA,
        test="results/molecules/{conformer}/test/geometries.parquet",
        test_energies="results/molecules/{conformer}/test/energies.parquet",
    output:
        "results/maps/{conformer}/{pool}/errors.parquet",
    log:
        "logs/conformer_errors/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/conformer_errors/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        training_points=lambda wildcards: SAMPLED[wildcards.conformer]["training_points"],
        seed=config["seed"],
        code=code("conformer_errors.py"),
    script:
        "../scripts/conformer_errors.py"


rule molecule_map:
    input:
        **MAP_DATA,
    output:
        hohenberg_kohn="results/maps/{conformer}/{pool}/hohenberg_kohn/map.safetensors",
        kohn_sham="results/maps/{conformer}/{pool}/kohn_sham/map.safetensors",
    log:
        "logs/molecule_map/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/molecule_map/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        from_files=lambda wildcards: f"{wildcards.conformer}/{wildcards.pool}" in FILES,
        code=code("molecule_map.py"),
    script:
        "../scripts/molecule_map.py"


rule classical_energies:
    input:
        **MAPS,
        trajectory="results/molecules/{conformer}/trajectories/test_0.parquet",
        geometries="results/molecules/{conformer}/test/geometries.parquet",
        energies="results/molecules/{conformer}/test/energies.parquet",
    output:
        "results/maps/{conformer}/{pool}/classical_energies.parquet",
    log:
        "logs/classical_energies/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/classical_energies/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("snapshot_energies.py"),
    script:
        "../scripts/snapshot_energies.py"


rule ab_initio_trajectory:
    output:
        trajectory="results/molecules/{conformer}/trajectories/ab_initio.parquet",
        ends="results/molecules/{conformer}/trajectories/ab_initio_end.parquet",
        transfer="results/molecules/{conformer}/trajectories/proton_transfer.parquet",
    log:
        "logs/ab_initio_trajectory/{conformer}.log",
    benchmark:
        "results/benchmarks/ab_initio_trajectory/{conformer}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        engine=engine(CONFORMER_ENGINE),
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        temperature=TRAJECTORIES["ab_initio"]["temperature"],
        time_step=TRAJECTORIES["ab_initio"]["time_step"],
        length=TRAJECTORIES["ab_initio"]["length"],
        seed=config["seed"],
        code=engine_code(CONFORMER_ENGINE, "ab_initio_trajectory.py"),
    script:
        "../scripts/ab_initio_trajectory.py"


rule ab_initio_energies:
    input:
        **MAPS,
        trajectory="results/molecules/{conformer}/trajectories/ab_initio.parquet",
    output:
        "results/maps/{conformer}/{pool}/ab_initio_energies.parquet",
    log:
        "logs/ab_initio_energies/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/ab_initio_energies/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("ab_initio_energies.py"),
    script:
        "../scripts/ab_initio_energies.py"


rule driven_trajectory:
    input:
        hohenberg_kohn=MAPS["hohenberg_kohn"],
        subspace=MAPS["subspace"],
    output:
        trajectory="results/maps/{conformer}/{pool}/driven.parquet",
        ends="results/maps/{conformer}/{pool}/driven_ends.parquet",
        snapshots="results/molecules/{conformer}/{pool}-driven/geometries.parquet",
    log:
        "logs/driven_trajectory/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/driven_trajectory/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        protocol=driven_protocol(),
        friction=TRAJECTORIES["driven"]["friction"],
        farthest=TRAJECTORIES["driven"]["farthest"],
        snapshots=TRAJECTORIES["driven"]["snapshots"],
        runs=TRAJECTORIES["driven"]["runs"],
        seed=config["seed"],
        code=code("driven_trajectory.py"),
    script:
        "../scripts/driven_trajectory.py"


rule driven_energies:
    input:
        **MAPS,
        trajectory="results/maps/{conformer}/{pool}/driven.parquet",
        geometries="results/molecules/{conformer}/{pool}-driven/geometries.parquet",
        energies="results/molecules/{conformer}/{pool}-driven/energies.parquet",
    output:
        "results/maps/{conformer}/{pool}/driven_energies.parquet",
    log:
        "logs/driven_energies/{conformer}_{pool}.log",
    benchmark:
        "results/benchmarks/driven_energies/{conformer}_{pool}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("snapshot_energies.py"),
    script:
        "../scripts/snapshot_energies.py"


rule bogojeski_table2:
    input:
        errors=CONFORMER_ERRORS,
        published=PUBLISHED,
    output:
        table="results/tables/bogojeski_table2.parquet",
        markdown=report(
            "results/tables/bogojeski_table2.md",
            caption="../report/bogojeski_table2.rst",
            category="Paper B",
            labels={"item": "Table 2"},
        ),
    log:
        "logs/bogojeski_table2.log",
    benchmark:
        "results/benchmarks/bogojeski_table2.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("bogojeski_table2.py"),
    script:
        "../scripts/bogojeski_table2.py"
