"""How long dynamics by maps lasts, and how far their energies are off there (this study)."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from hkmaps.maps.results import DRIVEN, ENERGIES, ENERGIES_AND_FORCES, HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.record import in_kcal
from hkmaps.reporting.wording import significant
from hkmaps.tables import Column, TableSchema
from hkmaps.units import (
    ANGSTROM_PER_BOHR,
    FEMTOSECOND_PER_ATOMIC_TIME,
    KCAL_PER_MOL_PER_HARTREE,
)

DYNAMICS = TableSchema(
    "dynamics by maps",
    "How long molecules stay whole that maps move, one row per map and dynamics",
    (
        Column("molecule", "text", "", "molecule"),
        Column("sample", "text", "", "sample that the map learned from"),
        Column("method", "text", "", "ML-KS or ML-HK"),
        Column("learned_from", "text", "", "energies, or energies and forces"),
        Column("training_points", "integer", "1", "training points M", optional=True),
        Column("dynamics", "text", "", "name of the dynamics"),
        Column("temperature", "number", "K", "that of the thermostat of the runs", optional=True),
        Column("runs", "integer", "1", "runs, which differ in their random numbers"),
        Column("lasted", "integer", "1", "runs that were stable for all of the time"),
        Column("time_asked", "number", "hbar/Ha", "time that was asked for"),
        Column("shortest", "number", "hbar/Ha", "time of the first to end"),
        Column(
            "median",
            "number",
            "hbar/Ha",
            "time after which half of the runs had ended; none where more than half lasted",
            optional=True,
        ),
        Column("frames", "integer", "1", "frames of dynamics that the map was tested on"),
        Column("mae", "number", "Ha", "mean absolute error of their energies", True),
        Column("maximum", "number", "Ha", "largest absolute error of their energies", True),
        Column("force_mae", "number", "Ha/bohr", "mean absolute error of their forces", True),
    ),
)

FORCE_UNIT = KCAL_PER_MOL_PER_HARTREE / ANGSTROM_PER_BOHR
"""kcal/mol/Angstrom of one Ha/bohr."""

_FORCES = "_forces"
_METHODS = {"kohn_sham": KOHN_SHAM, "hohenberg_kohn": HOHENBERG_KOHN}


def learned(folder: str) -> tuple[str, str]:
    """Return method and what it learned from, by the folder of a map, such as kohn_sham_forces."""
    source = ENERGIES_AND_FORCES if folder.endswith(_FORCES) else ENERGIES
    return _METHODS[folder.removesuffix(_FORCES)], source


def round_number(sample: str) -> int | None:
    """Return how many rounds of learning a sample has, such as 300+350K-round2; None of others."""
    found = re.search(r"-round(\d+)$", sample)
    return None if found is None else int(found[1])


def survival_curve(ends: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of runs that are stable after each time, by Kaplan and Meier's estimate.

    A run that made all steps says nothing of what comes after them.

    Args:
        ends: rows of `DYNAMICS_ENDS` of runs that differ in their random numbers alone.

    Returns:
        Times in hbar/Ha, from 0 to the longest, and the share from each time on, until the next.

    Source:
        E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53, 457 (1958).
    """
    times, broken = ends["time"].to_numpy(), ~ends["completed"].to_numpy(dtype=bool)
    share, curve = 1.0, [(0.0, 1.0)]
    for time in np.unique(times[broken]):
        share *= 1 - (broken & (times == time)).sum() / (times >= time).sum()
        curve.append((time, share))
    if times.max() > curve[-1][0]:
        curve.append((times.max(), share))
    return tuple(np.array(curve).T)


def median_survival(ends: pd.DataFrame) -> float | None:
    """Return the time at which half of the runs are stable, None where more are to the end.

    Where just half of them are stable between two ends of runs, it is the middle of these.

    Args:
        ends: as for `survival_curve`.
    """
    times, shares = survival_curve(ends)
    gone, below = (times[shares <= 0.5 + sign * 1e-12] for sign in (1, -1))
    if not len(gone):
        return None
    return float(0.5 * (gone[0] + (below[0] if len(below) else gone[0])))


