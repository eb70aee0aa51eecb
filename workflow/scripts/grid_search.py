"""Search learning rate and batch size for functionals of one data set, one after the other."""

from pathlib import Path

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.results import GRID_SEARCH
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input[0], SYSTEMS)
    for path in map(Path, snakemake.output):
        functional = Functional.from_path_name(path.parent.name)
        searched = LearningTask.from_systems(systems, data_set, functional).search(
            **params.settings,
            seed=params.seed,
            oversized_batches=params.oversized_batches,
            work_folder=path.parent / "work",
            threads=snakemake.threads,
            progress=log.info,
        )
        write_table(searched, path, GRID_SEARCH)
