"""Grid search over learning rates and batch sizes (paper A, section 2.3.3 and Figure 8)."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from hkmaps.networks.cnn import Architecture
from hkmaps.networks.data import SampledFunctions, validation_split
from hkmaps.networks.ensemble import EnsembleTraining
from hkmaps.networks.results import GRID_SEARCH
from hkmaps.networks.trained import is_constant
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble, training_fingerprint
from hkmaps.tables import read_table, write_table


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
    progress: Callable[[str], None] = lambda message: None,
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
        work_folder: where to keep metrics, finished batch sizes, and a checkpoint while training;
            None for nowhere.
        threads: number of CPU threads.
        progress: called with a line of text every few seconds.

    Returns:
        One row per network, as declared in `GRID_SEARCH`.

    Raises:
        InputError: a setting is not allowed, or `steps` complete no epoch.
    """
    train, validate = validation_split(len(inputs), validation_fraction, seed, data_set)
    samples = SampledFunctions(inputs, targets)
    training, validation = samples.subset(train), samples.subset(validate)
    ensembles = {}
    for batch_size in batch_sizes:
        prefix = (data_set, functional, "grid search", f"batch size {batch_size}")
        members = tuple(
            Member((*prefix, f"learning rate {rate!r}", run), rate)
            for rate in map(float, learning_rates)
            for run in range(runs)
        )
        ensembles[batch_size] = TrainingPlan(
            seed, members, batch_size, steps, architecture or Architecture(), oversized_batches
        )
    frames = []
    for batch_size, plan in ensembles.items():
        folder = finished = None
        if work_folder is not None:
            fingerprint = training_fingerprint(plan, training, validation)
            folder = Path(work_folder) / f"grid-search-batch-{batch_size}-{fingerprint}"
            finished = folder / "grid_search.parquet"
            if finished.exists():
                frames.append(read_table(finished, GRID_SEARCH))
                continue
        ensemble = train_ensemble(
            plan,
            training,
            validation,
            folder=folder,
            threads=threads,
            label=f"grid search of {functional} on {data_set}, batch size {batch_size}",
            progress=progress,
        )
        frame = _validation_errors(ensemble, plan, validation)
        if finished is not None:
            write_table(frame, finished, GRID_SEARCH)
            (folder / "last.ckpt").unlink(missing_ok=True)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _validation_errors(
    ensemble: EnsembleTraining, plan: TrainingPlan, validation: SampledFunctions
) -> pd.DataFrame:
    """The rows of `GRID_SEARCH` for one batch size."""
    with torch.inference_mode():
        predictions = ensemble.network(validation.inputs).double().numpy()
    return pd.DataFrame(
        {
            "learning_rate": [member.learning_rate for member in plan.members],
            "batch_size": plan.batch_size,
            "run": [member.names[-1] for member in plan.members],
            "minimum_validation_mse": ensemble.minimum_validation_mse.double().numpy(),
            "step": ensemble.minimum_step.numpy(),
            "dead": is_constant(predictions),
        }
    )
