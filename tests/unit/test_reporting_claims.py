"""The rules that decide the claims, and the table that they make."""

import math
from pathlib import Path

import pandas as pd
import pytest

from hkmaps.errors import InputError
from hkmaps.reporting import rules
from hkmaps.reporting.claims import CLAIMS, decide
from hkmaps.reporting.markdown import claims_markdown
from hkmaps.reporting.published import (
    PUBLISHED_COLUMNS,
    PrintedNumber,
    read_published,
)
from hkmaps.reporting.rules import DIFFERS, NOT_RUN, ORDER_REPRODUCED, REPRODUCED, Comparison
from hkmaps.tables import read_table, write_table

PUBLISHED = Path(__file__).parents[2] / "config" / "published.csv"


def compare(text, measured, uncertainty=None, published_repeats=10, **measurement):
    return Comparison(
        PrintedNumber.from_text(text),
        measured,
        None if uncertainty is None else PrintedNumber.from_text(uncertainty),
        published_repeats,
        **measurement,
    )


@pytest.mark.parametrize(
    ("text", "value", "last_digit", "significant_digit"),
    [
        ("218", 218, 1, 1),
        ("0.76", 0.76, 0.01, 0.01),
        ("0.080", 0.08, 0.001, 0.001),
        ("200", 200, 1, 100),
        ("125000", 125000, 1, 1000),
        ("-0.5", -0.5, 0.1, 0.1),
        ("10^-3", 1e-3, 1e-3, 1e-3),
        ("0", 0, 1, 1),
    ],
)
def test_printed_digits(text, value, last_digit, significant_digit):
    number = PrintedNumber.from_text(text)
    assert (number.value, number.last_digit) == (value, last_digit)
    assert number.significant_digit == significant_digit


@pytest.mark.parametrize("text", ["", "1,5", "5.3 ± 4", "1e", "ten"])
def test_unreadable_numbers_are_refused(text):
    with pytest.raises(InputError, match="cannot be read"):
        PrintedNumber.from_text(text)


@pytest.mark.parametrize(
    ("text", "measured", "verdict"),
    [
        ("218", 218.67, REPRODUCED),  # truncated
        ("215", 214.92, REPRODUCED),  # rounded
        ("0.76", 0.757, REPRODUCED),
        ("0.66", 0.6705, ORDER_REPRODUCED),
        ("40", 41.8, ORDER_REPRODUCED),
        ("0.047", 0.163, DIFFERS),
        ("-0.5", -0.49973, REPRODUCED),
        ("-0.5", 0.5, DIFFERS),
        ("14", math.inf, DIFFERS),
    ],
)
def test_values_are_compared_by_their_printed_digits(text, measured, verdict):
    assert rules.decide_value(compare(text, measured))[0] == verdict


def test_measured_uncertainty_widens_the_printed_digit():
    assert rules.decide_value(compare("0.5", 0.65))[0] == ORDER_REPRODUCED
    assert rules.decide_value(compare("0.5", 0.65, measured_uncertainty=0.1))[0] == REPRODUCED


@pytest.mark.parametrize(
    ("text", "uncertainty", "measured", "deviation", "verdict"),
    [
        ("38", "2", 37.1, 1.9, REPRODUCED),
        ("36", "2", 37.9, 5.1, REPRODUCED),
        ("38", "2", 44.0, 2.0, ORDER_REPRODUCED),
        ("0.18", "0.05", 2.0, 0.1, DIFFERS),
        ("0.19", "0.1", 0.23, 0.0, REPRODUCED),
    ],
)
def test_means_are_compared_by_welch(text, uncertainty, measured, deviation, verdict):
    comparison = compare(
        text, measured, uncertainty, measured_uncertainty=deviation, measured_repeats=10
    )
    decided, rule = rules.decide_value(comparison)
    assert decided == verdict
    assert "Welch" in rule


def test_welch_depends_on_the_repeats():
    few = compare("38", 41.0, "2", measured_uncertainty=2.0, measured_repeats=2)
    many = compare("38", 41.0, "2", measured_uncertainty=2.0, measured_repeats=100)
    assert rules.decide_value(few)[0] == REPRODUCED
    assert rules.decide_value(many)[0] == ORDER_REPRODUCED


def test_the_printed_deviation_counts_with_its_rounding():
    # Without the half unit, 2.5 of a printed 2, p would be 0.0092.
    comparison = compare("38", 40.62, "2", measured_uncertainty=2.0, measured_repeats=10)
    assert rules.decide_value(comparison)[0] == REPRODUCED


