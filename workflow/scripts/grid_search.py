"""Search learning rate and batch size for one functional of one data set."""

from pathlib import Path

from study_job import study_job

from hkmaps.datasets import SYSTEMS, Functional
from hkmaps.networks.hyperparameters import grid_search
from hkmaps.networks.results import GRID_SEARCH
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake) as log:
    params, wildcards = snakemake.params, snakemake.wildcards
    functional = Functional.from_path_name(wildcards.functional)
    systems = read_table(snakemake.input[0], SYSTEMS)
    training = systems[systems["split"] == "train"]
    searched = grid_search(
        stack(training[functional.input_column]),
        training[functional.target_column].to_numpy(),
        **params.settings,
        seed=params.seed,
        data_set=wildcards.data_set,
        functional=functional.label,
        oversized_batches=params.oversized_batches,
        work_folder=Path(snakemake.output[0]).parent / "work",
        threads=snakemake.threads,
        progress=log.info,
    )
    write_table(searched, snakemake.output[0], GRID_SEARCH)
