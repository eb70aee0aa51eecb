"""Maps by kernel ridge regression: on the exact systems of paper A."""


rule functional_errors:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/maps/{data_set}/functional_errors.parquet",
    log:
        "logs/functional_errors/{data_set}.log",
    benchmark:
        "results/benchmarks/functional_errors/{data_set}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        code=code("functional_errors.py"),
    script:
        "../scripts/functional_errors.py"


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
