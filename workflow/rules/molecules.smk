"""Samples: geometries of molecules and their reference calculations.

The geometries of a sample, such as ethane/300+350K, are divided in chunks, and a job calculates one
of them. A larger sample begins with the chunks of a smaller one.
"""

from hkmaps.study.samples import GEOMETRIES_PER_CHUNK

CHUNK = "results/molecules/{sample}/chunks/geometries_{chunk}.parquet"
# What of the densities calculations depend on that keep none.
FOURIER_BASIS = {key: config["densities"][key] for key in ("box_length", "frequencies")}


rule classical_trajectory:
    input:
        structure=structure,
        force_field=lambda wildcards: study_file(entry_of(wildcards)["force_field"]),
    output:
        "results/molecules/{molecule}/trajectories/{run}_{tautomer}.parquet",
    log:
        "logs/classical_trajectory/{molecule}_{run}_{tautomer}.log",
    benchmark:
        "results/benchmarks/classical_trajectory/{molecule}_{run}_{tautomer}.tsv"
    wildcard_constraints:
        run=runs("force_field"),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        protocol=lambda wildcards: SAMPLES.runs[wildcards.molecule][wildcards.run].protocol,
        seed=config["seed"],
        code=code("classical_trajectory.py"),
    script:
        "../scripts/classical_trajectory.py"


rule xtb_trajectory:
    input:
        structure=structure,
    output:
        "results/molecules/{molecule}/trajectories/{run}_{tautomer}.parquet",
    log:
        "logs/xtb_trajectory/{molecule}_{run}_{tautomer}.log",
    benchmark:
        "results/benchmarks/xtb_trajectory/{molecule}_{run}_{tautomer}.tsv"
    wildcard_constraints:
        run=runs("xtb"),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        protocol=lambda wildcards: SAMPLES.runs[wildcards.molecule][wildcards.run].protocol,
        seed=config["seed"],
        code=code("xtb_trajectory.py"),
    script:
        "../scripts/xtb_trajectory.py"


rule chosen_geometries:
    input:
        structure=structure,
        trajectories=trajectories,
    output:
        CHUNK,
    log:
        "logs/chosen_geometries/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/chosen_geometries/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("dynamics", is_chosen=True)),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        size=chunk_size,
        chunk_size=GEOMETRIES_PER_CHUNK,
        average=lambda wildcards: sample_of(wildcards).settings.get("average", False),
        seed=config["seed"],
        code=code("chosen_geometries.py"),
    script:
        "../scripts/chosen_geometries.py"


rule first_snapshots:
    input:
        structure=structure,
        trajectories=trajectories,
    output:
        CHUNK,
    log:
        "logs/first_snapshots/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/first_snapshots/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("dynamics", is_chosen=False)),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        total=lambda wildcards: sample_of(wildcards).size,
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=code("first_snapshots.py"),
    script:
        "../scripts/first_snapshots.py"


rule drawn_geometries:
    input:
        structure=structure,
    output:
        CHUNK,
    log:
        "logs/drawn_geometries/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/drawn_geometries/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("coordinates")),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        settings=source,
        size=chunk_size,
        chunk_size=GEOMETRIES_PER_CHUNK,
        seed=config["seed"],
        code=code("drawn_geometries.py"),
    script:
        "../scripts/drawn_geometries.py"


rule displaced_geometries:
    input:
        structure=structure,
    output:
        CHUNK,
    log:
        "logs/displaced_geometries/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/displaced_geometries/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(SAMPLES.where("displacement") + SAMPLES.where("normal_modes")),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        settings=source,
        engine=lambda wildcards: engine(wildcards) if by_engine(wildcards) else None,
        densities=FOURIER_BASIS,
        size=chunk_size,
        chunk_size=GEOMETRIES_PER_CHUNK,
        seed=config["seed"],
        code=lambda wildcards: (
            engine_code("displaced_geometries.py")(wildcards)
            if by_engine(wildcards)
            else code("displaced_geometries.py")
        ),
    script:
        "../scripts/displaced_geometries.py"


