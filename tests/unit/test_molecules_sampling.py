"""Samplers of training points: from the pool, different, deterministic, well spread."""

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries
from scipy.spatial.distance import cdist

from hkmaps.errors import InputError
from hkmaps.molecules.sampling import SAMPLERS, equally_spaced, k_means, nested_choice
from hkmaps.seeds import random_stream
from hkmaps.tables import stack

DIATOMICS, WATERS = (
    stack(random_geometries(find_molecule(name), count, seed=2)["positions"]).reshape(count, -1, 3)
    for name, count in (("H2", 150), ("H2O", 350))
)
LENGTHS = np.linalg.norm(DIATOMICS[:, 1] - DIATOMICS[:, 0], axis=1)
CASES = pytest.mark.parametrize(
    ("name", "positions"),
    [("equally_spaced", DIATOMICS), ("k_means", DIATOMICS), ("k_means", WATERS)],
)


@CASES
@pytest.mark.parametrize("count", [1, 5, 20, 100])
def test_training_points_are_different_geometries_and_the_same_in_every_call(
    name, positions, count
):
    chosen = SAMPLERS[name](positions, count, 2)
    assert len(set(chosen)) == count
    assert set(chosen) <= set(range(len(positions)))
    np.testing.assert_array_equal(SAMPLERS[name](positions, count, 2), chosen)


@pytest.mark.parametrize("count", [2, 5, 10])
def test_points_of_h2_are_as_equally_spaced_as_the_pool_allows(count):
    pool = np.sort(LENGTHS)
    chosen = LENGTHS[equally_spaced(DIATOMICS, count, 2)]
    assert (chosen[0], chosen[-1]) == (pool[0], pool[-1])
    wanted = np.linspace(pool[0], pool[-1], count)
    assert np.abs(chosen - wanted).max() <= 0.5 * np.diff(pool).max()


def test_one_point_of_h2_is_in_the_middle():
    (chosen,) = LENGTHS[equally_spaced(DIATOMICS, 1, 2)]
    middle = 0.5 * (LENGTHS.min() + LENGTHS.max())
    assert abs(chosen - middle) <= 0.5 * np.diff(np.sort(LENGTHS)).max()


def test_more_points_than_gaps_use_no_geometry_twice():
    # Ten lengths crowd at one end, so that many wanted values share their nearest geometry.
    crowded = np.zeros((11, 2, 3))
    crowded[:, 1, 0] = [*np.linspace(1.0, 1.01, 10), 2.0]
    assert sorted(equally_spaced(crowded, 11, 2)) == list(range(11))


def test_points_of_water_cover_the_pool_better_than_random_ones():
    rows = WATERS.reshape(len(WATERS), -1)

    def mean_distance(chosen):
        return cdist(rows, rows[chosen]).min(axis=1).mean()

    stream = random_stream(0, "tests", "random training points")
    random = [mean_distance(stream.choice(len(rows), 15, replace=False)) for _ in range(20)]
    assert mean_distance(k_means(WATERS, 15, 2)) < min(random)


def test_equal_spacing_is_of_one_length():
    with pytest.raises(InputError, match="a molecule of 3 atoms"):
        equally_spaced(WATERS, 5, 2)


def test_a_nested_choice_begins_with_every_smaller_one_to_the_last_geometry():
    whole = nested_choice(WATERS, len(WATERS), seed=3)
    assert sorted(whole) == list(range(len(WATERS)))
    for count in (1, 7, 50, 349):
        np.testing.assert_array_equal(nested_choice(WATERS, count, seed=3), whole[:count])
    assert nested_choice(WATERS, 50, seed=4).tolist() != whole[:50].tolist()


def test_a_nested_choice_takes_equal_geometries_once_and_those_that_rounding_makes_equal():
    lengths = np.array([1.0, 1.5, 1.0, 1.5 + 1e-9, 1.5 + 2e-9, 9.0])
    positions = np.zeros((6, 2, 3))
    positions[:, 1, 0] = lengths
    whole = nested_choice(positions, 5, seed=1).tolist()
    assert sorted(whole) == [0, 1, 3, 4, 5]
    assert [nested_choice(positions, count, seed=1).tolist() for count in range(1, 6)] == [
        whole[:count] for count in range(1, 6)
    ]
    with pytest.raises(InputError, match="nested choice is 6; it must be a whole number from 1 to"):
        nested_choice(positions, 6, seed=1)


@pytest.mark.parametrize("rounding", [0.0, 1e-15, -1e-15])
def test_the_first_of_a_cluster_of_two_is_chosen_whatever_rounding_says(rounding):
    lengths = np.array([1.1, 1.4, 5.3, 5.7 + rounding])
    positions = np.zeros((4, 2, 3))
    positions[:, 1, 0] = lengths
    assert SAMPLERS["k_means"](positions, 2, seed=1).tolist() == [0, 2]
