"""Train one functional of one data set several times and test it on unseen systems."""

from pathlib import Path

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.results import GRID_SEARCH, PREDICTIONS, select_hyperparameters
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, wildcards = snakemake.params, snakemake.wildcards
    systems = read_table(snakemake.input.systems, SYSTEMS)
    functional = Functional.from_path_name(wildcards.functional)
    task = LearningTask.from_systems(systems, wildcards.data_set, functional)
    settings = params.settings
    learning_rate, batch_size = settings["learning_rate"], settings["batch_size"]
    if settings["hyperparameters"] == "winner":
        searched = read_table(snakemake.input.grid_search, GRID_SEARCH)
        learning_rate, batch_size = select_hyperparameters(searched)
        log.info("grid-search winner: learning rate %g, batch size %d", learning_rate, batch_size)
    folder = Path(snakemake.output.ensemble).parent
    trained, predictions = task.train(
        learning_rate=learning_rate,
        batch_size=batch_size,
        steps=settings["steps"],
        repeats=settings["count"],
        seed=params.seed,
        oversized_batches=params.oversized_batches,
        work_folder=folder / "work",
        threads=snakemake.threads,
        progress=log.info,
    )
    trained.save(folder)
    write_table(predictions, snakemake.output.predictions, PREDICTIONS)
