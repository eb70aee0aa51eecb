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


# The functionals of a variable are one job: to import PyTorch takes as long as to train a few networks.
for variable, functionals in FUNCTIONALS_OF.items():
    searched = [name for name in functionals if name in SEARCHED_FUNCTIONALS]

    if searched:

        rule:
            name:
                f"grid_search_{variable}"
            input:
                "results/model_systems/{data_set}.parquet",
            output:
                expand("results/networks/{{data_set}}/{name}/grid_search.parquet", name=searched),
            log:
                f"logs/grid_search/{{data_set}}_{variable}.log",
            benchmark:
                f"results/benchmarks/grid_search/{{data_set}}_{variable}.tsv"
            # Before the shorter repeats: a search that begins last runs alone for minutes.
            priority: 1
            conda:
                "../../envs/study.yaml"
            params:
                settings={
                    key: value
                    for key, value in config["networks"]["grid_search"].items()
                    if key not in ("data_sets", "functionals")
                },
                oversized_batches=config["networks"]["oversized_batches"],
                seed=config["seed"],
                code=code("grid_search.py"),
            script:
                "../scripts/grid_search.py"

    rule:
        name:
            f"repeats_{variable}"
        input:
            systems="results/model_systems/{data_set}.parquet",
            grid_search=winners_of(functionals),
        output:
            predictions=expand(
                "results/networks/{{data_set}}/{name}/predictions.parquet", name=functionals
            ),
            ensembles=expand(
                "results/networks/{{data_set}}/{name}/ensemble.safetensors", name=functionals
            ),
        log:
            f"logs/repeats/{{data_set}}_{variable}.log",
        benchmark:
            f"results/benchmarks/repeats/{{data_set}}_{variable}.tsv"
        conda:
            "../../envs/study.yaml"
        params:
            settings=repeats_settings,
            oversized_batches=config["networks"]["oversized_batches"],
            seed=config["seed"],
            code=code("repeats.py"),
        script:
            "../scripts/repeats.py"


rule fully_connected:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/networks/{data_set}/fully_connected.parquet",
    log:
        "logs/fully_connected/{data_set}.log",
    benchmark:
        "results/benchmarks/fully_connected/{data_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        functionals=FULLY_CONNECTED_FUNCTIONALS,
        neurons=config["networks"]["fully_connected"]["neurons"],
        search=network_settings("grid_search", "learning_rates", "batch_sizes", "runs", *SEARCH),
        training=training_settings(),
        common=TRAINING,
        code=code("fully_connected.py"),
    script:
        "../scripts/fully_connected.py"


rule depths:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/networks/{data_set}/depths.parquet",
    log:
        "logs/depths/{data_set}.log",
    benchmark:
        "results/benchmarks/depths/{data_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        functionals=config["networks"]["depths"]["functionals"],
        dense_layers=config["networks"]["depths"]["dense_layers"],
        training=training_settings("learning_rate", "batch_size"),
        common=TRAINING,
        code=code("depths.py"),
    script:
        "../scripts/depths.py"


rule random_search:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/networks/{data_set}/random_search.parquet",
    log:
        "logs/random_search/{data_set}.log",
    benchmark:
        "results/benchmarks/random_search/{data_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        functionals=config["networks"]["random_search"]["functionals"],
        choices=random_choices(),
        configurations=config["networks"]["random_search"]["configurations"],
        search=network_settings("random_search", "runs") | network_settings("grid_search", *SEARCH),
        common=TRAINING,
        code=code("random_search.py"),
    script:
        "../scripts/random_search.py"


rule compared_architectures:
    input:
        predictions=trained(
            "predictions.parquet", FULLY_CONNECTED_DATA_SETS, FULLY_CONNECTED_FUNCTIONALS
        ),
        fully_connected=networks_tables("fully_connected"),
        depths=networks_tables("depths"),
        searches=networks_tables("random_search"),
    output:
        table="results/tables/architectures.parquet",
        impacts="results/tables/hyperparameters.parquet",
        markdown=report(
            "results/tables/architectures.md",
            caption="../report/architectures_table.rst",
            category="Paper A",
            labels={"item": "networks in words", "kind": "table"},
        ),
    log:
        "logs/compared_architectures.log",
    benchmark:
        "results/benchmarks/compared_architectures.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        functionals=[
            [name, functional]
            for name in FULLY_CONNECTED_DATA_SETS
            for functional in FULLY_CONNECTED_FUNCTIONALS
        ],
        data_sets={
            kind: config["networks"][kind]["data_sets"]
            for kind in ("fully_connected", "depths", "random_search")
        },
        code=code("compared_architectures.py"),
    script:
        "../scripts/compared_architectures.py"


