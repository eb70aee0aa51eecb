"""How far a trained map may be trusted: the uncertainty of its energies, and its domain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

from hkmaps.errors import InputError
from hkmaps.kernels.kernel_functions import gaussian_kernel
from hkmaps.kernels.regularised_kernel import RegularisedKernel
from hkmaps.maps.results import SHARES

WIDTH = 2.0
"""Width of the kernel of `Novelty`, in root median squared distances of training geometries."""

NUGGET = 1e-10
"""Its regularisation: as small as thousands of geometries allow in double precision."""

EXPONENTS = (0.1, 4.0)
"""Range of the exponent of a calibration: what is newer is never surer."""

LEAST_ERROR = 1e-10
"""Errors in Ha below this one are rounding."""

DOMAIN_PERCENTILE = 95
"""Part of the training geometries, in percent, that is near enough to the others."""

RANGE_EXTENSION = 1.5
"""Width of the range of a distance of two atoms that counts as inside, over that in training."""

LEAST_REACH = 0.02
"""Least deviation in bohr of a distance of two atoms that may count as outside."""


class Novelty:
    """The part of a Gaussian process over geometries that those of training leave open.

    Its kernel sees a geometry as the map does, by the distance of descriptors, and beside it by the
    inverse distances of all pairs of atoms, which count equally: a hydrogen has so small a part in
    the potential that a stretched bond would hardly be new. It is the same for all maps of the same
    geometries, whatever they learned: measured on maps of energies, and of energies and forces, it
    orders errors as well as the exact variance of a process of energies and forces does, which
    needs a matrix that is hundreds of times larger (see `Calibration` for the scale).

    Args:
        positions: aligned training geometries, shape (M, atoms, 3), in bohr.
        distances: squared distances of their descriptors, shape (M, M).
    """

    def __init__(self, positions: np.ndarray, distances: np.ndarray):
        distances = distances.copy()
        np.fill_diagonal(distances, 0)
        self._inverse = 1 / _pair_distances(positions)
        of_inverse = cdist(self._inverse, self._inverse, "sqeuclidean")
        self._units = tuple(np.median(each[each > 0]) for each in (distances, of_inverse))
        self._kernel = RegularisedKernel(self._joined(distances, of_inverse), WIDTH, NUGGET)

    def of_left_out(self) -> np.ndarray:
        """Return that of each training geometry, were it left out, shape (M,)."""
        return 1 / self._kernel.inverse_diagonal()

    def of(self, positions: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """Return that of other geometries, next to 0 at one of training and 1 far away, (S,).

        Args:
            positions: aligned geometries, shape (S, atoms, 3), in bohr.
            distances: squared distances to the training descriptors, shape (S, M).
        """
        of_inverse = cdist(1 / _pair_distances(positions), self._inverse, "sqeuclidean")
        return self._kernel.unexplained(self._joined(distances, of_inverse)) + NUGGET

    def newest(
        self,
        positions: np.ndarray,
        distances: np.ndarray,
        distances_to: Callable[[int], np.ndarray],
    ) -> Iterator[tuple[int, float]]:
        """Yield the newest geometry, then the newest to one who has seen that one too, and so on.

        It is a Cholesky factorisation of their covariance, column by column, the largest remaining
        variance first.

        Args:
            positions: aligned geometries, shape (S, atoms, 3), in bohr.
            distances: squared distances to the training descriptors, shape (S, M).
            distances_to: from a row to the squared distances of all descriptors to it, shape (S,).

        Yields:
            Row and novelty.
        """
        inverse = 1 / _pair_distances(positions)
        of_inverse = cdist(inverse, self._inverse, "sqeuclidean")
        columns = self._kernel.whitened(self._joined(distances, of_inverse))
        left = np.maximum(1 - np.einsum("is,is->s", columns, columns), 0)
        for _ in range(len(positions)):
            row = int(left.argmax())
            yield row, float(left[row]) + NUGGET
            apart = ((inverse - inverse[row]) ** 2).sum(axis=1)
            covariance = gaussian_kernel(self._joined(distances_to(row), apart), WIDTH)
            covariance -= columns[:, row] @ columns
            column = covariance / np.sqrt(left[row] + NUGGET)
            columns = np.concatenate([columns, column[None]])
            left = np.maximum(left - column**2, 0)
            left[row] = 0

    def _joined(self, of_descriptors: np.ndarray, of_inverse: np.ndarray) -> np.ndarray:
        return of_descriptors / self._units[0] + of_inverse / self._units[1]


@dataclass(frozen=True)
class Calibration:
    """How errors of energies grow with `Novelty`, from those of training geometries left out.

    The standard deviation is ``scale * novelty^(exponent / 2)``. A Gaussian process has the
    exponent 1. Geometries that were chosen to be far from each other are newer, once left out,
    than those of dynamics, and the exponent, found by maximum likelihood, carries the scale from
    the ones to the others. Beyond the newest of them another power law leads to where nothing is
    known, so that the standard deviation far away is no less than that of the energies of training.
    Intervals need not be those of a normal distribution: their half-widths are the quantiles of the
    same errors over their standard deviations.

    Attributes:
        scale: of the standard deviation, in Ha.
        exponent: that of the variance.
        newest: largest novelty of a training geometry left out.
        far: standard deviation of the energy far from all training geometries, in Ha.
        ratios: half-width of the interval of each of `SHARES`, in standard deviations.
    """

    scale: float
    exponent: float
    newest: float
    far: float
    ratios: tuple[float, ...]

    @classmethod
    def of(cls, novelty: np.ndarray, errors: np.ndarray, spread: float) -> "Calibration":
        """Return what errors say.

        Args:
            novelty: of training geometries left out, shape (M,).
            errors: of their energies, predicted from all others, shape (M,), in Ha.
            spread: standard deviation of their energies, in Ha.
        """
        errors = np.maximum(np.abs(errors), LEAST_ERROR)
        logarithms, count = np.log(novelty), len(errors)

        def best_scale(exponent: float) -> float:
            squares = 2 * np.log(errors) - exponent * logarithms
            return 0.5 * float(logsumexp(squares) - np.log(count))

        def loss(exponent: float) -> float:
            # Of one geometry, with the best scale; a process is what few geometries leave.
            likelihood = best_scale(exponent) + 0.5 * exponent * logarithms.mean()
            return likelihood + 0.5 * (exponent - 1) ** 2 / count

        exponent = float(minimize_scalar(loss, bounds=EXPONENTS, method="bounded").x)
        scale = float(np.exp(best_scale(exponent)))
        found = cls(scale, exponent, float(novelty.max()), max(scale, spread), ())
        ratios = np.quantile(errors / found.deviations(novelty), SHARES, method="weibull")
        return replace(found, ratios=tuple(ratios.tolist()))

    def deviations(self, novelty: np.ndarray) -> np.ndarray:
        """Return standard deviations of energies, in Ha, of the shape of `novelty`."""
        near = self.scale * novelty ** (0.5 * self.exponent)
        if not self.newest < 1:
            return near
        at_newest = self.scale * self.newest ** (0.5 * self.exponent)
        # From 0 at the newest left out to 1 where nothing is known.
        way = np.log(np.maximum(novelty / self.newest, 1)) / -np.log(self.newest)
        return np.where(way > 0, at_newest * (self.far / at_newest) ** way, near)

    def ratio(self, share: float) -> float:
        """Return the half-width of an interval, in standard deviations.

        Args:
            share: of the errors that are to be within it, one of `SHARES`.

        Raises:
            InputError: it is another one.
        """
        if share not in SHARES:
            raise InputError(
                f"The share of errors that an interval is to hold is {share!r}; it must be one of"
                f" {', '.join(f'{each:g}' for each in SHARES)}, which are calibrated."
            )
        return self.ratios[SHARES.index(share)]


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
        others = distances.copy()
        np.fill_diagonal(others, np.inf)
        radius = float(np.percentile(np.sqrt(others.min(axis=1)), DOMAIN_PERCENTILE))
        pairs = _pair_distances(positions)
        low, high = pairs.min(axis=0), pairs.max(axis=0)
        reach = np.maximum(RANGE_EXTENSION * 0.5 * (high - low), LEAST_REACH)
        return cls(radius, 0.5 * (low + high), reach)

    def distance(self, positions: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """Return how far geometries are from those of training, at most 1 inside, shape (S,).

        Args:
            positions: geometries, shape (S, atoms, 3), in bohr.
            distances: squared distances to the training descriptors, shape (S, M).
        """
        pairs = _pair_distances(positions)
        of_descriptors = np.sqrt(distances.min(axis=1)) / self.radius
        of_pairs = np.abs(pairs - self.middle) / self.reach
        return np.maximum(of_descriptors, of_pairs.max(axis=1, initial=0))


def _pair_distances(positions: np.ndarray) -> np.ndarray:
    """Distances of all pairs of atoms, shape (S, pairs), in bohr."""
    first, second = np.triu_indices(positions.shape[1], k=1)
    return np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
