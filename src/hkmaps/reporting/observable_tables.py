"""What dynamics by maps shows of molecules, beside the reference, as Markdown (this study)."""

from collections.abc import Mapping

import pandas as pd

from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.wording import significant
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

UNITS = {"Ha": ("kcal/mol", KCAL_PER_MOL_PER_HARTREE), "bohr": ("Angstrom", ANGSTROM_PER_BOHR)}
"""Unit in `OBSERVABLES` -> that of readers, and its size."""


def observables_markdown(observables: pd.DataFrame, published_barriers: Mapping[str, float]) -> str:
    """Return observables of dynamics as Markdown, a section per molecule.

    Args:
        observables: rows of `OBSERVABLES`.
        published_barriers: molecule -> free-energy barrier of its proton transfer in kcal/mol.
    """
    lines = ["# What dynamics by maps shows", ""]
    lines += [
        "Means over runs with their standard errors, of dynamics by the map of the last round and",
        "by the reference. Free-energy barriers of a proton transfer are those of the dynamics on",
        "the map, and on the reference surface by reweighting its frames.",
        "",
    ]
    header = ["quantity", "dynamics", "value", "unit", "runs", "frames"]
    for molecule, rows in observables.groupby("molecule", sort=False):
        cells = []
        for row in rows.to_dict("records"):
            unit, size = UNITS[row["unit"]]
            value = "-"
            if pd.notna(row["value"]):
                value = f"{row['value'] * size + 0.0:.4g}"
                if pd.notna(row["uncertainty"]):
                    value += f" ± {significant(row['uncertainty'] * size, 1)}"
            known = row["quantity"], row["dynamics"], value, unit
            cells.append([*known, row["runs"], row["frames"]])
        lines += [f"## {molecule}", "", *markdown_table(header, cells), ""]
        if molecule in published_barriers:
            lines += [f"- Published barrier: {published_barriers[molecule]:g} kcal/mol.", ""]
    return "\n".join(lines)