rule grid_search_table:
    input:
        trained("grid_search.parquet", SEARCHED_DATA_SETS, SEARCHED_FUNCTIONALS),
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
            [name, functional]
            for name in SEARCHED_DATA_SETS
            for functional in SEARCHED_FUNCTIONALS
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


rule output_ranges:
    input:
        predictions=trained("predictions.parquet", TRAINED_DATA_SETS),
        systems=expand("results/model_systems/{data_set}.parquet", data_set=TRAINED_DATA_SETS),
    output:
        table="results/tables/output_ranges.parquet",
        markdown=report(
            "results/tables/output_ranges.md",
            caption="../report/output_ranges_table.rst",
            category="Paper A",
            labels={"item": "output ranges", "kind": "table"},
        ),
    log:
        "logs/output_ranges.log",
    benchmark:
        "results/benchmarks/output_ranges.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        data_sets=TRAINED_DATA_SETS,
        functionals=[[name, functional] for name in TRAINED_DATA_SETS for functional in FUNCTIONALS],
        code=code("output_ranges.py"),
    script:
        "../scripts/output_ranges.py"


rule seed_errors:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/networks/{data_set}/seed{number}_errors.parquet",
    log:
        "logs/seed_errors/{data_set}_{number}.log",
    benchmark:
        "results/benchmarks/seed_errors/{data_set}_{number}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        functionals=FUNCTIONALS,
        training=training_settings("learning_rate", "batch_size"),
        common=further_seed,
        code=code("seed_errors.py"),
    script:
        "../scripts/seed_errors.py"


rule seed_pairs:
    input:
        systems="results/model_systems/{data_set}.parquet",
        searches=lambda wildcards: trained(
            "grid_search.parquet", [wildcards.data_set], SEARCHED_FUNCTIONALS
        ),
    output:
        "results/networks/{data_set}/seed{number}_pairs.parquet",
    log:
        "logs/seed_pairs/{data_set}_{number}.log",
    benchmark:
        "results/benchmarks/seed_pairs/{data_set}_{number}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        functionals=SEARCHED_FUNCTIONALS,
        published=[config["networks"]["repeats"][key] for key in ("learning_rate", "batch_size")],
        search=network_settings("grid_search", "runs", *SEARCH),
        common=further_seed,
        code=code("seed_pairs.py"),
    script:
        "../scripts/seed_pairs.py"


rule table1_seeds:
    input:
        predictions=trained("predictions.parquet", SEEDS["data_sets"]),
        errors=seed_tables("errors"),
        pairs=seed_tables("pairs"),
        published=PUBLISHED,
    output:
        table="results/tables/table1_seeds.parquet",
        pairs="results/tables/near_optimal.parquet",
        markdown=report(
            "results/tables/table1_seeds.md",
            caption="../report/table1_seeds_table.rst",
            category="Paper A",
            labels={"item": "Table 1 over seeds", "kind": "table"},
        ),
    log:
        "logs/table1_seeds.log",
    benchmark:
        "results/benchmarks/table1_seeds.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        seed=config["seed"],
        functionals=[
            [name, functional] for name in SEEDS["data_sets"] for functional in FUNCTIONALS
        ],
        seeds=[[name, number] for name in SEEDS["data_sets"] for number in SEED_NUMBERS],
        code=code("table1_seeds.py"),
    script:
        "../scripts/table1_seeds.py"


rule families:
    input:
        ranges="results/tables/output_ranges.parquet",
        pairs=expand("results/conditioning/{data_set}.parquet", data_set=FAMILY_DATA_SETS),
        atom_pairs="results/conditioning/atoms.parquet",
        published=PUBLISHED,
    output:
        table="results/tables/families.parquet",
        markdown=report(
            "results/tables/families.md",
            caption="../report/families_table.rst",
            category="Paper A",
            labels={"item": "families of potentials", "kind": "table"},
        ),
    log:
        "logs/families.log",
    benchmark:
        "results/benchmarks/families.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        data_sets=FAMILY_DATA_SETS,
        code=code("families.py"),
    script:
        "../scripts/families.py"
