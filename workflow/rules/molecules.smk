"""Geometries of molecules and their Kohn-Sham reference calculations (paper B)."""


rule geometries:
    output:
        "results/molecules/{sample}/geometries.parquet",
    log:
        "logs/geometries/{sample}.log",
    benchmark:
        "results/benchmarks/geometries/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(name for name in MOLECULES if name not in FILES),
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings=lambda wildcards: MOLECULES[wildcards.sample],
        seed=config["seed"],
        code=code("geometries.py"),
    script:
        "../scripts/geometries.py"


rule reference_chunk:
    input:
        "results/molecules/{sample}/geometries.parquet",
    output:
        "results/molecules/{sample}/chunks/reference_{chunk}.parquet",
    log:
        "logs/reference_chunk/{sample}_{chunk}.log",
    benchmark:
        "results/benchmarks/reference_chunk/{sample}_{chunk}.tsv"
    wildcard_constraints:
        sample=one_of(name for name in SAMPLES if name not in FILES),
    conda:
        "../../envs/study.yaml"
    params:
        engine=sample_engine,
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        precision=config["molecules"]["coefficient_precision"],
        chunk_size=GEOMETRIES_PER_CHUNK,
        code=lambda wildcards: engine_code(sample_engine(wildcards), "reference_chunk.py"),
    script:
        "../scripts/reference_chunk.py"


# Samples that the user has files of: their tables are made from these.
for name, files in FILES.items():

    rule:
        name:
            f"files_of_{re.sub('[^A-Za-z0-9]', '_', name)}"
        input:
            file_paths(files),
        output:
            # Kept until the files turn out to be right: calculated ones may stand there.
            geometries=update(f"results/molecules/{name}/geometries.parquet"),
            chunks=update(reference_chunks(name)),
        log:
            f"logs/reference_files/{name}.log",
        benchmark:
            f"results/benchmarks/reference_files/{name}.tsv"
        conda:
            "../../envs/study.yaml"
        params:
            sample=name,
            files=files,
            seed=config["seed"],
            box_length=config["molecules"]["box_length"],
            frequencies=config["molecules"]["frequencies"],
            precision=config["molecules"]["coefficient_precision"],
            code=code("reference_files.py"),
        script:
            "../scripts/reference_files.py"


rule reference:
    input:
        lambda wildcards: reference_chunks(wildcards.molecule),
    output:
        "results/molecules/{molecule}/reference.parquet",
    log:
        "logs/reference/{molecule}.log",
    benchmark:
        "results/benchmarks/reference/{molecule}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("reference.py"),
    script:
        "../scripts/reference.py"


rule reference_energies:
    input:
        lambda wildcards: reference_chunks(wildcards.sample),
    output:
        "results/molecules/{sample}/energies.parquet",
    log:
        "logs/reference_energies/{sample}.log",
    benchmark:
        "results/benchmarks/reference_energies/{sample}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("reference_energies.py"),
    script:
        "../scripts/reference_energies.py"


rule reference_calculations:
    input:
        expand("results/molecules/{sample}/energies.parquet", sample=SAMPLES),
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
        samples=list(SAMPLES),
        allowed_failures=config["molecules"]["allowed_failures"],
        code=code("reference_calculations.py"),
    script:
        "../scripts/reference_calculations.py"


rule coupled_cluster:
    input:
        "results/molecules/{molecule}/geometries.parquet",
    output:
        "results/molecules/{molecule}/coupled_cluster.parquet",
    log:
        "logs/coupled_cluster/{molecule}.log",
    benchmark:
        "results/benchmarks/coupled_cluster/{molecule}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        geometries=config["molecules"]["coupled_cluster"]["geometries"],
        orbital_basis=config["molecules"]["coupled_cluster"]["orbital_basis"],
        code=code("coupled_cluster.py"),
    script:
        "../scripts/coupled_cluster.py"
