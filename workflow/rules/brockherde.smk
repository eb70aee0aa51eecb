"""Paper B by its source, F. Brockherde et al., Nat. Commun. 8, 872 (2017): what only that prints."""


rule box_errors:
    output:
        BOX_ERRORS,
    log:
        "logs/box_errors.log",
    benchmark:
        "results/benchmarks/box_errors.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        box=config["maps"]["box"],
        seed=config["seed"],
        code=code("box_errors.py"),
    script:
        "../scripts/box_errors.py"


rule brockherde_table1:
    input:
        errors=BOX_ERRORS,
        published=PUBLISHED,
    output:
        markdown=report(
            "results/tables/brockherde_table1.md",
            caption="../report/brockherde_table1.rst",
            category="Paper B",
            labels={"item": "Table I of the source"},
        ),
    log:
        "logs/brockherde_table1.log",
    benchmark:
        "results/benchmarks/brockherde_table1.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("brockherde_table1.py"),
    script:
        "../scripts/brockherde_table1.py"


# The minimum of the maps of H2 and H2O, of the same training sets as their errors. Tables of samples
# whose coordinates are not drawn are empty, so that what gathers them does not depend on which are.
rule reference_minimum:
    input:
        structure=structure,
    output:
        "results/molecules/{sample}/minimum.parquet",
    log:
        "logs/reference_minimum/{sample}.log",
    benchmark:
        "results/benchmarks/reference_minimum/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(TABLE1_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        coordinates=lambda wildcards: source(wildcards).get("coordinates"),
        engine=engine,
        densities=FOURIER_BASIS,
        code=engine_code("reference_minimum.py"),
    script:
        "../scripts/reference_minimum.py"


rule map_minima:
    input:
        unpack(error_inputs),
        minimum="results/molecules/{sample}/minimum.parquet",
        structure=structure,
    output:
        "results/maps/{sample}/minima.parquet",
    log:
        "logs/map_minima/{sample}.log",
    benchmark:
        "results/benchmarks/map_minima/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(TABLE1_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        coordinates=lambda wildcards: source(wildcards).get("coordinates"),
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        splits=lambda wildcards: maps_of(wildcards)["splits"],
        own_axes=own_axes,
        seed=config["seed"],
        code=code("map_minima.py"),
    script:
        "../scripts/map_minima.py"


rule brockherde_table2:
    input:
        minima=MINIMA,
        published=PUBLISHED,
    output:
        markdown=report(
            "results/tables/brockherde_table2.md",
            caption="../report/brockherde_table2.rst",
            category="Paper B",
            labels={"item": "Table II of the source"},
        ),
    log:
        "logs/brockherde_table2.log",
    benchmark:
        "results/benchmarks/brockherde_table2.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("brockherde_table2.py"),
    script:
        "../scripts/brockherde_table2.py"


# Figure 2 of the source: H2O over its bond length and its angle.
rule reference_surface:
    input:
        structure=structure,
    output:
        "results/molecules/{sample}/surface.parquet",
    log:
        "logs/reference_surface/{sample}.log",
    benchmark:
        "results/benchmarks/reference_surface/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(TABLE1_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        coordinates=lambda wildcards: source(wildcards).get("coordinates"),
        points=config["maps"]["surface"]["points"],
        engine=engine,
        densities=FOURIER_BASIS,
        code=engine_code("reference_surface.py"),
    script:
        "../scripts/reference_surface.py"


rule map_surface:
    input:
        unpack(error_inputs),
        surface="results/molecules/{sample}/surface.parquet",
        structure=structure,
    output:
        "results/maps/{sample}/surface.parquet",
    log:
        "logs/map_surface/{sample}.log",
    benchmark:
        "results/benchmarks/map_surface/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(TABLE1_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        sizes=lambda wildcards: maps_of(wildcards)["sizes"],
        own_axes=own_axes,
        seed=config["seed"],
        code=code("map_surface.py"),
    script:
        "../scripts/map_surface.py"


# Figure 4 of the source: the plane of benzene.
rule density_plane:
    input:
        map="results/maps/{sample}/hohenberg_kohn/map.safetensors",
        subspace=OF_DENSITIES["subspace"],
        geometries=lambda wildcards: geometry_files(test_sample(wildcards).name),
    output:
        "results/maps/{sample}/density_plane.parquet",
    log:
        "logs/density_plane/{sample}.log",
    benchmark:
        "results/benchmarks/density_plane/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(PLANE_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        engine=engine,
        densities=FOURIER_BASIS,
        code=code("density_plane.py"),
    script:
        "../scripts/density_plane.py"


# Paper A's question of densities of molecules: E[n] against F[n] + integral of n v.
rule density_noise:
    input:
        unpack(error_inputs),
        structure=structure,
    output:
        "results/maps/{sample}/density_noise.parquet",
    log:
        "logs/density_noise/{sample}.log",
    benchmark:
        "results/benchmarks/density_noise/{sample}.tsv"
    wildcard_constraints:
        sample=one_of(TABLE1_POOLS),
    conda:
        "../../envs/study.yaml"
    params:
        molecule=molecule_settings,
        sample=lambda wildcards: sample_of(wildcards).key,
        test=lambda wildcards: maps_of(wildcards)["test"],
        noise=config["maps"]["density_noise"],
        pseudopotential=lambda wildcards: engine(wildcards)["settings"].get("pseudopotential"),
        own_axes=own_axes,
        seed=config["seed"],
        code=code("density_noise.py"),
    script:
        "../scripts/density_noise.py"
