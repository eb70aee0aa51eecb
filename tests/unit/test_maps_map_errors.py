"""Errors of maps on random splits and on test samples: what they are, and what is refused."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from molecule_tables import BASIS, drawn, equally_spaced, sample_data

from hkmaps.errors import InputError
from hkmaps.kernels.cross_validation import SearchEdgeWarning
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.map_errors import map_errors, per_coefficient_errors
from hkmaps.maps.results import MAP_ERRORS, TRAJECTORY_ENERGIES
from hkmaps.maps.sample_data import SampleData, training_and_test
from hkmaps.maps.trajectory_energies import trajectory_energies
from hkmaps.tables import read_table, write_table

SEED = 7
HOHENBERG_KOHN = [
    ("ML-HK", training, quantity)
    for training in ("predicted", "reference")
    for quantity in ("dE", "dE_F", "dE_D")
]


@pytest.fixture(scope="module")
def h2():
    return sample_data("H2", 40)


@pytest.fixture(scope="module")
def pool():
    return sample_data("H2O", 40, seed=1, sample="300K")


@pytest.fixture(scope="module")
def test_sample(pool):
    return sample_data("H2O", 15, seed=2, sample="test", subspace=pool.subspace)


@pytest.fixture(scope="module")
def on_splits(h2):
    return map_errors(h2, 10, [4, 8], equally_spaced, SEED, range(3))


@pytest.fixture(scope="module")
def on_sample(pool, test_sample):
    return map_errors(pool, test_sample, [10, 40], drawn, SEED)


def select(errors, **values):
    for name, value in values.items():
        errors = errors[errors[name] == value]
    return errors


def kinds(rows):
    return [*zip(rows["method"], rows["energy_training"].fillna(""), rows["quantity"], strict=True)]


def test_one_table_holds_errors_on_splits_and_on_samples(on_splits, on_sample, tmp_path):
    for errors in (on_splits, on_sample):
        write_table(errors, tmp_path / "errors.parquet", MAP_ERRORS)
        read = read_table(tmp_path / "errors.parquet", MAP_ERRORS)
        assert len(read) == len(errors)
    cell = select(on_splits, split=1, training_points=8)
    assert kinds(cell) == [("spline", "", "dE"), ("ML-KS", "", "dE"), *HOHENBERG_KOHN]
    assert set(cell["test"]) == {"random split"}
    assert set(cell["sample"]) == {"drawn"}
    cell = select(on_sample, training_points=40)
    assert kinds(cell) == [("ML-KS", "", "dE"), *HOHENBERG_KOHN]
    assert set(cell["test"]) == {"test"}
    assert cell["split"].isna().all()


def test_splits_are_drawn_of_the_whole_sample_each_on_its_own(h2, on_splits):
    tests = [tuple(h2.random_split(10, number, SEED)[1]) for number in range(6)]
    assert len(set(tests)) == 6
    for number in range(6):
        learnt_from, tested = h2.random_split(10, number, SEED)
        assert sorted([*learnt_from, *tested]) == list(range(40))
    assert tuple(h2.random_split(10, 3, SEED + 1)[1]) != tests[3]
    alone = map_errors(h2, 10, [8], equally_spaced, SEED, [2])
    among = select(on_splits, split=2, training_points=8).reset_index(drop=True)
    assert alone.equals(among)


def test_errors_fall_with_more_training_points(on_splits, on_sample):
    for errors, sizes, ratio in ((on_splits, (4, 8), 0.2), (on_sample, (10, 40), 0.5)):
        for _, rows in select(errors, quantity="dE").groupby("method"):
            few, many = (select(rows, training_points=size)["mae"] for size in sizes)
            assert many.max() < ratio * few.max()
        assert (errors["maximum"] >= errors["mae"]).all()


def test_errors_have_two_sources(on_splits):
    index = ["split", "training_points", "energy_training"]
    parts = select(on_splits, method="ML-HK").pivot(index=index, columns="quantity", values="mae")
    assert (parts["dE"] <= parts["dE_F"] + parts["dE_D"] + 1e-15).all()
    assert (parts["dE"] >= (parts["dE_F"] - parts["dE_D"]).abs() - 1e-15).all()
    assert (parts["dE_D"] > 0).all()


def test_errors_are_those_of_the_trained_maps(h2, on_splits):
    training, tested = training_and_test(h2, 10, 8, equally_spaced, SEED, split=1)
    for densities in (False, True):
        model = training.train(densities)
        found = np.abs(model.energies(tested.positions) - tested.energies)
        row = select(on_splits, method=model.method, split=1, training_points=8).iloc[0]
        assert row[["mae", "maximum"]].tolist() == pytest.approx([found.mean(), found.max()])
        assert row["width"] == model.energy_map.width


def test_electrons_misplaced_are_measured_on_the_predicted_densities(h2, on_splits):
    training, tested = training_and_test(h2, 10, 4, equally_spaced, SEED)
    fine = [
        BASIS.density_on_grid(values, 40)
        for values in (
            training.train().coefficients(tested.positions),
            h2.subspace.expand(tested.coordinates),
        )
    ]
    electrons = fine[1].sum(axis=(1, 2, 3))
    fractions = 0.5 * np.abs(fine[0] - fine[1]).sum(axis=(1, 2, 3)) / electrons
    row = select(on_splits, method="ML-HK", split=0, training_points=4).iloc[0]
    assert row["electrons_misplaced"] == pytest.approx(fractions.mean(), rel=0.1)
    assert row["nmae"] == 2 * row["electrons_misplaced"]


def test_further_samples_test_the_same_maps(pool, test_sample, on_sample, monkeypatch):
    other = sample_data("H2O", 8, seed=3, sample="other", subspace=pool.subspace)
    alone = map_errors(pool, other, [10, 40], drawn, SEED)
    train, trained = SampleData.train, []
    monkeypatch.setattr(SampleData, "train", lambda *a, **k: trained.append(0) or train(*a, **k))
    both = map_errors(pool, test_sample, [10, 40], drawn, SEED, also=[other])
    assert len(trained) == 2 * len(["ML-KS", "ML-HK"])
    for name, expected in (("test", on_sample), ("other", alone)):
        assert select(both, test=name).reset_index(drop=True).equals(expected)
    assert len(both) == len(on_sample) + len(alone)


def test_what_test_densities_have_outside_of_the_pools_subspace_is_told(pool, on_sample):
    residual = select(on_sample, method="ML-HK")["density_residual"]
    assert (residual > pool.subspace.residual).all()
    assert (residual < 0.05).all()


def test_each_coefficient_may_have_its_own_width(h2, on_splits):
    coefficients = h2.subspace.expand(h2.coordinates)
    # Coefficients that are zero by symmetry have nothing to choose by.
    with pytest.warns(SearchEdgeWarning, match="of 4096 targets"):
        own = per_coefficient_errors(h2, coefficients, 10, [8], equally_spaced, SEED, [0])
    assert kinds(own) == HOHENBERG_KOHN
    assert set(own["hyperparameters"]) == {"per coefficient"}
    shared = select(on_splits, method="ML-HK", split=0, training_points=8, quantity="dE")
    mae = [rows["mae"].iloc[0] for rows in (shared, own)]
    assert mae[0] != mae[1]
    assert mae[1] < 1e-2
    assert 0 < own["density_at_edge"].max() <= 1


def test_failed_calculations_shrink_the_largest_size_alone(pool, test_sample):
    left = dataclasses.replace(pool.rows(np.arange(37)), failed=3)
    found = map_errors(left, test_sample, [10, 37, 40], drawn, SEED)
    assert found["training_points"].unique().tolist() == [10, 37]
    with pytest.raises(InputError, match=r"40 training points .* as many as the pool has, 37"):
        map_errors(dataclasses.replace(left, failed=2), test_sample, [40], drawn, SEED)


def test_a_size_and_a_sample_have_random_numbers_of_their_own(pool, test_sample, on_sample):
    alone = map_errors(pool, test_sample, [10], drawn, SEED)
    assert alone.equals(select(on_sample, training_points=10).reset_index(drop=True))
    named = dataclasses.replace(pool, sample="300+350K")
    other = map_errors(named, test_sample, [10], drawn, SEED)
    assert (other["mae"] != alone["mae"]).all()


def test_a_sample_in_order_of_choice_is_taken_from_its_begin(pool, test_sample):
    training, _ = training_and_test(pool, test_sample, 12, None, SEED)
    assert training.geometry.tolist() == list(range(12))


def test_without_densities_there_is_ml_ks_alone(test_sample):
    bare = sample_data("H2O", 20, seed=1, densities=False)
    tested = dataclasses.replace(test_sample, subspace=None, coordinates=None, residuals=None)
    errors = map_errors(bare, tested, [10], drawn, SEED)
    assert kinds(errors) == [("ML-KS", "", "dE")]
    pool = sample_data("H2O", 20, seed=1)
    errors = map_errors(pool, tested, [10], drawn, SEED)
    assert kinds(errors)[1:] == [HOHENBERG_KOHN[0], HOHENBERG_KOHN[3]]


def test_training_points_that_cannot_be_chosen_are_refused(h2):
    with pytest.raises(InputError, match=r"31 training points are asked for of H2.*30"):
        map_errors(h2, 10, [31], equally_spaced, SEED)
    with pytest.raises(InputError, match="1 training points are asked for"):
        map_errors(h2, 10, [1], equally_spaced, SEED)
    with pytest.raises(InputError, match="chose 1 different training points of H2"):
        map_errors(h2, 10, [4], lambda positions, count, seed: [2] * count, SEED)
    for test in (0, 40):
        with pytest.raises(InputError, match=f"{test} of the 40 converged geometries of H2"):
            map_errors(h2, test, [4], equally_spaced, SEED)


def test_samples_that_do_not_go_together_are_refused(h2, pool, test_sample):
    other = DensitySubspace.spanning(BASIS, pool.subspace.expand(pool.coordinates[:3]))
    elsewhere = sample_data("H2O", 5, sample="test", subspace=other)
    with pytest.raises(InputError, match=r"of the pool 300K and of the test set test .* different"):
        map_errors(pool, elsewhere, [9], drawn, SEED)
    with pytest.raises(InputError, match=r"of the pool 300K and of the test set test .* different"):
        map_errors(pool, test_sample, [9], drawn, SEED, also=[elsewhere])
    with pytest.raises(InputError, match="of H2O and the test set drawn of H2, with other atoms"):
        map_errors(pool, h2, [9], drawn, SEED)
    with pytest.raises(InputError, match=r"coordinates of test of H2O has the shape \(15, 2\)"):
        dataclasses.replace(test_sample, coordinates=test_sample.coordinates[:, :2])
    with pytest.raises(InputError, match=r"positions of test of H2O has the shape \(3, 3, 3\)"):
        dataclasses.replace(test_sample, positions=test_sample.positions[:3])


def test_energies_along_a_trajectory(pool, test_sample, tmp_path):
    maps = pool.train(), pool.train(densities=False)
    positions, energies = test_sample.positions, test_sample.energies
    times = np.linspace(0, 100, 15)
    table = trajectory_energies(maps[0], positions, times, energies, maps[1])
    write_table(table, tmp_path / "energies.parquet", TRAJECTORY_ENERGIES)
    table = read_table(tmp_path / "energies.parquet", TRAJECTORY_ENERGIES)
    assert table["frame"].tolist() == list(range(15))
    assert table["time"].to_numpy() == pytest.approx(times)
    for column, model in zip(("ml_hk_energy", "ml_ks_energy"), maps, strict=True):
        assert table[column].to_numpy() == pytest.approx(model.energies(positions))
        assert table[column].to_numpy() == pytest.approx(energies, abs=1e-3)
    assert (table["energy_uncertainty"] > 0).all()
    far = trajectory_energies(maps[0], 1.3 * positions, times, energies, frames=times * 0 + 7)
    assert far["ml_ks_energy"].isna().all()
    assert not far["in_domain"].any()
    assert far["energy_uncertainty"].min() > table["energy_uncertainty"].max()
    with pytest.raises(InputError, match="energies of ML-HK is ML-KS"):
        trajectory_energies(maps[1], positions, energies, energies)
    with pytest.raises(InputError, match=r"array of times has the shape \(2,\)"):
        trajectory_energies(maps[0], positions, [0, 1], energies)


def test_tables_of_maps_are_read_without_scikit_learn():
    code = "import sys, hkmaps.maps.results; assert 'sklearn' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
