"""The lowest singlet and triplet of two interacting electrons, on the full product grid.

A spatial wavefunction is a matrix X(x1, x2), symmetric for the singlet and antisymmetric for the
triplet, and the Hamiltonian acts on it as h X + X h + w * X, with the one-electron Hamiltonian h
and the interaction w(x1, x2). In the basis of the products of h's eigenfunctions all but the
interaction is diagonal, which makes the preconditioner of the eigensolver.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse
from scipy.linalg import eigh

from hkmaps.checks import expect_count, expect_number
from hkmaps.errors import ConvergenceError, InputError
from hkmaps.exact.davidson import davidson
from hkmaps.exact.grids import Grid
from hkmaps.exact.hamiltonians import (
    DEFAULT_STENCIL,
    check_potential,
    hamiltonian_bands,
    sparse_operator,
)
from hkmaps.exact.interactions import SMALLEST_DENOMINATOR, check_interaction
from hkmaps.exact.mirror_symmetry import is_mirror_symmetric

EXCHANGE_SIGN = {"singlet": 1, "triplet": -1}


@dataclass(frozen=True, eq=False)
class TwoElectronState:
    """An eigenstate of two interacting electrons.

    Attributes:
        grid: the grid of N points.
        symmetry: "singlet" or "triplet".
        energy: total energy in Ha.
        wavefunction: spatial wavefunction of shape (N, N), in 1/bohr, normalised so that
            sum(wavefunction**2) * spacing**2 = 1.
        residual: ||H psi - E psi|| for psi of norm 1, in Ha.
        iterations: how often the eigensolver applied the Hamiltonian.
    """

    grid: Grid
    symmetry: str
    energy: float
    wavefunction: np.ndarray
    residual: float
    iterations: int

    def density(self) -> np.ndarray:
        """Return the electron density of shape (N,), in 1/bohr; it integrates to 2."""
        return 2 * np.sum(self.wavefunction**2, axis=1) * self.grid.spacing


def solve_two_electrons(
    potential: np.ndarray,
    grid: Grid,
    interaction: np.ndarray | None = None,
    stencil: int = DEFAULT_STENCIL,
    symmetry: Literal["singlet", "triplet"] = "singlet",
    tolerance: float = 1e-8,
    maximum_iterations: int = 100,
) -> TwoElectronState:
    """Solve the two-electron Schroedinger equation for the lowest singlet or triplet.

    The singlet is the ground state of a spin-up and a spin-down electron (paper A, 2.2.3).

    Args:
        potential: external potential of shape (N,), in Ha.
        grid: grid of N points.
        interaction: interaction energy of electrons at each pair of points, a symmetric matrix
            of shape (N, N), in Ha; without it, paper A's equation 4.
        stencil: number of points of the second derivative.
        symmetry: "singlet" (symmetric wavefunction) or "triplet" (antisymmetric).
        tolerance: largest residual ||H psi - E psi||, in Ha.
        maximum_iterations: largest number of applications of the Hamiltonian.

    Returns:
        The state; equal arguments give equal bits.

    Raises:
        InputError: an array or the stencil does not fit the grid, or the symmetry is unknown.
        ConvergenceError: the residual stays above the tolerance.
    """
    if symmetry not in EXCHANGE_SIGN:
        raise InputError(
            f"The symmetry is {symmetry!r}; it must be one of {', '.join(EXCHANGE_SIGN)}."
        )
    maximum_iterations = expect_count(maximum_iterations, "largest number of iterations")
    tolerance = expect_number(tolerance, "tolerance of the residual", "Ha")
    exchange = EXCHANGE_SIGN[symmetry]
    potential = check_potential(potential, grid)
    hamiltonian = sparse_operator(hamiltonian_bands(potential, grid, stencil))
    interaction = check_interaction(interaction, grid)

    if not (is_mirror_symmetric(potential) and is_mirror_symmetric(interaction)):
        sector = _ExchangeSector(hamiltonian, interaction, exchange)
    elif symmetry == "singlet" and grid.size % 2 == 0:
        sector = _MirrorEvenSector(hamiltonian, interaction, exchange)
    else:
        sector = _MirrorSector(hamiltonian, interaction, exchange)
    # The residual checked below is summed in another order; 0.9 leaves room for its rounding.
    solution = davidson(
        sector.apply, sector.precondition, sector.start(), 0.9 * tolerance, maximum_iterations
    )
    vector = sector.matrix(solution.vector)
    vector *= np.sign(vector.ravel()[np.argmax(np.abs(vector) > 0.5 * np.abs(vector).max())])

    one_electron_part = hamiltonian @ vector
    image = one_electron_part + exchange * one_electron_part.T + interaction * vector
    residual = float(np.linalg.norm(image - solution.value * vector))
    if not residual <= tolerance:
        raise ConvergenceError(
            f"The two-electron residual is {residual:.1e} Ha; it must be at most {tolerance:.1e}"
            " Ha."
        )
    return TwoElectronState(
        grid, symmetry, solution.value, vector / grid.spacing, residual, solution.iterations
    )


class _ExchangeSector:
    """The (anti)symmetric wavefunctions as vectors: blocks of square matrices, here only one.

    Attributes:
        one_electron: the one-electron Hamiltonian, block diagonal, sparse.
        interactions: what multiplies each block within itself, of shape (M, M).
        couplings: what multiplies the other block, of shape (M, M), or None for a single block.
    """

    def __init__(self, hamiltonian: sparse.csr_array, interaction: np.ndarray, exchange: int):
        self.exchange = exchange
        self.interactions, self.couplings = interaction, None
        self._set_blocks([hamiltonian])

    def _set_blocks(self, blocks: list[sparse.csr_array]) -> None:
        self.shape = (len(blocks), *blocks[0].shape)
        self.one_electron = sparse.block_diag(blocks, format="csr")
        solutions = [eigh(block.toarray(), driver="evd") for block in blocks]
        energies, orbitals = zip(*solutions, strict=True)
        # The preconditioner is approximate anyway; single precision halves its cost.
        self.energies = np.array(energies, dtype=np.float32)
        self.orbitals = np.array(orbitals, dtype=np.float32)
        self.lowest = [block_orbitals[:, :2] for block_orbitals in orbitals]

    def start(self) -> np.ndarray:
        """Return the ground state without interaction, as a vector."""
        vector = np.zeros(self.shape)
        first, second = self.lowest[0].T
        if self.exchange == 1:
            vector[0] = np.outer(first, first)
        else:
            vector[0] = np.outer(first, second) - np.outer(second, first)
        return vector.ravel()

    def apply(self, vector: np.ndarray) -> np.ndarray:
        """Return the two-electron Hamiltonian times `vector`."""
        blocks = vector.reshape(self.shape)
        one_electron_part = (self.one_electron @ vector.reshape(-1, self.shape[2])).reshape(
            self.shape
        )
        image = self.interactions * blocks
        if self.couplings is not None:
            image += self.couplings * blocks[::-1]
        image += one_electron_part
        image += self.exchange * one_electron_part.transpose(0, 2, 1)
        return image.ravel()

    def precondition(self, residual: np.ndarray, energy: float) -> np.ndarray:
        """Return `residual` divided by e_i + e_j - energy in the products of h's eigenvectors."""
        orbitals = self.orbitals
        transposed = orbitals.transpose(0, 2, 1)
        coefficients = transposed @ residual.reshape(self.shape).astype(np.float32) @ orbitals
        denominators = self.energies[:, :, None] + (self.energies - np.float32(energy))[:, None, :]
        coefficients /= np.maximum(denominators, np.float32(SMALLEST_DENOMINATOR))
        correction = (orbitals @ coefficients @ transposed).astype(np.float64)
        # Single precision breaks the symmetry slightly; it must hold exactly.
        return (correction + self.exchange * correction.transpose(0, 2, 1)).ravel()

    def matrix(self, vector: np.ndarray) -> np.ndarray:
        """Return the wavefunction of `vector` as one matrix on the product grid."""
        return vector.reshape(self.shape)[0]


