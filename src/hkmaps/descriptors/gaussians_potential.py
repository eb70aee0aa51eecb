"""The Gaussians potential of a geometry, the descriptor of paper B (equation 5).

It is ``v(r) = sum_a Z_a exp(-|r - R_a|^2 / (2 gamma^2))``. A kernel needs only its inner products,
which for Gaussians are known:
``<v, v'> = sum_ab Z_a Z_b (pi gamma^2)^(3/2) exp(-|R_a - R'_b|^2 / (4 gamma^2))``.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

from hkmaps.checks import expect_charges, expect_number
from hkmaps.errors import InputError
from hkmaps.kernels.gradient_ridge import PairDerivatives, kernel_storage
from hkmaps.units import ANGSTROM_PER_BOHR

GAMMA = 0.2 / ANGSTROM_PER_BOHR
"""Width of the Gaussians in bohr: 0.2 Angstrom (paper B, section 2.4)."""

BOX = 20.0
"""Edge of the cube in bohr (paper B, section 2.1)."""

SPACING = 0.08 / ANGSTROM_PER_BOHR
"""Distance of grid points in bohr: 0.08 Angstrom (paper B, section 2.4)."""

MARGIN = 6.0
"""Least distance of an atom from the walls, in gamma: beyond it exp(-36) of a product is lost."""

BLOCK_TERMS = 256 * 1024
"""Pairs of atoms whose terms are held at once, 2 MiB: what a processor keeps close at hand."""


class Prepared(NamedTuple):
    """What is kept of M geometries that others are compared with.

    Attributes:
        atoms: atoms of all of them, shape (M * atoms, 3), in bohr.
        norms: <v, v> of each, shape (M,), in bohr^3.
        norm_slopes: derivatives of the norms with respect to the atoms, shape (M, atoms, 3), in
            bohr^2.
    """

    atoms: np.ndarray
    norms: np.ndarray
    norm_slopes: np.ndarray


class Comparison(NamedTuple):
    """S geometries beside M prepared ones, with what the way back needs.

    Attributes:
        squared_distances: of the potentials, not negative, shape (S, M), in bohr^3.
        products: <v, v'> of the potentials, likewise.
        positions: the geometries, shape (S, atoms, 3), in bohr.
        terms: overlaps of their Gaussians with the prepared ones, shape (S, atoms, M * atoms).
        apart: differences of their own atoms' positions, shape (S, atoms, atoms, 3), in bohr.
        own_terms: overlaps of their own Gaussians, shape (S, atoms, atoms).
    """

    squared_distances: np.ndarray
    products: np.ndarray
    positions: np.ndarray
    terms: np.ndarray
    apart: np.ndarray
    own_terms: np.ndarray


class Along(NamedTuple):
    """Derivatives of squared distances with respect to the prepared geometries.

    Attributes:
        values: along the direction of each prepared geometry, shape (S, M).
        moved: overlaps times the distances along the directions, shape (S, atoms, M * atoms).
        directions: of all prepared atoms, shape (M * atoms, 3).
    """

    values: np.ndarray
    moved: np.ndarray
    directions: np.ndarray


@dataclass(frozen=True, eq=False)
class GaussiansPotential:
    """The Gaussians potential of one molecule's geometries.

    Distances change where a molecule is moved or turned: geometries must be aligned alike.

    Attributes:
        charges: nuclear charges, shape (atoms,).
        gamma: width of the Gaussians in bohr.

    Raises:
        InputError: charges are not finite and positive, or gamma is not positive.
    """

    charges: np.ndarray
    gamma: float = GAMMA

    def __post_init__(self):
        object.__setattr__(self, "charges", expect_charges(self.charges))
        expect_number(self.gamma, "width gamma of the Gaussians", "bohr")

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments that make an equal descriptor, as JSON can hold them."""
        return {"charges": self.charges.tolist(), "gamma": float(self.gamma)}

    def prepare(self, positions: np.ndarray) -> Prepared:
        """Return what comparisons with geometries (M, atoms, 3), in bohr, need of them."""
        charges, (apart, own_terms, norms) = self.charges, self._own(positions)
        pulled = np.einsum("mab,mabc->mac", own_terms * charges, apart)
        slopes = -self._scale / self.gamma**2 * charges[:, None] * pulled
        return Prepared(positions.reshape(-1, 3), norms, slopes)

    def compare(self, positions: np.ndarray, others: Prepared) -> Comparison:
        """Return geometries (S, atoms, 3), in bohr, beside prepared ones."""
        charges, (apart, own_terms, norms) = self.charges, self._own(positions)
        terms = cdist(positions.reshape(-1, 3), others.atoms, "sqeuclidean")
        terms *= -0.25 / self.gamma**2
        np.exp(terms, out=terms)
        by_atom = terms.reshape(-1, len(charges)) @ (self._scale * charges)
        products = charges @ by_atom.reshape(*positions.shape[:2], -1)
        distances = -2 * products
        distances += norms[:, None]
        distances += others.norms
        np.maximum(distances, 0, out=distances)
        terms = terms.reshape(*positions.shape[:2], -1)
        return Comparison(distances, products, positions, terms, apart, own_terms)

    def squared_distances(self, positions: np.ndarray, others: Prepared) -> np.ndarray:
        """Return the squared distances of `compare` alone, few geometries at a time."""
        step = max(1, BLOCK_TERMS // (positions.shape[1] * len(others.atoms)))
        starts = range(0, len(positions), step)
        blocks = [self.compare(positions[at : at + step], others)[0] for at in starts]
        return np.concatenate(blocks)

    def pull_back(self, comparison: Comparison, others: Prepared, slopes: np.ndarray) -> np.ndarray:
        """Return gradients of a function of the squared distances.

        With the atoms x_a and x_mb, their charges and the overlap O of Gaussians, the derivative
        of <v, v_m> is - Z_a / (2 gamma^2) sum_b Z_b O(x_a, x_mb) (x_a - x_mb), that of <v, v>
        twice the same with the geometry's own atoms.

        Args:
            comparison: what `compare` returned.
            others: what it was compared with.
            slopes: derivatives with respect to the squared distances, shape (S, M).

        Returns:
            With respect to the positions, shape (S, atoms, 3), in the unit of the function over
            bohr.
        """
        _, _, positions, terms, apart, own_terms = comparison
        pulls = (slopes[:, :, None] * self.charges).reshape(len(positions), -1, 1)
        to_training = positions * (terms @ pulls) - terms @ (pulls * others.atoms)
        to_own = ((own_terms * self.charges)[..., None] * apart).sum(axis=2)
        to_own *= slopes.sum(axis=1)[:, None, None]
        return self._scale / self.gamma**2 * self.charges[:, None] * (to_training - to_own)

    def along(self, comparison: Comparison, others: Prepared, directions: np.ndarray) -> Along:
        """Return derivatives of the squared distances along directions of the prepared geometries.

        Args:
            comparison: what `compare` returned.
            others: what it was compared with.
            directions: shape (M, atoms, 3), in any unit.
        """
        flat, (charges, scale) = directions.reshape(-1, 3), (self.charges, self._scale)
        # Of each atom and each prepared atom, their distance along the direction of the latter.
        shifts = comparison.positions @ flat.T - np.einsum("ic,ic->i", others.atoms, flat)
        moved = comparison.terms * shifts
        by_atom = moved.reshape(*moved.shape[:2], -1, len(charges))
        of_products = charges @ (by_atom @ (scale * charges))
        own = np.einsum("mac,mac->m", others.norm_slopes, directions)
        return Along(own - of_products / self.gamma**2, moved, flat)

    def pull_back_along(
        self, comparison: Comparison, others: Prepared, along: Along, slopes: np.ndarray
    ) -> np.ndarray:
        """Return gradients of a function of what `along` returned.

        Args:
            comparison: what `compare` returned.
            others: what it was compared with.
            along: what `along` returned.
            slopes: derivatives with respect to `along.values`, shape (S, M).

        Returns:
            With respect to the positions, shape (S, atoms, 3).
        """
        charges, positions = self.charges, comparison.positions
        pulls = (slopes[:, :, None] * charges).reshape(len(positions), 1, -1)
        straight = (comparison.terms * pulls) @ along.directions
        turned = along.moved * pulls
        turned = positions * turned.sum(axis=2, keepdims=True) - turned @ others.atoms
        scale = -self._scale / self.gamma**2 * charges[:, None]
        return scale * (straight - turned / (2 * self.gamma**2))

    def pair_derivatives(
        self, positions: np.ndarray, axes: np.ndarray, mixed: bool = True
    ) -> PairDerivatives:
        """Return squared distances of geometries and their derivatives along axes.

        With S_ab the inner product of the Gaussians of atoms a and b and r from b to a, the mixed
        derivatives of <v, v'> are S_ab (1 / (2 gamma^2) - r r^T / (4 gamma^4)).

        Args:
            positions: shape (M, atoms, 3), in bohr.
            axes: directions in which all atoms move, orthonormal, shape (atoms * 3, D).
            mixed: whether mixed derivatives are wanted, in the storage of their kernel.
        """
        (count, atoms, _), coordinates = positions.shape, axes.shape[1]
        matrix, second = kernel_storage(count, coordinates) if mixed else (None, None)
        width = self.gamma**2
        apart, own_terms, norms = self._own(positions)
        weights = np.multiply.outer(self._scale * self.charges, self.charges)
        of_norms = -np.einsum("ab,mab,mabc->mac", weights, own_terms, apart) / width
        of_norms = of_norms.reshape(count, -1) @ axes
        distances = np.empty((count, count))
        first = np.empty((count, count, coordinates))
        step = max(1, BLOCK_TERMS // (count * atoms**2))
        for start in range(0, count, step):
            rows = slice(start, start + step)
            r = positions[rows, None, :, None] - positions[None, :, None]
            products = weights * np.exp(-np.einsum("ijabc,ijabc->ijab", r, r) / (4 * width))
            distances[rows] = norms[rows, None] + norms - 2 * products.sum(axis=(2, 3))
            pulled = np.einsum("ijab,ijabc->ijac", products, r) / width
            first[rows] = of_norms[rows, None] + pulled.reshape(*pulled.shape[:2], -1) @ axes
            if not mixed:
                continue
            blocks = r[..., :, None] * r[..., None, :]
            blocks /= -4 * width**2
            blocks[..., range(3), range(3)] += 1 / (2 * width)
            blocks *= -2 * products[..., None, None]
            blocks = blocks.transpose(0, 1, 2, 4, 3, 5).reshape(*blocks.shape[:2], 3 * atoms, -1)
            second[rows] = (axes.T @ (blocks @ axes)).transpose(0, 2, 1, 3)
        np.maximum(distances, 0, out=distances)
        np.fill_diagonal(distances, 0)
        return PairDerivatives(distances, first, second, matrix)

    def inner_products(self, positions: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return <v, v'> of geometries (S, atoms, 3) and (M, atoms, 3), shape (S, M), in bohr^3."""
        return self.compare(positions, self.prepare(others)).products

    def at(self, positions: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return the potential of one geometry (atoms, 3) at points (P, 3), in bohr, shape (P,)."""
        return np.exp(cdist(points, positions, "sqeuclidean") / (-2 * self.gamma**2)) @ self.charges

    def on_grid(
        self, positions: np.ndarray, box: float = BOX, spacing: float = SPACING
    ) -> np.ndarray:
        """Return potentials on the points of a cube about the origin.

        A geometry takes 18 MB with the default box and spacing: 132 points each way.

        Args:
            positions: geometries of shape (S, atoms, 3), in bohr.
            box: edge of the cube in bohr.
            spacing: distance of neighbouring points in bohr.

        Returns:
            Shape (S, points, points, points); charges are numbers, and so are the values.

        Raises:
            InputError: box or spacing are not positive, or an atom is within 6 gamma of a wall.
        """
        expect_number(box, "edge of the box", "bohr")
        expect_number(spacing, "spacing of the grid", "bohr")
        farthest = np.abs(positions).max()
        if farthest > box / 2 - MARGIN * self.gamma:
            raise InputError(
                f"An atom has a coordinate of {farthest:g} bohr in a box from {-box / 2:g} to"
                f" {box / 2:g} bohr; atoms must be {MARGIN * self.gamma:g} bohr or more from its"
                " walls."
            )
        steps = int(box / spacing)
        points = spacing * (np.arange(steps + 1) - steps / 2)
        potentials = np.zeros((len(positions), *3 * (len(points),)))
        for index, geometry in enumerate(positions):
            for charge, place in zip(self.charges, geometry, strict=True):
                # A Gaussian is a product of three of one dimension.
                x, y, z = np.exp(-((points - place[:, None]) ** 2) / (2 * self.gamma**2))
                potentials[index] += charge * x[:, None, None] * (y[:, None] * z)
        return potentials

    @cached_property
    def _scale(self) -> float:
        """Inner product of two equal Gaussians of charge 1, in bohr^3."""
        return np.pi**1.5 * self.gamma**3

    def _own(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Differences of a geometry's own atoms, overlaps of their Gaussians, and <v, v>."""
        apart = positions[:, :, None] - positions[:, None]
        terms = np.exp(-0.25 / self.gamma**2 * (apart**2).sum(axis=3))
        weighted = np.multiply.outer(self._scale * self.charges, self.charges) * terms
        # One after the other, so that a norm does not depend on its company.
        return apart, terms, weighted.reshape(len(terms), -1).cumsum(axis=1)[:, -1]


def grid_inner_products(first: np.ndarray, second: np.ndarray, spacing: float) -> np.ndarray:
    """Return the inner products of all pairs of potentials on a grid, as sums over its points.

    Args:
        first: shape (geometries, points, points, points).
        second: shape (other geometries, points, points, points), on the same grid.
        spacing: distance of neighbouring points in bohr.

    Returns:
        Shape (geometries, other geometries), in bohr^3 times the squared unit of the potentials.
    """
    return first.reshape(len(first), -1) @ second.reshape(len(second), -1).T * spacing**3