def test_without_repeats_means_fall_back_to_digits():
    single = compare("38", 40.5, "2", measured_uncertainty=None, measured_repeats=1)
    decided, rule = rules.decide_value(single)
    assert decided == REPRODUCED
    assert "Welch" not in rule


@pytest.mark.parametrize(
    ("rule", "text", "measured", "verdict"),
    [
        (rules.decide_about, "200", 185.0, REPRODUCED),
        (rules.decide_about, "200", 256.0, ORDER_REPRODUCED),
        (rules.decide_about, "47", 47.6, ORDER_REPRODUCED),
        (rules.decide_about, "4", 3.93, REPRODUCED),
        (rules.decide_exact, "168", 168.0, REPRODUCED),
        (rules.decide_exact, "168", 169.0, DIFFERS),
        (rules.decide_setting, "10", 10.0, REPRODUCED),
        (rules.decide_setting, "10", 2.0, DIFFERS),
        (rules.decide_exact, "0.1", 0.1 + 1e-10, REPRODUCED),
        (rules.decide_order, "10^-3", 1.3e-3, REPRODUCED),
        (rules.decide_order, "10^-3", 4.6e-3, DIFFERS),
        (rules.decide_upper, "1.6", 1.6, REPRODUCED),
        (rules.decide_upper, "1.6", 1.61, DIFFERS),
        (rules.decide_upper, "0.8", 33.0, DIFFERS),
        (rules.decide_upper, "12", math.inf, DIFFERS),
        (rules.decide_lower, "0.2", 0.21867, REPRODUCED),
        (rules.decide_lower, "0.2", 0.19, DIFFERS),
    ],
)
def test_bounds_orders_and_counts(rule, text, measured, verdict):
    assert rule(compare(text, measured))[0] == verdict


def test_a_bound_with_deviation_is_one_sided():
    def decide_bound(mean):
        return rules.decide_upper(
            compare("5.3", mean, "4", measured_uncertainty=2.7, measured_repeats=10)
        )[0]

    assert decide_bound(0.01) == REPRODUCED
    assert decide_bound(5.5) == REPRODUCED
    assert decide_bound(12.0) == DIFFERS


def test_a_measured_mean_may_exceed_a_bound_within_its_own_uncertainty():
    def decide_bound(mean):
        return rules.decide_upper(
            compare("1.6", mean, measured_uncertainty=0.9, measured_repeats=10)
        )[0]

    assert decide_bound(1.9) == REPRODUCED
    assert decide_bound(2.6) == DIFFERS


@pytest.mark.parametrize(
    ("measured", "ratio", "verdict"),
    [
        (50.0, 1.0, REPRODUCED),
        (25.0, 2.0, ORDER_REPRODUCED),
        (25.0, 2.1, DIFFERS),
        (25.0, None, DIFFERS),
    ],
)
def test_ranks(measured, ratio, verdict):
    assert rules.decide_rank(compare("50", measured, ratio=ratio))[0] == verdict


@pytest.mark.parametrize(
    ("kind", "text", "measured", "verdict"),
    [
        ("value", "0.80", 0.8, ORDER_REPRODUCED),
        ("value", "0.80", 1.6, ORDER_REPRODUCED),
        ("value", "0.80", 3.3, DIFFERS),
        ("upper", "1", 0.9, ORDER_REPRODUCED),
        ("upper", "1", 1.1, DIFFERS),
    ],
)
def test_what_is_measured_at_another_size_is_decided_but_never_reproduced(
    kind, text, measured, verdict
):
    size = "at M = 500 instead of 2000"
    decided, rule = rules.decide_at_another_size(kind, compare(text, measured), size)
    assert decided == verdict
    assert rule.startswith(f"{size}, so at best order reproduced: ")


def one_published(comparison="value"):
    row = ["A.x", "arnstein2025", "Table 9", "|a - b|", "0.80", "", "", "mHa", comparison, ""]
    return pd.DataFrame([row], columns=PUBLISHED_COLUMNS)


def one_measurement(measured, explanation="", name="A.x"):
    return pd.DataFrame(
        [[name, measured, None, explanation]],
        columns=["id", "measured", "measured_uncertainty", "explanation"],
    )


@pytest.mark.parametrize("explanation", ["", None, "because the world is so"])
def test_a_difference_without_evidence_is_refused(explanation):
    with pytest.raises(InputError, match=r"A\.x differs but its explanation"):
        decide(one_published(), one_measurement(33.0, explanation))


