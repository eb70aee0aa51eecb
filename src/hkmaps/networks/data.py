"""Training data of ensembles: every member draws its own batches from named random streams."""

from collections.abc import Callable, Iterator, Sequence
from numbers import Real

import numpy as np
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError
from hkmaps.seeds import random_stream

StreamNames = tuple[str | int, ...]


class SampledFunctions(Dataset):
    """Functions on a grid with one number each, in memory.

    Args:
        inputs: shape (samples, grid points).
        targets: shape (samples,), Ha.
        name: what the data are, for messages.

    Raises:
        InputError: the shapes do not fit each other, or a value is not finite.
    """

    def __init__(self, inputs: np.ndarray, targets: np.ndarray, name: str = "training set"):
        inputs = expect_finite(inputs, f"{name}'s inputs")
        targets = expect_finite(targets, f"{name}'s targets")
        if inputs.ndim != 2 or targets.shape != inputs.shape[:1] or not len(targets):
            raise InputError(
                f"The {name} has inputs of shape {inputs.shape} and targets of shape"
                f" {targets.shape}; they must be (samples, grid points) and (samples,), with at"
                " least one sample."
            )
        self.inputs = torch.tensor(inputs, dtype=torch.get_default_dtype())
        self.targets = torch.tensor(targets, dtype=torch.get_default_dtype())

    def subset(self, indices: np.ndarray) -> "SampledFunctions":
        """Return the samples with these indices."""
        return SampledFunctions(self.inputs[indices].numpy(), self.targets[indices].numpy())

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, indices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.inputs[indices], self.targets[indices]


class EnsembleBatches(Sampler[torch.Tensor]):
    """Batches of an epoch: for each step, indices of shape (members, batch size).

    Every member shuffles the samples anew in every epoch, by its own named stream. The order
    depends on names and the epoch only, so training that resumes, and a member that is trained in
    other company, see the same batches. An epoch ends with its last full batch.

    Args:
        samples: number of training samples.
        batch_size: samples of an update step.
        seed: the study's seed.
        members: stream names of the members.
        epoch: called at the start of an iteration for the number of the epoch, from 0.
    """

    def __init__(
        self,
        samples: int,
        batch_size: int,
        seed: int,
        members: Sequence[StreamNames],
        epoch: Callable[[], int],
    ):
        self.samples = samples
        self.batch_size = batch_size
        self.seed = seed
        self.members = members
        self.epoch = epoch

    def __len__(self) -> int:
        return self.samples // self.batch_size

    def __iter__(self) -> Iterator[torch.Tensor]:
        epoch = self.epoch()
        orders = [
            random_stream(self.seed, *names, "batches", epoch).permutation(self.samples)
            for names in self.members
        ]
        indices = torch.from_numpy(np.stack(orders))
        return iter(indices.split(self.batch_size, dim=1)[: len(self)])


class EnsembleData(pl.LightningDataModule):
    """Serves training batches of an ensemble and, if there is one, the validation set.

    Args:
        training: the training set.
        validation: the validation set, or None.
        batch_size: samples of an update step, at most as many as there are.
        seed: the study's seed.
        members: stream names of the members.
    """

    def __init__(
        self,
        training: SampledFunctions,
        validation: SampledFunctions | None,
        batch_size: int,
        seed: int,
        members: Sequence[StreamNames],
    ):
        super().__init__()
        self.training = training
        self.validation = validation
        self.batches = EnsembleBatches(len(training), batch_size, seed, members, self.epoch)

    def epoch(self) -> int:
        """Return the number of complete epochs."""
        # By update steps: Lightning's own count is one ahead after resuming at the end of an epoch.
        return self.trainer.global_step // len(self.batches) if self.trainer else 0

    def train_dataloader(self) -> DataLoader:
        """Batches of shapes (members, batch size, grid points) and (members, batch size)."""
        return DataLoader(self.training, sampler=self.batches, batch_size=None)

    def val_dataloader(self) -> DataLoader | list:
        """The whole validation set as one batch, of shapes (samples, grid points), (samples,)."""
        if self.validation is None:
            return []
        return DataLoader(self.validation, sampler=[slice(None)], batch_size=None)


def full_batch(batch_size: int, samples: int, oversized_batches: str) -> int:
    """Return the batch size that is used for a training set of `samples` samples.

    Args:
        batch_size: the size asked for.
        samples: number of training samples.
        oversized_batches: what to do with a batch larger than the training set: "full" takes all
            samples as one batch, "refuse" raises.

    Raises:
        InputError: the batch is larger than the training set and that is refused, or not positive.
    """
    if not isinstance(batch_size, Real) or not batch_size == batch_size // 1 >= 1:
        raise InputError(f"The batch size is {batch_size}; it must be an integer of at least 1.")
    if oversized_batches not in ("full", "refuse"):
        raise InputError(f'oversized_batches is "{oversized_batches}"; it must be full or refuse.')
    if batch_size > samples and oversized_batches == "refuse":
        raise InputError(
            f"The batch size {batch_size} is larger than the training set of {samples} samples;"
            f" choose at most {samples}, or set oversized_batches to full."
        )
    return int(min(batch_size, samples))


def validation_split(
    samples: int, fraction: float, seed: int, data_set: str
) -> tuple[np.ndarray, np.ndarray]:
    """Split a training set at random into what trains and what validates.

    The split follows from the data set's name, so all functionals and runs share it.

    Args:
        samples: number of training samples.
        fraction: share of them to set aside, between 0 and 1.
        seed: the study's seed.
        data_set: name of the data set.

    Returns:
        Indices of the samples that train and of those that validate, ascending.

    Raises:
        InputError: one of the two parts would be empty.
    """
    held_out = round(fraction * samples)
    if not 0 < held_out < samples:
        raise InputError(
            f"A validation fraction of {fraction} of {samples} training samples leaves"
            f" {held_out} to validate and {samples - held_out} to train; both need at least one."
        )
    order = random_stream(seed, data_set, "validation split").permutation(samples)
    return np.sort(order[held_out:]), np.sort(order[:held_out])
