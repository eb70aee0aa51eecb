"""The convolutional network of paper A's Figure 7, as an ensemble that computes in one go.

All members have the same layers; each parameter is stacked along a leading axis, one entry per
member, so that one batched matrix product does the work of all members. The members stay
independent: the gradient of a sum of their losses is the gradient of each one's own loss.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real

import torch
import torch.nn.functional as F  # noqa: N812 - the name its users know
from torch import nn

from hkmaps.checks import expect_count
from hkmaps.errors import InputError


@dataclass(frozen=True)
class Architecture:
    """Layer sizes of the network; the defaults are those of paper A, Figure 7.

    Attributes:
        filters: number of filters of each convolutional layer.
        kernel_sizes: length of the filters of each convolutional layer, in grid points.
        neurons: number of neurons of each hidden dense layer.

    Raises:
        InputError: sizes are missing or not positive.
    """

    filters: tuple[int, ...] = (10, 20)
    kernel_sizes: tuple[int, ...] = (8, 8)
    neurons: tuple[int, ...] = (120, 120)

    def __post_init__(self):
        for name in ("filters", "kernel_sizes", "neurons"):
            sizes = getattr(self, name)
            if isinstance(sizes, str) or not isinstance(sizes, Iterable):
                raise InputError(f"{name} is {sizes!r}; it must be a list of sizes of layers.")
            sizes = tuple(sizes)
            if not all(isinstance(size, Real) and size == size // 1 >= 1 for size in sizes):
                raise InputError(
                    f"{name} is {sizes}; every size of a layer must be whole and at least 1."
                )
            object.__setattr__(self, name, tuple(int(size) for size in sizes))
        if len(self.filters) != len(self.kernel_sizes):
            raise InputError(
                f"filters names {len(self.filters)} convolutional layers and kernel_sizes"
                f" {len(self.kernel_sizes)}; both must name the same layers."
            )


class EnsembleLayer(nn.Module):
    """A layer with a weight and a bias for each member.

    Weights are Glorot-uniform, biases zero, as in Keras: PyTorch's default initialisation gives
    larger errors than paper A printed, this one does not.
    """

    def __init__(self, shape: tuple[int, ...], generators: Sequence[torch.Generator]):
        super().__init__()
        *receptive_field, inputs, outputs = shape
        fan = math.prod(receptive_field) * (inputs + outputs)
        limit = math.sqrt(6.0 / fan)
        # Drawn in double precision, so that networks of either precision start from one point.
        weights = [
            limit * (2.0 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1.0)
            for generator in generators
        ]
        self.weight = nn.Parameter(torch.stack(weights).to(torch.get_default_dtype()))
        self.bias = nn.Parameter(torch.zeros(len(weights), outputs))


class EnsembleConvolution(EnsembleLayer):
    """One-dimensional convolution without padding ("valid"): (R, B, L, C) -> (R, B, L - k + 1, O).

    The outputs are computed in blocks of k - 1 neighbouring positions. A block needs the inputs of
    its own k - 1 positions and of the next k - 1, and is one matrix product with a banded (block
    Toeplitz) matrix of the filters. Nearly half of that matrix is zeros, yet it is the fastest way
    on a CPU, because the product is no longer thin and the inputs are copied twice instead of k
    times. Ten members, batch 50, second layer of Figure 7, forward and backward, one core with
    AVX-512, useful GFLOP/s: 73 so; 35 with one row per position (im2col); 45 with `conv1d` member
    by member; 40 with a grouped `conv1d`.
    """

    def __init__(self, kernel_size: int, channels: int, filters: int, generators):
        super().__init__((kernel_size, channels, filters), generators)
        self.kernel_size = kernel_size
        self.block = max(kernel_size - 1, 1)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Convolve `inputs` of shape (members, batch, length, channels)."""
        members, batch, length, channels = inputs.shape
        positions = length - self.kernel_size + 1
        blocks = -(-positions // self.block)
        padded = (blocks + 1) * self.block
        if padded > length:
            inputs = F.pad(inputs, (0, 0, 0, padded - length))
        elif padded < length:  # only filters of length 1, which need no neighbouring block
            inputs = inputs[:, :, :padded]
        rows = inputs.reshape(members, batch, blocks + 1, self.block * channels)
        rows = torch.cat([rows[:, :, :-1], rows[:, :, 1:]], dim=-1)
        outputs = torch.baddbmm(
            self.bias.repeat(1, self.block)[:, None],
            rows.view(members, batch * blocks, -1),
            self._banded_filters(),
        )
        return outputs.view(members, batch, blocks * self.block, -1)[:, :, :positions]

    def _banded_filters(self) -> torch.Tensor:
        """Filters as matrices of shape (members, 2 * block * channels, block * filters).

        Entry ((i, c), (p, o)) is the weight [i - p, c, o] where that exists, and zero elsewhere.
        """
        members, kernel_size, channels, filters = self.weight.shape
        width = 2 * self.block
        # Rows of length width + 1, written one after the other and read with length width, move
        # by one position from row to row.
        rows = F.pad(self.weight, (0, 0, 0, 0, 0, width + 1 - kernel_size))
        rows = rows.repeat(1, self.block, 1, 1)[:, : self.block * width]
        rows = rows.view(members, self.block, width, channels, filters)
        return rows.permute(0, 2, 3, 1, 4).reshape(members, width * channels, -1)


class EnsembleDense(EnsembleLayer):
    """Fully connected layer: (R, B, inputs) -> (R, B, outputs)."""

    def __init__(self, inputs: int, outputs: int, generators):
        super().__init__((inputs, outputs), generators)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Apply each member's matrix and bias to its own `inputs`."""
        return torch.baddbmm(self.bias[:, None], inputs, self.weight)


class EnsembleCNN(nn.Module):
    """R networks of one architecture that map sampled functions to numbers (paper A, Figure 7).

    Args:
        architecture: the layer sizes.
        input_length: number of grid points of an input.
        seeds: one seed per member; a member's initial weights depend on its seed alone.

    Raises:
        InputError: the input is too short for the convolutions.
    """

    def __init__(self, architecture: Architecture, input_length: int, seeds: Sequence[int]):
        super().__init__()
        self.architecture = architecture
        self.input_length = expect_count(input_length, "number of grid points of an input")
        if not len(seeds):
            raise InputError("The ensemble has no seeds; at least one network is needed.")
        self.members = len(seeds)
        generators = [
            torch.Generator().manual_seed(expect_count(seed, "seed of a network", 0))
            for seed in seeds
        ]
        length, channels = input_length, 1
        self.convolutions = nn.ModuleList()
        for filters, kernel_size in zip(
            architecture.filters, architecture.kernel_sizes, strict=True
        ):
            self.convolutions.append(
                EnsembleConvolution(kernel_size, channels, filters, generators)
            )
            length, channels = length - kernel_size + 1, filters
            if length < 1:
                raise InputError(
                    f"An input of {input_length} grid points is too short for convolutions with"
                    f" kernel_sizes {architecture.kernel_sizes}; at least"
                    f" {sum(architecture.kernel_sizes) - len(architecture.kernel_sizes) + 1}"
                    " are needed."
                )
        sizes = (length * channels, *architecture.neurons, 1)
        self.denses = nn.ModuleList(
            EnsembleDense(inputs, outputs, generators) for inputs, outputs in pairwise(sizes)
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return predictions.

        Args:
            inputs: shape (R, B, L), each member's own batch; or (B, L), one batch for all.

        Returns:
            Predictions of shape (R, B).
        """
        if inputs.ndim == 2:
            inputs = inputs.expand(self.members, *inputs.shape)
        values = inputs[..., None]
        for convolution in self.convolutions:
            values = F.relu(convolution(values))
        values = values.flatten(2)
        for dense in self.denses[:-1]:
            values = F.relu(dense(values))
        return self.denses[-1](values)[..., 0]
