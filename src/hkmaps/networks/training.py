"""Training an ensemble for a number of update steps, resumable at the same bits after a kill."""

import contextlib
import hashlib
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments import LightningEnvironment
from lightning_fabric.plugins.io import TorchCheckpointIO
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger

from hkmaps.checks import expect_count, expect_number
from hkmaps.errors import InputError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.networks.cnn import Architecture, EnsembleCNN
from hkmaps.networks.data import EnsembleData, SampledFunctions, StreamNames, full_batch
from hkmaps.networks.ensemble import EnsembleTraining
from hkmaps.seeds import stream_seed
from hkmaps.tables import atomic_path

STEPS_PER_CHECKPOINT = 100
SECONDS_PER_MESSAGE = 10.0


@dataclass(frozen=True)
class Member:
    """A network of an ensemble: the names of its random streams and its learning rate."""

    names: StreamNames
    learning_rate: float


@dataclass(frozen=True)
class TrainingPlan:
    """All that decides the outcome of training, besides the data.

    Attributes:
        seed: the study's seed.
        members: the networks.
        batch_size: samples of an update step.
        steps: number of update steps.
        architecture: layer sizes.
        oversized_batches: what to do with batches larger than the training set, see `full_batch`.
    """

    seed: int
    members: tuple[Member, ...]
    batch_size: int
    steps: int
    architecture: Architecture = field(default_factory=Architecture)
    oversized_batches: str = "refuse"

    def __post_init__(self):
        expect_count(self.steps, "number of update steps")
        if not self.members:
            raise InputError("The ensemble has no members; at least one network is needed.")
        for member in self.members:
            expect_number(member.learning_rate, "learning rate")


def training_fingerprint(
    plan: TrainingPlan, training: SampledFunctions, validation: SampledFunctions | None
) -> str:
    """Return a hash of the plan, the data and the code: what a checkpoint is good for."""
    code = code_fingerprint(Path(__file__))
    text = f"{plan} {torch.get_default_dtype()} torch {torch.__version__} code {code}"
    digest = hashlib.sha256(text.encode())
    for samples in (training, validation):
        if samples is not None:
            digest.update(samples.inputs.numpy().tobytes() + samples.targets.numpy().tobytes())
    return digest.hexdigest()[:12]


def train_ensemble(
    plan: TrainingPlan,
    training: SampledFunctions,
    validation: SampledFunctions | None = None,
    *,
    folder: Path | None = None,
    threads: int = 1,
    label: str = "ensemble",
    progress: Callable[[str], None] = lambda message: None,
) -> EnsembleTraining:
    """Train an ensemble, or finish one that was interrupted.

    Args:
        plan: the settings.
        training: the training set.
        validation: the validation set; then each member's lowest MSE on it after a complete epoch
            is kept.
        folder: folder of checkpoints and CSV metrics, or None for neither. Training continues from
            a checkpoint in it, so it must be of this `training_fingerprint` alone.
        threads: number of CPU threads.
        label: what is trained, for messages.
        progress: called with a line of text every few seconds.

    Returns:
        The trained ensemble, on the CPU.

    Raises:
        InputError: the batch is too large, or there is a validation set and no epoch is completed.
    """
    batch_size = full_batch(plan.batch_size, len(training), plan.oversized_batches)
    names = [member.names for member in plan.members]
    data = EnsembleData(training, validation, batch_size, plan.seed, names)
    steps_per_epoch = len(data.batches)
    if validation is not None and plan.steps < steps_per_epoch:
        raise InputError(
            f"{plan.steps} steps at batch size {batch_size} complete no epoch of"
            f" {steps_per_epoch} steps, and validation follows complete epochs;"
            f" choose at least {steps_per_epoch} steps."
        )
    torch.set_num_threads(threads)
    seeds = [stream_seed(plan.seed, *member, "initial weights") for member in names]
    network = EnsembleCNN(plan.architecture, training.inputs.shape[1], seeds)
    ensemble = EnsembleTraining(network, [member.learning_rate for member in plan.members])
    callbacks, logger, checkpoint = [ProgressMessages(plan.steps, label, progress)], False, None
    if folder is not None:
        checkpoint = Path(folder) / "last.ckpt"
        logger = CSVLogger(folder, name="metrics", flush_logs_every_n_steps=STEPS_PER_CHECKPOINT)
        callbacks.append(
            ModelCheckpoint(
                folder,
                checkpoint.stem,
                every_n_epochs=max(1, STEPS_PER_CHECKPOINT // steps_per_epoch),
                save_on_train_epoch_end=True,
                enable_version_counter=False,
            )
        )
    with quiet_lightning():
        trainer = pl.Trainer(
            max_steps=plan.steps,
            max_epochs=-1,
            accelerator="auto",
            devices=1,
            # Without this, Lightning reads the SLURM variables of the job that Snakemake runs in
            # and waits for tasks that do not exist.
            plugins=[LightningEnvironment(), AtomicCheckpoints()],
            deterministic=torch.cuda.is_available(),
            logger=logger,
            callbacks=callbacks,
            enable_checkpointing=folder is not None,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )
        resume = checkpoint if checkpoint is not None and checkpoint.exists() else None
        if resume:
            progress(f"{label}: resuming from {resume}")
        trainer.fit(ensemble, datamodule=data, ckpt_path=resume)
    return ensemble.cpu().eval()


class AtomicCheckpoints(TorchCheckpointIO):
    """Checkpoints that are whole or absent, and hold nothing but tensors and plain values.

    Lightning's own writer goes through the folder for temporary files, from where a file cannot be
    renamed atomically into another file system.
    """

    def save_checkpoint(self, checkpoint, path, storage_options=None) -> None:
        """Write the checkpoint to `path`."""
        with atomic_path(path) as temporary:
            torch.save(checkpoint, temporary)

    def load_checkpoint(self, path, map_location=None, weights_only=True):
        """Read the checkpoint at `path`; no code in it is run."""
        return torch.load(path, map_location=map_location or "cpu", weights_only=True)


class ProgressMessages(pl.Callback):
    """Says every few seconds how far training is."""

    def __init__(self, steps: int, label: str, progress: Callable[[str], None]):
        self.steps = steps
        self.label = label
        self.progress = progress
        self.last = time.monotonic()

    def on_train_batch_end(self, trainer, module, outputs, batch, index) -> None:
        """Report the step and how well the median member fits its latest batch."""
        if time.monotonic() - self.last > SECONDS_PER_MESSAGE:
            self.last = time.monotonic()
            self.progress(
                f"{self.label}: step {trainer.global_step} of {self.steps}, median training MSE"
                f" {module.training_mse.median().item():.2e} Ha^2"
            )


@contextlib.contextmanager
def quiet_lightning() -> Iterator[None]:
    """Keep Lightning's advice on hardware and workers, meant for other uses, from the user."""
    logger = logging.getLogger("pytorch_lightning")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="pytorch_lightning")
            warnings.filterwarnings("ignore", module="lightning_fabric")
            yield
    finally:
        logger.setLevel(level)
