"""The Gaussians potential as values on a grid, as paper B compares geometries.

A Gaussian is a product of three of one dimension, and so is its sum with another one over the
points of a grid: the inner products that a kernel needs are found without the millions of values
of each geometry, equal to those of `grid_inner_products` to rounding.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hkmaps.checks import expect_charges, expect_number
from hkmaps.descriptors.gaussians_potential import BOX, GAMMA, MARGIN, SPACING
from hkmaps.errors import InputError

BLOCK_TERMS = 1024 * 1024
"""Pairs of atoms whose sums are held at once, 8 MiB."""


class PreparedOnGrid(NamedTuple):
    """What is kept of M geometries that others are compared with.

    Attributes:
        factors: Gaussians of all atoms on the points of each axis, shape (3, M * atoms, points).
        norms: sums of the squared potentials over the grid, shape (M,), in bohr^3.
    """

    factors: np.ndarray
    norms: np.ndarray


@dataclass(frozen=True, eq=False)
class GriddedPotential:
    """Distances of the Gaussians potentials of one molecule's geometries, on a grid.

    Attributes:
        charges: nuclear charges, shape (atoms,).
        gamma: width of the Gaussians in bohr.
        spacing: distance of neighbouring points in bohr.
        box: edge of the grid's cube about the origin, in bohr.

    Raises:
        InputError: charges are not finite and positive, or a length is not positive.
    """

    charges: np.ndarray
    gamma: float = GAMMA
    spacing: float = SPACING
    box: float = BOX

    def __post_init__(self):
        object.__setattr__(self, "charges", expect_charges(self.charges))
        expect_number(self.gamma, "width gamma of the Gaussians", "bohr")
        expect_number(self.spacing, "spacing of the grid", "bohr")
        expect_number(self.box, "edge of the box", "bohr")

    def prepare(self, positions: np.ndarray) -> PreparedOnGrid:
        """Return what comparisons with geometries (M, atoms, 3), in bohr, need of them.

        Raises:
            InputError: an atom is within 6 gamma of a wall.
        """
        farthest, allowed = np.abs(positions).max(), self.box / 2 - MARGIN * self.gamma
        if farthest > allowed:
            raise InputError(
                f"An atom has a coordinate of {farthest:g} bohr; on a grid of {self.box:g} bohr it"
                f" must be at most {allowed:g} bohr."
            )
        places = positions.reshape(-1, 3).T[:, :, None]
        factors = np.exp(-((self._points - places) ** 2) / (2 * self.gamma**2))
        return PreparedOnGrid(factors, self._norms(factors))

    def squared_distances(self, positions: np.ndarray, others: PreparedOnGrid) -> np.ndarray:
        """Return the squared distances of geometries (S, atoms, 3) to prepared ones, (S, M)."""
        factors, norms = self.prepare(positions)
        atoms = len(self.charges)
        distances = np.empty((len(positions), len(others.norms)))
        step = max(1, BLOCK_TERMS // (atoms * others.factors.shape[1]))
        for start in range(0, len(positions), step):
            rows = slice(start, start + step)
            here = factors[:, start * atoms : (start + step) * atoms]
            overlaps = np.prod([a @ b.T for a, b in zip(here, others.factors, strict=True)], axis=0)
            by_atom = overlaps.reshape(-1, atoms) @ self.charges
            products = self.charges @ by_atom.reshape(-1, atoms, len(others.norms))
            distances[rows] = norms[rows, None] + others.norms - 2 * self.spacing**3 * products
        return np.maximum(distances, 0, out=distances)

    @cached_property
    def _points(self) -> np.ndarray:
        steps = int(self.box / self.spacing)
        return self.spacing * (np.arange(steps + 1) - steps / 2)

    def _norms(self, factors: np.ndarray) -> np.ndarray:
        of_geometry = factors.reshape(3, -1, len(self.charges), factors.shape[2])
        overlaps = np.prod(of_geometry @ np.swapaxes(of_geometry, 2, 3), axis=0)
        return self.spacing**3 * (overlaps @ self.charges @ self.charges)
