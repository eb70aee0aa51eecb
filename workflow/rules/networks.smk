"""Grid search, repeated training and paper A's Table 1 (sections 2.3 and 3)."""


rule architecture:
    output:
        "results/networks/architecture.parquet",
    log:
        "logs/architecture.log",
    benchmark:
        "results/benchmarks/architecture.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        input_points=config["model_systems"]["input_points"],
        code=code("architecture.py"),
    script:
        "../scripts/architecture.py"


rule grid_search:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/networks/{data_set}/{functional}/grid_search.parquet",
    log:
        "logs/grid_search/{data_set}_{functional}.log",
    benchmark:
        "results/benchmarks/grid_search/{data_set}_{functional}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        settings={
            key: value
            for key, value in config["networks"]["grid_search"].items()
            if key != "data_sets"
        },
        oversized_batches=config["networks"]["oversized_batches"],
        seed=config["seed"],
        code=code("grid_search.py"),
    script:
        "../scripts/grid_search.py"


rule repeats:
    input:
        unpack(repeats_input),
    output:
        predictions="results/networks/{data_set}/{functional}/predictions.parquet",
        ensemble="results/networks/{data_set}/{functional}/ensemble.safetensors",
    log:
        "logs/repeats/{data_set}_{functional}.log",
    benchmark:
        "results/benchmarks/repeats/{data_set}_{functional}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        settings={
            key: value
            for key, value in config["networks"]["repeats"].items()
            if key != "data_sets"
        },
        oversized_batches=config["networks"]["oversized_batches"],
        seed=config["seed"],
        code=code("repeats.py"),
    script:
        "../scripts/repeats.py"


rule grid_search_table:
    input:
        trained("grid_search.parquet", SEARCHED_DATA_SETS),
    output:
        table=report(
            "results/tables/grid_search.parquet",
            caption="../report/study_grid_search.rst",
            category="Paper A",
            labels={"item": "Figure 8, all functionals", "kind": "table"},
        ),
        markdown="results/tables/grid_search.md",
    log:
        "logs/grid_search_table.log",
    benchmark:
        "results/benchmarks/grid_search_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        functionals=[
            [name, functional] for name in SEARCHED_DATA_SETS for functional in FUNCTIONALS
        ],
        learning_rate=config["networks"]["repeats"]["learning_rate"],
        batch_size=config["networks"]["repeats"]["batch_size"],
        code=code("grid_search_table.py"),
    script:
        "../scripts/grid_search_table.py"


rule table1:
    input:
        predictions=trained("predictions.parquet", TRAINED_DATA_SETS),
        published=PUBLISHED,
    output:
        table="results/tables/table1.parquet",
        markdown=report(
            "results/tables/table1.md",
            caption="../report/arnstein_table1.rst",
            category="Paper A",
            labels={"item": "Table 1", "kind": "table"},
        ),
    log:
        "logs/table1.log",
    benchmark:
        "results/benchmarks/table1.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        functionals=[[name, functional] for name in TRAINED_DATA_SETS for functional in FUNCTIONALS],
        code=code("table1.py"),
    script:
        "../scripts/table1.py"
