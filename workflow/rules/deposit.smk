"""What is kept of a finished study: one archive, by `snakemake deposit`, to be cited and run again,
and the record in the documentation, by `snakemake record`."""


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


rule record:
    input:
        study_targets(),
    output:
        directory("results/record"),
    log:
        "logs/record.log",
    localrule: True
    conda:
        "../../envs/study.yaml"
    params:
        config=config,
        published=published_study(),
        repository=str(REPOSITORY) if IN_MODULE or Path.cwd() != REPOSITORY else ".",
        code=code("record.py"),
    script:
        "../scripts/record.py"
