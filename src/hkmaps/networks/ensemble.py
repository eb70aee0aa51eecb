"""The LightningModule that trains an ensemble of networks, each with its own learning rate."""

from collections.abc import Sequence
from itertools import groupby

import pytorch_lightning as pl
import torch

from hkmaps.networks.cnn import EnsembleCNN

ADAM_EPSILON = 1e-7
"""Adam's epsilon as in Keras; PyTorch's default is 1e-8."""


class EnsembleTraining(pl.LightningModule):
    """Trains every member on its own batches with Adam and its own learning rate.

    Args:
        network: the ensemble.
        learning_rates: one per member.

    Attributes:
        minimum_validation_mse: lowest validation MSE of each member over complete epochs, Ha^2.
        minimum_step: update steps that had been done when that was reached.
        training_mse: MSE of each member on its latest batch, before the update, Ha^2.
        validation_mse: MSE of each member after the epoch that has just been completed, Ha^2.
    """

    def __init__(self, network: EnsembleCNN, learning_rates: Sequence[float]):
        super().__init__()
        self.network = network
        self.learning_rates = tuple(learning_rates)
        self.training_mse = self.validation_mse = None
        # Buffers are part of a checkpoint.
        members = len(network.members)
        self.register_buffer("minimum_validation_mse", torch.full((members,), torch.inf))
        self.register_buffer("minimum_step", torch.zeros(members, dtype=torch.int64))

    def training_step(self, batch: tuple[torch.Tensor, torch.Tensor], index: int) -> torch.Tensor:
        """Return the sum of the members' MSE, whose gradient is that of separate networks."""
        errors = self._mean_squared_errors(batch)
        self.training_mse = errors.detach()
        return errors.sum()

    def validation_step(self, batch: tuple[torch.Tensor, torch.Tensor], index: int) -> None:
        """Keep each member's lowest MSE."""
        self.validation_mse = self._mean_squared_errors(batch)
        lower = self.validation_mse < self.minimum_validation_mse
        self.minimum_validation_mse[lower] = self.validation_mse[lower]
        self.minimum_step[lower] = self.trainer.global_step

    def on_train_epoch_end(self) -> None:
        """Write the members' errors to the CSV metrics."""
        # Lightning ends the epoch of a checkpoint once more on resuming, with no steps of its own.
        if self.logger is not None and self.training_mse is not None:
            metrics = {f"training_mse_{i}": mse for i, mse in enumerate(self.training_mse.tolist())}
            if self.validation_mse is not None:
                values = enumerate(self.validation_mse.tolist())
                metrics |= {f"validation_mse_{i}": mse for i, mse in values}
            # Straight to the logger: a call of `self.log` for each member costs more than a step.
            self.logger.log_metrics(metrics, self.trainer.global_step)
        self.training_mse = self.validation_mse = None

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """One Adam with a parameter group for each run of members with equal learning rates."""
        members = iter(self.network.members)
        groups = [
            {"params": [tensor for _ in run for tensor in next(members).parameters()], "lr": rate}
            for rate, run in groupby(self.learning_rates)
        ]
        # Unfused, Adam takes 7 times as long here and would be the greater part of a step.
        return torch.optim.Adam(groups, eps=ADAM_EPSILON, fused=True)

    def _mean_squared_errors(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        inputs, targets = batch
        return (self.network(inputs) - targets).square().mean(dim=1)
