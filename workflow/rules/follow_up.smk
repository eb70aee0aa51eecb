"""The follow-up of paper A: systems of one, two and three electrons (Arnstein 2026)."""

FOLLOW_UP = config["follow_up"]


rule solve_charge_states:
    output:
        "results/follow_up/chunks/{charge_set}_{chunk}.parquet",
    log:
        "logs/solve_charge_states/{charge_set}_{chunk}.log",
    benchmark:
        "results/benchmarks/solve_charge_states/{charge_set}_{chunk}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        stencil=config["model_systems"]["stencil"],
        data_set=lambda wildcards: FOLLOW_UP["data_sets"][wildcards.charge_set],
        chunk_size=SYSTEMS_PER_CHUNK,
        code=code("solve_charge_states.py"),
    script:
        "../scripts/solve_charge_states.py"


rule charge_states:
    input:
        charge_state_tables,
    output:
        "results/follow_up/{charge_set}/charge_states.parquet",
    log:
        "logs/charge_states/{charge_set}.log",
    benchmark:
        "results/benchmarks/charge_states/{charge_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("charge_states.py"),
    script:
        "../scripts/charge_states.py"


rule lipschitz_quotients:
    input:
        "results/follow_up/{charge_set}/charge_states.parquet",
    output:
        "results/follow_up/{charge_set}/lipschitz_quotients.parquet",
    log:
        "logs/lipschitz_quotients/{charge_set}.log",
    benchmark:
        "results/benchmarks/lipschitz_quotients/{charge_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("lipschitz_quotients.py"),
    script:
        "../scripts/lipschitz_quotients.py"


rule follow_up_table:
    input:
        nested=of_charge_sets("nested_errors"),
        lipschitz=of_charge_sets("lipschitz_quotients"),
        published=PUBLISHED,
    output:
        table="results/tables/follow_up.parquet",
        markdown=report(
            "results/tables/follow_up.md",
            caption="../report/follow_up_table.rst",
            category="This study",
            labels={"item": "follow-up, table"},
        ),
    log:
        "logs/follow_up_table.log",
    benchmark:
        "results/benchmarks/follow_up_table.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("follow_up_table.py"),
    script:
        "../scripts/follow_up_table.py"
