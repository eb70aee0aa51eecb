"""Errors of maps follow equation 14; the gauge-aware route gives back exact quantities."""

import numpy as np
import pytest

from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.observables import solve_system
from hkmaps.maps.errors import (
    electrons_misplaced,
    energy_errors,
    maximum_absolute,
    mean_absolute,
    normalised_absolute_error,
)
from hkmaps.maps.gauge_aware import gauge_aware_quantities


def test_the_two_sources_add_up_to_the_error():
    exact = np.array([-1.0, -2.0])
    errors = energy_errors(np.array([-0.7, -2.1]), np.array([-0.9, -1.8]), exact)
    assert errors.total == pytest.approx([0.3, -0.1])
    assert errors.functional_driven == pytest.approx([0.1, 0.2])
    assert errors.density_driven == pytest.approx([0.2, -0.3])
    assert mean_absolute(errors.total) == pytest.approx(0.2)
    assert maximum_absolute(errors.density_driven) == pytest.approx(0.3)


def test_energies_of_different_systems_are_refused():
    with pytest.raises(InputError, match=r"\(2,\), \(2,\) and \(3,\)"):
        energy_errors(np.zeros(2), np.zeros(2), np.zeros(3))


def test_an_electron_in_another_place_is_wholly_misplaced():
    exact, elsewhere = np.array([0.0, 2, 0, 0]), np.array([0.0, 0, 0, 2])
    assert electrons_misplaced(elsewhere, exact, 0.5) == pytest.approx(1)
    assert normalised_absolute_error(elsewhere, exact, 0.5) == pytest.approx(2)
    half = 0.5 * (exact + elsewhere)
    assert electrons_misplaced(half, exact, 0.5) == pytest.approx(0.5)
    two_electrons = electrons_misplaced(2 * half, 2 * exact, 0.5)
    assert two_electrons == pytest.approx(0.5)
    assert electrons_misplaced(np.stack([exact, half]), exact, 0.5) == pytest.approx([0, 0.5])


def test_exact_kinetic_energy_and_gap_give_the_exact_energy_and_affinity():
    grid = uniform_grid(12, 6)
    potential = -1.2 / (np.abs(grid.points - 0.4) + 0.8) + 0.3
    solved = solve_system(potential, grid)
    found = gauge_aware_quantities(
        {"T": np.array([solved.kinetic_energy]), "Eg": np.array([solved.fundamental_gap])},
        solved.density[None],
        potential[None],
        grid.spacing,
    )
    assert found["E"] == pytest.approx([solved.total_energy], abs=1e-13)
    assert found["A"] == pytest.approx([solved.electron_affinity], abs=1e-13)


def test_the_gauge_aware_route_needs_both_functionals():
    with pytest.raises(InputError, match="lacks Eg"):
        gauge_aware_quantities({"T": np.zeros(1)}, np.zeros((1, 3)), np.zeros((1, 3)), 0.1)
