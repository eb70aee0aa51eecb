"""The finished study as one archive, by `snakemake deposit`: to be kept, cited and run again."""


rule deposit:
    input:
        study_targets(),
    output:
        "results/deposit.zip",
    log:
        "logs/deposit.log",
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        files=study_files,
        config=config,
        repository=str(REPOSITORY) if IN_MODULE or Path.cwd() != REPOSITORY else ".",
        code=code("deposit.py"),
    script:
        "../scripts/deposit.py"
