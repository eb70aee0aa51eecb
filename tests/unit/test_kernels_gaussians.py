"""Inner products of Gaussians potentials against the explicit grid, and what they refuse."""

import numpy as np
import pytest
from scipy.integrate import quad

from hkmaps.errors import InputError
from hkmaps.kernels import gaussians_grid, gaussians_potential
from hkmaps.kernels.gaussians_grid import gaussians_on_grid, grid_inner_products
from hkmaps.kernels.gaussians_potential import (
    GAMMA,
    gaussians_inner_products,
    gaussians_squared_distances,
)
from hkmaps.seeds import random_stream

WATER = np.array([8.0, 1.0, 1.0])
EQUILIBRIUM = np.array([[0.0, 0.0, -0.2], [0.0, 1.45, 0.92], [0.0, -1.45, 0.92]])
STREAM = random_stream(0, "tests", "gaussians")
WATERS = EQUILIBRIUM + STREAM.normal(scale=0.1, size=(5, 3, 3))
CHARGES = np.array([1.0, 9.0])
MOLECULES = np.array([[0, 0, -0.8], [0, 0, 0.9]]) + STREAM.normal(scale=0.1, size=(3, 2, 3))
BOX, SPACING = 8.5, 0.2


def test_defaults_are_the_published_ones():
    published = 1.8897261 * np.array([0.2, 0.08])
    np.testing.assert_allclose([GAMMA, gaussians_grid.SPACING], published)
    assert gaussians_grid.BOX == 20.0


def test_inner_products_equal_sums_over_the_grid():
    analytic = gaussians_inner_products(WATER, WATERS, CHARGES, MOLECULES)
    first = gaussians_on_grid(WATER, WATERS, box=BOX, spacing=SPACING)
    second = gaussians_on_grid(CHARGES, MOLECULES, box=BOX, spacing=SPACING)
    np.testing.assert_allclose(grid_inner_products(first, second, SPACING), analytic, rtol=1e-12)
    assert np.ptp(analytic) > 0.1 * analytic.max()


def test_squared_distances_equal_sums_over_the_grid():
    analytic = gaussians_squared_distances(WATER, WATERS, CHARGES, MOLECULES, 0.5)
    first = gaussians_on_grid(WATER, WATERS, 0.5, 10.0, SPACING)
    second = gaussians_on_grid(CHARGES, MOLECULES, 0.5, 10.0, SPACING)
    differences = ((first[:, None] - second) ** 2).sum(axis=(2, 3, 4)) * SPACING**3
    np.testing.assert_allclose(analytic, differences, rtol=1e-12)


def test_grid_holds_equation_5():
    potential = gaussians_on_grid(WATER, WATERS[:1], 0.3, box=8.0, spacing=0.5)[0]
    points = np.linspace(-4, 4, 17)
    assert potential.shape == (17, 17, 17)
    for i, j, k in ((8, 8, 8), (3, 9, 10), (8, 12, 11)):
        r = points[[i, j, k]]
        expected = sum(
            Z * np.exp(-((r - R) ** 2).sum() / (2 * 0.3**2))
            for Z, R in zip(WATER, WATERS[0], strict=True)
        )
        assert potential[i, j, k] == pytest.approx(expected, rel=1e-12)


def test_one_atom_with_itself_is_the_integral_of_its_square():
    radial, _ = quad(lambda r: 4 * np.pi * r**2 * np.exp(-(r**2) / 0.3**2), 0, 10)
    origin = np.zeros((1, 1, 3))
    assert gaussians_inner_products([3], origin, [3], origin, 0.3)[0, 0] == pytest.approx(
        9 * radial, rel=1e-9
    )


def test_distances_to_itself_are_zero_and_symmetric():
    distances = gaussians_squared_distances(WATER, WATERS, WATER, WATERS)
    np.testing.assert_allclose(distances.diagonal(), 0, atol=1e-13)
    np.testing.assert_allclose(distances, distances.T, atol=1e-13)
    assert distances[np.triu_indices(5, 1)].min() > 0.1


def test_blocks_do_not_change_the_result(monkeypatch):
    whole = gaussians_squared_distances(WATER, WATERS, CHARGES, MOLECULES)
    monkeypatch.setattr(gaussians_potential, "BLOCK_TERMS", 3 * 2 * 6)
    blocks = gaussians_squared_distances(WATER, WATERS, CHARGES, MOLECULES)
    np.testing.assert_allclose(blocks, whole, rtol=1e-13)


def test_translation_by_bohrs_leaves_distances_of_far_away_molecules():
    apart = WATERS + np.array([50.0, 0, 0])
    distances = gaussians_squared_distances(WATER, WATERS, WATER, apart)
    norms = gaussians_potential.gaussians_squared_norms(WATER, WATERS)
    np.testing.assert_allclose(distances, norms[:, None] + norms, rtol=1e-13)


NAN = np.where(np.arange(45).reshape(5, 3, 3) == 13, np.nan, WATERS)
COINCIDENT = WATERS.copy()
COINCIDENT[3, 1] = COINCIDENT[3, 2] + 0.001


@pytest.mark.parametrize(
    ("charges", "positions", "gamma", "message"),
    [
        (WATER, NAN, 0.4, r"positions of the atoms holds nan at index \(1, 1, 1\)"),
        (WATER, COINCIDENT, 0.4, "Two atoms of geometry 3 are 0.0017.* at least 0.01 bohr apart"),
        (WATER, WATERS[0], 0.4, r"shape \(3, 3\); it must be \(geometries, 3, 3\)"),
        (WATER, WATERS[:, :2], 0.4, r"shape \(5, 2, 3\)"),
        (WATER, WATERS[..., :2], 0.4, r"shape \(5, 3, 2\)"),
        (WATER, WATERS[:0], 0.4, r"shape \(0, 3, 3\)"),
        ([8, -1, 1], WATERS, 0.4, r"charges are \[8.0, -1.0, 1.0\]; they must be one list of pos"),
        ([8, np.nan, 1], WATERS, 0.4, "charges holds nan"),
        (WATER, WATERS, 0.0, "gamma of the Gaussians is 0.0; it must be a positive number"),
    ],
)
def test_geometries_that_cannot_be_used_are_refused(charges, positions, gamma, message):
    for function in (gaussians_inner_products, gaussians_squared_distances):
        with pytest.raises(InputError, match=message):
            function(WATER, WATERS, charges, positions, gamma)
    with pytest.raises(InputError, match=message):
        gaussians_on_grid(charges, positions, gamma, BOX, SPACING)


def test_grids_that_cut_a_potential_are_refused():
    with pytest.raises(InputError, match=r"must be 2\.26\d* bohr or more from its walls"):
        gaussians_on_grid(WATER, WATERS, box=6.0, spacing=SPACING)
    with pytest.raises(InputError, match=r"spacing of the grid is -0\.1"):
        gaussians_on_grid(WATER, WATERS, spacing=-0.1)
