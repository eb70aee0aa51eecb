"""Three electrons: exactly solvable limits, symmetries and independent solutions."""

import numpy as np
import pytest
from numpy.linalg import eigvalsh

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.exact.grids import Grid, uniform_grid
from hkmaps.exact.hamiltonians import hamiltonian_bands, sparse_operator
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import (
    atom_potential,
    diatomic_potential,
    smooth_coulomb_interaction,
    soft_atom_potential,
    soft_coulomb_interaction,
)
from hkmaps.exact.three_electrons import solve_three_electrons
from hkmaps.exact.two_electrons import solve_two_electrons

FOLLOW_UP_GRID = Grid(np.linspace(-6, 6, 65))
SMALL_GRID = uniform_grid(8, 4)
MIRRORED = atom_potential(SMALL_GRID.points, 2.3, 0.8)
TILTED = MIRRORED + 0.1 * SMALL_GRID.points


@pytest.mark.parametrize("potential", [MIRRORED, TILTED])
def test_without_interaction_the_lower_orbital_is_filled_twice(potential):
    orbitals = solve_one_electron(potential, SMALL_GRID, states=2)
    free = np.zeros((SMALL_GRID.size, SMALL_GRID.size))
    state = solve_three_electrons(potential, SMALL_GRID, free)
    assert state.energy == pytest.approx(2 * orbitals.energies[0] + orbitals.energies[1], abs=1e-12)
    both = orbitals.density(0) + orbitals.density(1)
    assert state.spin_densities() == pytest.approx(np.array([both, orbitals.density(0)]), abs=1e-8)


@pytest.mark.parametrize("coupling", [0.3, -0.05])
def test_harmonic_interaction_separates_into_normal_modes(coupling):
    """Oscillators x^2 / 2 with coupling / 2 (x_i - x_j)^2 for each pair.

    The centre of mass keeps the frequency 1; two relative modes have sqrt(1 + 3 coupling), and that
    along x1 - x2 is excited once, for the state is odd there.
    """
    grid = uniform_grid(14, 4)
    apart = np.subtract.outer(grid.points, grid.points)
    state = solve_three_electrons(0.5 * grid.points**2, grid, 0.5 * coupling * apart**2)
    assert state.energy == pytest.approx(0.5 + 2 * np.sqrt(1 + 3 * coupling), abs=2e-5)


@pytest.mark.parametrize("slope", [0.0, 0.1])
@pytest.mark.parametrize("points", [9, 10])
def test_energy_equals_dense_diagonalisation(points, slope):
    grid = uniform_grid(6, points / 6)
    potential = diatomic_potential(grid.points, 1.6, 0.7, 1.9) + slope * grid.points
    h, one = sparse_operator(hamiltonian_bands(potential, grid, 5)).toarray(), np.eye(points)
    dense = sum(
        np.kron(np.kron(*factors[:2]), factors[2])
        for factors in ((h, one, one), (one, h, one), (one, one, h))
    )
    w = soft_coulomb_interaction(grid.points)
    dense += np.diag((w[:, :, None] + w[:, None, :] + w).ravel())
    exchange = np.eye(points**3).reshape((points,) * 6).swapaxes(0, 1).reshape(dense.shape)
    antisymmetric = (np.eye(points**3) - exchange) / 2
    # What lies outside the sector is lifted above every level of interest.
    lifted = antisymmetric @ dense @ antisymmetric + 1e3 * (np.eye(points**3) - antisymmetric)
    state = solve_three_electrons(potential, grid, stencil=5)
    assert state.energy == pytest.approx(eigvalsh(lifted)[0], abs=1e-10)


@pytest.mark.parametrize("potential", [MIRRORED, TILTED])
def test_exchange_symmetry_and_electron_numbers(potential):
    state = solve_three_electrons(potential, SMALL_GRID)
    psi, spacing = state.wavefunction, SMALL_GRID.spacing
    assert np.abs(psi + psi.transpose(1, 0, 2)).max() < 1e-12
    assert state.spin_densities().sum(axis=1) * spacing == pytest.approx(np.array([2, 1]))
    # The ground state has no nodes where x1 < x2.
    ordered = psi[np.triu_indices(SMALL_GRID.size, k=1)]
    assert (ordered * np.sign(ordered.flat[np.abs(ordered).argmax()])).min() > -1e-9


def test_a_third_electron_far_away_is_that_of_the_other_well():
    """Two electrons in one well, one in a well 12 bohr away, and an interaction of short range."""
    grid = uniform_grid(20, 3)
    deep, shallow = (
        -depth * np.exp(-((grid.points - centre) ** 2)) for depth, centre in ((5.0, -6), (2.0, 6))
    )
    interaction = np.exp(-(np.subtract.outer(grid.points, grid.points) ** 2))
    state = solve_three_electrons(deep + shallow, grid, interaction)
    two = solve_two_electrons(deep, grid, interaction)
    one = solve_one_electron(shallow, grid)
    assert state.energy == pytest.approx(two.energy + one.energy, abs=1e-6)
    assert state.density() == pytest.approx(two.density() + one.density(), abs=1e-4)


def test_pilot_values_of_the_follow_up():
    potential = soft_atom_potential(FOLLOW_UP_GRID.points, 3.0, 1.2)
    interaction = smooth_coulomb_interaction(FOLLOW_UP_GRID.points)
    energies = [
        solve_one_electron(potential, FOLLOW_UP_GRID).energy,
        solve_two_electrons(potential, FOLLOW_UP_GRID, interaction).energy,
        solve_three_electrons(potential, FOLLOW_UP_GRID, interaction).energy,
    ]
    assert energies == pytest.approx([-2.744966, -4.683884, -5.081226], abs=5e-7)


def test_what_cannot_be_solved_is_refused():
    with pytest.raises(InputError, match="exchanging the electrons must not change"):
        solve_three_electrons(MIRRORED, SMALL_GRID, np.triu(np.ones((32, 32))))
    with pytest.raises(ConvergenceError, match="after 2 iterations"):
        solve_three_electrons(MIRRORED, SMALL_GRID, maximum_iterations=2)
