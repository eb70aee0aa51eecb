"""Convergence tests and the data sets of exactly solved systems (paper A, section 2.1)."""


rule convergence:
    output:
        "results/model_systems/convergence.parquet",
    log:
        "logs/convergence.log",
    benchmark:
        "results/benchmarks/convergence.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        settings=model_systems("stencil", "reference_grid", "convergence"),
        families={
            name: {"family": settings["family"], "parameters": corners(settings["parameters"])}
            for name, settings in config["model_systems"]["data_sets"].items()
            if name in config["model_systems"]["convergence"]["data_sets"]
        },
        code=code("convergence.py"),
    script:
        "../scripts/convergence.py"


rule solve_systems:
    output:
        "results/model_systems/chunks/{data_set}_{chunk}.parquet",
    log:
        "logs/solve_systems/{data_set}_{chunk}.log",
    benchmark:
        "results/benchmarks/solve_systems/{data_set}_{chunk}.tsv"
    conda:
        "../../envs/study.yaml"
    params:
        settings=model_systems("stencil", "input_points", "reference_grid"),
        data_set=lambda wildcards: {
            key: config["model_systems"]["data_sets"][wildcards.data_set][key]
            for key in ("family", "parameters", "grid")
        },
        chunk_size=SYSTEMS_PER_CHUNK,
        code=code("solve_systems.py"),
    script:
        "../scripts/solve_systems.py"


rule data_set:
    input:
        chunk_tables,
    output:
        "results/model_systems/{data_set}.parquet",
    log:
        "logs/data_set/{data_set}.log",
    benchmark:
        "results/benchmarks/data_set/{data_set}.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        threshold=config["model_systems"]["threshold"],
        accepted=lambda wildcards: wildcards.data_set
        in config["model_systems"]["accept_unconverged"],
        require_bound=lambda wildcards: config["model_systems"]["data_sets"][wildcards.data_set][
            "require_bound"
        ],
        code=code("data_set.py"),
    script:
        "../scripts/data_set.py"


rule gauge_shift:
    output:
        "results/model_systems/gauge_shift.parquet",
    log:
        "logs/gauge_shift.log",
    benchmark:
        "results/benchmarks/gauge_shift.tsv"
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        settings=model_systems("stencil", "reference_grid"),
        shift=config["conditioning"]["gauge_shift"],
        code=code("gauge_shift.py"),
    script:
        "../scripts/gauge_shift.py"