# Samples that the user has files of: their tables are made from these.
for sample in SAMPLES.where("files"):

    rule:
        name:
            f"files_of_{re.sub('[^A-Za-z0-9]', '_', sample.name)}"
        input:
            file_paths(sample.settings["files"]),
            structure=study_file(config["molecules"][sample.molecule]["structure"]),
        output:
            # Kept until the files turn out to be right: calculated ones may stand there.
            **{kind: update(paths) for kind, paths in files_made(sample).items()},
        log:
            f"logs/reference_files/{sample.name}.log",
        benchmark:
            f"results/benchmarks/reference_files/{sample.name}.tsv"
        conda:
            "../../envs/study.yaml"
        params:
            molecule=molecule_settings(as_wildcards(sample=sample.name)),
            sample=sample.key,
            files=known(sample.settings["files"]),
            choose=sample.size,
            chunk_size=GEOMETRIES_PER_CHUNK if sample.size else None,
            seed=config["seed"],
            densities=config["densities"],
            code=code("reference_files.py"),
        script:
            "../scripts/reference_files.py"


rule reference_chunk:
    input:
        geometries=CHUNK,
        structure=structure,
    output:
        "results/molecules/{sample}/chunks/reference_{chunk}.parquet",
    log:
        "logs/reference_chunk/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/reference_chunk/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=names(
            sample
            for sample in SAMPLES.by_name.values()
            if sample.is_calculated and not (sample.energies_alone or sample.parts)
        ),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        engine=engine,
        densities=config["densities"],
        forces=lambda wildcards: sample_of(wildcards).has_forces(int(wildcards.chunk)),
        code=engine_code("reference_chunk.py"),
    script:
        "../scripts/reference_chunk.py"


rule sample:
    input:
        geometries=lambda wildcards: sample_of(wildcards).chunk_files("geometries"),
        reference=lambda wildcards: sample_of(wildcards).reference_files,
    output:
        geometries="results/molecules/{sample}/geometries.parquet",
        energies="results/molecules/{sample}/energies.parquet",
    log:
        "logs/sample/{sample}.log",
    benchmark:
        "results/benchmarks/sample/{sample}.tsv"
    wildcard_constraints:
        sample=names(
            sample
            for sample in SAMPLES.by_name.values()
            if sample.is_calculated or sample.has_densities
        ),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        energies_alone=lambda wildcards: sample_of(wildcards).energies_alone,
        code=code("sample.py"),
    script:
        "../scripts/sample.py"


rule reference_calculations:
    input:
        expand("results/molecules/{sample}/energies.parquet", sample=PAPER_SAMPLES),
    output:
        table="results/tables/reference_calculations.parquet",
        markdown=report(
            "results/tables/reference_calculations.md",
            caption="../report/reference_calculations.rst",
            category="This study",
            labels={"item": "reference calculations"},
        ),
    log:
        "logs/reference_calculations.log",
    benchmark:
        "results/benchmarks/reference_calculations.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        samples=PAPER_SAMPLES,
        allowed_failures=config["allowed_failures"],
        code=code("reference_calculations.py"),
    script:
        "../scripts/reference_calculations.py"


rule coupled_cluster:
    input:
        geometries=lambda wildcards: geometry_files(wildcards.sample),
        structure=structure,
    output:
        "results/molecules/{sample}/coupled_cluster.parquet",
    log:
        "logs/coupled_cluster/{sample}.log",
    benchmark:
        "results/benchmarks/coupled_cluster/{sample}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        geometries=config["coupled_cluster"]["geometries"],
        orbital_basis=config["coupled_cluster"]["orbital_basis"],
        code=code("coupled_cluster.py"),
    script:
        "../scripts/coupled_cluster.py"


rule engine_accuracy:
    input:
        geometries=lambda wildcards: geometry_files(
            f"{wildcards.molecule}/{SAMPLES.owners[wildcards.molecule]['test']}"
        ),
        structure=structure,
    output:
        "results/molecules/{molecule}/engine_accuracy.parquet",
    log:
        "logs/engine_accuracy/{molecule}.log",
    benchmark:
        "results/benchmarks/engine_accuracy/{molecule}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        engine=compared_engine()["program"],
        settings=compared_settings(),
        geometries=config["accuracy"]["geometries"],
        densities=FOURIER_BASIS,
        code=code("engine_accuracy.py", ENGINES[compared_engine()["program"]][0]),
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
