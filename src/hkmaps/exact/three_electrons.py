"""The ground state of three interacting electrons, two of spin up and one of spin down.

The spatial wavefunction is a tensor X(x1, x2, x3), antisymmetric in x1 and x2, the positions of the
electrons of spin up; x3 is that of the electron of spin down. The Hamiltonian acts on it with the
one-electron Hamiltonian h along each axis and with the interactions w(x1, x2) + w(x1, x3) +
w(x2, x3) point by point. In the basis of the products of h's eigenfunctions all but the interaction
is diagonal, which makes the preconditioner of the eigensolver, as for two electrons. The lowest
state of this sector is a doublet and the ground state: states of higher spin lie above it (E. H.
Lieb and D. C. Mattis, Phys. Rev. 125, 164, 1962).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from hkmaps.checks import expect_count, expect_number
from hkmaps.errors import ConvergenceError
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


@dataclass(frozen=True, eq=False)
class ThreeElectronState:
    """The ground state of two electrons of spin up and one of spin down.

    Attributes:
        grid: the grid of N points.
        energy: total energy in Ha.
        wavefunction: spatial wavefunction of shape (N, N, N), in bohr^-3/2, antisymmetric in the
            first two axes, normalised so that sum(wavefunction**2) * spacing**3 = 1.
        residual: ||H psi - E psi|| for psi of norm 1, in Ha.
        iterations: how often the eigensolver applied the Hamiltonian.
    """

    grid: Grid
    energy: float
    wavefunction: np.ndarray
    residual: float
    iterations: int

    def spin_densities(self) -> np.ndarray:
        """Return the densities of spin up and of spin down, of shape (2, N), in 1/bohr.

        They integrate to 2 and to 1.
        """
        squares, volume = self.wavefunction**2, self.grid.spacing**2
        up, down = squares.sum(axis=(1, 2)), squares.sum(axis=(0, 1))
        return np.array([2 * up, down]) * volume

    def density(self) -> np.ndarray:
        """Return the electron density of shape (N,), in 1/bohr; it integrates to 3."""
        return self.spin_densities().sum(axis=0)


def solve_three_electrons(
    potential: np.ndarray,
    grid: Grid,
    interaction: np.ndarray | None = None,
    stencil: int = DEFAULT_STENCIL,
    tolerance: float = 1e-8,
    maximum_iterations: int = 100,
) -> ThreeElectronState:
    """Solve the three-electron Schroedinger equation for its ground state, a doublet.

    Args:
        potential: external potential of shape (N,), in Ha.
        grid: grid of N points; a wavefunction takes N**3 numbers.
        interaction: interaction energy of electrons at each pair of points, a symmetric matrix
            of shape (N, N), in Ha; without it, paper A's equation 4.
        stencil: number of points of the second derivative.
        tolerance: largest residual ||H psi - E psi||, in Ha.
        maximum_iterations: largest number of applications of the Hamiltonian.

    Returns:
        The state; equal arguments give equal bits.

    Raises:
        InputError: an array or the stencil does not fit the grid.
        ConvergenceError: the residual stays above the tolerance.
    """
    maximum_iterations = expect_count(maximum_iterations, "largest number of iterations")
    tolerance = expect_number(tolerance, "tolerance of the residual", "Ha")
    potential = check_potential(potential, grid)
    interaction = check_interaction(interaction, grid)
    hamiltonian = sparse_operator(hamiltonian_bands(potential, grid, stencil)).toarray()
    mirrored = is_mirror_symmetric(potential) and is_mirror_symmetric(interaction)
    sector = _DoubletSector(hamiltonian, interaction, mirrored)
    # The residual checked below is summed in another order; 0.9 leaves room for its rounding.
    solution = davidson(
        sector.apply, sector.precondition, sector.start(), 0.9 * tolerance, maximum_iterations
    )
    vector = solution.vector * np.sign(solution.vector[np.argmax(np.abs(solution.vector))])
    residual = float(np.linalg.norm(sector.apply(vector) - solution.value * vector))
    if not residual <= tolerance:
        raise ConvergenceError(
            f"The three-electron residual is {residual:.1e} Ha; it must be at most {tolerance:.1e}"
            " Ha."
        )
    wavefunction = vector.reshape(sector.shape) / grid.spacing**1.5
    return ThreeElectronState(grid, solution.value, wavefunction, residual, solution.iterations)


class _DoubletSector:
    """Tensors that are antisymmetric in their first two axes, as vectors, and operators on them.

    Where x1 < x2 the ground state has no nodes. In a mirror-symmetric potential x1, x2, x3 ->
    -x2, -x1, -x3 leaves that region in its place, so that under x1, x2, x3 -> -x1, -x2, -x3 the
    state is odd, like under exchange. With this constraint no level of the other parity can be
    mixed in.

    Attributes:
        shape: (N, N, N).
    """

    def __init__(self, hamiltonian: np.ndarray, interaction: np.ndarray, mirrored: bool):
        self.shape = (len(hamiltonian),) * 3
        self.hamiltonian = hamiltonian
        self.mirrored = mirrored
        self.interactions = (
            interaction[:, :, None] + interaction[:, None, :] + interaction[None, :, :]
        )
        energies, orbitals = eigh(hamiltonian, driver="evd")
        self.lowest = orbitals[:, :2]
        # The preconditioner is approximate anyway; single precision halves its cost.
        energies, self.orbitals = energies.astype(np.float32), orbitals.astype(np.float32)
        self.sums = energies[:, None, None] + energies[:, None] + energies

    def start(self) -> np.ndarray:
        """Return the ground state without interaction, as a vector."""
        first, second = self.lowest.T
        up = np.outer(first, second) - np.outer(second, first)
        return self._project(np.multiply.outer(up, first)).ravel()

    def apply(self, vector: np.ndarray) -> np.ndarray:
        """Return the three-electron Hamiltonian times `vector`."""
        tensor = vector.reshape(self.shape)
        points = len(self.hamiltonian)
        first = (self.hamiltonian @ tensor.reshape(points, -1)).reshape(self.shape)
        image = self.interactions * tensor
        image += first
        # The second axis is the first one of the exchanged tensor, which is minus the tensor.
        image -= first.transpose(1, 0, 2)
        image += tensor @ self.hamiltonian
        return image.ravel()

    def precondition(self, residual: np.ndarray, energy: float) -> np.ndarray:
        """Return `residual` over e_i + e_j + e_k - energy in the products of h's eigenvectors."""
        denominators = np.maximum(self.sums - np.float32(energy), np.float32(SMALLEST_DENOMINATOR))
        coefficients = _along_axes(residual.astype(np.float32), self.orbitals) / denominators
        correction = _along_axes(coefficients, self.orbitals.T)
        # Single precision breaks the symmetry slightly; it must hold exactly.
        return self._project(correction.astype(np.float64)).ravel()

    def _project(self, tensor: np.ndarray) -> np.ndarray:
        """The part of a tensor that is in the sector."""
        antisymmetric = (tensor - tensor.transpose(1, 0, 2)) / 2
        if self.mirrored:
            antisymmetric = (antisymmetric - antisymmetric[::-1, ::-1, ::-1]) / 2
        return antisymmetric


def _along_axes(tensor: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The tensor (N, N, N), in any shape, with each axis multiplied by the matrix (N, N)."""
    points = len(matrix)
    for _ in range(3):
        # The first axis becomes the last one: after three turns each has had its product.
        tensor = tensor.reshape(points, -1).T @ matrix
    return tensor.reshape((points,) * 3)
