"""Search for the width and the regularisation with the least held-out error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError
from hkmaps.kernels.held_out_errors import LeaveOneOut, condense
from hkmaps.kernels.kernel_functions import gaussian_kernel

WIDTH_MULTIPLES = 2.0 ** np.arange(-2, 7)
"""Widths of the default search as multiples of the median distance of training rows."""

REGULARISATIONS = 10.0 ** np.arange(-12, 0)
"""Regularisations of the default search."""

REGULARISATION_BOUNDS = (1e-15, 1e3)
"""How far the search widens: from rounding to a ridge that leaves nothing to learn."""

WIDTH_BOUNDS = (0.1, 1000.0)
"""How far the search widens, as multiples of the nearest and of the farthest distance: from rows
that do not know each other to a kernel that is polynomial to rounding."""

STEPS = 3
"""Candidates that each widening adds beyond an edge."""

GAIN = 1e-3
"""A winner is at an edge only if the error beside it is larger by more than this part: on a
plateau, as in the limit of vanishing regularisation, nothing lies beyond the edge."""

CACHED_BYTES = 500_000_000
"""Eigendecompositions that are kept for a search that widens."""


@dataclass(frozen=True)
class SearchResult:
    """What a search found; arrays have one entry a target, or one entry for all.

    Attributes:
        width: width of the winner.
        regularisation: regularisation of the winner.
        error: mean squared held-out error of the winner.
        width_at_edge: whether no larger or no smaller width was tried.
        regularisation_at_edge: whether no larger or no smaller regularisation could be tried.
        widenings: how often the search was widened.
        table: every candidate: width, regularisation, mean_squared_error (mean over targets) and
            widening (0 for the first grid), arrays of one length.
    """

    width: np.ndarray
    regularisation: np.ndarray
    error: np.ndarray
    width_at_edge: np.ndarray
    regularisation_at_edge: np.ndarray
    widenings: int
    table: dict[str, np.ndarray]


@dataclass(frozen=True)
class _Comparison:
    """Winners of a grid by target, as indices, and the least errors along its axes.

    Attributes:
        width, regularisation: indices of the winners, shape (targets,).
        error: their errors, shape (targets,).
        by_width: least error of each width, shape (widths, targets).
        by_regularisation: least error of each regularisation, shape (regularisations, targets).
    """

    width: np.ndarray
    regularisation: np.ndarray
    error: np.ndarray
    by_width: np.ndarray
    by_regularisation: np.ndarray


def default_widths(distances: np.ndarray) -> np.ndarray:
    """Return the widths of the default search, log-spaced about the median distance.

    Args:
        distances: squared distances of training rows, shape (n, n).

    Returns:
        Ascending widths, in the unit of the distances' square root.

    Raises:
        InputError: all rows are equal.
    """
    return WIDTH_MULTIPLES * np.median(_distinct(distances))


def expect_candidates(values: ArrayLike, name: str) -> np.ndarray:
    """Return the distinct candidates of a search, ascending.

    Raises:
        InputError: there is none, or one is not finite and positive.
    """
    candidates = np.atleast_1d(expect_finite(values, f"search grid of {name}"))
    if candidates.ndim != 1 or len(candidates) == 0 or candidates.min() <= 0:
        found = f"{candidates.min():g}" if candidates.size else "none"
        raise InputError(
            f"The search grid of {name} has the shape {candidates.shape} and the smallest value"
            f" {found}; it must be one list of positive numbers."
        )
    return np.unique(candidates)


class HyperparameterSearch:
    """A grid search that widens itself while its winner is at an edge.

    Args:
        distances: squared distances of training rows, shape (n, n).
        targets: shape (n, targets).
        shared: one winner for all targets rather than one a target.
    """

    def __init__(self, distances: np.ndarray, targets: np.ndarray, shared: bool):
        self.distances = distances
        self.targets = condense(targets) if shared else targets
        self.sharing = targets.shape[1] if shared else 1
        self._errors: dict[tuple[float, float], np.ndarray] = {}
        self._widening: dict[tuple[float, float], int] = {}
        self._decomposed: dict[float, LeaveOneOut] = {}

    def run(
        self, widths: np.ndarray, regularisations: np.ndarray, max_widenings: int
    ) -> SearchResult:
        """Search a grid and, while a winner is at an edge, beyond it.

        A single candidate is a choice, not a search, and is left alone. A regularisation at which
        the matrix is singular counts as tried: its error is infinite.

        Args:
            widths: ascending candidates.
            regularisations: ascending candidates.
            max_widenings: how often the grid may be widened.

        Returns:
            The winners; equal errors prefer the larger width, then the larger regularisation.

        Raises:
            InputError: the kernel matrix is singular for all candidates.
        """
        widening = 0
        while True:
            self._evaluate(widths, regularisations, widening)
            best = self._compare(widths, regularisations)
            width_edges = _edges(best.by_width, best.width, best.error)
            regularisation_edges = _edges(best.by_regularisation, best.regularisation, best.error)
            wider_widths = _widen(widths, width_edges, _width_bounds(self.distances))
            wider = _widen(regularisations, regularisation_edges, REGULARISATION_BOUNDS)
            as_before = len(wider_widths) == len(widths) and len(wider) == len(regularisations)
            if as_before or widening == max_widenings:
                break
            widths, regularisations, widening = wider_widths, wider, widening + 1
        return SearchResult(
            width=widths[best.width],
            regularisation=regularisations[best.regularisation],
            error=best.error,
            width_at_edge=width_edges.any(axis=0),
            regularisation_at_edge=regularisation_edges.any(axis=0),
            widenings=widening,
            table=self._table(),
        )

    def _evaluate(self, widths: np.ndarray, regularisations: np.ndarray, widening: int) -> None:
        """Find the errors of the candidates that have none yet."""
        for width in widths:
            missing = [value for value in regularisations if (width, value) not in self._errors]
            if not missing:
                continue
            errors = self._decompose(width).mean_squared(self.targets, missing)
            if self.sharing > 1:
                errors = errors.sum(axis=1, keepdims=True) / self.sharing
            for value, of_targets in zip(missing, errors, strict=True):
                self._errors[width, value] = of_targets
                self._widening[width, value] = widening

    def _compare(self, widths: np.ndarray, regularisations: np.ndarray) -> _Comparison:
        """Find the winners of a grid, and what each width and each regularisation can do."""
        targets = len(self._errors[widths[0], regularisations[0]])
        best = _Comparison(
            width=np.zeros(targets, dtype=int),
            regularisation=np.zeros(targets, dtype=int),
            error=np.full(targets, np.inf),
            by_width=np.full((len(widths), targets), np.inf),
            by_regularisation=np.full((len(regularisations), targets), np.inf),
        )
        # From the largest down, so that these win where errors are equal.
        for i in reversed(range(len(widths))):
            for j in reversed(range(len(regularisations))):
                errors = self._errors[widths[i], regularisations[j]]
                for profile in (best.by_width[i], best.by_regularisation[j]):
                    np.minimum(profile, errors, out=profile)
                better = errors < best.error
                np.copyto(best.width, i, where=better)
                np.copyto(best.regularisation, j, where=better)
                np.copyto(best.error, errors, where=better)
        if not np.isfinite(best.error).all():
            raise InputError(
                "The kernel matrix is singular for every width and regularisation of the search"
                " grid; it needs a larger regularisation."
            )
        return best

    def _decompose(self, width: float) -> LeaveOneOut:
        if width in self._decomposed:
            return self._decomposed[width]
        held_out_errors = LeaveOneOut(gaussian_kernel(self.distances, width))
        kept = sum(other.nbytes for other in self._decomposed.values())
        if kept + held_out_errors.nbytes <= CACHED_BYTES:
            self._decomposed[width] = held_out_errors
        return held_out_errors

    def _table(self) -> dict[str, np.ndarray]:
        candidates = sorted(self._errors)
        return {
            "width": np.array([width for width, _ in candidates]),
            "regularisation": np.array([value for _, value in candidates]),
            "mean_squared_error": np.array([self._errors[c].mean() for c in candidates]),
            "widening": np.array([self._widening[c] for c in candidates]),
        }


def _edges(profile: np.ndarray, winner: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Whether winners are at the lower and at the upper edge of one axis of the grid.

    Args:
        profile: least error at each candidate of the axis, shape (candidates, targets).
        winner: index of the winner on the axis, shape (targets,).
        least: error of the winner, shape (targets,).

    Returns:
        Flags of shape (2, targets).
    """
    if len(profile) == 1:
        return np.zeros((2, len(least)), dtype=bool)
    gained = [(1 + GAIN) * least < inside.min(axis=0) for inside in (profile[1:], profile[:-1])]
    return np.array([(winner == 0) & gained[0], (winner == len(profile) - 1) & gained[1]])


def _widen(candidates: np.ndarray, edges: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Continue a grid at the edges where a winner is, in its own ratio, within bounds."""
    lower, upper = edges.any(axis=1)
    steps = np.arange(1, STEPS + 1)
    added = []
    if lower:
        below = candidates[0] * (candidates[0] / candidates[1]) ** steps
        # Rounding must not cost the candidate that is the bound.
        added.append(below[below >= bounds[0] * (1 - 1e-9)])
    if upper:
        above = candidates[-1] * (candidates[-1] / candidates[-2]) ** steps
        added.append(above[above <= bounds[1] * (1 + 1e-9)])
    return np.unique(np.concatenate([candidates, *added]))


def _distinct(distances: np.ndarray) -> np.ndarray:
    """The distances that are not zero."""
    positive = distances[distances > 0]
    if len(positive) == 0:
        raise InputError(
            f"All {len(distances)} training rows are equal; a search for the width needs at least"
            " two distinct rows."
        )
    return np.sqrt(positive)


def _width_bounds(distances: np.ndarray) -> tuple[float, float]:
    distinct = _distinct(distances)
    return WIDTH_BOUNDS[0] * distinct.min(), WIDTH_BOUNDS[1] * distinct.max()
