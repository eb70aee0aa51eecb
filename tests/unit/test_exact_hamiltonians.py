from math import factorial

import numpy as np
import pytest

from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.hamiltonians import (
    STENCILS,
    hamiltonian_bands,
    kinetic_bands,
    second_derivative_coefficients,
    sparse_operator,
)

# Tabulated, e.g. by Fornberg, Math. Comp. 51, 699 (1988), Table 1, and in the textbooks.
TABULATED = {
    3: [-2, 1],
    5: [-5 / 2, 4 / 3, -1 / 12],
    7: [-49 / 18, 3 / 2, -3 / 20, 1 / 90],
    9: [-205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560],
}


@pytest.mark.parametrize("stencil", TABULATED)
def test_coefficients_equal_the_table(stencil):
    assert second_derivative_coefficients(stencil) == pytest.approx(TABULATED[stencil], rel=1e-14)


@pytest.mark.parametrize("stencil", STENCILS)
def test_stencil_is_exact_for_polynomials(stencil):
    weights = second_derivative_coefficients(stencil)
    half = stencil // 2
    x = np.arange(-half, half + 1)
    full = np.concatenate([weights[:0:-1], weights])
    for degree in range(stencil + 1):
        exact = 2.0 if degree == 2 else 0.0
        size = np.abs(full * x.astype(float) ** degree).sum()
        assert full @ x.astype(float) ** degree == pytest.approx(exact, abs=1e-13 * size)
    assert abs(full @ x.astype(float) ** (stencil + 1)) > 1


@pytest.mark.parametrize("stencil", STENCILS)
def test_operator_is_symmetric_and_acts_as_minus_half_the_second_derivative(stencil):
    grid = uniform_grid(12, 10)
    operator = sparse_operator(kinetic_bands(grid, stencil))
    assert abs(operator - operator.T).max() == 0
    x = grid.points
    gaussian = np.exp(-(x**2))
    exact = (1 - 2 * x**2) * gaussian
    error = np.abs(operator @ gaussian - exact).max()
    # Leading term of the Taylor series, (p!)^2 / (2p + 2)! h^2p f^(2p + 2), at the top.
    p = stencil // 2
    leading = factorial(p) / (p + 1) * grid.spacing ** (2 * p)
    assert leading / 2 < error < leading * 1.01 + 1e-12


def test_potential_enters_the_diagonal():
    grid = uniform_grid(2, 10)
    potential = np.arange(20.0)
    difference = sparse_operator(hamiltonian_bands(potential, grid, 5)) - sparse_operator(
        kinetic_bands(grid, 5)
    )
    assert difference.toarray() == pytest.approx(np.diag(potential), abs=1e-12)


@pytest.mark.parametrize("stencil", [1, 4, 15, 0, -3])
def test_unknown_stencils_are_refused(stencil):
    with pytest.raises(InputError, match=f"{stencil} points; it must be one of 3, 5, 7"):
        second_derivative_coefficients(stencil)


def test_a_grid_of_five_points_is_refused_for_thirteen():
    with pytest.raises(InputError, match="grid has 5 points; a stencil of 13 points"):
        kinetic_bands(uniform_grid(5, 1), 13)
