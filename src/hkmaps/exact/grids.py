"""Uniform grids on a segment of the x axis, between two hard walls."""

from dataclasses import dataclass

import numpy as np

from hkmaps.checks import expect_finite, expect_number
from hkmaps.errors import InputError

MINIMUM_POINTS = 3


@dataclass(frozen=True, eq=False)
class Grid:
    """Equally spaced points of the x axis; wavefunctions vanish beyond the first and the last.

    Attributes:
        points: positions of shape (N,), in bohr, ascending; kept as a read-only copy.

    Raises:
        InputError: the points are too few, not finite, or not ascending in equal steps.
    """

    points: np.ndarray

    def __repr__(self) -> str:
        first, last = self.points[[0, -1]]
        return f"Grid({self.size} points from {first:g} to {last:g} bohr)"

    def __post_init__(self):
        points = expect_finite(self.points, "grid").copy()
        if points.ndim != 1 or len(points) < MINIMUM_POINTS:
            raise InputError(
                f"A grid has the shape {points.shape}; it must be one array of at least"
                f" {MINIMUM_POINTS} points."
            )
        steps = np.diff(points)
        # Rounding of the positions limits how equal the steps can be.
        tolerance = 1e-9 * abs(steps[0]) + 8 * np.finfo(float).eps * abs(points).max()
        if steps[0] <= 0 or abs(steps - steps[0]).max() > tolerance:
            raise InputError(
                f"The steps of a grid run from {steps.min():g} to {steps.max():g} bohr;"
                " they must be positive and all equal."
            )
        points.flags.writeable = False
        object.__setattr__(self, "points", points)

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.points)

    @property
    def length(self) -> float:
        """The distance from the first to the last point, in bohr."""
        return float(self.points[-1] - self.points[0])

    @property
    def spacing(self) -> float:
        """The distance between neighbouring points, in bohr."""
        return self.length / (self.size - 1)


def uniform_grid(length: float, density: float) -> Grid:
    """Return the grid of round(length * density) points from -length/2 to length/2.

    Both ends are points, so the spacing is length / (points - 1), slightly more than 1/density.

    Args:
        length: size of the system in bohr, positive.
        density: points per bohr, positive.

    Returns:
        The grid; with 14 bohr and 12 points per bohr it has the 168 points of paper A's Figure 7.

    Raises:
        InputError: the length or the density is not positive, or fewer than 3 points result.
    """
    length = expect_number(length, "grid length", "bohr")
    density = expect_number(density, "grid density", "points per bohr")
    points = round(length * density)
    if points < MINIMUM_POINTS:
        raise InputError(
            f"A grid of {length} bohr with {density} points per bohr has {points} points;"
            f" it must have at least {MINIMUM_POINTS}."
        )
    return Grid(np.linspace(-length / 2, length / 2, points))
