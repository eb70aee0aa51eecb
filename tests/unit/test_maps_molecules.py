"""A typical prediction, the scan of the descriptor, and errors summed up over random splits."""

import numpy as np
import pandas as pd
import pytest
from molecule_tables import drawn, equally_spaced, sample_data

from hkmaps.descriptors.gaussians_potential import GAMMA
from hkmaps.errors import InputError
from hkmaps.maps.map_errors import map_errors
from hkmaps.maps.molecule_planes import molecular_plane, predicted_density
from hkmaps.maps.molecule_summary import (
    as_published,
    splits_that_decrease,
    splits_with_smaller_error,
    spread,
    summarise_molecules,
)
from hkmaps.maps.potential_descriptor import potential_spacings, potential_widths
from hkmaps.maps.results import (
    MOLECULE_SUMMARY,
    POTENTIAL_SPACINGS,
    POTENTIAL_WIDTHS,
    PREDICTED_DENSITY,
)
from hkmaps.maps.sample_data import training_and_test
from hkmaps.tables import read_table, write_table

SEED = 7


@pytest.fixture(scope="module")
def h2():
    return sample_data("H2", 40)


@pytest.fixture(scope="module")
def water():
    return sample_data("H2O", 40)


@pytest.fixture(scope="module")
def errors(h2):
    return map_errors(h2, 10, [4, 8], equally_spaced, SEED, range(3))


def select(errors, **values):
    for name, value in values.items():
        errors = errors[errors[name] == value]
    return errors


def test_the_typical_prediction_is_that_of_the_maps(water, tmp_path):
    table = predicted_density(water, 10, 15, drawn, SEED, extent=3.0)
    write_table(table, tmp_path / "density.parquet", PREDICTED_DENSITY)
    row = read_table(tmp_path / "density.parquet", PREDICTED_DENSITY).iloc[0]
    training, tested = training_and_test(water, 10, 15, drawn, SEED)
    positions = water.positions[[row["geometry"]]]
    assert row["geometry"] in tested.geometry
    assert row["ml_hk_energy"] == pytest.approx(training.train().energies(positions)[0])
    misplaced = select(map_errors(water, 10, [15], drawn, SEED), method="ML-HK")
    assert row["electrons_misplaced"] < 3 * misplaced["electrons_misplaced"].iloc[0]
    size = len(row["axis"])
    oxygen, hydrogen = np.reshape(row["positions"], (-1, 2))[:2]
    for place, charge in ((oxygen, 8), (hydrogen, 1)):
        column, line = (np.abs(row["axis"] - value).argmin() for value in place)
        assert np.reshape(row["potential"], (size, size))[line, column] == pytest.approx(
            charge, rel=0.05
        )
        density = np.reshape(row["reference_density"], (size, size))[line, column]
        assert density > 0.8 * charge * (2 * np.pi) ** -1.5
    assert row["predicted_density"] == pytest.approx(row["reference_density"], abs=2e-3)
    with pytest.raises(InputError, match=r"plane ends 7.0 bohr.*at most 6"):
        predicted_density(water, 10, 15, drawn, SEED, extent=7.0)


def test_the_plane_holds_the_atoms(water):
    for positions in (water.positions[0], np.array([[0.0, 0, -1], [0, 0, 1]])):
        axes = molecular_plane(positions)
        assert axes @ axes.T == pytest.approx(np.eye(2))
        centred = positions - positions.mean(axis=0)
        assert (centred @ axes.T) @ axes == pytest.approx(centred)
        assert centred[-1] @ axes[0] > 0


def test_errors_of_maps_that_learned_forces_are_summed_up_apart(errors):
    with_forces = errors.assign(learned_from="energies and forces", mae=errors["mae"] / 2)
    summary = summarise_molecules(pd.concat([errors, with_forces]))
    alone = summarise_molecules(errors)
    assert len(summary) == 2 * len(alone)
    pd.testing.assert_frame_equal(summary[: len(alone)], alone)
    pd.testing.assert_frame_equal(as_published(summary), as_published(alone))


def test_a_summary_has_medians_and_ranks(errors, tmp_path):
    summary = summarise_molecules(errors)
    write_table(summary, tmp_path / "summary.parquet", MOLECULE_SUMMARY)
    row = select(as_published(summary), method="ML-HK", quantity="dE", training_points=4).iloc[0]
    values = select(as_published(errors), method="ML-HK", quantity="dE", training_points=4)["mae"]
    assert row["splits"] == 3
    assert row["mae_median"] == np.median(values)
    assert row["mae_largest"] == values.max()
    assert len(as_published(summary)) == 2 * 5
    decrease = splits_that_decrease(errors, "ML-HK", "dE").iloc[0]
    assert decrease[["training_points", "smaller_size", "holds", "splits"]].tolist() == [8, 4, 3, 3]
    reversed_rank = errors.assign(mae=np.where(errors["method"] == "ML-KS", 0, errors["mae"]))
    assert splits_with_smaller_error(reversed_rank)["holds"].tolist() == [0, 0]
    always = errors.assign(mae=np.where(errors["method"] == "ML-KS", 9, errors["mae"]))
    assert splits_with_smaller_error(always)["holds"].tolist() == [3, 3]


def test_the_spread_of_normal_scatter_is_its_standard_deviation():
    values = np.random.default_rng(1).normal(0, 2.0, 20_000)
    assert spread(values) == pytest.approx(2.0, rel=0.03)
    assert spread(np.append(values, 1e9)) == pytest.approx(2.0, rel=0.03)


def test_cross_validation_and_test_errors_of_every_potential_width(h2, tmp_path):
    table = potential_widths(h2, 10, 8, equally_spaced, SEED, [0.02, GAMMA], [0, 1])
    write_table(table, tmp_path / "widths.parquet", POTENTIAL_WIDTHS)
    assert len(read_table(tmp_path / "widths.parquet", POTENTIAL_WIDTHS)) == 2 * 2 * 2
    published = select(table, gamma=GAMMA, split=0).set_index("method")
    errors = map_errors(h2, 10, [8], equally_spaced, SEED)
    for method in ("ML-KS", "ML-HK"):
        row = select(errors, method=method, quantity="dE").iloc[0]
        assert published.loc[method, "mae"] == pytest.approx(row["mae"])
    # Potentials so narrow that geometries do not overlap know nothing of their likeness.
    narrow = select(table, gamma=0.02)["cv_error"].to_numpy()
    assert (narrow > 3 * select(table, gamma=GAMMA)["cv_error"].to_numpy()).all()


def test_fine_grids_give_the_analytic_inner_products(water, tmp_path):
    table = potential_spacings(water, [0.15, 0.7], box=10.0)
    write_table(table, tmp_path / "spacings.parquet", POTENTIAL_SPACINGS)
    fine, coarse = table["deviation"]
    assert fine < 1e-13
    # A sum over a grid is off by the transform at the grid's frequency, in each dimension.
    assert coarse == pytest.approx(6 * np.exp(-((np.pi * GAMMA / 0.7) ** 2)), rel=1.0)
