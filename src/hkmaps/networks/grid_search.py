"""Grid search over learning rates and batch sizes (paper A, section 2.3.3 and Figure 8)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from hkmaps.errors import InputError
from hkmaps.networks.cnn import Architecture
from hkmaps.networks.data import SampledFunctions, validation_split
from hkmaps.networks.trained import is_constant
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble, training_fingerprint
from hkmaps.tables import Column, TableSchema, read_table, write_table

GRID_SEARCH = TableSchema(
    "grid_search",
    "Validation errors of a grid search over learning rate and batch size, one row a network",
    (
        Column("learning_rate", "number", "1", "learning rate of Adam"),
        Column("batch_size", "integer", "1", "samples of an update step, as configured"),
        Column("run", "integer", "1", "number of the run, from 0"),
        Column("minimum_validation_mse", "number", "Ha^2", "lowest MSE after a complete epoch"),
        Column("step", "integer", "1", "update steps done when the lowest MSE was reached"),
        Column("dead", "flag", "", "whether the network ended with constant output"),
    ),
)


def grid_search(
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    learning_rates: Sequence[float],
    batch_sizes: Sequence[int],
    runs: int,
    steps: int,
    validation_fraction: float,
    seed: int,
    data_set: str,
    functional: str,
    architecture: Architecture | None = None,
    oversized_batches: str = "full",
    work_folder: str | Path | None = None,
    threads: int = 1,
) -> pd.DataFrame:
    """Train all pairs of learning rate and batch size, several runs each.

    The networks of one batch size train together, as one ensemble.

    Args:
        inputs: training inputs, shape (samples, grid points).
        targets: training targets, shape (samples,), Ha.
        learning_rates: learning rates of the grid.
        batch_sizes: batch sizes of the grid.
        runs: networks for each pair.
        steps: update steps of each network.
        validation_fraction: share of the training set that validates.
        seed: the study's seed.
        data_set: name of the data set; the validation split follows from it.
        functional: name of the functional.
        architecture: layer sizes, those of paper A by default.
        oversized_batches: "full" or "refuse", see `hkmaps.networks.data.full_batch`.
        work_folder: where to keep checkpoints and finished batch sizes; None for nowhere.
        threads: number of CPU threads.

    Returns:
        One row a network, as declared in `GRID_SEARCH`.

    Raises:
        InputError: a setting is not allowed, or `steps` complete no epoch.
    """
    train, validate = validation_split(len(inputs), validation_fraction, seed, data_set)
    samples = SampledFunctions(inputs, targets)
    training, validation = samples.subset(train), samples.subset(validate)
    cells = [(rate, run) for rate in learning_rates for run in range(runs)]
    frames = []
    for batch_size in batch_sizes:
        prefix = (data_set, functional, "grid search", f"batch size {batch_size}")
        members = tuple(
            Member((*prefix, f"learning rate {rate!r}", run), rate) for rate, run in cells
        )
        plan = TrainingPlan(
            seed, members, batch_size, steps, architecture or Architecture(), oversized_batches
        )
        folder = finished = None
        if work_folder is not None:
            fingerprint = training_fingerprint(plan, training, validation)
            folder = Path(work_folder) / f"grid-search-batch-{batch_size}-{fingerprint}"
            finished = folder / "grid_search.parquet"
            if finished.exists():
                frames.append(read_table(finished, GRID_SEARCH))
                continue
        label = f"grid search of {functional} on {data_set}, batch size {batch_size}"
        ensemble = train_ensemble(
            plan, training, validation, folder=folder, threads=threads, label=label
        )
        with torch.inference_mode():
            predictions = ensemble.network(validation.inputs).double().numpy()
        frame = pd.DataFrame(
            {
                "learning_rate": [rate for rate, _ in cells],
                "batch_size": batch_size,
                "run": [run for _, run in cells],
                "minimum_validation_mse": ensemble.minimum_validation_mse.double().numpy(),
                "step": ensemble.minimum_step.numpy(),
                "dead": is_constant(predictions),
            }
        )
        if finished is not None:
            write_table(frame, finished, GRID_SEARCH)
            (folder / "last.ckpt").unlink(missing_ok=True)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def average_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Average the runs' lowest validation MSE, best pair first.

    Args:
        frame: rows as declared in `GRID_SEARCH`.

    Returns:
        Columns learning_rate, batch_size, validation_mse (Ha^2), rank (1 is the best).
    """
    pairs = frame.groupby(["learning_rate", "batch_size"])["minimum_validation_mse"]
    means = pairs.mean().rename("validation_mse").reset_index()
    means = means.sort_values("validation_mse", kind="stable", ignore_index=True)
    return means.assign(rank=np.arange(1, len(means) + 1))


def select_hyperparameters(frame: pd.DataFrame) -> tuple[float, int]:
    """Return the learning rate and batch size with the lowest mean validation MSE."""
    winner = average_runs(frame).iloc[0]
    return float(winner.learning_rate), int(winner.batch_size)


def compare_cell(frame: pd.DataFrame, learning_rate: float, batch_size: int) -> dict[str, float]:
    """Say how a pair stands against the winner of a grid search.

    Args:
        frame: rows as declared in `GRID_SEARCH`.
        learning_rate: learning rate of the pair.
        batch_size: batch size of the pair.

    Returns:
        validation_mse of the pair, winner_learning_rate, winner_batch_size, winner_mse, rank of
        the pair (1 is the best) and ratio (its MSE to the winner's).

    Raises:
        InputError: the pair is not in the grid.
    """
    means = average_runs(frame)
    here = np.isclose(means.learning_rate, learning_rate) & (means.batch_size == batch_size)
    if not here.any():
        raise InputError(
            f"The grid search has no learning rate {learning_rate} with batch size {batch_size};"
            f" it has learning rates {sorted(set(means.learning_rate))} and batch sizes"
            f" {sorted(set(means.batch_size))}."
        )
    cell, winner = means[here].iloc[0], means.iloc[0]
    return {
        "validation_mse": float(cell.validation_mse),
        "winner_learning_rate": float(winner.learning_rate),
        "winner_batch_size": int(winner.batch_size),
        "winner_mse": float(winner.validation_mse),
        "rank": int(cell["rank"]),
        "ratio": float(cell.validation_mse / winner.validation_mse),
    }
