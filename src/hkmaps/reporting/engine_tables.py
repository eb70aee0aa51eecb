"""What settings of a reference engine cost, and how far they are off, as Markdown (this study)."""

from collections.abc import Mapping

import pandas as pd

from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.record import in_kcal
from hkmaps.reporting.wording import counted, significant


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
        failed = rows[rows["failed"] > 0]
        lines += [
            f"- {row.settings}: {counted(row.failed, 'calculation')} did not converge and"
            f" {'does' if row.failed == 1 else 'do'} not count."
            for row in failed.itertuples()
        ]
    lines += ["## The settings", ""]
    named = accuracy[["settings", "engine"]].drop_duplicates()
    lines += [f"- {name}: {engine}" for name, engine in named.itertuples(index=False)]
    return "\n".join([*lines, ""])


def reference_calculations_markdown(
    counts: pd.DataFrame, energies: Mapping[str, pd.DataFrame]
) -> str:
    """Return how many reference calculations converged, and what they took, as Markdown.

    Args:
        counts: rows of `REFERENCE_CALCULATIONS`.
        energies: sample -> rows of `REFERENCE_ENERGIES`, of which those with forces have their own
            columns.
    """
    lines = ["# Reference calculations", ""]
    lines += [
        "A calculation that does not converge is left out of what is learned and tested. Claims",
        "that rest on a sample with more failures than allowed_failures say so. Core-minutes are",
        "the median wall time of a calculation times their number.",
        "",
    ]
    header = ["sample", "geometries", "failed", "SCF iterations, mean", "core-minutes"]
    header += ["with forces", "core-minutes of these"]
    cells = [
        [
            row["sample"],
            row["geometries"],
            row["failed"],
            # Those that come from files had no iterations here.
            significant(row["iterations"], 3),
            *_core_minutes(energies[row["sample"]]),
        ]
        for row in counts.to_dict("records")
    ]
    lines += [*markdown_table(header, cells), ""]
    failures = counts.dropna(subset="failure")
    lines += [f"- {row.sample}, {row.failure}" for row in failures.itertuples()]
    return "\n".join([*lines, ""])


def _core_minutes(energies: pd.DataFrame) -> list[str]:
    """Core-minutes of all calculations; the number and the core-minutes of those with forces."""
    kinds = energies["forces"].notna()
    # A job that is paused counts its pause as wall time of one calculation.
    minutes = {
        with_forces: len(seconds) * seconds.median() / 60
        for with_forces, seconds in energies["seconds"].groupby(kinds)
    }
    of_forces = [str(kinds.sum()), significant(minutes[True])] if True in minutes else ["-", "-"]
    return [significant(sum(minutes.values())), *of_forces]


def _cells(row: dict) -> list[str]:
    cells = [row["settings"], significant(row["seconds"], 3), significant(row["iterations"], 3)]
    if row["settings"] == TIGHT or pd.isna(row["energy_error"]):
        # What the others are compared with has no error of its own, nor has what did not converge.
        return [*cells, "-", "-", "-"]
    cells += [in_kcal(row[name]) for name in ("energy_error", "largest_energy_error")]
    return [*cells, f"{row['density_error']:.1e}"]
