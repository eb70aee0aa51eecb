"""Train functionals of one data set several times and test them on unseen systems."""

from pathlib import Path

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.results import GRID_SEARCH, PREDICTIONS, select_hyperparameters
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    systems = read_table(inputs.systems, SYSTEMS)
    settings = params.settings
    searches = {Path(path).parent.name: path for path in inputs.grid_search}
    for path in map(Path, snakemake.output.predictions):
        folder = path.parent
        functional = Functional.from_path_name(folder.name)
        learning_rate, batch_size = settings["learning_rate"], settings["batch_size"]
        if searches:
            searched = read_table(searches[folder.name], GRID_SEARCH)
            learning_rate, batch_size = select_hyperparameters(searched)
            log.info(
                "grid-search winner of %s: learning rate %g, batch size %d",
                functional.label,
                learning_rate,
                batch_size,
            )
        task = LearningTask.from_systems(systems, snakemake.wildcards.data_set, functional)
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
        write_table(predictions, path, PREDICTIONS)
