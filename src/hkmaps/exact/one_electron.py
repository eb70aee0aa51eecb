"""Eigenstates of one electron in an external potential."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import eig_banded

from hkmaps.checks import expect_count
from hkmaps.errors import ConvergenceError
from hkmaps.exact.grids import Grid
from hkmaps.exact.hamiltonians import (
    DEFAULT_STENCIL,
    check_potential,
    hamiltonian_bands,
    sparse_operator,
)
from hkmaps.exact.mirror_symmetry import is_mirror_symmetric, parity_bases

RESIDUAL_TOLERANCE = 1e-8

MIXING_TOLERANCE = 1e-6
"""Largest part of other levels in a state of which the density counts as determined."""


@dataclass(frozen=True, eq=False)
class OneElectronStates:
    """The lowest eigenstates of one electron.

    In a mirror-symmetric potential the states are even or odd, exactly. Elsewhere a level that
    another one is near to is known, but its orbital is any mixture of the two: `mixings` says how
    much of one.

    Attributes:
        grid: the grid of N points.
        energies: eigenvalues of shape (states,), ascending, in Ha.
        orbitals: eigenfunctions of shape (states, N), in bohr^-1/2, normalised so that
            sum(orbital**2) * spacing = 1, positive where they are first larger than 1% of
            their maximum.
        residuals: ||H phi - E phi|| for normalised phi, of shape (states,), in Ha.
        gaps: distance of each level from the nearest one that its state may be mixed with, of
            shape (states,), in Ha: of the same parity where the potential is mirror symmetric,
            otherwise of any; infinite where there is none.
        mixings: largest norm that other levels can have in each normalised orbital, of shape
            (states,): the residual, or the rounding of the Hamiltonian if that is larger, divided
            by the gap (C. Davis and W. M. Kahan, SIAM J. Numer. Anal. 7, 1, 1970).
    """

    grid: Grid
    energies: np.ndarray
    orbitals: np.ndarray
    residuals: np.ndarray
    gaps: np.ndarray
    mixings: np.ndarray

    @property
    def energy(self) -> float:
        """The ground-state energy in Ha."""
        return float(self.energies[0])

    @property
    def residual(self) -> float:
        """The residual of the ground state in Ha."""
        return float(self.residuals[0])

    def density(self, state: int = 0) -> np.ndarray:
        """Return the electron density of `state`, of shape (N,), in 1/bohr."""
        return self.orbitals[state] ** 2

    def is_determined(self, state: int = 0) -> bool:
        """Return whether rounding leaves the density of `state` known to six digits."""
        return bool(self.mixings[state] <= MIXING_TOLERANCE)


def solve_one_electron(
    potential: np.ndarray, grid: Grid, stencil: int = DEFAULT_STENCIL, states: int = 1
) -> OneElectronStates:
    """Solve the one-electron Schroedinger equation for its lowest eigenstates.

    Args:
        potential: external potential of shape (N,), in Ha.
        grid: grid of N points.
        stencil: number of points of the second derivative.
        states: how many states, from the ground state up.

    Returns:
        The states, with residuals and with what is left open by rounding.

    Raises:
        InputError: the potential or the stencil does not fit the grid, or `states` is not in
            1 to N.
        ConvergenceError: a residual exceeds 1e-8 Ha.
    """
    potential = check_potential(potential, grid)
    states = expect_count(states, "number of one-electron states", 1, grid.size)
    bands = hamiltonian_bands(potential, grid, stencil)
    hamiltonian = sparse_operator(bands)
    rounding = np.finfo(float).eps * abs(hamiltonian).sum(axis=0).max()
    if is_mirror_symmetric(potential):
        energies, vectors, gaps = _solve_by_parity(hamiltonian, len(bands), states, rounding)
    else:
        energies, vectors, gaps = _solve_block(bands, states)
    energies, vectors, gaps = energies[:states], vectors[:, :states], gaps[:states]
    residuals = np.linalg.norm(hamiltonian @ vectors - energies * vectors, axis=0)
    if residuals.max() > RESIDUAL_TOLERANCE:
        raise ConvergenceError(
            f"The one-electron residual is {residuals.max():.1e} Ha;"
            f" it must be at most {RESIDUAL_TOLERANCE:.0e} Ha."
        )
    # LAPACK leaves the sign open; it is fixed so that equal systems give equal orbitals.
    first = np.argmax(np.abs(vectors) > 0.01 * np.abs(vectors).max(axis=0), axis=0)
    signs = np.sign(vectors[first, np.arange(states)])
    orbitals = (vectors * signs).T / np.sqrt(grid.spacing)
    uncertain = np.maximum(residuals, rounding)
    mixings = np.divide(uncertain, gaps, out=np.full(states, np.inf), where=gaps > 0)
    return OneElectronStates(grid, energies, orbitals, residuals, gaps, mixings)


def _solve_block(bands: np.ndarray, states: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The lowest states of a banded matrix, as far as there are so many, and one more.

    Returns:
        Energies of shape (count,), vectors as columns, and the gaps, in Ha. The last gap is only
        to the level below, unless there is none above.
    """
    size = bands.shape[1]
    count = min(states + 1, size)
    energies, vectors = eig_banded(
        bands[:size], lower=True, select="i", select_range=(0, count - 1)
    )
    steps = np.concatenate([[np.inf], np.diff(energies), [np.inf]])
    return energies, vectors, np.minimum(steps[:-1], steps[1:])


def _solve_by_parity(
    hamiltonian: sparse.csr_array, band_count: int, states: int, rounding: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The lowest states of a mirror-symmetric Hamiltonian, each even or odd; see `_solve_block`."""
    solutions = []
    for basis in parity_bases(hamiltonian.shape[0]):
        block = basis.T @ hamiltonian @ basis
        size = block.shape[0]
        bands = np.zeros((min(band_count, size), size))
        for offset, band in enumerate(bands):
            band[: size - offset] = block.diagonal(-offset)
        energies, vectors, gaps = _solve_block(bands, states)
        solutions.append((energies, basis @ vectors, gaps))
    (even, *_), (odd, *_) = solutions
    energies, vectors, gaps = (np.concatenate(p, axis=-1) for p in zip(*solutions, strict=True))
    # A state has a node more than the one below it, so that parities alternate: rounding must not
    # decide which of two near levels is the lower one.
    order = np.argsort(np.concatenate([2 * np.arange(len(even)), 2 * np.arange(len(odd)) + 1]))
    if (np.diff(energies[order])[:states] < -rounding).any():
        order = np.argsort(energies, kind="stable")
    return np.sort(energies[order]), vectors[:, order], gaps[order]
