"""Our ensemble beside one Lightning Trainer per network, in one run on one thread.

Run it by `python benchmarks/networks.py`. Both train the network of Figure 7 on the potentials and
energies of 100 atoms; the peer is the usual Conv1d model with the usual DataLoader, spared its
logger, checkpoints and progress bar. The speed is also held against that of the machine's matrix
product. Numbers go to benchmarks/results/.
"""

import os
import statistics
import time
from collections.abc import Callable

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy and PyTorch read them

import numpy as np  # noqa: E402
import pytorch_lightning as pl  # noqa: E402
import torch  # noqa: E402
from measured import keep  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from hkmaps.exact.grids import uniform_grid  # noqa: E402
from hkmaps.exact.one_electron import solve_one_electron  # noqa: E402
from hkmaps.exact.potentials import atom_potential  # noqa: E402
from hkmaps.networks.data import SampledFunctions  # noqa: E402
from hkmaps.networks.training import (  # noqa: E402
    Member,
    TrainingPlan,
    quiet_lightning,
    train_ensemble,
)

MEMBERS = 10
LEARNING_RATE = 0.00256
STEPS = {1: 100, 10: 100, 50: 300}
"""Update steps by batch size; 300 at batch 50 are the repeats of Table 1."""
PEER_NETWORKS = 2
ROUNDS = 3
PRODUCT_SIZE = 1024

# Multiplications and additions of one sample in Figure 7's layers, forward. Backward needs the
# gradients of weights and of inputs, as much each, but for the first layer's inputs.
FIRST_LAYER = 2 * 161 * 8 * 10
OTHER_LAYERS = 2 * (154 * 80 * 20 + 3080 * 120 + 120 * 120 + 120)
OPERATIONS_PER_SAMPLE = 2 * FIRST_LAYER + 3 * OTHER_LAYERS


class PlainNetwork(pl.LightningModule):
    """One network of Figure 7, as a tutorial would write it."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(1, 10, 8), nn.ReLU(), nn.Conv1d(10, 20, 8), nn.ReLU(), nn.Flatten(),
            nn.Linear(3080, 120), nn.ReLU(), nn.Linear(120, 120), nn.ReLU(), nn.Linear(120, 1),
        )  # fmt: skip

    def training_step(self, batch, index):
        """Return the mean squared error of the batch."""
        inputs, targets = batch
        return nn.functional.mse_loss(self.layers(inputs[:, None])[:, 0], targets)

    def configure_optimizers(self):
        """Return Adam."""
        return torch.optim.Adam(self.parameters(), lr=LEARNING_RATE)


def train_plain(samples: SampledFunctions, batch_size: int, steps: int) -> None:
    data = TensorDataset(samples.inputs, samples.targets)
    loader = DataLoader(data, batch_size=batch_size, shuffle=True)
    with quiet_lightning():
        trainer = pl.Trainer(
            max_steps=steps,
            max_epochs=-1,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(PlainNetwork(), loader)


def train_ours(samples: SampledFunctions, batch_size: int, steps: int) -> None:
    members = tuple(Member(("benchmark", member), LEARNING_RATE) for member in range(MEMBERS))
    train_ensemble(TrainingPlan(0, members, batch_size, steps), samples)


def seconds(function: Callable, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def product_speed() -> float:
    """Return the speed of a large single-precision matrix product in GFLOP/s."""
    a, b = torch.randn(2, PRODUCT_SIZE, PRODUCT_SIZE)
    return max(2e-9 * PRODUCT_SIZE**3 / seconds(torch.mm, a, b) for _ in range(20))


def main() -> None:
    torch.set_num_threads(1)
    grid = uniform_grid(14, 12)
    potentials = [
        atom_potential(grid.points, Z, alpha)
        for Z in np.linspace(0.5, 2, 10)
        for alpha in np.linspace(0.65, 1, 10)
    ]
    energies = [solve_one_electron(potential, grid).energies[0] for potential in potentials]
    samples = SampledFunctions(np.stack(potentials), np.array(energies))
    train_ours(samples, 10, 5)
    train_plain(samples, 10, 5)
    results = {"threads": 1, "torch": torch.__version__, "batches": []}
    print(f"{'batch':>5} {'steps':>5} {'s/network':>10} {'peer':>8} {'ratio':>6} {'GFLOP/s':>8}"
          f" {'of product':>10}")  # fmt: skip
    for batch_size, steps in STEPS.items():
        # In turn, so that a busy moment of the machine meets both.
        rounds = [
            (
                seconds(train_ours, samples, batch_size, steps) / MEMBERS,
                seconds(lambda b=batch_size, s=steps: [
                    train_plain(samples, b, s) for _ in range(PEER_NETWORKS)
                ]) / PEER_NETWORKS,
                product_speed(),
            )
            for _ in range(ROUNDS)
        ]  # fmt: skip
        ours, peer, product = (statistics.median(column) for column in zip(*rounds, strict=True))
        speed = 1e-9 * OPERATIONS_PER_SAMPLE * batch_size * steps / ours
        results["batches"].append(
            {
                "batch_size": batch_size,
                "steps": steps,
                "seconds_per_network": ours,
                "peer_seconds_per_network": peer,
                "ratio": peer / ours,
                "gflops": speed,
                "product_gflops": product,
                "rounds": rounds,
            }
        )
        print(f"{batch_size:5d} {steps:5d} {ours:10.3f} {peer:8.3f} {peer / ours:6.2f} {speed:8.1f}"
              f" {speed / product:10.0%}")  # fmt: skip
    keep("networks", results)


if __name__ == "__main__":
    main()
