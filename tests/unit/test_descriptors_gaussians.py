"""Inner products of Gaussians potentials against the explicit grid, and what they refuse."""

import json

import numpy as np
import pytest
from scipy.integrate import quad

from hkmaps.descriptors import gaussians_potential
from hkmaps.descriptors.gaussians_potential import GAMMA, GaussiansPotential, grid_inner_products
from hkmaps.errors import InputError
from hkmaps.seeds import random_stream

WATER = np.array([8.0, 1.0, 1.0])
EQUILIBRIUM = np.array([[0.0, 0.0, -0.2], [0.0, 1.45, 0.92], [0.0, -1.45, 0.92]])
STREAM = random_stream(0, "tests", "gaussians")
WATERS = EQUILIBRIUM + STREAM.normal(scale=0.1, size=(5, 3, 3))
DESCRIPTOR = GaussiansPotential(WATER)
BOX, SPACING = 8.5, 0.2


def test_defaults_are_the_published_ones():
    published = 1.8897261 * np.array([0.2, 0.08])
    np.testing.assert_allclose([GAMMA, gaussians_potential.SPACING], published)
    assert gaussians_potential.BOX == 20.0


def test_inner_products_equal_sums_over_the_grid():
    analytic = DESCRIPTOR.inner_products(WATERS, WATERS[:2])
    grid = DESCRIPTOR.on_grid(WATERS, box=BOX, spacing=SPACING)
    np.testing.assert_allclose(grid_inner_products(grid, grid[:2], SPACING), analytic, rtol=1e-12)
    assert np.ptp(analytic) > 0.01 * analytic.max()


def test_squared_distances_equal_sums_over_the_grid():
    wide = GaussiansPotential(WATER, 0.5)
    grid = wide.on_grid(WATERS, 10.0, SPACING)
    differences = ((grid[:, None] - grid[:2]) ** 2).sum(axis=(2, 3, 4)) * SPACING**3
    analytic = wide.squared_distances(WATERS, wide.prepare(WATERS[:2]))
    np.testing.assert_allclose(analytic, differences, rtol=1e-11, atol=1e-13)


def test_grid_and_points_hold_equation_5():
    wide = GaussiansPotential(WATER, 0.3)
    potential = wide.on_grid(WATERS[:1], box=8.0, spacing=0.5)[0]
    points = np.linspace(-4, 4, 17)
    assert potential.shape == (17, 17, 17)
    for i, j, k in ((8, 8, 8), (3, 9, 10), (8, 12, 11)):
        r = points[[i, j, k]]
        expected = sum(
            Z * np.exp(-((r - R) ** 2).sum() / (2 * 0.3**2))
            for Z, R in zip(WATER, WATERS[0], strict=True)
        )
        assert potential[i, j, k] == pytest.approx(expected, rel=1e-12)
        assert wide.at(WATERS[0], r[None]) == pytest.approx([expected], rel=1e-12)


def test_one_atom_with_itself_is_the_integral_of_its_square():
    radial, _ = quad(lambda r: 4 * np.pi * r**2 * np.exp(-(r**2) / 0.3**2), 0, 10)
    origin = np.zeros((1, 1, 3))
    lithium = GaussiansPotential([3], 0.3)
    assert lithium.inner_products(origin, origin)[0, 0] == pytest.approx(9 * radial, rel=1e-9)
    assert lithium.prepare(origin).norms == pytest.approx([9 * radial], rel=1e-9)


def test_distances_to_itself_are_zero_and_symmetric():
    distances = DESCRIPTOR.squared_distances(WATERS, DESCRIPTOR.prepare(WATERS))
    np.testing.assert_allclose(distances.diagonal(), 0, atol=1e-13)
    np.testing.assert_allclose(distances, distances.T, atol=1e-13)
    assert distances[np.triu_indices(5, 1)].min() > 0.1


def test_blocks_do_not_change_the_result(monkeypatch):
    prepared = DESCRIPTOR.prepare(WATERS)
    whole = DESCRIPTOR.squared_distances(WATERS, prepared)
    monkeypatch.setattr(gaussians_potential, "BLOCK_TERMS", 3 * 3 * 5 * 2)
    np.testing.assert_allclose(DESCRIPTOR.squared_distances(WATERS, prepared), whole, atol=1e-13)


def test_far_away_molecules_do_not_overlap():
    prepared = DESCRIPTOR.prepare(WATERS)
    distances = DESCRIPTOR.squared_distances(WATERS + np.array([50.0, 0, 0]), prepared)
    np.testing.assert_allclose(distances, prepared.norms[:, None] + prepared.norms, rtol=1e-13)


def test_pulled_back_slopes_equal_central_differences():
    slopes = STREAM.normal(size=(2, 5))
    prepared = DESCRIPTOR.prepare(WATERS)
    new = WATERS[:2] + 0.05
    compared = DESCRIPTOR.compare(new, prepared)
    gradients = DESCRIPTOR.pull_back(compared, prepared, slopes)
    step = 1e-4
    for index in np.ndindex(3, 3):
        shift = np.zeros((3, 3))
        shift[index] = step
        ahead, behind = (DESCRIPTOR.squared_distances(new + s, prepared) for s in (shift, -shift))
        difference = (slopes * (ahead - behind)).sum(axis=1) / (2 * step)
        np.testing.assert_allclose(gradients[(slice(None), *index)], difference, atol=1e-6)


def test_settings_make_an_equal_descriptor():
    other = GaussiansPotential(**json.loads(json.dumps(DESCRIPTOR.settings)))
    products = (which.inner_products(WATERS, WATERS) for which in (DESCRIPTOR, other))
    np.testing.assert_array_equal(*products)


@pytest.mark.parametrize(
    ("charges", "gamma", "message"),
    [
        ([8, -1, 1], 0.4, r"charges are \[8.0, -1.0, 1.0\]; they must be one list of pos"),
        ([8, np.nan, 1], 0.4, "charges holds nan"),
        (WATER, 0.0, "gamma of the Gaussians is 0.0; it must be a positive number"),
    ],
)
def test_what_makes_no_potential_is_refused(charges, gamma, message):
    with pytest.raises(InputError, match=message):
        GaussiansPotential(charges, gamma)


def test_grids_that_cut_a_potential_are_refused():
    with pytest.raises(InputError, match=r"must be 2\.26\d* bohr or more from its walls"):
        DESCRIPTOR.on_grid(WATERS, box=6.0, spacing=SPACING)
    with pytest.raises(InputError, match=r"spacing of the grid is -0\.1"):
        DESCRIPTOR.on_grid(WATERS, spacing=-0.1)
