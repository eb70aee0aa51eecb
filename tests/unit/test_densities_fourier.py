"""The Fourier basis in a cube: orthonormal, exact for smooth densities, on any points."""

import numpy as np
import pytest

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError

LENGTH, FREQUENCIES, POINTS = 12.0, 9, 30
BASIS = FourierBasis(LENGTH, FREQUENCIES)
CENTRE = np.array([5.0, 6.5, 7.2])
WIDTH = 1.1


def gaussian(points):
    """A normalised Gaussian and its nearest images, bohr^-3, at points (..., 3)."""
    images = LENGTH * np.stack(np.meshgrid(*[[-1, 0, 1]] * 3), axis=-1).reshape(-1, 3)
    distances = ((points[..., None, :] - CENTRE - images) ** 2).sum(axis=-1)
    return np.exp(-distances / (2 * WIDTH**2)).sum(axis=-1) / (2 * np.pi * WIDTH**2) ** 1.5


def grid(points):
    x = np.arange(points) * LENGTH / points
    return np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1)


@pytest.fixture(scope="module")
def coefficients():
    return BASIS.coefficients(gaussian(grid(POINTS)))


def test_paper_b_has_125000_coefficients():
    basis = FourierBasis(20.0, 25)
    assert (basis.functions_per_dimension, basis.size) == (50, 125_000)


def test_the_functions_are_orthonormal_and_as_documented():
    basis = FourierBasis(LENGTH, 2)
    rows = np.eye(basis.size)
    functions = basis.density_on_grid(rows, 8)
    overlaps = functions.reshape(basis.size, -1) @ functions.reshape(basis.size, -1).T
    assert overlaps * (LENGTH / 8) ** 3 == pytest.approx(np.eye(basis.size), abs=1e-12)
    assert basis.coefficients(functions) == pytest.approx(np.eye(basis.size), abs=1e-12)
    number = (1 * 4 + 2) * 4 + 3
    x, y, z = point = np.array([1.3, 4.0, 9.1])
    phase = 2 * np.pi / LENGTH
    expected = (2 / LENGTH) ** 1.5 * np.cos(phase * x) * np.sin(phase * y) * np.cos(2 * phase * z)
    assert basis.density(rows[number], point[None]) == pytest.approx([expected])


def test_electrons_and_norm_of_a_gaussian(coefficients):
    assert coefficients.shape == (BASIS.size,)
    assert BASIS.electron_count(coefficients) == pytest.approx(1, abs=1e-9)
    analytic = (4 * np.pi * WIDTH**2) ** -0.75
    assert BASIS.norm(coefficients) == pytest.approx(analytic, rel=1e-4)


def test_parseval(coefficients):
    values = BASIS.density_on_grid(coefficients, POINTS)
    on_grid = np.sqrt((values**2).sum() * (LENGTH / POINTS) ** 3)
    assert BASIS.norm(coefficients) == pytest.approx(on_grid, rel=1e-12)


def test_the_density_comes_back_on_another_grid_and_at_any_points(coefficients):
    assert BASIS.density_on_grid(coefficients, 17) == pytest.approx(gaussian(grid(17)), abs=2e-5)
    points = np.random.default_rng(0).uniform(0, LENGTH, size=(50, 3))
    found = BASIS.density(coefficients, points)
    assert found == pytest.approx(gaussian(points), abs=2e-5)
    assert BASIS.density(coefficients, points + np.array([LENGTH, 0, -LENGTH])) == pytest.approx(
        found
    )


def test_grid_and_points_agree_beyond_one_block_of_points(coefficients):
    values = BASIS.density_on_grid(coefficients, 14)
    assert BASIS.density(coefficients, grid(14).reshape(-1, 3)) == pytest.approx(
        values.ravel(), abs=1e-13
    )


def test_several_densities_at_once(coefficients):
    pair = np.stack([coefficients, -2 * coefficients])
    assert BASIS.electron_count(pair) == pytest.approx([1, -2], abs=1e-8)
    assert BASIS.norm(pair)[1] == pytest.approx(2 * BASIS.norm(coefficients))
    grids = BASIS.density_on_grid(pair, 11)
    assert grids.shape == (2, 11, 11, 11)
    assert BASIS.coefficients(BASIS.density_on_grid(pair, POINTS)) == pytest.approx(pair, abs=1e-12)
    points = grid(11).reshape(-1, 3)[:70]
    assert BASIS.density(pair, points) == pytest.approx(grids.reshape(2, -1)[:, :70], abs=1e-13)


def test_more_frequencies_describe_a_density_better():
    values = gaussian(grid(POINTS))
    missing = []
    for frequencies in (3, 6, 9):
        basis = FourierBasis(LENGTH, frequencies)
        back = basis.density_on_grid(basis.coefficients(values), POINTS)
        missing.append(np.abs(back - values).max())
    assert missing[0] > 10 * missing[1] > 100 * missing[2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FourierBasis(0.0, 3), "cube is 0.0; it must be a positive number of bohr"),
        (lambda: FourierBasis(10.0, 0), "per dimension is 0; it must be a whole number"),
        (lambda: BASIS.coefficients(np.zeros((20, 20, 21))), "cubic grid"),
        (lambda: BASIS.coefficients(np.zeros((18, 18, 18))), "more than 18"),
        (lambda: BASIS.coefficients(np.full((20, 20, 20), np.nan)), "holds nan"),
        (lambda: BASIS.electron_count(np.zeros(10)), "as long as the basis, 5832"),
        (lambda: BASIS.density(np.zeros(BASIS.size), np.zeros(3)), r"must be \(points, 3\)"),
    ],
)
def test_bad_input_is_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
