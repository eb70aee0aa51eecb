"""The basis of a grid gives the density back, count its electrons and keep its norm."""

import numpy as np
import pytest

from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.maps.grid_basis import GridBasis

GRID = uniform_grid(14, 8)
SMALL = uniform_grid(5, 2)
BASIS = GridBasis(GRID)


def density(centre=0.7):
    return np.exp(-((GRID.points - centre) ** 2)) / np.sqrt(np.pi)


def test_a_density_comes_back_with_its_electrons_and_its_norm():
    basis = BASIS
    densities = np.stack([density(), 2 * density(-1.2)])
    coefficients = basis.coefficients(densities)
    assert coefficients.shape == (2, basis.size)
    assert basis.density(coefficients) == pytest.approx(densities, abs=1e-14)
    assert basis.electron_count(coefficients) == pytest.approx([1, 2], abs=1e-12)
    # The integral of exp(-2 x^2) / pi is 1 / sqrt(2 pi).
    norm = (2 * np.pi) ** -0.25
    assert basis.norm(coefficients) == pytest.approx([norm, 2 * norm], rel=1e-10)


def test_overlaps_are_integrals():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, GRID.size))
    overlap = BASIS.coefficients(first) @ BASIS.coefficients(second)
    assert overlap == pytest.approx(first @ second * GRID.spacing, rel=1e-12)


def test_wrong_sizes_and_values_are_refused():
    basis = GridBasis(SMALL)
    with pytest.raises(InputError, match=r"\(4,\); the last axis must be as long as the grid, 10"):
        basis.coefficients(np.zeros(4))
    with pytest.raises(InputError, match="as long as the basis"):
        basis.density(np.zeros((2, basis.size + 1)))
    with pytest.raises(InputError, match="holds nan"):
        basis.coefficients(np.full(SMALL.size, np.nan))
