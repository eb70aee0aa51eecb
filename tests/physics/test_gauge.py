"""How the quantities change where the potential is really shifted by a constant."""

import numpy as np
import pytest

from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.observables import solve_system
from hkmaps.exact.potentials import diatomic_potential
from hkmaps.exact.quantities import QUANTITIES

GRID = uniform_grid(12, 8)
POTENTIAL = diatomic_potential(GRID.points, 1.0, 0.8, 2.3)


@pytest.fixture(scope="module")
def system():
    return solve_system(POTENTIAL, GRID)


@pytest.mark.parametrize("constant", [0.1, -0.37])
def test_each_quantity_shifts_as_declared_and_the_density_does_not(system, constant):
    shifted = solve_system(POTENTIAL + constant, GRID)
    for quantity in QUANTITIES.values():
        change = getattr(shifted, quantity.column) - getattr(system, quantity.column)
        assert change == pytest.approx(quantity.shift * constant, abs=1e-10), quantity.name
        assert (abs(change) > 0.01) == (quantity.gauge == "dependent")
    assert shifted.density == pytest.approx(system.density, abs=1e-9)


def test_two_ways_to_the_kinetic_energy_agree(system):
    assert system.kinetic_energy == pytest.approx(system.kinetic_energy_expectation, abs=1e-11)
    assert system.kinetic_energy > 0


def test_energies_add_up(system):
    assert system.kinetic_energy + system.external_energy == pytest.approx(system.total_energy)
    ionisation = -system.total_energy
    gap = ionisation - system.electron_affinity
    assert system.fundamental_gap == pytest.approx(gap, abs=1e-14)
    assert system.density.sum() * GRID.spacing == pytest.approx(1, abs=1e-12)


def test_second_electron_of_a_light_atom_is_held_by_the_walls_alone():
    electron_affinities = []
    for length in (10, 14, 20):
        grid = uniform_grid(length, 6)
        potential = -0.5 / (np.abs(grid.points) + 1)
        electron_affinities.append(solve_system(potential, grid).electron_affinity)
    assert electron_affinities[0] < electron_affinities[1] < electron_affinities[2] < 0