def dynamics_table(
    runs: Sequence[tuple[str, str, str]],
    ends: Sequence[pd.DataFrame],
    tests: Sequence[pd.DataFrame | None],
) -> pd.DataFrame:
    """Sum up dynamics by maps.

    Args:
        runs: sample that the map learned from, such as ethane/300+350K-round2; folder of the map,
            such as kohn_sham_forces; name of the dynamics.
        ends: rows of `DYNAMICS_ENDS` of each of these.
        tests: rows of `MAP_TESTS` of the map of each; None where it was not tested.

    Returns:
        pandas.DataFrame with the columns of `DYNAMICS`.
    """
    rows = []
    for (pool, folder, dynamics), own, tested in zip(runs, ends, tests, strict=True):
        molecule, _, sample = pool.partition("/")
        method, source = learned(folder)
        completed = own["completed"].astype(bool)
        temperatures = own["temperature"].dropna().unique()
        rows.append(
            {
                "molecule": molecule,
                "sample": sample,
                "method": method,
                "learned_from": source,
                "training_points": None,
                "dynamics": dynamics,
                "temperature": temperatures[0] if len(temperatures) == 1 else None,
                "runs": len(own),
                "lasted": int(completed.sum()),
                "time_asked": own["time_asked"].max(),
                "shortest": own["time"].min(),
                "median": median_survival(own),
                **_errors(tested),
            }
        )
    return pd.DataFrame(rows, columns=DYNAMICS.column_names) if rows else DYNAMICS.empty()


def dynamics_markdown(dynamics: pd.DataFrame) -> str:
    """Return the dynamics by maps as Markdown, a section a molecule.

    Args:
        dynamics: rows of `DYNAMICS`.
    """
    lines = ["# Dynamics by forces of maps", ""]
    lines += [
        "A run lasts while no bond differs by more than 0.5 Angstrom from its reference length; a",
        "hydrogen that tautomers share may be bonded to either of them. Runs of a row differ in",
        "random numbers. Errors are those of the map, in kcal/mol and, of forces,",
        "kcal/mol/Angstrom, on frames of dynamics by the map of the last round, where other maps",
        "may never come.",
        "",
    ]
    header = ["learned from", "method", "M", "dynamics", "runs", "lasted", "of ps", "shortest, ps"]
    header += ["median, ps", "frames", "energy MAE", "largest", "force MAE"]
    for molecule, rows in dynamics.groupby("molecule", sort=False):
        cells = [
            [
                f"{row['sample']}, {row['learned_from']}",
                row["method"],
                _count(row["training_points"]),
                row["dynamics"],
                row["runs"],
                row["lasted"],
                picoseconds(row["time_asked"]),
                picoseconds(row["shortest"]),
                "-" if pd.isna(row["median"]) else picoseconds(row["median"]),
                row["frames"],
                *("-" if pd.isna(row[name]) else in_kcal(row[name]) for name in ("mae", "maximum")),
                significant(row["force_mae"] * FORCE_UNIT),
            ]
            for row in rows.to_dict("records")
        ]
        lines += [f"## {molecule}", "", *markdown_table(header, cells), ""]
    return "\n".join(lines)


def picoseconds(time: float) -> str:
    """Return a time in hbar/Ha as the text of its value in ps, three significant digits."""
    return f"{time * FEMTOSECOND_PER_ATOMIC_TIME / 1000:.3g}"


def _errors(tests: pd.DataFrame | None) -> dict:
    found = {"frames": 0, "mae": None, "maximum": None, "force_mae": None}
    if tests is None or tests.empty:
        return found
    found["training_points"] = int(tests["training_points"].iloc[0])
    driven = tests[tests["tested_on"] == DRIVEN]
    if len(driven):
        errors = (driven["predicted_energy"] - driven["reference_energy"]).abs()
        forces = driven["force_error"].astype(float)
        found |= {"frames": len(driven), "mae": errors.mean(), "maximum": errors.max()}
        found["force_mae"] = forces.mean() if forces.notna().any() else None
    return found


def _count(value: float | None) -> str:
    return "-" if pd.isna(value) else str(int(value))
