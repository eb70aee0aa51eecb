"""Kernel ridge regression beside paper A's networks: as a table and as Markdown (this study)."""

import pandas as pd

from hkmaps.errors import InputError
from hkmaps.maps.results import GAUGE_AWARE_PREFIX, HOHENBERG_KOHN, KRR, PREDICTED
from hkmaps.reporting.learned import functional_rows, learned_functionals
from hkmaps.reporting.markdown import markdown_table, printed_mae, readable
from hkmaps.reporting.wording import significant
from hkmaps.tables import Column, TableSchema
from hkmaps.units import MILLIHARTREE_PER_HARTREE

FUNCTIONAL_METHODS = TableSchema(
    "functional methods",
    "Mean absolute errors of the functionals by networks and by kernel ridge regression, from the"
    " same training systems and on the same test systems, one row per functional",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("quantity", "text", "", "E, A, T or Eg"),
        Column("variable", "text", "", "n or V"),
        Column("network_repeats", "integer", "1", "number of networks trained"),
        Column("network_mae_mean", "number", "Ha", "networks: mean over the repeats"),
        Column("network_mae_std", "number", "Ha", "networks: its standard deviation (R - 1)", True),
        Column("network_mae_median", "number", "Ha", "networks: median over the repeats"),
        Column("published_mae_mean", "number", "Ha", "networks of the paper: printed mean", True),
        Column("published_mae_std", "number", "Ha", "networks of the paper: printed ±", True),
        Column("kernel_mae", "number", "Ha", "kernel ridge regression of what is given"),
        Column(
            "predicted_density_mae",
            "number",
            "Ha",
            "ML-HK: regression of the density that another one predicts from V",
            optional=True,
        ),
        Column(
            "gauge_aware_mae",
            "number",
            "Ha",
            "E and A from T[n], Eg[n] and the integral of n V; at the predicted density where V is"
            " given",
            optional=True,
        ),
    ),
)

# Column of the table -> methods of FUNCTIONAL_ERRORS that it holds, one a variable.
_METHODS = {
    "kernel_mae": (KRR,),
    "predicted_density_mae": (HOHENBERG_KOHN,),
    "gauge_aware_mae": (GAUGE_AWARE_PREFIX + KRR, GAUGE_AWARE_PREFIX + HOHENBERG_KOHN),
}


def functional_methods_table(
    table1: pd.DataFrame, errors: pd.DataFrame, published: pd.DataFrame
) -> pd.DataFrame:
    """Return the errors of every functional that networks have learned, by every method.

    Args:
        table1: rows of `TABLE1`, the networks.
        errors: rows of `FUNCTIONAL_ERRORS`, one data set below the other; ML-HK as trained on
            predicted densities (equation 13).
        published: rows of `hkmaps.reporting.published.read_published`.

    Returns:
        pandas.DataFrame with the columns of `FUNCTIONAL_METHODS`, data sets in the order of
        `errors`, functionals in that of `FUNCTIONALS`.

    Raises:
        InputError: networks or direct kernel ridge regression lack a functional of a data set.
    """
    functionals = learned_functionals(table1)
    shown = errors[errors["energy_training"].fillna(PREDICTED) == PREDICTED]
    rows = []
    for dataset in errors["dataset"].unique():
        networks = functional_rows(table1, dataset)
        kernels = shown[shown["dataset"] == dataset].set_index(["functional", "method"])["mae"]
        for functional in functionals:
            label = functional.label
            if (label, KRR) not in kernels.index:
                raise InputError(
                    f"The table of methods lacks {label} of {dataset} by {KRR}; every data set"
                    f" needs all of {', '.join(each.label for each in functionals)}."
                )
            row = {"dataset": dataset, "functional": label}
            row |= {"quantity": functional.quantity, "variable": functional.variable}
            row["network_repeats"] = networks.loc[label, "repeats"]
            for name in ("mae_mean", "mae_std", "mae_median"):
                row[f"network_{name}"] = networks.loc[label, name]
            printed = printed_mae(published, dataset, label) or (None, None)
            for name, number in zip(("mean", "std"), printed, strict=True):
                value = None if number is None else number.value / MILLIHARTREE_PER_HARTREE
                row[f"published_mae_{name}"] = value
            for column, methods in _METHODS.items():
                found = [kernels.get((label, method)) for method in methods]
                row[column] = next((value for value in found if value is not None), None)
            rows.append(row)
    table = pd.DataFrame(rows, columns=FUNCTIONAL_METHODS.column_names)
    numbers = [column.name for column in FUNCTIONAL_METHODS.columns if column.kind == "number"]
    return table.astype(dict.fromkeys(numbers, float))


def functional_methods_markdown(table: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return the errors of every functional by every method as Markdown, in mHa.

    Args:
        table: rows of `FUNCTIONAL_METHODS`.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    lines = ["# The functionals by networks and by kernels: mean absolute error, mHa", ""]
    lines += [
        "CNN: mean ± standard deviation over the repeats, and the median. KRR: kernel ridge",
        "regression of what is given. Predicted density: ML-HK, through the density that is",
        "predicted from V. Gauge-aware: E = T[n] + integral of n V and A = -Eg[n] - E, at the",
        "exact density where n is given and at the predicted one where V is.",
        "",
    ]
    header = ["functional", "CNN, published", "CNN", "CNN, median", "KRR", "predicted density"]
    header.append("gauge-aware")
    for dataset, rows in table.groupby("dataset", sort=False):
        cells = [_cells(row, published) for row in rows.to_dict("records")]
        lines += [f"## {dataset}", "", *markdown_table(header, cells), "", _comparison(rows), ""]
    return "\n".join(lines)


def _cells(row: dict, published: pd.DataFrame) -> list[str]:
    printed = printed_mae(published, row["dataset"], row["functional"])
    mean, deviation = (row[f"network_mae_{name}"] for name in ("mean", "std"))
    return [
        row["functional"],
        " ± ".join(number.text for number in printed) if printed else "-",
        readable(mean * MILLIHARTREE_PER_HARTREE, deviation * MILLIHARTREE_PER_HARTREE),
        _in_mha(row["network_mae_median"]),
        *(_in_mha(row[column]) for column in _METHODS),
    ]


def _in_mha(energy: float) -> str:
    """The text of an energy in Ha, three significant digits; "-" where there is none."""
    return significant(energy * MILLIHARTREE_PER_HARTREE, 3)


def _comparison(rows: pd.DataFrame) -> str:
    """How kernel ridge regression stands against the median network."""
    ratios = rows.set_index("functional")["network_mae_median"] / rows["kernel_mae"].to_numpy()
    return (
        f"KRR has a smaller error than the median network for {(ratios > 1).sum()} of"
        f" {len(ratios)} functionals; the networks' is {ratios.min():.3g} ({ratios.idxmin()}) to"
        f" {ratios.max():.3g} ({ratios.idxmax()}) times that of KRR."
    )
