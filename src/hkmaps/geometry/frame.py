"""The frame of molecular vibrations, in which place, orientation and naming of atoms are gone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.checks import expect_finite, expect_real
from hkmaps.errors import InputError

SINGULAR = 1e-10
"""Part of the largest moment below which a rotation counts as undetermined, as about the axis of a
linear molecule."""

SINGULAR_AXIS = 1e-6
"""Part of the largest motion of a rigid body below which a rotation moves nothing."""

EQUALLY_NEAR = 1e-9
"""Part of the largest overlap by which that of an equally near labeling may differ by rounding."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Geometries in a reference frame, and how they came there.

    With the centre of mass o of a geometry x, the aligned one is `(x[labeling] - o) @ rotation`.

    Attributes:
        positions: aligned geometries, shape (S, atoms, 3), in bohr.
        labelings: which given atom became each atom, shape (S, atoms).
        rotations: matrices of determinant 1, shape (S, 3, 3).
        origins: centres of mass o, shape (S, 3), in bohr.
    """

    positions: np.ndarray
    labelings: np.ndarray
    rotations: np.ndarray
    origins: np.ndarray

    def rows(self, rows: np.ndarray) -> "Alignment":
        """Return some of the geometries."""
        arrays = self.positions, self.labelings, self.rotations, self.origins
        return Alignment(*(array[rows] for array in arrays))


@dataclass(frozen=True, eq=False)
class ReferenceFrame:
    """A reference geometry that others are centred on and turned onto.

    The mass-weighted distance to it is least, which is the frame of molecular vibrations (Eckart's
    condition). The weights matter: without them the oxygen of water moves with every stretch, and
    its charge dominates the distance of the Gaussians potentials.

    A labeling that renames a symmetric reference as one of its rotations does is as near as none.
    Of equally near labelings the first is chosen, so that rounding does not decide.

    Attributes:
        positions: reference geometry, shape (atoms, 3), in bohr.
        masses: masses of the atoms in any unit, shape (atoms,).
        labelings: permutations of equal atoms of which the one of least distance is chosen,
            identity first, shape (labelings, atoms); by default the identity alone.

    Raises:
        InputError: the arrays do not go together, or a labeling is no permutation of equal atoms.

    Source:
        W. Kabsch, Acta Cryst. A 34, 827 (1978).
    """

    positions: np.ndarray
    masses: np.ndarray
    labelings: np.ndarray | None = None

    def __post_init__(self):
        positions = expect_finite(self.positions, "reference geometry")
        masses = expect_finite(self.masses, "masses of the atoms")
        if masses.ndim != 1 or not len(masses):
            raise InputError(
                f"The masses of the atoms have the shape {masses.shape}; it must be (atoms,)."
            )
        identity = np.arange(len(masses))[None]
        labelings = identity
        if self.labelings is not None:
            labelings = expect_real(self.labelings, "labelings of a reference frame").astype(int)
        if positions.shape != (len(masses), 3) or (masses <= 0).any():
            raise InputError(
                f"The reference geometry has the shape {positions.shape} and the masses"
                f" {masses.tolist()}; there must be x, y, z and a positive mass for each atom."
            )
        if (
            labelings.shape[1:] != masses.shape
            or not len(labelings)
            or (np.sort(labelings, axis=1) != identity).any()
            or (labelings[0] != identity).any()
            or (masses[labelings] != masses).any()
        ):
            raise InputError(
                f"The labelings of a reference frame of {len(masses)} atoms must be permutations of"
                " atoms of equal mass, the identity first."
            )
        for name, value in (("positions", positions), ("masses", masses), ("labelings", labelings)):
            object.__setattr__(self, name, value)

    @cached_property
    def weights(self) -> np.ndarray:
        """Part of the mass that each atom has, shape (atoms,)."""
        return self.masses / self.masses.sum()

    @cached_property
    def _weighted_reference(self) -> np.ndarray:
        """The centred reference times the weights: moments of a geometry are taken with it."""
        return self.weights[:, None] * (self.positions - self.weights @ self.positions)

    @cached_property
    def axes(self) -> np.ndarray:
        """Orthonormal directions in which aligned geometries differ, shape (atoms * 3, D).

        The centre of mass stays, and Eckart's condition holds: aligned geometries lie in a linear
        space of 3 atoms - 6 dimensions, or 3 atoms - 5 of a linear reference.
        """
        centred = self.positions - self.weights @ self.positions
        fixed = np.concatenate(
            [
                np.broadcast_to(np.eye(3)[:, None], (3, len(centred), 3)),
                np.cross(np.eye(3)[:, None], centred),
            ]
        )
        fixed = (fixed * self.weights[:, None]).reshape(6, -1)
        _, values, directions = np.linalg.svd(fixed)
        rank = int((values > SINGULAR_AXIS * values[0]).sum())
        return directions[rank:].T

    def align(self, positions: ArrayLike, *, checked: bool = False) -> Alignment:
        """Centre geometries, and relabel and turn them to the least mass-weighted distance.

        Args:
            positions: shape (S, atoms, 3), in bohr.
            checked: whether they are known to be finite and of this shape.

        Raises:
            InputError: the positions are not finite or have another shape.
        """
        if not checked:
            positions = self._expect(positions)
        origins = self.weights @ positions
        centred = positions - origins[:, None]
        relabelled = centred[:, self.labelings]
        moments = np.swapaxes(relabelled, 2, 3) @ self._weighted_reference
        left, values, right = np.linalg.svd(moments)
        # A rotation has determinant 1: where the best fit is a reflection, the last axis turns
        # back.
        sign = np.sign(np.linalg.det(left @ right))
        left[..., -1] *= sign[..., None]
        rotations = left @ right
        overlaps = values[..., 0] + values[..., 1] + sign * values[..., 2]
        rows = np.arange(len(positions))
        equally_near = overlaps >= (1 - EQUALLY_NEAR) * overlaps.max(axis=1, keepdims=True)
        best = equally_near.argmax(axis=1)
        aligned = relabelled[rows, best] @ rotations[rows, best]
        return Alignment(aligned, self.labelings[best], rotations[rows, best], origins)

    def carry(self, alignment: Alignment, vectors: np.ndarray) -> np.ndarray:
        """Return vectors of the atoms, such as gradients, in the axes of aligned geometries.

        Args:
            alignment: what `align` returned.
            vectors: in the axes and the order of atoms of the given geometries, (S, atoms, 3).
        """
        relabelled = np.take_along_axis(vectors, alignment.labelings[:, :, None], axis=1)
        return relabelled @ alignment.rotations

    def pull_back(self, alignment: Alignment, gradients: np.ndarray) -> np.ndarray:
        """Turn gradients with respect to aligned positions into those with respect to given ones.

        With the moments H, the rotation R is such that R^T H is symmetric; so a displacement that
        changes the aligned geometry by D turns it by the antisymmetric O with
        O S + S O = D^T W r - r^T W D, S = R^T H, masses W and reference r.

        Args:
            alignment: what `align` returned.
            gradients: of any function of the aligned positions, shape (S, atoms, 3).

        Returns:
            Shape (S, atoms, 3), in the unit of `gradients`: exact where the alignment is unique,
            but for rotations that leave all positions as they are.
        """
        turning = np.swapaxes(alignment.positions, 1, 2) @ gradients
        turning = 0.5 * (turning - np.swapaxes(turning, 1, 2))
        moments = np.swapaxes(alignment.positions, 1, 2) @ self._weighted_reference
        # K S + S K = turning, solved for K in the axes of S.
        values, axes = np.linalg.eigh(0.5 * (moments + np.swapaxes(moments, 1, 2)))
        sums = values[:, :, None] + values[:, None, :]
        determined = np.abs(sums) > SINGULAR * np.abs(values).max(axis=-1)[:, None, None]
        in_axes = np.swapaxes(axes, 1, 2) @ turning @ axes
        in_axes = np.where(determined, in_axes / np.where(determined, sums, 1.0), 0.0)
        response = axes @ in_axes @ np.swapaxes(axes, 1, 2)
        turned = gradients - 2 * self._weighted_reference @ response
        centred = turned @ np.swapaxes(alignment.rotations, 1, 2)
        centred -= self.weights[:, None] * centred.sum(axis=1, keepdims=True)
        given = np.empty_like(centred)
        np.put_along_axis(given, alignment.labelings[:, :, None], centred, axis=1)
        return given

    def _expect(self, positions: ArrayLike) -> np.ndarray:
        positions = expect_finite(positions, "geometries")
        if positions.ndim != 3 or positions.shape[1:] != (len(self.masses), 3):
            raise InputError(
                f"The geometries have the shape {positions.shape}; it must be (geometries,"
                f" {len(self.masses)}, 3) in this reference frame."
            )
        return positions