def test_a_difference_with_evidence_is_kept():
    explanation = "The box is too small: see model_systems/atoms.parquet."
    claim = decide(one_published(), one_measurement(33.0, explanation)).iloc[0]
    assert claim["verdict"] == DIFFERS
    assert claim["explanation"] == explanation


def test_unknown_and_repeated_measurements_are_refused():
    with pytest.raises(InputError, match=r"A\.y is of no printed number"):
        decide(one_published(), one_measurement(1.0, name="A.y"))
    twice = pd.concat([one_measurement(0.8)] * 2)
    with pytest.raises(InputError, match="measured twice"):
        decide(one_published(), twice)


def test_an_unknown_comparison_is_refused():
    with pytest.raises(InputError, match='"near" is unknown; allowed are value'):
        decide(one_published("near"), one_measurement(0.8))


@pytest.mark.parametrize("measured", [None, math.nan])
def test_without_a_measurement_nothing_is_decided(measured):
    assert decide(one_published(), one_measurement(measured)).iloc[0]["verdict"] == NOT_RUN
    assert decide(one_published(), one_measurement(1.0)[:0]).iloc[0]["verdict"] == NOT_RUN


def test_claims_fit_their_table(tmp_path):
    published = read_published(PUBLISHED)
    claims = decide(published, one_measurement(-0.4998, name="A.fig1.hydrogen_energy"))
    write_table(claims, tmp_path / "claims.parquet", CLAIMS)
    read = read_table(tmp_path / "claims.parquet", CLAIMS)
    assert list(read["id"]) == list(published["id"])
    assert read["verdict"].value_counts().to_dict() == {
        NOT_RUN: len(published) - 1,
        REPRODUCED: 1,
    }


def test_markdown_counts_and_escapes():
    explanation = "See tables/table1.parquet."
    claims = decide(one_published(), one_measurement(33.0, explanation))
    text = claims_markdown(claims)
    assert "| arnstein2025 | results | 0 | 0 | 1 | 0 | 1 |" in text
    assert r"\|a - b\|" in text
    assert "| 0.8 | 33 | **differs** |" in text
    assert f"- **A.x** (differs): {explanation}" in text


def test_every_printed_number_can_be_read_and_decided():
    published = read_published(PUBLISHED)
    assert set(published["comparison"]) <= set(rules.RULES)
    assert published["id"].str.match(r"^[ABCF]\.").all()
    table1 = published[published["id"].str.startswith("A.table1.")]
    assert len(table1) == 16
    assert (table1["repeats"] == "10").all()


def test_published_numbers_with_faults_are_refused(tmp_path):
    path = tmp_path / "published.csv"
    frame = one_published()
    pd.concat([frame, frame]).to_csv(path, index=False)
    with pytest.raises(InputError, match=r"A\.x twice"):
        read_published(path)
    frame.drop(columns="unit").to_csv(path, index=False)
    with pytest.raises(InputError, match="has the columns"):
        read_published(path)
    frame.assign(value="eight").to_csv(path, index=False)
    with pytest.raises(InputError, match='"eight" cannot be read'):
        read_published(path)


def test_settings_are_counted_apart_from_results():
    published = pd.concat([one_published(), one_published("setting").assign(id="A.y")])
    measurements = pd.concat([one_measurement(0.8), one_measurement(0.8, name="A.y")])
    text = claims_markdown(decide(published, measurements))
    assert "| arnstein2025 | results | 1 | 0 | 0 | 0 | 1 |" in text
    assert "| arnstein2025 | settings | 1 | 0 | 0 | 0 | 1 |" in text


def test_a_large_scatter_does_not_reproduce_another_order_of_magnitude():
    scattered = compare("0.12", 0.03, measured_uncertainty=0.2, measured_repeats=10)
    assert rules.decide_value(scattered)[0] == DIFFERS
    near = compare("0.12", 0.19, measured_uncertainty=0.2, measured_repeats=10)
    assert rules.decide_value(near)[0] == REPRODUCED


def test_what_could_not_be_measured_keeps_its_reason():
    published = read_published(PUBLISHED)
    name = "B.sec2.1.wave_function_cutoff"
    row = {"id": name, "measured": None, "measured_uncertainty": None, "explanation": "No waves."}
    claim = decide(published, pd.DataFrame([row])).set_index("id").loc[name]
    assert claim["verdict"] == NOT_RUN
    assert claim["explanation"] == "No waves."
    assert f"**{name}** (not run): No waves." in claims_markdown(
        decide(published, pd.DataFrame([row]))
    )
