"""Paper B's Table 1 as Markdown, measured beside printed."""

import pandas as pd

from hkmaps.maps.molecule_summary import (
    as_published,
    splits_that_decrease,
    splits_with_smaller_error,
)
from hkmaps.maps.results import ENERGIES, HOHENBERG_KOHN, SPLINE
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.molecules import (
    PRINTED_ERRORS,
    PRINTED_MEASURES,
    table1_id,
)
from hkmaps.reporting.wording import percent, significant
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_SHOWN = (*PRINTED_ERRORS, (HOHENBERG_KOHN, "dE_F"), (SPLINE, "dE"))


def bogojeski_table1_markdown(
    summary: pd.DataFrame, errors: pd.DataFrame, published: pd.DataFrame
) -> str:
    """Return Table 1 of paper B as Markdown: median and spread over splits beside the printed.

    Args:
        summary: tables/bogojeski_table1.parquet, rows of `MOLECULE_SUMMARY`.
        errors: rows of `MAP_ERRORS`, from which the ranks are counted.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    printed = published.set_index("id")["value"]
    lines = ["# Table 1 of paper B: errors of ML-KS and ML-HK, kcal/mol", ""]
    lines += [
        "Measured: median over random splits ± half the distance of the percentiles 16 and 84.",
        "ML-HK as the paper has it (energy map trained on predicted densities, one width and one",
        "regularisation for all coefficients) first; then what other choices give. Electrons",
        "misplaced: median over the splits of the part of the electrons in the wrong place. NMAE:",
        "likewise of the integral of |n~ - n| over that of n.",
        "",
    ]
    header = ["M", "method", "error", "MAE, published", "MAE, measured"]
    header += ["maximum, published", "maximum, measured", "electrons misplaced, %", "NMAE, %"]
    header.append("splits")
    for molecule, rows in summary.groupby("molecule", sort=False):
        cells = []
        for _, group in rows.groupby("training_points"):
            for method, quantity in _SHOWN:
                main = as_published(group)
                for row in _select(main, method, quantity):
                    cells.append(_cells(row, printed, method))
        lines += [f"## {molecule}", "", *markdown_table(header, cells), ""]
        lines += _ranks(errors, molecule)
        others = rows.drop(as_published(rows).index)
        if len(others):
            cells = [_cells(row, printed, _choices(row)) for row in others.to_dict("records")]
            lines += ["Other choices:", "", *markdown_table(header, cells), ""]
    return "\n".join(lines)


def _select(rows: pd.DataFrame, method: str, quantity: str) -> list[dict]:
    chosen = rows[(rows["method"] == method) & (rows["quantity"] == quantity)]
    return chosen.to_dict("records")


def _choices(row: dict) -> str:
    """The method and what it chose otherwise than the paper."""
    choices = ["energy_training", "hyperparameters"] if row["method"] == HOHENBERG_KOHN else []
    if row["learned_from"] != ENERGIES:
        choices = ["learned_from", *choices]
    return ", ".join([row["method"], *(row[choice] for choice in choices)])


def _cells(row: dict, printed: pd.Series, method: str) -> list:
    cells = [row["training_points"], method, row["quantity"]]
    for name, measure in PRINTED_MEASURES.items():
        identity = (row["molecule"], row["training_points"], row["method"], row["quantity"], name)
        cells.append(printed.get(table1_id(*identity), "-"))
        median, spread = (
            row[f"{measure}_{kind}"] * KCAL_PER_MOL_PER_HARTREE for kind in ("median", "spread")
        )
        cells.append(f"{significant(median)} ± {significant(spread, 1)}")
    densities = (percent(row[name]) for name in ("electrons_misplaced", "nmae"))
    return [*cells, *densities, row["splits"]]


def _ranks(errors: pd.DataFrame, molecule: str) -> list[str]:
    """Whether ML-HK is the better map and errors decrease with M: in how many splits, by MAE."""
    rows = errors[errors["molecule"] == molecule]
    text = ", ".join(
        f"{row.holds} of {row.splits} at M = {row.training_points}"
        for row in splits_with_smaller_error(rows).itertuples()
    )
    sentences = [f"Splits in which the MAE of ML-HK is below that of ML-KS: {text}."]
    for method, quantity in PRINTED_ERRORS:
        text = ", ".join(
            f"{row.holds} of {row.splits} from M = {row.smaller_size} to {row.training_points}"
            for row in splits_that_decrease(rows, method, quantity).itertuples()
        )
        if text:
            sentences.append(f"Splits in which the MAE of {method}'s {quantity} decreases: {text}.")
    return [*(f"- {sentence}" for sentence in sentences), ""]
