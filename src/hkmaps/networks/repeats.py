"""Repeated training of a functional and its errors on the test set (paper A, Table 1)."""

from pathlib import Path

import numpy as np
import pandas as pd

from hkmaps.networks.cnn import Architecture
from hkmaps.networks.data import SampledFunctions
from hkmaps.networks.trained import TrainedFunctional, is_constant
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble, training_fingerprint
from hkmaps.tables import Column, TableSchema

PREDICTIONS = TableSchema(
    "predictions",
    "Predictions of every repeat for every test system",
    (
        Column("repeat", "integer", "1", "number of the repeat, from 0"),
        Column("system", "integer", "1", "system of the data set"),
        Column("target", "number", "Ha", "exact value"),
        Column("prediction", "number", "Ha", "the network's value"),
        Column("dead", "flag", "", "whether the network's output is constant"),
    ),
)


def train_repeats(
    train_inputs: np.ndarray,
    train_targets: np.ndarray,
    test_inputs: np.ndarray,
    test_targets: np.ndarray,
    *,
    points: np.ndarray,
    learning_rate: float,
    batch_size: int,
    steps: int,
    repeats: int,
    seed: int,
    data_set: str,
    functional: str,
    test_systems: np.ndarray | None = None,
    architecture: Architecture | None = None,
    oversized_batches: str = "refuse",
    work_folder: str | Path | None = None,
    threads: int = 1,
) -> tuple[TrainedFunctional, pd.DataFrame]:
    """Train a functional several times from different initial weights and test each.

    Args:
        train_inputs: shape (samples, grid points).
        train_targets: shape (samples,), Ha.
        test_inputs: shape (test samples, grid points).
        test_targets: shape (test samples,), Ha.
        points: grid of the inputs, shape (grid points,), bohr.
        learning_rate: learning rate of Adam.
        batch_size: samples of an update step.
        steps: update steps of each repeat.
        repeats: number of repeats.
        seed: the study's seed.
        data_set: name of the data set.
        functional: name of the functional.
        test_systems: identifiers of the test systems, shape (test samples,); 0, 1, ... by default.
        architecture: layer sizes, those of paper A by default.
        oversized_batches: "full" or "refuse", see `hkmaps.networks.data.full_batch`.
        work_folder: where to keep checkpoints and metrics; None for nowhere.
        threads: number of CPU threads.

    Returns:
        The trained functional, and its predictions as declared in `PREDICTIONS`.

    Raises:
        InputError: a setting or an array is not allowed.
    """
    training = SampledFunctions(train_inputs, train_targets)
    test = SampledFunctions(test_inputs, test_targets, "test set")
    architecture = architecture or Architecture()
    prefix = (data_set, functional, "repeats")
    members = tuple(Member((*prefix, repeat), learning_rate) for repeat in range(repeats))
    plan = TrainingPlan(seed, members, batch_size, steps, architecture, oversized_batches)
    folder = None
    if work_folder is not None:
        folder = Path(work_folder) / f"repeats-{training_fingerprint(plan, training, None)}"
    label = f"{repeats} repeats of {functional} on {data_set}"
    ensemble = train_ensemble(plan, training, folder=folder, threads=threads, label=label)
    settings = {
        "seed": seed,
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "steps": steps,
        "repeats": repeats,
    }
    trained = TrainedFunctional(
        ensemble.network,
        np.asarray(points, dtype=np.float64),
        functional,
        data_set,
        np.zeros(repeats, dtype=bool),
        settings,
    )
    predictions = trained.predict_repeats(test_inputs)
    trained.dead = is_constant(predictions)
    systems = np.arange(len(test)) if test_systems is None else np.asarray(test_systems)
    frame = pd.DataFrame(
        {
            "repeat": np.repeat(np.arange(repeats), len(test)),
            "system": np.tile(systems, repeats),
            "target": np.tile(np.asarray(test_targets, dtype=np.float64), repeats),
            "prediction": predictions.ravel(),
            "dead": np.repeat(trained.dead, len(test)),
        }
    )
    return trained, frame


def mean_absolute_errors(predictions: pd.DataFrame) -> pd.Series:
    """Return the MAE of each repeat, Ha, from rows as declared in `PREDICTIONS`."""
    errors = (predictions.prediction - predictions.target).abs()
    return errors.groupby(predictions.repeat).mean().rename("mae")


def summarise(predictions: pd.DataFrame) -> dict[str, float]:
    """Summarise the repeats of a functional.

    Args:
        predictions: rows as declared in `PREDICTIONS`.

    Returns:
        repeats and dead (counts); mae_mean, mae_std (of a sample, divisor R - 1; NaN for one
        repeat), mae_median, mae_min and mae_max over all repeats, dead ones included, Ha.
    """
    errors = mean_absolute_errors(predictions)
    return {
        "repeats": len(errors),
        "dead": int(predictions.groupby("repeat").dead.first().sum()),
        "mae_mean": float(errors.mean()),
        "mae_std": float(errors.std(ddof=1)),
        "mae_median": float(errors.median()),
        "mae_min": float(errors.min()),
        "mae_max": float(errors.max()),
    }
