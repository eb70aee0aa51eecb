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
    """

    positions: np.ndarray
    labelings: np.ndarray
    rotations: np.ndarray


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

    def align(self, positions: ArrayLike) -> Alignment:
        """Centre geometries, and relabel and turn them to the least mass-weighted distance.

        Args:
            positions: shape (S, atoms, 3), in bohr.

        Raises:
            InputError: the positions are not finite or have another shape.
        """
        positions = self._expect(positions, "geometries")
        centred = positions - (self.weights @ positions)[:, None]
        relabelled = centred[:, self.labelings]
        rotations, overlaps = _best_rotations(
            np.swapaxes(relabelled, 2, 3) @ self._weighted_reference
        )
        rows = np.arange(len(positions))
        equally_near = overlaps >= (1 - EQUALLY_NEAR) * overlaps.max(axis=1, keepdims=True)
        best = equally_near.argmax(axis=1)
        aligned = relabelled[rows, best] @ rotations[rows, best]
        return Alignment(aligned, self.labelings[best], rotations[rows, best])

    def pull_back(self, alignment: Alignment, gradients: ArrayLike) -> np.ndarray:
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

        Raises:
            InputError: the gradients are not finite or have another shape.
        """
        gradients = self._expect(gradients, "gradients", len(alignment.positions))
        turning = _antisymmetric(np.swapaxes(alignment.positions, 1, 2) @ gradients)
        moments = np.swapaxes(alignment.positions, 1, 2) @ self._weighted_reference
        turned = gradients - 2 * self._weighted_reference @ _rotation_response(moments, turning)
        centred = turned @ np.swapaxes(alignment.rotations, 1, 2)
        centred -= self.weights[:, None] * centred.sum(axis=1, keepdims=True)
        given = np.empty_like(centred)
        np.put_along_axis(given, alignment.labelings[:, :, None], centred, axis=1)
        return given

    def _expect(self, values: ArrayLike, name: str, count: int | None = None) -> np.ndarray:
        values = expect_finite(values, name)
        if values.ndim != 3 or values.shape != (count or len(values), len(self.masses), 3):
            raise InputError(
                f"The {name} have the shape {values.shape}; it must be"
                f" ({count or 'geometries'}, {len(self.masses)}, 3) in this reference frame."
            )
        return values


def _best_rotations(moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotations R (..., 3, 3) of largest overlap, trace of R^T H, and the overlaps (...)."""
    left, values, right = np.linalg.svd(moments)
    # A rotation has determinant 1: where the best fit is a reflection, the last axis turns back.
    sign = np.sign(np.linalg.det(left @ right))
    left[..., -1] *= sign[..., None]
    return left @ right, values[..., 0] + values[..., 1] + sign * values[..., 2]


def _antisymmetric(matrices: np.ndarray) -> np.ndarray:
    return 0.5 * (matrices - np.swapaxes(matrices, -1, -2))


def _rotation_response(moments: np.ndarray, turning: np.ndarray) -> np.ndarray:
    """Solve K S + S K = T for antisymmetric K, with symmetric S and antisymmetric T (..., 3, 3)."""
    values, axes = np.linalg.eigh(0.5 * (moments + np.swapaxes(moments, -1, -2)))
    sums = values[..., :, None] + values[..., None, :]
    determined = np.abs(sums) > SINGULAR * np.abs(values).max(axis=-1)[..., None, None]
    in_axes = np.swapaxes(axes, -1, -2) @ turning @ axes
    in_axes = np.where(determined, in_axes / np.where(determined, sums, 1.0), 0.0)
    return axes @ in_axes @ np.swapaxes(axes, -1, -2)
