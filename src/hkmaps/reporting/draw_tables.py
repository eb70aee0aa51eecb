"""How far the errors of one molecule's maps scatter over draws of its trajectories (this study)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hkmaps.maps.molecule_summary import as_published
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES
from hkmaps.reporting.measurements.record import in_kcal
from hkmaps.reporting.wording import percent
from hkmaps.tables import Column, TableSchema

DRAWS = TableSchema(
    "draws",
    "Errors of the maps of one molecule over draws of its trajectories, each with a pool, a test"
    " set and reference calculations of its own; one row per map and error",
    (
        Column("molecule", "text", "", "molecule"),
        Column("sample", "text", "", "sample that the training points are chosen from"),
        Column("training_points", "integer", "1", "training points M"),
        Column("method", "text", "", "ML-HK or ML-KS"),
        Column("quantity", "text", "", "dE, dE_F (functional-driven) or dE_D (density-driven)"),
        Column("measure", "text", "", "mae or maximum, over the test snapshots"),
        Column("values", "array", "Ha", "the error in each draw"),
        Column("mean", "number", "Ha", "their mean"),
        Column(
            "spread", "number", "1", "their standard deviation over their mean; null for one", True
        ),
    ),
)

_MAP = ["molecule", "sample", "training_points", "method", "quantity"]


def draws_table(errors: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Sum up the errors of the maps that Table 2 is compared with over draws.

    Args:
        errors: rows of `MAP_ERRORS` of each draw, of one molecule, pool and size.

    Returns:
        pandas.DataFrame with the columns of `DRAWS`.
    """
    rows = []
    together = as_published(pd.concat(errors, ignore_index=True))
    for names, group in together.groupby(_MAP, sort=False):
        for measure in PRINTED_MEASURES.values():
            values = group[measure].to_numpy()
            # ddof=1: a few draws of many.
            spread = values.std(ddof=1) / values.mean() if len(values) > 1 else np.nan
            found = {"measure": measure, "values": values, "mean": values.mean(), "spread": spread}
            rows.append(dict(zip(_MAP, names, strict=True)) | found)
    return pd.DataFrame(rows, columns=DRAWS.column_names)


def draws_markdown(draws: pd.DataFrame) -> str:
    """Return the draws as Markdown, energies in kcal/mol.

    Args:
        draws: rows of `DRAWS`.
    """
    lines = ["# Errors over draws of the trajectories, kcal/mol", ""]
    lines += [
        "Each draw has trajectories of its own, and with them its training points, test snapshots,",
        "reference calculations and maps. The spread is the standard deviation over the mean.",
        "",
    ]
    for names, rows in draws.groupby(["molecule", "sample", "training_points"], sort=False):
        molecule, pool, size = names
        count = max(map(len, rows["values"]))
        header = ["method", "error", "measure"]
        header += [*(f"draw {number + 1}" for number in range(count)), "mean", "spread, %"]
        cells = [
            [row["method"], row["quantity"], row["measure"]]
            + [in_kcal(value) for value in [*row["values"], row["mean"]]]
            + [percent(row["spread"])]
            for row in rows.to_dict("records")
        ]
        lines += [f"## {molecule}, M = {size} of {pool}", "", *markdown_table(header, cells), ""]
    return "\n".join(lines)
