"""Every claim of paper A gets its measurement from the study's tables."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reporting_tables import PAIR, SETTINGS, study_tables

from hkmaps.datasets.functionals import FUNCTIONALS
from hkmaps.errors import InputError
from hkmaps.reporting.claims import decide
from hkmaps.reporting.markdown import claims_markdown, table1_markdown
from hkmaps.reporting.measurements.model_systems import sufficient
from hkmaps.reporting.measurements.paper_a import measure_paper_a
from hkmaps.reporting.printed_pair import figure10_pair
from hkmaps.reporting.published import read_published

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")
PAPER_A = PUBLISHED[PUBLISHED["paper"] == "arnstein2025"]


@pytest.fixture(scope="module")
def tables():
    return study_tables()


@pytest.fixture(scope="module")
def measured(tables):
    return measure_paper_a(tables, SETTINGS, tables.atom_pairs.loc[PAIR]).set_index("id")


def test_every_claim_of_paper_a_is_measured_and_explained(measured):
    assert sorted(measured.index) == sorted(PAPER_A["id"])
    assert measured["measured"].notna().all()
    # Whatever a run measures, a verdict "differs" finds the explanation that it needs.
    elsewhere = measured.assign(measured=1e9, measured_uncertainty=None, ratio=None)
    decide(PUBLISHED, elsewhere.reset_index())


def test_all_are_decided_and_nothing_else(measured):
    claims = decide(PUBLISHED, measured.reset_index())
    not_run = claims["verdict"] == "not run"
    others = {"bogojeski2018", "brockherde2017", "arnstein2026"}
    assert set(claims["paper"][not_run]) == others
    assert set(claims["paper"][~not_run]) == {"arnstein2025"}
    text = claims_markdown(claims)
    for row in claims[claims["verdict"] == "differs"].to_dict("records"):
        assert f"- **{row['id']}** (differs): {row['explanation']}" in text


def test_measured_values_follow_the_tables(tables, measured):
    value = measured["measured"]
    assert value["A.sec2.1.1.training_systems"] == 4
    assert value["A.sec2.1.1.test_systems"] == 1
    assert value["A.fig9.predictions"] == 5
    assert value["A.fig7.filter_length"] == 8
    assert value["A.fig7.dense_neurons"] == 120
    assert value["A.sec2.3.3.hidden_layers"] == 4
    assert value["A.sec2.3.3.validation_fraction"] == pytest.approx(20)
    assert value["A.fig5.total_energy_shift"] == pytest.approx(0.1)
    pair = tables.atom_pairs.loc[PAIR]
    assert value["A.fig10.total_energy_difference"] == pytest.approx(1e3 * pair["difference_E"])
    energy = tables.atoms.set_index("system").loc[pair["system_a"], "total_energy"]
    relative = value["A.fig10.total_energy_relative"]
    assert relative == pytest.approx(100 * pair["difference_E"] / -energy)


def test_table_1_carries_its_repeats(tables, measured):
    row = measured.loc["A.table1.molecules.T[V]"]
    table1 = tables.table1.set_index(["dataset", "functional"]).loc[("diatomics", "T[V]")]
    assert row["measured"] == pytest.approx(1e3 * table1["mae_mean"])
    assert row["measured_uncertainty"] == pytest.approx(1e3 * table1["mae_std"])
    assert row["measured_repeats"] == 5
    assert "1 of them dead" in row["explanation"]


def test_orders_of_magnitude_compare_the_extremes(tables, measured):
    errors = tables.table1[tables.table1["dataset"] == "atoms"].set_index("functional")["mae_mean"]
    rest = errors.drop(["E[n]", "A[n]"])
    lowest = math.log10(errors[["E[n]", "A[n]"]].min() / rest.max())
    highest = math.log10(errors[["E[n]", "A[n]"]].max() / rest.min())
    assert measured["measured"]["A.fig9.orders_min"] == pytest.approx(lowest)
    assert measured["measured"]["A.fig9.orders_max"] == pytest.approx(highest)


def test_figure_12_is_decided_as_stated_and_explained_as_printed(tables, measured):
    stated, printed = (row for _, row in tables.figure12.iterrows())
    row = measured.loc["A.fig12.density_distance"]
    assert row["measured"] == stated["density_distance"]
    assert f"{printed['density_distance_as_printed']:.3g}" in row["explanation"]
    row = measured.loc["A.fig12.constant_shift_deviation"]
    assert row["measured"] == stated["constant_shift_deviation"]
    deviation = printed["constant_shift_deviation_as_printed"]
    assert f"which give {deviation:.3g}" in row["explanation"]


def test_the_rank_carries_the_ratio_of_the_published_cell(measured):
    assert measured.loc["A.fig8.best_learning_rate", "measured"] == 0.00128
    assert measured.loc["A.fig8.best_learning_rate", "ratio"] == 1.2


def scan(errors):
    lengths = np.arange(10.0, 10 + len(errors))
    return pd.DataFrame({"grid_length": lengths, "error_per_particle": errors})


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([3.0, 0.5, 0.2], 11.0),
        ([0.8, 0.5, 0.2], 10.0),  # the threshold itself is met
        ([3.0, 2.0, -0.9], math.inf),
    ],
)
def test_sufficient_settings(errors, expected):
    assert sufficient(scan(errors), "grid_length", 0.8) == expected


def test_missing_rows_are_refused(tables):
    rows = tables.table1
    lost = (rows["dataset"] == "atoms") & (rows["functional"] == "E[n]")
    short = dataclasses.replace(tables, table1=rows[~lost])
    with pytest.raises(InputError, match=r"lacks E\[n\] of atoms"):
        measure_paper_a(short, SETTINGS, tables.atom_pairs.loc[PAIR])
    with pytest.raises(InputError, match=r"lacks E\[n\] of atoms"):
        table1_markdown(short.table1, PUBLISHED)
    empty = dataclasses.replace(tables, grid_search=tables.grid_search[:0])
    with pytest.raises(InputError, match=r"lacks A\[V\] of atoms"):
        measure_paper_a(empty, SETTINGS, tables.atom_pairs.loc[PAIR])


def without(tables, *labels):
    """The tables of a study that leaves functionals out."""
    kept = [functional for functional in FUNCTIONALS if functional.label not in labels]
    searched = next((each for each in kept if each.label == "A[V]"), kept[0])
    return dataclasses.replace(
        tables,
        table1=tables.table1[~tables.table1["functional"].isin(labels)],
        searched=searched,
        grid_search=tables.grid_search.assign(functional=searched.label),
    )


FIGURE_8 = {"A.fig8.best_learning_rate", "A.fig8.best_batch_size"}
OF_ALL = {"A.fig9.orders_min", "A.fig9.orders_max", "A.fig14.all_functionals"}
OF_POTENTIAL = {"A.sec3.1.potential_min", "A.sec3.1.potential_max"}


@pytest.mark.parametrize(
    ("label", "others"),
    [
        ("A[n]", OF_ALL),
        ("T[n]", OF_ALL | {"A.abstract.accurate_functionals", "A.sec3.1.invariant_density"}),
        ("E[V]", OF_ALL | OF_POTENTIAL | {"A.abstract.accurate_functionals"}),
        ("A[V]", OF_ALL | OF_POTENTIAL | FIGURE_8 | {"A.abstract.accurate_functionals"}),
    ],
)
def test_claims_that_take_a_functional_that_is_left_out_are_not_run(
    tables, measured, label, others
):
    short = measure_paper_a(without(tables, label), SETTINGS, tables.atom_pairs.loc[PAIR])
    claims = decide(PAPER_A, short).set_index("id")
    not_run = claims.index[claims["verdict"] == "not run"]
    assert set(not_run) == others | {f"A.table1.{name}.{label}" for name in ("atoms", "molecules")}
    assert (claims.loc[not_run, "explanation"] == f"networks.functionals leaves out {label}.").all()
    assert claims.loc["A.sec1.functionals", "measured"] == 7
    rest = claims.index.difference([*not_run, "A.sec1.functionals"])
    assert (claims.loc[rest, "measured"] == measured.loc[rest, "measured"]).all()


@pytest.mark.parametrize("kept", FUNCTIONALS, ids=lambda kept: kept.label)
def test_one_functional_is_enough_for_table_1_and_the_claims(tables, kept):
    left_out = [each.label for each in FUNCTIONALS if each != kept]
    short = without(tables, *left_out)
    claims = decide(PUBLISHED, measure_paper_a(short, SETTINGS, tables.atom_pairs.loc[PAIR]))
    verdicts = claims.set_index("id")["verdict"]
    assert verdicts[f"A.table1.atoms.{kept.label}"] != "not run"
    assert verdicts["A.fig14.all_functionals"] == "not run"
    assert f"leaves out {', '.join(left_out)}." in claims_markdown(claims)
    text = table1_markdown(short.table1, PUBLISHED)
    assert text.count(f"| {kept.label} |") == 4
    assert not any(f"| {label} |" in text for label in left_out)
    assert f"networks.functionals leaves out {', '.join(left_out)}." in text


def test_table_1_stands_beside_the_published_one(tables):
    text = table1_markdown(tables.table1, PUBLISHED)
    assert "## atoms" in text
    assert "## diatomics-converged" in text
    assert "| E[n] | 38 ± 2 | " in text
    assert "| Eg[n] | - | " in text  # nothing is printed for the converged sets


def test_the_pair_of_figure_10_is_found_by_its_printed_numbers():
    printed = {"E": 0.218, "A": 0.215, "T": 0.0016, "Eg": 0.0037}
    pairs = pd.DataFrame(
        {f"difference_{key}": [value, 2 * value, 1.1 * value] for key, value in printed.items()}
    )
    pairs["constant_shift_deviation"] = [0.9, 0.54, 0.54]
    assert figure10_pair(pairs, PUBLISHED).name == 2


@pytest.mark.parametrize(("factor", "words"), [(0.9, "do not stand out"), (20.0, "they stand out")])
def test_table_1_says_whether_gauge_dependent_density_functionals_stand_out(tables, factor, words):
    rows = tables.table1[tables.table1["dataset"] == "atoms"].copy()
    special = rows["functional"].isin(["E[n]", "A[n]"])
    rows.loc[special, "mae_median"] = factor * rows.loc[~special, "mae_median"].max()
    text = table1_markdown(rows, PUBLISHED)
    assert f"{factor:.2g} times the error of the worst other functional" in text
    assert words in text
