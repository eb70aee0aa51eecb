"""Errors of the maps of one's own molecule, for readers."""

import numpy as np
import pandas as pd

from hkmaps.maps.molecule_summary import summarise_molecules
from hkmaps.maps.results import (
    ENERGIES,
    ENERGIES_AND_FORCES,
    HOHENBERG_KOHN,
    KOHN_SHAM,
    MAP_ERRORS,
    MOLECULE_SUMMARY,
    PREDICTED,
    RANDOM_SPLIT,
    REFERENCE,
    SHARED,
)
from hkmaps.reporting.figures.conformers import conformer_curves
from hkmaps.reporting.own_tables import own_errors_markdown
from hkmaps.tables import read_table, write_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE


def row(size, method, mae, learned_from=ENERGIES, **others):
    known = {"molecule": "methanol", "sample": "train", "test": "other", "training_points": size}
    known |= {"method": method, "learned_from": learned_from, "quantity": "dE", "at_edge": False}
    if method == HOHENBERG_KOHN:
        known |= {"energy_training": PREDICTED, "hyperparameters": SHARED}
    mae = mae / KCAL_PER_MOL_PER_HARTREE
    return known | {"mae": mae, "maximum": 4 * mae} | others


def errors(rows):
    return pd.DataFrame(rows, columns=MAP_ERRORS.column_names)


TESTED = errors(
    [
        row(50, KOHN_SHAM, 2.0),
        row(50, HOHENBERG_KOHN, 1.0, electrons_misplaced=0.001, nmae=0.002, density_residual=0.02),
        row(50, HOHENBERG_KOHN, 0.1, energy_training=REFERENCE),
        row(50, KOHN_SHAM, 0.4, ENERGIES_AND_FORCES, force_mae=0.002),
        row(100, KOHN_SHAM, 1.2, at_edge=True),
        row(100, HOHENBERG_KOHN, 0.5),
        row(100, KOHN_SHAM, 0.3, ENERGIES_AND_FORCES, force_mae=0.001),
    ]
)


def test_the_table_says_which_map_errs_least_and_what_more_points_gain():
    text = own_errors_markdown(TESTED)
    assert "## Trained on train, tested on other" in text
    assert "| 50 | ML-HK | energies | dE | 1 | 4 | 0.1 | 0.2 | - |" in text
    # 0.001 Ha/bohr.
    assert "| 100 | ML-KS | energies and forces | dE | 0.3 | 1.2 | - | - | 1.2 |" in text
    assert "ML-KS learned from energies and forces with M = 100 errs least: 0.3" in text
    assert "From M = 50 to 100 its mean error goes from 0.4 to 0.3." in text
    assert "At most 2 % of a test density" in text
    assert "at an edge, as it does with few geometries: ML-KS at M = 100." in text


def test_the_summary_tells_what_a_map_learned_from(tmp_path):
    write_table(summarise_molecules(TESTED), tmp_path / "errors.parquet", MOLECULE_SUMMARY)
    summary = read_table(tmp_path / "errors.parquet", MOLECULE_SUMMARY)
    mine = summary[(summary["method"] == KOHN_SHAM) & (summary["training_points"] == 50)]
    medians = mine.set_index("learned_from")["mae_median"] * KCAL_PER_MOL_PER_HARTREE
    assert medians.round(6).to_dict() == {ENERGIES: 2.0, ENERGIES_AND_FORCES: 0.4}


def test_random_splits_count_by_their_medians_and_unknown_forces_take_no_room():
    splits = [
        row(20, KOHN_SHAM, mae, test=RANDOM_SPLIT, split=number)
        for number, mae in enumerate((1.0, 3.0, 2.0))
    ]
    text = own_errors_markdown(errors(splits))
    assert "tested on 3 random parts of it (medians)" in text
    assert "| 20 | ML-KS | energies | dE | 2 | 8 | - | - |" in text
    assert "forces" not in text


def test_learning_curves_without_printed_numbers_have_no_stars():
    figure = conformer_curves(TESTED)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[:3] == ["ML-HK", "ML-KS", "ML-KS, energies and forces"]
    assert not any("published" in label for label in labels)
    (axes,) = figure.axes
    assert "*" not in {line.get_marker() for line in axes.lines}
    mean, largest = (line.get_ydata() for line in axes.lines if line.get_marker() == "v")
    np.testing.assert_allclose([mean, largest], [[0.4, 0.3], [1.6, 1.2]])
