"""Table II of paper B's source as Markdown: minima of the maps of H2 and H2O."""

import pandas as pd

from hkmaps.maps.molecule_summary import spread
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.minima import (
    FACTORS,
    METHODS,
    PRINTED_KINDS,
    minimum_errors,
    table2_id,
)
from hkmaps.reporting.wording import significant

_UNITS = {"bond": "pm", "angle": "degrees"}


def brockherde_table2_markdown(minima: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return Table II as Markdown: median and spread over splits beside the printed.

    Args:
        minima: rows of `MAP_MINIMA` of all molecules.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    printed = published.set_index("id")["value"]
    lines = ["# Table II of paper B's source: geometries at the minimum of the maps", ""]
    lines += [
        "Powell's method on the energy of each map, from the middle of the intervals that",
        "geometries are drawn from. Errors of bond lengths (of H2O the mean over both) and of the",
        "angle against the minimum of the reference calculations: median over random splits ± half",
        "the distance of the percentiles 16 and 84. At the edge: splits whose minimum is at an end",
        "of an interval.",
        "",
    ]
    header = ["M", "method", "coordinate", "unit", "error, published", "error, measured"]
    header += ["largest", "at the edge", "splits"]
    errors = minimum_errors(minima)
    for molecule, of_molecule in errors.groupby("molecule", sort=False):
        here = minima[minima["molecule"] == molecule]
        references = ", ".join(
            f"{kind} {here.loc[here['kind'] == kind, 'reference'].mean() * FACTORS[kind]:.2f}"
            f" {_UNITS[kind]}"
            for kind in of_molecule["kind"].unique()
        )
        cells = []
        for (size, kind, method), rows in _ordered(of_molecule):
            known = kind in PRINTED_KINDS.get(molecule, ())
            text = printed.get(table2_id(molecule, size, method, kind), "-") if known else "-"
            values = rows["error"].to_numpy()
            measured = f"{significant(rows['error'].median())} ± {significant(spread(values), 1)}"
            cells.append([size, method, kind, _UNITS[kind], text, measured])
            cells[-1] += [significant(values.max()), int(rows["at_edge"].sum()), len(rows)]
        lines += [f"## {molecule}", "", f"Minimum of the reference: {references}.", ""]
        lines += [*markdown_table(header, cells), ""]
    return "\n".join(lines)


def _ordered(errors: pd.DataFrame) -> list[tuple[tuple, pd.DataFrame]]:
    """Groups by size, kind and method, in the order of the table."""
    groups = errors.groupby(["training_points", "kind", "method"])
    kinds, methods = list(FACTORS), list(METHODS)

    def place(group: tuple) -> tuple[int, int, int]:
        size, kind, method = group[0]
        return size, kinds.index(kind), methods.index(method)

    return sorted(groups, key=place)
