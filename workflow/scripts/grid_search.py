"""Search learning rate and batch size for one functional of one data set."""

from pathlib import Path

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.results import GRID_SEARCH
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, wildcards = snakemake.params, snakemake.wildcards
    systems = read_table(snakemake.input[0], SYSTEMS)
    functional = Functional.from_path_name(wildcards.functional)
    searched = LearningTask.from_systems(systems, wildcards.data_set, functional).search(
        **params.settings,
        seed=params.seed,
        oversized_batches=params.oversized_batches,
        work_folder=Path(snakemake.output[0]).parent / "work",
        threads=snakemake.threads,
        progress=log.info,
    )
    write_table(searched, snakemake.output[0], GRID_SEARCH)
