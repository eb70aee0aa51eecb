"""Repeated training of a functional and its errors on the test set (paper A, Table 1)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from hkmaps.checks import expect_count, expect_finite
from hkmaps.errors import InputError
from hkmaps.networks.cnn import Architecture
from hkmaps.networks.data import SampledFunctions
from hkmaps.networks.trained import TrainedFunctional, is_constant
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble, training_fingerprint


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
    progress: Callable[[str], None] = lambda message: None,
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
        work_folder: where to keep metrics, and a checkpoint while training; None for nowhere.
        threads: number of CPU threads.
        progress: called with a line of text every few seconds.

    Returns:
        The trained functional, and its predictions as declared in
        `hkmaps.networks.results.PREDICTIONS`.

    Raises:
        InputError: a setting or an array is not allowed.
    """
    repeats = expect_count(repeats, "number of repeats")
    points = expect_finite(points, "points of the grid")
    training = SampledFunctions(train_inputs, train_targets)
    if points.shape != training.inputs.shape[1:]:
        raise InputError(
            f"The points of the grid have the shape {points.shape}; for inputs of"
            f" {training.inputs.shape[1]} grid points it must be ({training.inputs.shape[1]},)."
        )
    test = SampledFunctions(test_inputs, test_targets, "test set")
    architecture = architecture or Architecture()
    prefix = (data_set, functional, "repeats")
    members = tuple(Member((*prefix, repeat), learning_rate) for repeat in range(repeats))
    plan = TrainingPlan(seed, members, batch_size, steps, architecture, oversized_batches)
    folder = None
    if work_folder is not None:
        folder = Path(work_folder) / f"repeats-{training_fingerprint(plan, training, None)}"
    label = f"{repeats} repeats of {functional} on {data_set}"
    ensemble = train_ensemble(
        plan, training, folder=folder, threads=threads, label=label, progress=progress
    )
    settings = {
        "seed": seed,
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "steps": steps,
        "repeats": repeats,
    }
    trained = TrainedFunctional(
        ensemble.network,
        points,
        functional,
        data_set,
        np.zeros(repeats, dtype=bool),
        settings,
    )
    predictions = trained.predict_repeats(test_inputs)
    trained.dead = is_constant(predictions)
    if folder is not None:
        (folder / "last.ckpt").unlink(missing_ok=True)
    systems = np.arange(len(test)) if test_systems is None else np.asarray(test_systems)
    frame = pd.DataFrame(
        {
            "repeat": np.repeat(np.arange(repeats), len(test)),
            "system": np.tile(systems, repeats),
            "target": np.tile(np.asarray(test_targets, dtype=np.float64), repeats),
            "prediction": np.where(np.isfinite(predictions), predictions, np.nan).ravel(),
            "dead": np.repeat(trained.dead, len(test)),
        }
    )
    return trained, frame