class _MirrorSector(_ExchangeSector):
    """The wavefunctions of a mirror-symmetric Hamiltonian that have the parity of the lowest one.

    The lowest singlet and, where x1 < x2, the lowest triplet have no nodes; x1, x2 -> -x2, -x1
    leaves that region in its place. So under x1, x2 -> -x1, -x2 the singlet is even and the triplet
    odd, like under exchange. Without this constraint a level of the other parity may be nearer
    than rounding.
    """

    def start(self) -> np.ndarray:
        return self._project(super().start().reshape(self.shape)).ravel()

    def precondition(self, residual: np.ndarray, energy: float) -> np.ndarray:
        return self._project(super().precondition(residual, energy).reshape(self.shape)).ravel()

    def _project(self, blocks: np.ndarray) -> np.ndarray:
        return (blocks + self.exchange * blocks[:, ::-1, ::-1]) / 2


class _MirrorEvenSector(_ExchangeSector):
    """Symmetric wavefunctions that are even under x1, x2 -> -x1, -x2, on an even number of points.

    With A = X(x1, x2) and B = X(x1, -x2) for x1, x2 < 0, the blocks are A + B (both electrons in
    even orbitals) and A - B (both in odd ones). One-electron operators do not mix them, so that
    the products of the preconditioner cost a quarter.
    """

    def __init__(self, hamiltonian: sparse.csr_array, interaction: np.ndarray, exchange: int):
        self.exchange = exchange
        half = hamiltonian.shape[0] // 2
        near = interaction[:half, :half]
        far = interaction[:half, ::-1][:, :half]
        self.interactions, self.couplings = (near + far) / 2, (near - far) / 2
        rows = hamiltonian[:half]
        near, far = rows[:, :half], rows[:, ::-1][:, :half]
        self._set_blocks([near + far, near - far])

    def matrix(self, vector: np.ndarray) -> np.ndarray:
        even, odd = vector.reshape(self.shape)
        near, far = (even + odd) / 2, (even - odd) / 2
        upper = np.hstack([near, far[:, ::-1]])
        return np.vstack([upper, upper[::-1, ::-1]])
