"""Whether the range of an output explains its error, and what the exact external energy changes.

Ryczko et al. attribute large errors of E[n] to the range that the output spans; paper A answers
that the same output, from the potential, has no such error (section 3.1). Its remedy is to learn
what does not depend on the gauge and to calculate the external energy exactly (section 3.3).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hkmaps.datasets.functionals import Functional
from hkmaps.errors import InputError
from hkmaps.maps.gauge_aware import gauge_aware_quantities
from hkmaps.networks.results import mean_absolute_errors
from hkmaps.reporting.markdown import markdown_table, readable
from hkmaps.reporting.wording import significant
from hkmaps.tables import Column, TableSchema, stack
from hkmaps.units import MILLIHARTREE_PER_HARTREE

DIRECT, GAUGE_AWARE = "direct", "gauge-aware"

OUTPUT_RANGES = TableSchema(
    "output ranges",
    "Errors of networks beside the range of what they predict, one row per functional and route"
    " (paper A, sections 3.1 and 3.3)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("quantity", "text", "", "E, A, T or Eg"),
        Column("variable", "text", "", "n or V"),
        Column(
            "route",
            "text",
            "",
            "direct, or gauge-aware: E = T[n] + integral of n V and A = -Eg[n] - E at the exact"
            " density, from the networks of T[n] and Eg[n] with the same number",
        ),
        Column("output_range", "number", "Ha", "largest less smallest value on the test systems"),
        Column("output_deviation", "number", "Ha", "standard deviation on the test systems"),
        Column("repeats", "integer", "1", "number of networks, or of pairs of them"),
        Column("mae_mean", "number", "Ha", "mean over the repeats", True),
        Column("mae_std", "number", "Ha", "standard deviation of a sample (divisor R - 1)", True),
        Column("mae_median", "number", "Ha", "median over the repeats", True),
        Column("relative_error", "number", "1", "mae_median / output_deviation", True),
    ),
)


def gauge_aware_predictions(
    kinetic: pd.DataFrame, gap: pd.DataFrame, systems: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return E and A from what networks predict for T[n] and Eg[n], and the exact external energy.

    Args:
        kinetic: rows of `PREDICTIONS` of T[n].
        gap: likewise of Eg[n], of the same test systems.
        systems: rows of `hkmaps.datasets.systems.SYSTEMS` with these systems.

    Returns:
        Rows with repeat, system, target and prediction (Ha), by "E" and "A"; the repeats are those
        that both have.
    """
    test = systems.set_index("system")
    merged = kinetic.merge(gap, on=["repeat", "system"], suffixes=("_T", "_Eg"))
    rows = test.loc[merged["system"]]
    density = stack(rows["density"])
    spacing = rows["grid_length"].iloc[0] / (density.shape[1] - 1)
    learned = {key: merged[f"prediction_{key}"].to_numpy() for key in ("T", "Eg")}
    predicted = gauge_aware_quantities(learned, density, stack(rows["potential"]), spacing)
    return {
        key: merged[["repeat", "system"]].assign(
            target=rows[Functional(key, "n").target_column].to_numpy(), prediction=values
        )
        for key, values in predicted.items()
    }


def output_ranges(
    predictions: Mapping[tuple[str, str], pd.DataFrame], systems: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return errors and ranges of what networks predict.

    Args:
        predictions: rows of `PREDICTIONS` by data set and path name of the functional.
        systems: rows of `hkmaps.datasets.systems.SYSTEMS` by data set.

    Returns:
        pandas.DataFrame with the columns of `OUTPUT_RANGES`; the gauge-aware route where a data
        set has both T[n] and Eg[n].

    Raises:
        InputError: the systems of a data set are missing.
    """
    rows = []
    for (dataset, name), predicted in predictions.items():
        if dataset not in systems:
            raise InputError(f"The ranges of outputs lack the systems of {dataset}.")
        functional = Functional.from_path_name(name)
        rows.append(_row(dataset, functional, DIRECT, predicted))
    for dataset in dict.fromkeys(dataset for dataset, _ in predictions):
        learned = [predictions.get((dataset, name)) for name in ("T-n", "Eg-n")]
        if all(each is not None for each in learned):
            for key, found in gauge_aware_predictions(*learned, systems[dataset]).items():
                rows.append(_row(dataset, Functional(key, "n"), GAUGE_AWARE, found))
    return pd.DataFrame(rows, columns=OUTPUT_RANGES.column_names)


def _row(dataset: str, functional: Functional, route: str, predicted: pd.DataFrame) -> dict:
    errors = mean_absolute_errors(predicted)
    target = predicted.drop_duplicates("system")["target"]
    deviation = float(target.std(ddof=0))
    return {
        "dataset": dataset,
        "functional": functional.label,
        "quantity": functional.quantity,
        "variable": functional.variable,
        "route": route,
        "output_range": float(np.ptp(target)),
        "output_deviation": deviation,
        "repeats": len(errors),
        "mae_mean": float(errors.mean()),
        "mae_std": float(errors.std(ddof=1)),
        "mae_median": float(errors.median()),
        "relative_error": float(errors.median()) / deviation,
    }


def output_ranges_markdown(table: pd.DataFrame) -> str:
    """Return errors and ranges as Markdown, in mHa.

    Args:
        table: rows of `OUTPUT_RANGES`.
    """
    lines = ["# Errors of networks and ranges of what they predict, mHa", ""]
    lines += ["The relative error is the median error over the standard deviation of the output on"]
    lines += ["the test systems. Gauge-aware: E = T[n] + integral of n V, A = -Eg[n] - E.", ""]
    header = ["functional", "route", "range", "standard deviation", "error", "median"]
    header.append("relative error")
    for dataset, rows in table.groupby("dataset", sort=False):
        cells = [_cells(row) for row in rows.to_dict("records")]
        lines += [f"## {dataset}", "", *markdown_table(header, cells), ""]
    return "\n".join(lines)


def _cells(row: dict) -> list[str]:
    energies = {
        name: row[name] * MILLIHARTREE_PER_HARTREE
        for name in ("output_range", "output_deviation", "mae_mean", "mae_std", "mae_median")
    }
    return [
        row["functional"],
        row["route"],
        readable(energies["output_range"]),
        readable(energies["output_deviation"]),
        readable(energies["mae_mean"], energies["mae_std"]),
        readable(energies["mae_median"]),
        significant(row["relative_error"]),
    ]
