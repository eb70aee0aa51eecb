"""Families of potentials side by side: does E[n] stand out, and do near-constant shifts say where?

Paper A calls the difficulty of gauge-dependent functionals of the density "a consistent pattern" of
all potentials that it tried but the molecules, and explains it by near-constant shifts (3.3).
"""

from collections.abc import Mapping

import pandas as pd
from scipy import stats

from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.markdown import STANDING_OUT, markdown_table
from hkmaps.reporting.range_tables import DIRECT
from hkmaps.tables import Column, TableSchema

DEPENDENT = tuple(key for key, quantity in QUANTITIES.items() if quantity.gauge == "dependent")
INVARIANT = tuple(key for key, quantity in QUANTITIES.items() if quantity.gauge == "invariant")

FAMILIES_TABLE = TableSchema(
    "families of potentials",
    "Errors of gauge-dependent functionals of the density, and near-constant shifts, one row per"
    " data set (paper A, section 3.3)",
    (
        Column("dataset", "text", "", "data set"),
        Column(
            "over_potential",
            "number",
            "1",
            "smaller of E[n] / E[V] and A[n] / A[V], median errors: the same outputs",
            optional=True,
        ),
        Column(
            "over_invariant",
            "number",
            "1",
            "smaller median error of E[n] and A[n] over the larger of T[n] and Eg[n]",
            optional=True,
        ),
        Column("pairs", "integer", "1", "pairs of training systems"),
        Column(
            "near_constant_share",
            "number",
            "1",
            "share of pairs that are as near to a constant shift as Figure 10's",
        ),
        Column("deviation_median", "number", "Ha", "median deviation from a constant shift"),
        Column(
            "sensitivity_ratio",
            "number",
            "1",
            "smaller median sensitivity of E[n] and A[n] over the larger of T[n] and Eg[n]",
        ),
    ),
)

PREDICTORS = {
    "near_constant_share": "share of near-constant shifts",
    "sensitivity_ratio": "ratio of sensitivities",
}
"""Columns that may predict where E[n] and A[n] stand out."""

OUTCOMES = {"over_potential": "error over that from V", "over_invariant": "error over T[n], Eg[n]"}
"""Columns that say how far they stand out."""


def compare_families(
    ranges: pd.DataFrame, pairs: Mapping[str, pd.DataFrame], near: float
) -> pd.DataFrame:
    """Put the errors of each data set beside its near-constant shifts and sensitivities.

    Args:
        ranges: rows of `OUTPUT_RANGES`.
        pairs: rows of `hkmaps.conditioning.pairs.PAIRS` by data set.
        near: largest deviation from a constant shift of a pair that is said to be near one, in Ha.

    Returns:
        pandas.DataFrame with the columns of `FAMILIES_TABLE`; a ratio of errors is missing where
        networks do not learn all functionals that it takes.
    """
    rows = []
    for dataset, compared in pairs.items():
        direct = ranges[(ranges["dataset"] == dataset) & (ranges["route"] == DIRECT)]
        errors = direct.set_index("functional")["mae_median"]
        sensitivities = {key: compared[f"sensitivity_{key}"].median() for key in QUANTITIES}
        deviation = compared["constant_shift_deviation"]
        rows.append(
            {
                "dataset": dataset,
                "over_potential": _smallest_ratio(
                    errors, [(f"{key}[n]", f"{key}[V]") for key in DEPENDENT]
                ),
                "over_invariant": _smallest_ratio(
                    errors, [(f"{a}[n]", f"{b}[n]") for a in DEPENDENT for b in INVARIANT]
                ),
                "pairs": len(compared),
                "near_constant_share": float((deviation <= near).mean()),
                "deviation_median": float(deviation.median()),
                "sensitivity_ratio": min(sensitivities[key] for key in DEPENDENT)
                / max(sensitivities[key] for key in INVARIANT),
            }
        )
    table = pd.DataFrame(rows, columns=FAMILIES_TABLE.column_names)
    return table.astype({"over_potential": float, "over_invariant": float})


def _smallest_ratio(errors: pd.Series, ratios: list[tuple[str, str]]) -> float | None:
    if any(label not in errors.index for ratio in ratios for label in ratio):
        return None
    return min(errors[first] / errors[second] for first, second in ratios)


def rank_correlation(table: pd.DataFrame, outcome: str, predictor: str) -> float | None:
    """Return Spearman's correlation of how far E[n] and A[n] stand out with what may predict it.

    Args:
        table: rows of `FAMILIES_TABLE`.
        outcome: a key of `OUTCOMES`.
        predictor: a key of `PREDICTORS`.

    Returns:
        The correlation; None for fewer than three data sets, or where one of both is constant.
    """
    known = table.dropna(subset=[outcome, predictor])
    if len(known) < 3 or min(known[outcome].nunique(), known[predictor].nunique()) < 2:
        return None
    return float(stats.spearmanr(known[outcome], known[predictor]).statistic)


def families_markdown(table: pd.DataFrame, near: float) -> str:
    """Return the comparison of families as Markdown.

    Args:
        table: rows of `FAMILIES_TABLE`.
        near: as for `compare_families`.
    """
    lines = ["# Families of potentials: where E[n] and A[n] stand out", ""]
    lines += [
        "Ratios of median errors: the smaller of E[n] / E[V] and A[n] / A[V], and the smaller of"
    ]
    lines += [
        "E[n] and A[n] over the larger of T[n] and Eg[n]. A pair of training systems is near a"
    ]
    lines += [
        f"constant shift where it deviates by at most {near:.2g} Ha, as the pair of Figure 10.",
        "",
    ]
    header = ["data set", "error over that from V", "error over T[n], Eg[n]", "stand out"]
    header += ["near-constant shifts, %", "median deviation, Ha", "sensitivity over T[n], Eg[n]"]
    cells = []
    for row in table.to_dict("records"):
        over, invariant = row["over_potential"], row["over_invariant"]
        verdict = "-" if pd.isna(over) else ("yes" if over > STANDING_OUT else "no")
        cells.append(
            [
                row["dataset"],
                *("-" if pd.isna(ratio) else f"{ratio:.2g}" for ratio in (over, invariant)),
                verdict,
                f"{100 * row['near_constant_share']:.2g}",
                f"{row['deviation_median']:.3g}",
                f"{row['sensitivity_ratio']:.2g}",
            ]
        )
    lines += [*markdown_table(header, cells), ""]
    lines += [f"They stand out where the errors are more than {STANDING_OUT:g} times those from V."]
    lines += ["", "Spearman's rank correlation over the data sets:", ""]
    cells = []
    for predictor, words in PREDICTORS.items():
        found = [rank_correlation(table, outcome, predictor) for outcome in OUTCOMES]
        cells.append([words, *("-" if value is None else f"{value:.2f}" for value in found)])
    lines += markdown_table(["", *OUTCOMES.values()], cells)
    return "\n".join([*lines, ""])
