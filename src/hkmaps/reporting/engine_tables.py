"""What settings of a reference engine cost, and how far they are off, as Markdown (this study)."""

import pandas as pd

from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.record import in_kcal


def engine_accuracy_markdown(accuracy: pd.DataFrame) -> str:
    """Return cost and accuracy of an engine's settings as Markdown, energies in kcal/mol.

    Args:
        accuracy: rows of `ENGINE_ACCURACY` of all molecules, one table below the other.
    """
    lines = ["# Cost and accuracy of reference calculations", ""]
    lines += [
        "Errors are those of the energy differences between all pairs of geometries, in kcal/mol,",
        f"and of the densities, relative to their norm, against the settings {TIGHT}. Seconds:",
        "median of a geometry, its density included. The study calculates with the settings called",
        f"{CHOSEN}.",
        "",
    ]
    header = ["settings", "seconds", "SCF iterations", "MAE", "largest error", "density error"]
    for molecule, rows in accuracy.groupby("molecule", sort=False):
        cells = [_cells(row) for row in rows.to_dict("records")]
        count = rows["geometries"].iloc[0]
        lines += [f"## {molecule}, {count} geometries", "", *markdown_table(header, cells), ""]
    lines += ["## The settings", ""]
    named = accuracy[["settings", "engine"]].drop_duplicates()
    lines += [f"- {name}: {engine}" for name, engine in named.itertuples(index=False)]
    return "\n".join([*lines, ""])


def _cells(row: dict) -> list[str]:
    cells = [row["settings"], f"{row['seconds']:.3g}", f"{row['iterations']:.3g}"]
    if row["settings"] == TIGHT:
        # What the others are compared with has no error of its own.
        return [*cells, "-", "-", "-"]
    cells += [in_kcal(row[name]) for name in ("energy_error", "largest_energy_error")]
    return [*cells, f"{row['density_error']:.1e}"]
