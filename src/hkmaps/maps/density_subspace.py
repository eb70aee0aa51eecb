"""The few dimensions that the densities of one molecule span, in place of all coefficients."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.linalg import eigh

from hkmaps.checks import expect_finite
from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.kernels.training_data import target_blocks
from hkmaps.tensor_files import read_tensors, reading, write_tensors

TOLERANCE = 1e-6
"""Part of a density, by its L2 norm, that the subspace may leave out."""

LEAST_TOLERANCE = 1e-7
"""What the rounding of coefficients in single precision leaves to choose."""


@dataclass(frozen=True, eq=False)
class DensitySubspace:
    """An orthonormal basis of nearly all that a set of densities spans.

    A regression with one width and one regularisation for all coefficients commutes with rotations
    of the coefficients, and distances of densities do not change in them. So maps trained on the
    coordinates of densities in the subspace have the energies of maps trained on all coefficients
    (paper B, equations 9 and 13), and predicted densities, combinations of training densities, lie
    in it.

    The first component is the mean density, not centred, the others are the principal components
    of what the densities differ from it by.

    Attributes:
        basis: basis of the coefficients.
        components: orthonormal rows in single precision, shape (rank, basis.size).
        residual: largest L2 norm of what the subspace leaves out of a density that it was made of,
            relative to the norm of the density.
    """

    basis: FourierBasis
    components: np.ndarray
    residual: float

    @classmethod
    def spanning(
        cls,
        basis: FourierBasis,
        densities: np.ndarray | Iterable[np.ndarray],
        tolerance: float = TOLERANCE,
    ) -> "DensitySubspace":
        """Return the smallest such subspace that holds all densities within a tolerance.

        Beyond the densities and the components only matrices of M x M numbers and blocks of
        columns are held.

        Args:
            basis: basis of the coefficients.
            densities: coefficients of M densities, shape (M, basis.size), or blocks of their rows,
                in single or double precision, in bohr^-3/2.
            tolerance: largest relative L2 norm that may be left out of a density; `residual` is
                larger where double precision does not resolve more components.

        Raises:
            InputError: there is no density, one is zero, not finite or of another size, or the
                tolerance is out of range.
        """
        if not LEAST_TOLERANCE <= tolerance < 1:
            raise InputError(
                f"The tolerance of the density subspace is {tolerance}; it must be at least"
                f" {LEAST_TOLERANCE:g}, where single precision ends, and less than 1."
            )
        blocks = _expect_blocks(densities, basis)
        mean, overlaps, norms = _mean_direction(blocks, basis.size)
        deviations = _Deviations(blocks, mean, overlaps)
        weights, residual = _principal_weights(deviations.products(), norms, tolerance)
        components = np.empty((1 + weights.shape[1], basis.size), dtype=np.float32)
        components[0] = mean
        for columns, block in deviations:
            components[1:, columns] = weights.T @ block
        return cls(basis, components, residual)

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self.components)

    @property
    def size(self) -> int:
        """The number of coefficients of a density."""
        return self.basis.size

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the components, by which a map knows the subspace that it was trained in."""
        return hashlib.blake2b(np.ascontiguousarray(self.components), digest_size=16).hexdigest()

    def project(self, densities: np.ndarray | Iterable[np.ndarray]) -> np.ndarray:
        """Return the coordinates of densities in the subspace.

        One call for many densities is much faster than many calls.

        Args:
            densities: as for `spanning`.

        Returns:
            Shape (S, rank), in bohr^-3/2; distances are those of the densities but for what they
            have outside of the subspace.

        Raises:
            InputError: there is no density, or one is not finite or of another size.
        """
        blocks = _expect_blocks(densities, self.basis)
        count = sum(map(len, blocks))
        coordinates = np.zeros((count, self.rank))
        for columns in target_blocks(max(self.rank, count), self.size):
            block = _columns(blocks, columns)
            coordinates += block @ self.components[:, columns].T.astype(np.float64)
        return coordinates

    def project_with_residual(
        self, densities: np.ndarray | Iterable[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the coordinates of densities, and how large the part outside of the subspace is.

        Args:
            densities: as for `spanning`, of which no one is zero.

        Returns:
            Coordinates as of `project`; L2 norms of what is left out over those of the densities,
            shape (S,).
        """
        blocks = _expect_blocks(densities, self.basis)
        coordinates = self.project(blocks)
        left_out, norms = np.zeros((2, len(coordinates)))
        for columns in target_blocks(max(coordinates.shape), self.size):
            block = _columns(blocks, columns)
            norms += np.einsum("ij,ij->i", block, block)
            block -= coordinates @ self.components[:, columns].astype(np.float64)
            left_out += np.einsum("ij,ij->i", block, block)
        return coordinates, np.sqrt(left_out / norms)

    def expand(self, coordinates: np.ndarray) -> np.ndarray:
        """Return coefficients (S, basis.size), in bohr^-3/2, from coordinates (S, rank).

        Raises:
            InputError: the coordinates are not finite, or not as many as the subspace has
                dimensions.
        """
        coordinates = expect_finite(coordinates, "coordinates")
        if coordinates.ndim != 2 or coordinates.shape[1] != self.rank:
            raise InputError(
                f"The coordinates have the shape {coordinates.shape}; it must be (densities,"
                f" {self.rank}), one a dimension of the subspace."
            )
        coefficients = np.empty((len(coordinates), self.size))
        for columns in target_blocks(self.rank, self.size):
            block = self.components[:, columns].astype(np.float64)
            coefficients[:, columns] = coordinates @ block
        return coefficients

    def save(self, path: str | Path) -> None:
        """Write the subspace to a safetensors file, whole or not at all."""
        header = {
            "length": self.basis.length,
            "frequencies": self.basis.frequencies,
            "residual": self.residual,
        }
        write_tensors(path, {"components": self.components}, header)

    @classmethod
    def load(cls, path: str | Path) -> "DensitySubspace":
        """Read a subspace that `save` wrote.

        Raises:
            InputError: there is no file, or it is damaged or holds something else.
        """
        what = f"saved {cls.__name__}"
        tensors, header = read_tensors(path, what)
        with reading(path, what):
            basis = FourierBasis(header["length"], header["frequencies"])
            components = tensors["components"]
            if components.ndim != 2 or components.shape[1] != basis.size:
                raise ValueError(
                    f"components of the shape {components.shape} in a basis of {basis.size}"
                )
            return cls(basis, components, header["residual"])


class _Deviations:
    """What densities differ by from their parts along the mean density, in blocks of columns."""

    def __init__(self, blocks: list[np.ndarray], mean: np.ndarray, overlaps: np.ndarray):
        self.blocks, self.mean, self.overlaps = blocks, mean, overlaps

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        for columns in target_blocks(len(self.overlaps), len(self.mean)):
            block = _columns(self.blocks, columns)
            block -= self.overlaps[:, None] * self.mean[columns]
            yield columns, block

    def products(self) -> np.ndarray:
        """Their inner products, shape (M, M)."""
        products = np.zeros((len(self.overlaps),) * 2)
        for _, block in self:
            products += block @ block.T
        return products


def _expect_blocks(
    densities: np.ndarray | Iterable[np.ndarray], basis: FourierBasis
) -> list[np.ndarray]:
    """Finite rows of coefficients, without a copy."""
    blocks = [densities] if isinstance(densities, np.ndarray) else list(densities)
    first = 0
    for block in blocks:
        if block.ndim != 2 or block.shape[1] != basis.size or block.dtype.kind != "f":
            raise InputError(
                f"A block of densities has the shape {block.shape} and the type {block.dtype}; it"
                f" must be (densities, {basis.size}), real coefficients in the Fourier basis of"
                f" {basis.frequencies} frequencies."
            )
        # A sum is finite where all its terms are, and needs no mask of all of them.
        finite = np.isfinite(block.sum(axis=1, dtype=np.float64))
        if not finite.all():
            raise InputError(
                f"The density {first + int(np.argmin(finite))} has a coefficient that is not"
                " finite, as of a calculation that failed; every coefficient must be finite."
            )
        first += len(block)
    if first == 0:
        raise InputError("There is no density to span a subspace; at least one is needed.")
    return blocks


def _columns(blocks: list[np.ndarray], columns: slice) -> np.ndarray:
    return np.concatenate([block[:, columns] for block in blocks], dtype=np.float64)


def _mean_direction(
    blocks: list[np.ndarray], size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean density as a unit vector, the overlap of each density with it, and their norms.

    Without this part, which is the same in all densities but for a number, the products of the
    rest do not carry its rounding errors.
    """
    mean = np.zeros(size)
    for block in blocks:
        mean += block.sum(axis=0, dtype=np.float64)
    length = np.linalg.norm(mean)
    mean /= length if length > 0 else 1
    overlaps, squares = [], []
    for block in blocks:
        for row in block:
            density = row.astype(np.float64)
            overlaps.append(density @ mean)
            squares.append(density @ density)
    norms = np.sqrt(squares)
    if not norms.min() > 0 or not length > 0:
        raise InputError(
            f"The density {int(norms.argmin())} has the norm {norms.min():g}, the sum of all"
            f" {length:g}; a density has electrons, and so both are positive."
        )
    return mean, np.array(overlaps), norms


def _principal_weights(
    products: np.ndarray, norms: np.ndarray, tolerance: float
) -> tuple[np.ndarray, float]:
    """Weights (M, k) of the deviations in the fewest principal components, and the residual."""
    eigenvalues, vectors = eigh(products, overwrite_a=True, check_finite=False, driver="evd")
    eigenvalues, vectors = np.maximum(eigenvalues[::-1], 0), vectors[:, ::-1]
    # What the components beyond the first k hold of each density: no differences of large numbers.
    shares = vectors**2 * eigenvalues
    left_out = np.cumsum(shares[:, ::-1], axis=1)[:, ::-1]
    residuals = np.append(np.sqrt(left_out.T / norms**2).max(axis=1), 0.0)
    resolved = eigenvalues > 4 * np.finfo(float).eps * max(eigenvalues[0], norms.max() ** 2)
    kept = min(int(np.argmax(residuals <= tolerance)), int(resolved.sum()))
    return vectors[:, :kept] / np.sqrt(eigenvalues[:kept]), float(residuals[kept])
