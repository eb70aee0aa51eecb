"""The functionals of the follow-up of paper A in numbers: as a table and as Markdown."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from hkmaps.maps.nested_results import FROM_UNIVERSAL, INVERSE, SOLVE
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.wording import significant
from hkmaps.tables import Column, TableSchema
from hkmaps.units import MILLIHARTREE_PER_HARTREE

NOTEBOOK_NOISE = 1e-5
"""Standard deviation of the noise in the follow-up's notebooks, in 1/bohr or Ha."""

NOTEBOOK_DATA_SET = "soft-atoms"
"""The data set of the follow-up's notebooks."""

FOLLOW_UP = TableSchema(
    "follow-up",
    "Errors of the follow-up's functionals by nested cross-validation beside their conditioning,"
    " one row per data set and functional; means and standard deviations are over the outer folds",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional and number of electrons, such as G2[n]"),
        Column("quantity", "text", "", "E, I, A, F or G"),
        Column("electrons", "integer", "1", "number of electrons"),
        Column("variable", "text", "", "n or V"),
        Column("gauge_dependent", "flag", "", "whether a constant shift changes the quantity"),
        Column("of_next", "flag", "", "whether it depends on the electron that is added"),
        Column("folds", "integer", "1", "outer folds"),
        Column("inverse_mae", "number", "Ha", "mean absolute error, weights by the inverse"),
        Column("inverse_std", "number", "Ha", "its standard deviation (folds - 1)"),
        Column("solve_mae", "number", "Ha", "mean absolute error, weights by a linear solve"),
        Column("solve_std", "number", "Ha", "its standard deviation (folds - 1)"),
        Column(
            "from_universal_mae", "number", "Ha", "mean absolute error from F[n]", optional=True
        ),
        Column("noise", "number", "1/bohr or Ha", "noise of the columns that follow"),
        Column("inverse_noisy_mae", "number", "Ha", "inverse, at noisy inputs"),
        Column("solve_noisy_mae", "number", "Ha", "linear solve, at noisy inputs"),
        Column("from_universal_noisy_mae", "number", "Ha", "from F[n], at noisy inputs", True),
        Column("largest_quotient", "number", "Ha bohr^1/2 or bohr^-1/2", "largest of all pairs"),
        Column("median_quotient", "number", "Ha bohr^1/2 or bohr^-1/2", "median of all pairs"),
        Column("solve_at_edge", "integer", "1", "folds with a choice at the edge of the search"),
    ),
)

_WAYS = {"inverse": INVERSE, "solve": SOLVE, "from_universal": FROM_UNIVERSAL}


def notebooks_noise(sizes: Iterable[float]) -> float:
    """Return the size of noise above 0 that is nearest to the notebooks', by their ratio."""
    positive = (size for size in sizes if size > 0)
    return min(positive, key=lambda size: abs(math.log(size / NOTEBOOK_NOISE)))


def follow_up_table(nested: pd.DataFrame, quotients: pd.DataFrame) -> pd.DataFrame:
    """Return errors and conditioning of every functional.

    Args:
        nested: rows of `NESTED_ERRORS`; the noise that is nearest to the notebooks' is shown.
        quotients: rows of `LIPSCHITZ_QUOTIENTS`, of the same data sets.

    Returns:
        pandas.DataFrame with the columns of `FOLLOW_UP`, functionals of the density first.
    """
    sizes = nested.loc[nested["noise"] > 0, "noise"].unique()
    noise = notebooks_noise(sizes)
    keys = ["dataset", "functional"]
    table = quotients.set_index(keys)[
        ["quantity", "electrons", "variable", "gauge_dependent", "of_next", "largest", "median"]
    ].rename(columns={"largest": "largest_quotient", "median": "median_quotient"})
    for name, way in _WAYS.items():
        rows = nested[nested["method"] == way]
        exact = rows[rows["noise"] == 0].groupby(keys)
        table[f"{name}_mae"] = exact["mae"].mean()
        table[f"{name}_std"] = exact["mae"].std()
        table[f"{name}_noisy_mae"] = rows[rows["noise"] == noise].groupby(keys)["mae"].mean()
        if way == SOLVE:
            table["folds"] = exact.size()
            table["solve_at_edge"] = exact["at_edge"].sum().astype(int)
    table = table.assign(noise=noise).reset_index()
    order = table["variable"].map({"n": 0, "V": 1})
    table = table.assign(order=order).sort_values(
        ["dataset", "order", "electrons"], kind="stable", ascending=[False, True, True]
    )
    return table[FOLLOW_UP.column_names].reset_index(drop=True)


def follow_up_markdown(table: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return the table as Markdown, in mHa.

    Args:
        table: rows of `FOLLOW_UP`.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    noise = table["noise"].iloc[0]
    lines = ["# One, two and three electrons: mean absolute error, mHa", ""]
    lines += [
        "Kernel ridge regression by nested cross-validation, with weights by the inverse of the",
        "kernel matrix, as the notebooks have it, and by a linear solve; mean ± standard deviation",
        "over the outer folds. From F: E_N = F[n_N] + integral of n_N V, and I, A and G as",
        "differences of such energies. Noisy: the same by a solve and from F, with white noise",
        f"of {noise:g} on each value of the input. Quotient: the largest |Q_a - Q_b| / ||a - b||.",
        "",
    ]
    header = ["functional", "class", "notebook", "inverse", "solve", "from F", "noisy"]
    header += ["noisy, from F", "largest quotient"]
    for dataset, rows in table.groupby("dataset", sort=False):
        cells = [_cells(row, published) for row in rows.to_dict("records")]
        factors = (rows["inverse_mae"] / rows["solve_mae"]).to_numpy()
        lines += [f"## {dataset}", "", *markdown_table(header, cells), ""]
        lines += [
            f"The inverse has {np.median(factors):.3g} times the error of the solve in the median"
            f" functional, {factors.min():.2g} to {factors.max():.3g} times over all"
            f" {len(factors)}.",
            "",
        ]
    return "\n".join(lines)


def functional_class(row: dict) -> str:
    """Return the class of a quantity in words: what makes its functional of n ill-conditioned."""
    names = {"gauge_dependent": "gauge", "of_next": "N + 1"}
    return ", ".join(name for key, name in names.items() if row[key]) or "neither"


def _cells(row: dict, published: pd.DataFrame) -> list[str]:
    printed = published[published["id"] == f"F.notebooks.{row['functional']}"]
    shown = row["dataset"] == NOTEBOOK_DATA_SET and len(printed) == 1
    return [
        row["functional"],
        functional_class(row),
        f"{printed['value'].iloc[0]} ± {printed['uncertainty'].iloc[0]}" if shown else "-",
        *(f"{_in_mha(row[f'{way}_mae'])} ± {_in_mha(row[f'{way}_std'], 2)}" for way in _BOTH),
        _in_mha(row["from_universal_mae"]),
        _in_mha(row["solve_noisy_mae"]),
        _in_mha(row["from_universal_noisy_mae"]),
        f"{row['largest_quotient']:.3g}",
    ]


_BOTH = ("inverse", "solve")


def _in_mha(energy: float, digits: int = 3) -> str:
    """The text of an energy in Ha; "-" where there is none."""
    return significant(energy * MILLIHARTREE_PER_HARTREE, digits)
