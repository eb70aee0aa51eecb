"""Markdown for readers: the claims by paper, and Table 1 beside the published one."""

import math

import pandas as pd

from hkmaps.datasets.functionals import FUNCTIONALS
from hkmaps.reporting.claims import is_setting
from hkmaps.reporting.learned import functional_rows
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.rules import DIFFERS, NOT_RUN, ORDER_REPRODUCED, VERDICTS
from hkmaps.units import MILLIHARTREE_PER_HARTREE

PAPERS = {
    "arnstein2025": "L. Arnstein, Using machine learning to gain insight into quantum mechanics",
    "bogojeski2018": "M. Bogojeski et al., Efficient prediction of 3D electron densities",
    "arnstein2026": "L. Arnstein et al., Addressing ill-conditioning in density functional theory",
    "brockherde2017": "F. Brockherde et al., Bypassing the Kohn-Sham equations (paper B's source)",
}
"""Short name of a paper -> author and title."""

PUBLISHED_NAMES = {"atoms": "atoms", "diatomics": "molecules"}
"""Data set -> the name that paper A's Table 1 gives it."""


GAUGE_DEPENDENT_DENSITY_FUNCTIONALS = ("E[n]", "A[n]")
"""The functionals whose errors stand out for atoms, as paper A finds."""

STANDING_OUT = 3.0
"""Ratio of median errors from which on functionals are said to stand out; half a decade."""


def readable(value: float | None, uncertainty: float | None = None) -> str:
    """Return a number for people: four significant digits, with its uncertainty (two) if any."""
    if value is None or math.isnan(value):
        return ""
    if math.isinf(value):
        return "none"
    if uncertainty is None or math.isnan(uncertainty):
        return f"{value:.4g}"
    return f"{value:.3g} ± {uncertainty:.2g}"


def claims_markdown(claims: pd.DataFrame) -> str:
    """Return the claims as Markdown: verdict counts first, then one table per paper.

    Args:
        claims: the claims table.
    """
    lines = ["# Claims", "", "What the papers print, and what this study measured. Settings are"]
    lines += ["choices that a paper made and the study repeats; they are counted apart.", ""]
    lines += counts_markdown(claims)
    for paper, rows in claims.groupby("paper", sort=False):
        lines += ["", f"## {PAPERS.get(paper, paper)}", ""]
        lines += markdown_table(
            ["where", "quantity", "unit", "published", "measured", "verdict", "rule"],
            [_claim_cells(row) for row in rows.to_dict("records")],
        )
        unsettled = (rows["verdict"] == NOT_RUN) & (rows["explanation"] != "")
        explained = rows[rows["verdict"].isin([ORDER_REPRODUCED, DIFFERS]) | unsettled]
        if len(explained):
            lines += ["", "### Explanations", ""]
            lines += [
                f"- **{row['id']}** ({row['verdict']}): {row['explanation']}"
                for row in explained.to_dict("records")
            ]
    return "\n".join(lines) + "\n"


def counts_markdown(claims: pd.DataFrame) -> list[str]:
    """Return the counts of `count_verdicts` as lines of a Markdown table."""
    counts = count_verdicts(claims)
    return markdown_table(
        ["paper", "kind", *VERDICTS, "all"],
        [
            [*names, *row, sum(row)]
            for names, row in zip(counts.index, counts.to_numpy(), strict=True)
        ],
    )


def count_verdicts(claims: pd.DataFrame) -> pd.DataFrame:
    """Return how many claims have which verdict: rows by paper and kind, a column per verdict."""
    kinds = is_setting(claims).map({False: "results", True: "settings"}).rename("kind")
    counts = claims.groupby(["paper", kinds, "verdict"], sort=False).size().unstack(fill_value=0)
    return counts.reindex(columns=list(VERDICTS), fill_value=0).sort_index(sort_remaining=True)


