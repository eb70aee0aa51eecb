import numpy as np
import pytest

from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid, uniform_grid


def test_published_grid_has_168_points_and_none_on_the_cusp():
    grid = uniform_grid(14, 12)
    assert grid.size == 168
    assert grid.length == 14
    assert grid.spacing == pytest.approx(14 / 167)
    assert np.array_equal(grid.points, np.linspace(-7, 7, 168))
    assert np.abs(grid.points).min() == pytest.approx(grid.spacing / 2)


def test_points_are_a_read_only_copy():
    points = np.linspace(0, 1, 5)
    grid = Grid(points)
    points[0] = -9
    assert grid.points[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        grid.points[0] = 1


@pytest.mark.parametrize(
    ("length", "density", "name"),
    [
        (0, 12, "grid length"),
        (-14, 12, "grid length"),
        (float("nan"), 12, "grid length"),
        (14, 0, "grid density"),
        (14, float("inf"), "grid density"),
        (1, 2, "2 points"),
    ],
)
def test_impossible_grids_are_refused(length, density, name):
    with pytest.raises(InputError, match=name):
        uniform_grid(length, density)


@pytest.mark.parametrize(
    "points",
    [
        np.array([0.0, 1.0]),
        np.zeros((3, 3)),
        np.array([0.0, 1.0, 3.0]),
        np.array([2.0, 1.0, 0.0]),
        np.array([0.0, np.nan, 2.0]),
        np.zeros(4),
    ],
)
def test_points_that_are_no_uniform_grid_are_refused(points):
    with pytest.raises(InputError):
        Grid(points)
