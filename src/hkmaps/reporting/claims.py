"""The claims table: every printed number beside the measured one, with a verdict and its rule."""

import re

import pandas as pd

from hkmaps.errors import InputError
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.rules import (
    DIFFERS,
    NOT_RUN,
    RULES,
    Comparison,
    decide_at_another_size,
)
from hkmaps.tables import Column, TableSchema

CLAIMS = TableSchema(
    "claims",
    "Every number that the papers print, what was measured for it, and the verdict.",
    (
        Column("id", "text", "", "paper.place.quantity, as in config/published.csv"),
        Column("paper", "text", "", "the paper's short name"),
        Column("location", "text", "", "figure, table or section that prints the number"),
        Column("quantity", "text", "", "what the number is"),
        Column("published", "number", "as in unit", "the printed number"),
        Column("published_uncertainty", "number", "as in unit", "printed uncertainty", True),
        Column("measured", "number", "as in unit", "the study's number", True),
        Column("measured_uncertainty", "number", "as in unit", "its standard deviation", True),
        Column("unit", "text", "", "unit of the four numbers"),
        Column("verdict", "text", "", "reproduced, order reproduced, differs or not run"),
        Column("rule", "text", "", "how the verdict was reached"),
        Column("explanation", "text", "", "why it differs, and where to see it"),
    ),
)

_EVIDENCE = re.compile(
    r"\b(model_systems|networks|conditioning|molecules|maps|tables|figures|config)/[\w{}.*/-]+"
)


def is_setting(claims: pd.DataFrame) -> pd.Series:
    """Return which claims are choices that the paper made rather than results."""
    return claims["rule"].str.startswith("setting:")


def decide(published: pd.DataFrame, measurements: pd.DataFrame) -> pd.DataFrame:
    """Join the printed numbers with the measured ones and decide each.

    Args:
        published: rows of `read_published`.
        measurements: one row per measured number, columns as the attributes of
            `hkmaps.reporting.measurements.record.Measurement`, of which those from
            `measured_repeats` on may be left out; null where a number could not be measured, which
            its explanation accounts for, or has no uncertainty, repeats or ratio, or was measured
            at the printed size.

    Returns:
        The claims, one row per printed number in the order of `published`, columns as `CLAIMS`;
        a number without a measurement is `not run`.

    Raises:
        InputError: a measurement is of an unknown id or of an id measured twice, a kind of
            comparison is unknown, or a number that differs has no explanation that names a
            result.
    """
    _check_ids(published, measurements)
    measured = {row["id"]: row for row in measurements.to_dict("records")}
    claims = [_decide_row(row, measured.get(row["id"])) for row in published.to_dict("records")]
    return pd.DataFrame(claims, columns=CLAIMS.column_names)


def _check_ids(published: pd.DataFrame, measurements: pd.DataFrame) -> None:
    unknown = sorted(set(measurements["id"]) - set(published["id"]))
    if unknown:
        raise InputError(
            f"The measurement {unknown[0]} is of no printed number; ids must be those of"
            " config/published.csv."
        )
    twice = measurements["id"][measurements["id"].duplicated()]
    if len(twice):
        raise InputError(f"The number {twice.iloc[0]} is measured twice; once is allowed.")
    kinds = sorted(set(published["comparison"]) - set(RULES))
    if kinds:
        raise InputError(
            f'The kind of comparison "{kinds[0]}" is unknown; allowed are {", ".join(RULES)}.'
        )


def _decide_row(printed: dict, measured: dict | None) -> dict:
    number = PrintedNumber.from_text(printed["value"])
    text = printed["uncertainty"]
    uncertainty = PrintedNumber.from_text(text) if text else None
    claim = {name: printed[name] for name in ("id", "paper", "location", "quantity", "unit")}
    claim |= {
        "published": number.value,
        "published_uncertainty": None if uncertainty is None else uncertainty.value,
        "measured": None,
        "measured_uncertainty": None,
        "verdict": NOT_RUN,
        "rule": f"{printed['comparison']}: nothing measured yet",
        "explanation": "",
    }
    if measured is None:
        return claim
    explanation = "" if pd.isna(measured["explanation"]) else str(measured["explanation"])
    if pd.isna(measured["measured"]):
        return claim | {"explanation": explanation}
    comparison = Comparison(
        published=number,
        measured=float(measured["measured"]),
        published_uncertainty=uncertainty,
        published_repeats=int(printed["repeats"]) if printed["repeats"] else None,
        measured_uncertainty=_number(measured["measured_uncertainty"]),
        measured_repeats=_number(measured.get("measured_repeats")),
        ratio=_number(measured.get("ratio")),
    )
    kind, size = printed["comparison"], measured.get("other_size")
    if pd.isna(size):
        verdict, rule = RULES[kind](comparison)
    else:
        verdict, rule = decide_at_another_size(kind, comparison, size)
    if verdict == DIFFERS and not _EVIDENCE.search(explanation):
        raise InputError(
            f'The number {printed["id"]} differs but its explanation is "{explanation}"; it must'
            " name a table or figure of the results, such as tables/table1.parquet."
        )
    return claim | {
        "measured": comparison.measured,
        "measured_uncertainty": comparison.measured_uncertainty,
        "verdict": verdict,
        "rule": f"{kind}: {rule}",
        "explanation": explanation,
    }


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)