def table1_markdown(table1: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return Table 1 as Markdown: measured mean, standard deviation and median beside the printed.

    Args:
        table1: tables/table1.parquet; one section a data set, in the order of the rows.
        published: rows of `read_published`.

    Raises:
        InputError: a data set lacks a functional of the table.
    """
    lines = ["# Table 1: mean absolute error on the test systems, mHa", ""]
    for dataset in table1["dataset"].unique():
        rows = functional_rows(table1, dataset)
        cells = []
        for label, row in rows.iterrows():
            mean, deviation, median = (
                row[name] * MILLIHARTREE_PER_HARTREE
                for name in ("mae_mean", "mae_std", "mae_median")
            )
            printed = printed_mae(published, dataset, label)
            text = " ± ".join(number.text for number in printed) if printed else "-"
            measured = readable(mean, deviation)
            cells.append([label, text, measured, readable(median), row["repeats"], row["dead"]])
        lines += [f"## {dataset}", ""]
        lines += markdown_table(
            ["functional", "published", "measured", "median", "repeats", "dead networks"], cells
        )
        lines += ["", _standing_out(rows["mae_median"]), ""]
    return "\n".join(lines)


def _standing_out(medians: pd.Series) -> str:
    """Whether the gauge-dependent density functionals stand out, paper A's conclusion on atoms."""
    if missing := [each.label for each in FUNCTIONALS if each.label not in medians.index]:
        return (
            f"Whether {' and '.join(GAUGE_DEPENDENT_DENSITY_FUNCTIONALS)} stand out takes all"
            f" functionals; networks.functionals leaves out {', '.join(missing)}."
        )
    standing = medians[list(GAUGE_DEPENDENT_DENSITY_FUNCTIONALS)]
    others = medians.drop(index=list(GAUGE_DEPENDENT_DENSITY_FUNCTIONALS))
    ratio = standing.min() / others.max()
    return (
        f"By the medians, the better of {' and '.join(GAUGE_DEPENDENT_DENSITY_FUNCTIONALS)} has"
        f" {ratio:.2g} times the error of the worst other functional, {others.idxmax()}:"
        f" they {'stand out' if ratio > STANDING_OUT else 'do not stand out'}."
    )


def grid_search_markdown(summaries: pd.DataFrame) -> str:
    """Return the winners of the grid searches and the rank of the published pair as Markdown.

    Args:
        summaries: tables/grid_search.parquet.
    """
    lines = [
        "# Grid search",
        "",
        "Lowest validation MSE of each run, averaged over the runs; rank 1 is the best pair.",
        "",
    ]
    cells = [
        [
            row["dataset"],
            row["functional"],
            f"{row['winner_learning_rate']:g}, {row['winner_batch_size']}",
            f"{row['winner_mse']:.2e}",
            f"{row['published_learning_rate']:g}, {row['published_batch_size']}",
            f"{row['published_mse']:.2e}",
            row["published_rank"],
            f"{row['ratio']:.2f}",
        ]
        for row in summaries.to_dict("records")
    ]
    header = ["data set", "functional", "best learning rate, batch size", "MSE (Ha²)"]
    header += ["published learning rate, batch size", "MSE (Ha²)", "rank of published", "ratio"]
    return "\n".join([*lines, *markdown_table(header, cells), ""])


def printed_mae(
    published: pd.DataFrame, dataset: str, functional: str
) -> tuple[PrintedNumber, PrintedNumber] | None:
    """Return paper A's Table 1 entry, mean and standard deviation in mHa, or None without one."""
    name = PUBLISHED_NAMES.get(dataset)
    row = published[published["id"] == f"A.table1.{name}.{functional}"]
    if row.empty:
        return None
    value, uncertainty = row.iloc[0][["value", "uncertainty"]]
    return PrintedNumber.from_text(value), PrintedNumber.from_text(uncertainty)


def _claim_cells(row: dict) -> list[str]:
    return [
        row["location"],
        row["quantity"].replace("|", r"\|"),
        "" if row["unit"] == "1" else row["unit"],
        readable(row["published"], row["published_uncertainty"]),
        readable(row["measured"], row["measured_uncertainty"]),
        f"**{row['verdict']}**" if row["verdict"] == "differs" else row["verdict"],
        row["rule"].replace("|", r"\|"),
    ]


def markdown_table(header: list, rows: list[list]) -> list[str]:
    """Return a table of Markdown, line by line."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
