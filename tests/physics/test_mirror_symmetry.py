"""Levels nearer than rounding: symmetry decides where there is one, else the gap says so."""

import numpy as np
import pytest

from hkmaps.exact.grids import Grid, uniform_grid
from hkmaps.exact.observables import solve_system
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import diatomic_potential
from hkmaps.exact.two_electrons import solve_two_electrons


def on_the_left(density, grid):
    middle = grid.points == 0
    return (density[grid.points < 0].sum() + density[middle].sum() / 2) * grid.spacing


def wells(grid, *centres):
    return -sum(np.exp(-((grid.points - centre) ** 2)) for centre in centres)


@pytest.mark.parametrize("points", [400, 401])
@pytest.mark.parametrize("r", [30, 40])
def test_half_of_every_state_of_a_stretched_diatomic_is_on_each_side(points, r):
    grid = Grid(np.linspace(-25, 25, points))
    states = solve_one_electron(diatomic_potential(grid.points, 1.0, 0.75, r), grid, states=4)
    assert states.energies[1] - states.energies[0] < 1e-9
    for level in range(4):
        assert on_the_left(states.density(level), grid) == pytest.approx(0.5, abs=1e-12)
        orbital = states.orbitals[level]
        np.testing.assert_array_equal(orbital[::-1], (-1) ** level * orbital)
        assert states.is_determined(level)
    assert (states.orbitals[0] > -1e-12).all()  # a ground state has no node
    assert states.orbitals @ states.orbitals.T * grid.spacing == pytest.approx(np.eye(4), abs=1e-12)


def test_equal_wells_without_symmetry_leave_the_density_open_and_the_system_says_so():
    grid = Grid(np.linspace(-25, 26, 306))
    potential = wells(grid, -15, 15)
    states = solve_one_electron(potential, grid)
    assert states.gaps[0] < 1e-8 and not states.is_determined()
    solved = solve_system(potential, grid)
    assert solved.one_electron_gap == states.gaps[0] and not solved.density_determined
    tilted = solve_system(potential + 1e-2 * grid.points, grid)
    assert tilted.one_electron_gap > 1e-3 and tilted.density_determined


def test_a_potential_that_is_symmetric_but_for_a_trifle_is_solved_as_it_is():
    grid = uniform_grid(60, 5)
    potential = diatomic_potential(grid.points, 1.0, 0.75, 30)
    states = solve_one_electron(potential + 1e-9 * grid.points, grid)
    assert on_the_left(states.density(), grid) == pytest.approx(1, abs=1e-6)
    assert not states.is_determined()


def test_near_levels_of_equal_parity_are_told_from_those_that_symmetry_parts():
    grid = uniform_grid(80, 5)
    states = solve_one_electron(wells(grid, -30, -10, 10, 30), grid, states=4)
    assert on_the_left(states.density(), grid) == pytest.approx(0.5, abs=1e-12)
    assert not any(states.is_determined(level) for level in range(4))


@pytest.mark.parametrize("points", [160, 161])
@pytest.mark.parametrize("symmetry", ["singlet", "triplet"])
def test_two_attracting_electrons_are_half_on_each_side(points, symmetry):
    # Both are in one well; nothing but the symmetry tells which.
    grid = Grid(np.linspace(-20, 20, points))
    attraction = -2 * np.exp(-((grid.points[:, None] - grid.points) ** 2) / 9)
    state = solve_two_electrons(wells(grid, -10, 10), grid, attraction, symmetry=symmetry)
    density = state.density()
    np.testing.assert_allclose(density, density[::-1], atol=1e-14)
    assert on_the_left(density, grid) == pytest.approx(1, abs=1e-12)
