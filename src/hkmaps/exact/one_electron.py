"""Eigenstates of one electron in an external potential."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eig_banded

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.exact.grids import Grid
from hkmaps.exact.hamiltonians import DEFAULT_STENCIL, hamiltonian_bands, sparse_operator

RESIDUAL_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class OneElectronStates:
    """The lowest eigenstates of one electron.

    Attributes:
        grid: the grid of N points.
        energies: eigenvalues of shape (states,), ascending, in Ha.
        orbitals: eigenfunctions of shape (states, N), in bohr^-1/2, normalised so that
            sum(orbital**2) * spacing = 1, positive where they are first larger than 1% of
            their maximum.
        residuals: ||H phi - E phi|| for normalised phi, of shape (states,), in Ha.
    """

    grid: Grid
    energies: np.ndarray
    orbitals: np.ndarray
    residuals: np.ndarray

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
        The states, with residuals.

    Raises:
        InputError: the potential or the stencil does not fit the grid, or `states` is not in
            1 to N.
        ConvergenceError: a residual exceeds 1e-8 Ha.
    """
    if not 1 <= states <= grid.size:
        raise InputError(
            f"{states} one-electron states were asked for; on a grid of {grid.size} points there"
            f" are 1 to {grid.size}."
        )
    bands = hamiltonian_bands(potential, grid, stencil)
    energies, vectors = eig_banded(bands, lower=True, select="i", select_range=(0, states - 1))
    residuals = np.linalg.norm(sparse_operator(bands) @ vectors - energies * vectors, axis=0)
    if residuals.max() > RESIDUAL_TOLERANCE:
        raise ConvergenceError(
            f"The one-electron residual is {residuals.max():.1e} Ha;"
            f" it must be at most {RESIDUAL_TOLERANCE:.0e} Ha."
        )
    # LAPACK leaves the sign open; it is fixed so that equal systems give equal orbitals.
    first = np.argmax(np.abs(vectors) > 0.01 * np.abs(vectors).max(axis=0), axis=0)
    signs = np.sign(vectors[first, np.arange(states)])
    orbitals = (vectors * signs).T / np.sqrt(grid.spacing)
    return OneElectronStates(grid, energies, orbitals, residuals)
