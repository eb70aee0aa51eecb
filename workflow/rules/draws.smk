"""The spread over draws of the trajectories, of one molecule at a small size.

A draw, such as ethane/draw1, is a conformer with trajectories, pool, test set and maps of its own;
these are made by the rules of conformers.smk and molecules.smk.
"""


rule draws:
    input:
        [f"results/maps/{draw}/{pool}/errors.parquet" for draw in DRAWS for pool in POOLS[draw]],
    output:
        table="results/tables/draws.parquet",
        markdown=report(
            "results/tables/draws.md",
            caption="../report/draws.rst",
            category="This study",
            labels={"item": "draws"},
        ),
    log:
        "logs/draws.log",
    benchmark:
        "results/benchmarks/draws.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        code=code("draws.py"),
    script:
        "../scripts/draws.py"
