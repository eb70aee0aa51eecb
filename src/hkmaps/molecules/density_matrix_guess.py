"""A guess of a geometry's density matrix, learnt from geometries calculated before."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh
from scipy.spatial.distance import cdist, pdist

WIDTH = 2.0
"""Width of the kernel, in median distances between the known geometries."""

REGULARISATION = 1e-6
"""Added to the diagonal of the kernel matrix, whose entries there are 1."""

MOST = 100
"""Geometries that are remembered: those calculated last."""


@dataclass(frozen=True)
class KnownDensityMatrices:
    """Density matrices of geometries of one molecule, and the guess that follows from them.

    Orbitals move with the atoms. So kernel ridge regression, with a Gaussian kernel of the aligned
    positions, learns the matrix in Loewdin's orthogonal orbitals, S^1/2 D S^1/2 / 2, the projector
    onto the occupied orbitals. A prediction is no projector, but its leading eigenvectors span the
    nearest one, and the overlap of the new geometry leads back to its own orbitals.

    Attributes:
        positions: shape (known, atoms, 3), in bohr.
        projectors: shape (known, orbitals, orbitals).

    Source:
        The nearest idempotent matrix: R. McWeeny, Rev. Mod. Phys. 32, 335 (1960).
    """

    positions: np.ndarray
    projectors: np.ndarray

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray] | None) -> "KnownDensityMatrices":
        """Read what `arrays` returned; None for no geometry."""
        if arrays is None:
            return cls(np.empty((0, 0, 3)), np.empty((0, 0, 0)))
        return cls(arrays["positions"], arrays["projectors"])

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the attributes by name."""
        return {"positions": self.positions, "projectors": self.projectors}

    def __len__(self) -> int:
        """Number of geometries."""
        return len(self.positions)

    def joined_by(
        self, positions: np.ndarray, overlap: np.ndarray, density_matrix: np.ndarray
    ) -> "KnownDensityMatrices":
        """Return these and one more, without the oldest where there are more than `MOST`.

        Args:
            positions: shape (atoms, 3), in bohr.
            overlap: of the orbitals, shape (orbitals, orbitals).
            density_matrix: of a closed shell, likewise.
        """
        root = _power(overlap, 0.5)
        projector = root @ density_matrix @ root / 2
        if not len(self):
            return KnownDensityMatrices(positions[None], projector[None])
        return KnownDensityMatrices(
            np.concatenate([self.positions[1 - MOST :], positions[None]]),
            np.concatenate([self.projectors[1 - MOST :], projector[None]]),
        )

    def occupied_orbitals(self, positions: np.ndarray, overlap: np.ndarray) -> np.ndarray:
        """Return the guess of a geometry's occupied orbitals, shape (orbitals, occupied).

        They are orthonormal in the overlap. At least one geometry must be known.

        Args:
            positions: shape (atoms, 3), in bohr.
            overlap: of the orbitals, shape (orbitals, orbitals).
        """
        weights = self._weights(positions)
        predicted = np.tensordot(weights, self.projectors, axes=1)
        occupied = round(float(np.trace(self.projectors[0])))
        orbitals = len(overlap)
        leading = eigh(predicted, subset_by_index=[orbitals - occupied, orbitals - 1])[1]
        return _power(overlap, -0.5) @ leading

    def last_density_matrix(self, overlap: np.ndarray) -> np.ndarray:
        """Return that of the geometry which joined last, with this overlap of its orbitals."""
        root = _power(overlap, -0.5)
        return 2 * root @ self.projectors[-1] @ root

    def _weights(self, positions: np.ndarray) -> np.ndarray:
        """Return the weight of each known matrix; their sum is 1, as deviations are learnt."""
        known = len(self)
        points = self.positions.reshape(known, -1)
        if known == 1:
            return np.ones(1)
        distances = pdist(points)
        width = WIDTH * (np.median(distances) or 1.0)

        def kernel(others: np.ndarray) -> np.ndarray:
            return np.exp(-cdist(points, others, "sqeuclidean") / (2 * width**2))

        matrix = kernel(points) + REGULARISATION * np.eye(known)
        weights = cho_solve(cho_factor(matrix), kernel(positions.reshape(1, -1))[:, 0])
        return weights + (1 - weights.sum()) / known


def _power(overlap: np.ndarray, exponent: float) -> np.ndarray:
    values, vectors = eigh(overlap)
    # Of atoms that nearly coincide, as where dynamics broke, rounding makes some negative.
    values = np.maximum(values, np.finfo(float).eps)
    return (vectors * values**exponent) @ vectors.T
