"""Bases give the density back, count its electrons and keep its norm."""

import numpy as np
import pytest

from hkmaps.errors import InputError
from hkmaps.exact import solve_one_electron, uniform_grid
from hkmaps.maps import GridBasis, SineBasis

GRID = uniform_grid(14, 8)
SMALL = uniform_grid(5, 2)
BASES = [GridBasis(GRID), SineBasis(GRID, GRID.size)]


def density(centre=0.7):
    return np.exp(-((GRID.points - centre) ** 2)) / np.sqrt(np.pi)


@pytest.mark.parametrize("basis", BASES)
def test_a_density_comes_back_with_its_electrons_and_its_norm(basis):
    densities = np.stack([density(), 2 * density(-1.2)])
    coefficients = basis.coefficients(densities)
    assert coefficients.shape == (2, basis.size)
    assert basis.density(coefficients) == pytest.approx(densities, abs=1e-14)
    assert basis.electron_count(coefficients) == pytest.approx([1, 2], abs=1e-12)
    # The integral of exp(-2 x^2) / pi is 1 / sqrt(2 pi).
    norm = (2 * np.pi) ** -0.25
    assert basis.norm(coefficients) == pytest.approx([norm, 2 * norm], rel=1e-10)


@pytest.mark.parametrize("basis", BASES)
def test_overlaps_are_integrals(basis):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, GRID.size))
    overlap = basis.coefficients(first) @ basis.coefficients(second)
    assert overlap == pytest.approx(first @ second * GRID.spacing, rel=1e-12)


def test_sine_functions_are_those_of_a_particle_between_the_walls():
    basis = SineBasis(GRID, 4)
    functions = basis.density(np.eye(4))
    wall = GRID.points[0] - GRID.spacing
    width = GRID.length + 2 * GRID.spacing
    for number, function in enumerate(functions, start=1):
        sine = np.sqrt(2 / width) * np.sin(number * np.pi * (GRID.points - wall) / width)
        assert function == pytest.approx(sine, abs=1e-13)
    states = solve_one_electron(np.zeros(GRID.size), GRID, stencil=3)
    assert abs(states.orbitals[0]) == pytest.approx(functions[0], abs=1e-8)


def test_few_sine_functions_describe_a_smooth_density():
    errors = []
    for functions in (10, 20, 40):
        basis = SineBasis(GRID, functions)
        approximate = basis.density(basis.coefficients(density()))
        errors.append(np.abs(approximate - density()).max())
    assert errors[0] > 20 * errors[1] > 1000 * errors[2]
    assert errors[2] < 1e-9


@pytest.mark.parametrize("functions", [0, SMALL.size + 1])
def test_a_sine_basis_has_at_most_one_function_a_point(functions):
    with pytest.raises(InputError, match=f"has {functions} functions"):
        SineBasis(SMALL, functions)


@pytest.mark.parametrize("basis", [GridBasis(SMALL), SineBasis(SMALL, 3)])
def test_wrong_sizes_and_values_are_refused(basis):
    with pytest.raises(InputError, match=r"\(4,\); the last axis must be as long as the grid, 10"):
        basis.coefficients(np.zeros(4))
    with pytest.raises(InputError, match="as long as the basis"):
        basis.density(np.zeros((2, basis.size + 1)))
    with pytest.raises(InputError, match="holds nan"):
        basis.coefficients(np.full(SMALL.size, np.nan))
