"""Samplers of training points: from the pool, different, deterministic, well spread."""

import numpy as np
import pandas as pd
import pytest
from papers_molecules import find_molecule, random_geometries
from scipy.spatial.distance import cdist

from hkmaps.errors import InputError
from hkmaps.molecules.sampling import SAMPLERS, nested_choice, training_points
from hkmaps.seeds import random_stream
from hkmaps.tables import stack

H2, WATER = find_molecule("H2"), find_molecule("H2O")
DIATOMICS, WATERS = (
    random_geometries(H2, 150, seed=2),
    random_geometries(WATER, 350, seed=2),
)
CASES = pytest.mark.parametrize(
    ("molecule", "geometries"), [(H2, DIATOMICS), (WATER, WATERS)], ids=["H2", "H2O"]
)


@CASES
@pytest.mark.parametrize("count", [1, 5, 20, 100])
def test_training_points_are_different_geometries_of_the_pool(molecule, geometries, count):
    chosen = training_points(molecule, geometries, count, seed=2)
    assert len(set(chosen)) == count
    assert set(chosen) <= set(geometries["geometry"])


@CASES
def test_training_points_do_not_change_from_call_to_call(molecule, geometries):
    first, second = (training_points(molecule, geometries, 10, seed=2) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@CASES
def test_training_points_are_numbers_of_geometries_not_rows(molecule, geometries):
    renumbered = geometries.assign(geometry=geometries["geometry"] + 1000)
    chosen = training_points(molecule, geometries, 7, seed=2)
    np.testing.assert_array_equal(
        training_points(molecule, renumbered, 7, seed=2), np.asarray(chosen) + 1000
    )


@pytest.mark.parametrize("count", [2, 5, 10])
def test_points_of_h2_are_as_equally_spaced_as_the_pool_allows(count):
    lengths = DIATOMICS["bond_lengths"].map(lambda lengths: lengths[0])
    pool = np.sort(lengths)
    chosen = lengths[training_points(H2, DIATOMICS, count, seed=2)].to_numpy()
    assert (chosen[0], chosen[-1]) == (pool[0], pool[-1])
    wanted = np.linspace(pool[0], pool[-1], count)
    assert np.abs(chosen - wanted).max() <= 0.5 * np.diff(pool).max()


def test_one_point_of_h2_is_in_the_middle():
    lengths = DIATOMICS["bond_lengths"].map(lambda lengths: lengths[0])
    pool = lengths
    (chosen,) = lengths[training_points(H2, DIATOMICS, 1, seed=2)]
    assert abs(chosen - 0.5 * (pool.min() + pool.max())) <= 0.5 * np.diff(np.sort(pool)).max()


def test_more_points_than_gaps_use_no_geometry_twice():
    # Ten lengths crowd at one end, so that many wanted values share their nearest geometry.
    lengths = np.concatenate([np.linspace(1.0, 1.01, 10), [2.0]])
    crowded = pd.DataFrame(
        {
            "geometry": np.arange(11),
            "positions": [np.array([0, 0, 0, length, 0, 0]) for length in lengths],
        }
    )
    assert sorted(training_points(H2, crowded, 11, seed=2)) == list(range(11))


def test_points_of_water_cover_the_pool_better_than_random_ones():
    pool = WATERS
    positions = stack(pool["positions"])

    def mean_distance(chosen):
        points = stack(WATERS.set_index("geometry").loc[chosen, "positions"])
        return cdist(positions, points).min(axis=1).mean()

    stream = random_stream(0, "tests", "random training points")
    random = [mean_distance(stream.choice(pool["geometry"], 15, replace=False)) for _ in range(20)]
    assert mean_distance(training_points(WATER, WATERS, 15, seed=2)) < min(random)


def test_k_means_can_be_asked_for_h2():
    equally, clustered = (
        training_points(H2, DIATOMICS, 5, seed=2, sampler=sampler) for sampler in (None, "k_means")
    )
    assert set(equally) != set(clustered)


@pytest.mark.parametrize("count", [0, 151])
def test_too_few_or_too_many_points_are_refused(count):
    sentence = f"150 different geometries of H2; {count} training points"
    with pytest.raises(InputError, match=sentence):
        training_points(H2, DIATOMICS, count, seed=2)


def test_duplicated_geometries_count_once():
    duplicated = pd.concat([DIATOMICS] * 2)
    with pytest.raises(InputError, match="150 different geometries"):
        training_points(H2, duplicated, 151, seed=2)


def test_an_empty_pool_is_refused():
    with pytest.raises(InputError, match="0 different geometries"):
        training_points(H2, DIATOMICS.head(0), 1, seed=2)


def test_a_sampler_must_exist_and_fit():
    with pytest.raises(InputError, match="called 'sobol'; there are equally_spaced, k_means"):
        training_points(WATER, WATERS, 5, seed=2, sampler="sobol")
    with pytest.raises(InputError, match="a molecule of 3 atoms"):
        training_points(WATER, WATERS, 5, seed=2, sampler="equally_spaced")


def test_a_nested_choice_begins_with_every_smaller_one_to_the_last_geometry():
    positions = stack(WATERS["positions"]).reshape(-1, 3, 3)
    whole = nested_choice(positions, len(positions), seed=3)
    assert sorted(whole) == list(range(len(positions)))
    for count in (1, 7, 50, 349):
        np.testing.assert_array_equal(nested_choice(positions, count, seed=3), whole[:count])
    assert nested_choice(positions, 50, seed=4).tolist() != whole[:50].tolist()


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
