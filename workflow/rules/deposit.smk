"""The finished study as one archive, by `snakemake deposit`: to be kept, cited and run again."""


def study_files(wildcards, input):
    """Every file that jobs behind `input` make, and every file that they read and none makes."""
    made, read, pending = set(), set(), set(input)
    while pending:
        path = pending.pop()
        makers = [rule for rule in workflow.rules if rule.benchmark and rule.is_producer(path)]
        (made if makers else read).add(path)
        for made_by in makers:
            values = made_by.get_wildcards(path)
            files = {*map(str, made_by.expand_output(values)[0])}
            files.update(map(str, made_by.expand_input(values)[0]))
            pending |= files - made - read
    return {"results": sorted(made), "inputs": {place_of(path): path for path in sorted(read)}}


def place_of(path):
    """Where the archive has a file that was read: as in the repository, or by its name."""
    found = Path(path).resolve()
    if found.is_relative_to(REPOSITORY):
        return found.relative_to(REPOSITORY).as_posix()
    return f"inputs/{found.name}"


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
