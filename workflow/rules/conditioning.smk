"""Sensitivity and deviation from a constant shift (paper A, sections 3.2 and 3.3)."""


rule pairs:
    input:
        "results/model_systems/{data_set}.parquet",
    output:
        "results/conditioning/{data_set}.parquet",
    log:
        "logs/pairs/{data_set}.log",
    benchmark:
        "results/benchmarks/pairs/{data_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        selected=config["conditioning"]["selected_pairs"],
        seed=config["seed"],
        code=code("pairs.py"),
    script:
        "../scripts/pairs.py"


rule figure12:
    output:
        "results/conditioning/figure12.parquet",
    log:
        "logs/figure12.log",
    benchmark:
        "results/benchmarks/figure12.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        stencil=config["model_systems"]["stencil"],
        figure=config["conditioning"]["figure12"],
        code=code("figure12.py"),
    script:
        "../scripts/figure12.py"
