"""Properties of a one-electron system and of how they change with the potential's zero."""

from dataclasses import dataclass

import numpy as np

from hkmaps.exact.grids import Grid
from hkmaps.exact.hamiltonians import (
    DEFAULT_STENCIL,
    check_potential,
    expect_on_grid,
    kinetic_bands,
    sparse_operator,
)
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import soft_coulomb_interaction
from hkmaps.exact.two_electrons import solve_two_electrons


@dataclass(frozen=True, eq=False)
class SystemProperties:
    """Properties of the one-electron ground state in a potential, and of the electron added to it.

    Energies and residuals are in Ha.

    Attributes:
        density: one-electron density of shape (N,), in 1/bohr.
        total_energy: energy E1 of one electron.
        two_electron_energy: energy E2 of the two-electron singlet ground state.
        kinetic_energy: E1 - external energy, as paper A has it.
        kinetic_energy_expectation: <phi|T|phi> of the one-electron wavefunction.
        external_energy: integral of density times potential (paper A, equation 3).
        electron_affinity: E1 - E2.
        fundamental_gap: E2 - 2 E1.
        one_electron_residual: ||H phi - E phi|| of the one-electron state.
        two_electron_residual: ||H psi - E psi|| of the two-electron state.
        two_electron_iterations: iterations of the two-electron eigensolver.
        one_electron_gap: distance of E1 from the nearest level that the one-electron state may be
            mixed with, in Ha; see `OneElectronStates.gaps`.
        density_determined: whether rounding leaves the density, and what follows from it (kinetic
            and external energy), known to six digits; see `OneElectronStates.mixings`.
    """

    density: np.ndarray
    total_energy: float
    two_electron_energy: float
    kinetic_energy: float
    kinetic_energy_expectation: float
    external_energy: float
    electron_affinity: float
    fundamental_gap: float
    one_electron_residual: float
    two_electron_residual: float
    two_electron_iterations: int
    one_electron_gap: float
    density_determined: bool


def external_energy(density: np.ndarray, potential: np.ndarray, grid: Grid) -> float:
    """Return the integral of n(x) V(x) by the rectangle rule (paper A, equation 3).

    Args:
        density: electron density of shape (N,), in 1/bohr.
        potential: external potential of shape (N,), in Ha.
        grid: grid of N points.

    Returns:
        The energy in Ha.

    Raises:
        InputError: density or potential are not finite or not of the grid's shape.
    """
    density = expect_on_grid(density, grid, "density")
    return float(density @ check_potential(potential, grid) * grid.spacing)


def kinetic_energy_expectation(
    orbital: np.ndarray, grid: Grid, stencil: int = DEFAULT_STENCIL
) -> float:
    """Return <phi|-1/2 d2/dx2|phi> of a normalised orbital.

    Args:
        orbital: wavefunction of shape (N,), in bohr^-1/2.
        grid: grid of N points.
        stencil: number of points of the second derivative.

    Returns:
        The energy in Ha.

    Raises:
        InputError: the orbital or the stencil does not fit the grid.
    """
    orbital = expect_on_grid(orbital, grid, "orbital")
    return float(orbital @ (sparse_operator(kinetic_bands(grid, stencil)) @ orbital) * grid.spacing)


def solve_system(
    potential: np.ndarray,
    grid: Grid,
    stencil: int = DEFAULT_STENCIL,
    interaction_softening: float = 1.0,
) -> SystemProperties:
    """Solve a potential for one and for two electrons and return the properties of paper A.

    Args:
        potential: external potential of shape (N,), in Ha.
        grid: grid of N points.
        stencil: number of points of the second derivative.
        interaction_softening: softening of the electrons' repulsion in bohr, positive; 1 in
            paper A's equation 4.

    Returns:
        The properties (paper A, section 2.2).

    Raises:
        InputError: the potential is not finite, or it or the stencil does not fit the grid, or
            the softening is not positive.
        ConvergenceError: a residual exceeds 1e-8 Ha.
    """
    potential = check_potential(potential, grid)
    one = solve_one_electron(potential, grid, stencil)
    interaction = soft_coulomb_interaction(grid.points, softening=interaction_softening)
    two = solve_two_electrons(potential, grid, interaction, stencil)
    density = one.density()
    external = external_energy(density, potential, grid)
    return SystemProperties(
        density=density,
        total_energy=one.energy,
        two_electron_energy=two.energy,
        kinetic_energy=one.energy - external,
        kinetic_energy_expectation=kinetic_energy_expectation(one.orbitals[0], grid, stencil),
        external_energy=external,
        electron_affinity=one.energy - two.energy,
        fundamental_gap=two.energy - 2 * one.energy,
        one_electron_residual=one.residual,
        two_electron_residual=two.residual,
        two_electron_iterations=two.iterations,
        one_electron_gap=float(one.gaps[0]),
        density_determined=one.is_determined(),
    )
