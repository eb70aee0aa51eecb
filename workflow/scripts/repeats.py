"""Train one functional of one data set several times and test it on unseen systems."""

from pathlib import Path

from study_job import study_job

from hkmaps.datasets import SYSTEMS, Functional, input_grid
from hkmaps.exact import uniform_grid
from hkmaps.networks.repeats import train_repeats
from hkmaps.networks.results import GRID_SEARCH, PREDICTIONS, select_hyperparameters
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake) as log:
    params, wildcards = snakemake.params, snakemake.wildcards
    functional = Functional.from_path_name(wildcards.functional)
    systems = read_table(snakemake.input.systems, SYSTEMS)
    training, test = (systems[systems["split"] == split] for split in ("train", "test"))
    settings = params.settings
    learning_rate, batch_size = settings["learning_rate"], settings["batch_size"]
    if settings["hyperparameters"] == "winner":
        searched = read_table(snakemake.input.grid_search, GRID_SEARCH)
        learning_rate, batch_size = select_hyperparameters(searched)
        log.info("grid-search winner: learning rate %g, batch size %d", learning_rate, batch_size)
    inputs, targets = functional.input_column, functional.target_column
    grid = uniform_grid(*systems[["grid_length", "grid_density"]].iloc[0])
    folder = Path(snakemake.output.ensemble).parent
    trained, predictions = train_repeats(
        stack(training[inputs]),
        training[targets].to_numpy(),
        stack(test[inputs]),
        test[targets].to_numpy(),
        points=input_grid(grid, stack(test[inputs]).shape[1]).points,
        learning_rate=learning_rate,
        batch_size=batch_size,
        steps=settings["steps"],
        repeats=settings["count"],
        seed=params.seed,
        data_set=wildcards.data_set,
        functional=functional.label,
        test_systems=test["system"].to_numpy(),
        oversized_batches=params.oversized_batches,
        work_folder=folder / "work",
        threads=snakemake.threads,
        progress=log.info,
    )
    trained.save(folder)
    write_table(predictions, snakemake.output.predictions, PREDICTIONS)
