"""How far a trained map may be trusted: the variance of its energies, and its domain."""

from dataclasses import dataclass

import numpy as np

from hkmaps.kernels.regularised_kernel import RegularisedKernel

DOMAIN_PERCENTILE = 95
"""Part of the training geometries, in percent, that is near enough to the others."""

RANGE_EXTENSION = 1.5
"""Width of the range of a distance of two atoms that counts as inside, over that in training."""

LEAST_REACH = 0.02
"""Least deviation in bohr of a distance of two atoms that may count as outside."""


class EnergyProcess:
    """The Gaussian process whose mean a trained regression of energies is, with its noise.

    What a regularisation leaves undescribed of a calculated energy is an error of the map, so the
    noise counts. The scale of the variances is that of the leave-one-out errors of training.

    Args:
        distances: squared distances of what the regression was trained on, shape (M, M).
        width: width of its kernel.
        regularisation: its regularisation.
        weights: what it learned, shape (M,), in Ha.
        errors: leave-one-out errors in place of those that follow from the weights, shape (M,), in
            Ha, as of a regression that learned gradients as well.
    """

    def __init__(
        self,
        distances: np.ndarray,
        width: float,
        regularisation: float,
        weights: np.ndarray,
        errors: np.ndarray | None = None,
    ):
        self.kernel = RegularisedKernel(distances, width, regularisation)
        if errors is not None:
            weights = errors * self.kernel.inverse_diagonal()
        self.scale = self.kernel.leave_one_out_scale(weights)

    def variances(self, distances: np.ndarray) -> np.ndarray:
        """Return predictive variances, shape (S,), in Ha^2.

        Args:
            distances: squared distances to what the regression was trained on, shape (S, M).
        """
        return self.scale * (self.kernel.unexplained(distances) + self.kernel.regularisation)


@dataclass(frozen=True, eq=False)
class TrainingDomain:
    """The geometries that are as near to those of training as these are to each other.

    Near is measured in two ways, of which the farther counts. The first is the distance of
    descriptors, which is what a map's first kernel sees; no width and no regularisation enters.
    The radius is the distance to the nearest neighbour that 95 of 100 training geometries stay
    below, so that 5 of 100 of them would be outside, had they been left out. Where K-means chose
    them, rare geometries weigh more among them than in dynamics, and fewer of an independent run
    at their temperature are outside. The second is the distance of each pair of atoms, in the
    middle of those of training at 0 and a quarter of their range beyond it at 1: a hydrogen has so
    small a part in the potential that one may leave a large molecule within that radius.

    Attributes:
        radius: reach of the distance of descriptors, in bohr^3/2.
        middle: middle of the range of each distance of two atoms, shape (pairs,), in bohr.
        reach: deviation from it that is at the end of the domain, likewise.
    """

    radius: float
    middle: np.ndarray
    reach: np.ndarray

    @classmethod
    def of(cls, positions: np.ndarray, distances: np.ndarray) -> "TrainingDomain":
        """Return the domain of training geometries.

        Args:
            positions: shape (M, atoms, 3), in bohr.
            distances: squared distances of their descriptors, shape (M, M).
        """
        first, second = np.triu_indices(positions.shape[1], k=1)
        others = distances.copy()
        np.fill_diagonal(others, np.inf)
        radius = float(np.percentile(np.sqrt(others.min(axis=1)), DOMAIN_PERCENTILE))
        pairs = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
        low, high = pairs.min(axis=0), pairs.max(axis=0)
        reach = np.maximum(RANGE_EXTENSION * 0.5 * (high - low), LEAST_REACH)
        return cls(radius, 0.5 * (low + high), reach)

    def distance(self, positions: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """Return how far geometries are from those of training, at most 1 inside, shape (S,).

        Args:
            positions: geometries, shape (S, atoms, 3), in bohr.
            distances: squared distances to the training descriptors, shape (S, M).
        """
        first, second = np.triu_indices(positions.shape[1], k=1)
        pairs = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
        of_descriptors = np.sqrt(distances.min(axis=1)) / self.radius
        of_pairs = np.abs(pairs - self.middle) / self.reach
        return np.maximum(of_descriptors, of_pairs.max(axis=1, initial=0))
