"""Gaussians potentials on an explicit grid, as paper B has them; they check the analytic form."""

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.checks import expect_finite, expect_geometries, expect_number
from hkmaps.errors import InputError
from hkmaps.kernels.gaussians_potential import GAMMA
from hkmaps.units import ANGSTROM_PER_BOHR

BOX = 20.0
"""Edge of the cube in bohr (paper B, section 2.1)."""

SPACING = 0.08 / ANGSTROM_PER_BOHR
"""Distance of grid points in bohr: 0.08 Angstrom (paper B, section 2.4)."""

MARGIN = 6.0
"""Least distance of an atom from the walls, in gamma: beyond it exp(-36) of a product is lost."""


def gaussians_on_grid(
    charges: ArrayLike,
    positions: ArrayLike,
    gamma: float = GAMMA,
    box: float = BOX,
    spacing: float = SPACING,
) -> np.ndarray:
    """Return Gaussians potentials on the points of a cube about the origin (paper B, equation 5).

    A geometry takes 18 MB with the default box and spacing: 132 points each way.

    Args:
        charges: nuclear charges, shape (atoms,).
        positions: geometries of shape (geometries, atoms, 3), in bohr.
        gamma: width of the Gaussians in bohr.
        box: edge of the cube in bohr.
        spacing: distance of neighbouring points in bohr.

    Returns:
        Shape (geometries, points, points, points); charges are numbers, and so are the values.

    Raises:
        InputError: charges, positions or gamma are not what `gaussians_inner_products` takes, box
            or spacing are not positive, or an atom is within 6 gamma of a wall.
    """
    charges, positions = expect_geometries(charges, positions)
    for value, name in (
        (gamma, "width gamma of the Gaussians"),
        (box, "edge of the box"),
        (spacing, "spacing of the grid"),
    ):
        expect_number(value, name, "bohr")
    farthest = np.abs(positions).max()
    if farthest > box / 2 - MARGIN * gamma:
        raise InputError(
            f"An atom has a coordinate of {farthest:g} bohr in a box from {-box / 2:g} to"
            f" {box / 2:g} bohr; atoms must be {MARGIN * gamma:g} bohr or more from its walls."
        )
    steps = int(box / spacing)
    points = spacing * (np.arange(steps + 1) - steps / 2)
    potentials = np.zeros((len(positions), *3 * (len(points),)))
    for index, geometry in enumerate(positions):
        for Z, position in zip(charges, geometry, strict=True):
            # A Gaussian is a product of three of one dimension.
            x, y, z = np.exp(-((points - position[:, None]) ** 2) / (2 * gamma**2))
            potentials[index] += Z * x[:, None, None] * (y[:, None] * z)
    return potentials


def grid_inner_products(first: np.ndarray, second: np.ndarray, spacing: float) -> np.ndarray:
    """Return the inner products of all pairs of potentials on a grid, as sums over its points.

    Args:
        first: shape (geometries, points, points, points).
        second: shape (other geometries, points, points, points), on the same grid.
        spacing: distance of neighbouring points in bohr.

    Returns:
        Shape (geometries, other geometries), in bohr^3 times the squared unit of the potentials.

    Raises:
        InputError: the potentials are not finite or not on one grid.
    """
    first, second = (expect_finite(values, "potentials") for values in (first, second))
    if first.ndim != 4 or first.shape[1:] != second.shape[1:] or 0 in first.shape:
        raise InputError(
            f"The potentials have the shapes {first.shape} and {second.shape}; both must be"
            " (geometries, points, points, points) on the same grid."
        )
    return first.reshape(len(first), -1) @ second.reshape(len(second), -1).T * spacing**3
