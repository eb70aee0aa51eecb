"""Gather the finished study in one archive that describes itself, and check it."""

from pathlib import Path

from study_job import study_job

from hkmaps.errors import InputError
from hkmaps.reporting.repository import commit_of

with study_job(snakemake) as log:
    try:
        from hkmaps.reporting.deposit import write_deposit
    except ModuleNotFoundError as error:
        raise InputError(
            f"The deposit needs the package {error.name}; install it with pip install --constraint"
            " requirements.lock --editable '.[deposit]'."
        ) from error
    params = snakemake.params
    sizes = write_deposit(
        snakemake.output[0],
        Path(params.repository),
        {place: Path(path) for place, path in params.files["inputs"].items()},
        params.files["results"],
        params.config,
        commit_of(params.repository),
    )
    for name, size in sizes.most_common():
        log.info("%s: %.2f MB", name, size / 1e6)
