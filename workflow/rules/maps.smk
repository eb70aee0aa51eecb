"""Maps by kernel ridge regression: the exact systems of paper A, H2 and H2O, paper B's Table 1."""


rule functional_errors:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/maps/{data_set}/functional_errors.parquet",
    log:
        "logs/functional_errors/{data_set}.log",
    benchmark:
        "results/benchmarks/functional_errors/{data_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("functional_errors.py"),
    script:
        "../scripts/functional_errors.py"


rule functional_methods:
    input:
        table1="results/tables/table1.parquet",
        errors=expand(
            "results/maps/{data_set}/functional_errors.parquet", data_set=MAPPED_DATA_SETS
        ),
        published=PUBLISHED,
    output:
        table="results/tables/functional_methods.parquet",
        markdown=report(
            "results/tables/functional_methods.md",
            caption="../report/functional_methods_table.rst",
            category="This study",
            labels={"item": "functional methods, table"},
        ),
    log:
        "logs/functional_methods.log",
    benchmark:
        "results/benchmarks/functional_methods.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("functional_methods.py"),
    script:
        "../scripts/functional_methods.py"


rule noise_response:
    input:
        systems="results/model_systems/{data_set}.parquet",
        ensembles=expand(
            "results/networks/{{data_set}}/{functional}/ensemble.safetensors",
            functional=[name for name in FUNCTIONALS if name.endswith("-n")],
        ),
    output:
        "results/maps/{data_set}/noise_response.parquet",
    log:
        "logs/noise_response/{data_set}.log",
    benchmark:
        "results/benchmarks/noise_response/{data_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        noise=config["maps"]["exact_systems"]["noise"],
        draws=config["maps"]["exact_systems"]["draws"],
        seed=config["seed"],
        code=code("noise_response.py"),
    script:
        "../scripts/noise_response.py"


rule molecule_errors:
    input:
        geometries="results/molecules/{molecule}/geometries.parquet",
        reference="results/molecules/{molecule}/reference.parquet",
    output:
        "results/maps/{molecule}/errors.parquet",
    log:
        "logs/molecule_errors/{molecule}.log",
    benchmark:
        "results/benchmarks/molecule_errors/{molecule}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        training_points=lambda wildcards: config["maps"]["molecules"]["training_points"][
            wildcards.molecule
        ],
        splits=config["maps"]["molecules"]["splits"],
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        seed=config["seed"],
        code=code("molecule_errors.py"),
    script:
        "../scripts/molecule_errors.py"


rule predicted_density:
    input:
        geometries="results/molecules/{molecule}/geometries.parquet",
        reference="results/molecules/{molecule}/reference.parquet",
    output:
        "results/maps/{molecule}/predicted_density.parquet",
    log:
        "logs/predicted_density/{molecule}.log",
    benchmark:
        "results/benchmarks/predicted_density/{molecule}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        training_points=lambda wildcards: max(
            config["maps"]["molecules"]["training_points"][wildcards.molecule]
        ),
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        seed=config["seed"],
        code=code("predicted_density.py"),
    script:
        "../scripts/predicted_density.py"


rule potential_descriptor:
    input:
        geometries="results/molecules/{molecule}/geometries.parquet",
        reference="results/molecules/{molecule}/reference.parquet",
    output:
        widths="results/maps/{molecule}/potential_widths.parquet",
        spacings="results/maps/{molecule}/potential_spacings.parquet",
    log:
        "logs/potential_descriptor/{molecule}.log",
    benchmark:
        "results/benchmarks/potential_descriptor/{molecule}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        training_points=lambda wildcards: max(
            config["maps"]["molecules"]["training_points"][wildcards.molecule]
        ),
        splits=config["maps"]["molecules"]["splits"],
        widths=config["maps"]["molecules"]["potential_widths"],
        spacings=config["maps"]["molecules"]["potential_spacings"],
        box_length=config["molecules"]["box_length"],
        frequencies=config["molecules"]["frequencies"],
        seed=config["seed"],
        code=code("potential_descriptor.py"),
    script:
        "../scripts/potential_descriptor.py"


rule bogojeski_table1:
    input:
        errors=MOLECULE_ERRORS,
        published=PUBLISHED,
    output:
        table="results/tables/bogojeski_table1.parquet",
        markdown=report(
            "results/tables/bogojeski_table1.md",
            caption="../report/bogojeski_table1.rst",
            category="Paper B",
            labels={"item": "Table 1"},
        ),
    log:
        "logs/bogojeski_table1.log",
    benchmark:
        "results/benchmarks/bogojeski_table1.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("bogojeski_table1.py"),
    script:
        "../scripts/bogojeski_table1.py"
