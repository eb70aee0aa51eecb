"""What the study measured for Table II of paper B's source: minima of the maps of H2 and H2O.

The source drew its training points once. The study draws many splits: the measured number is the
median over them of the error of the minimum's geometry, its uncertainty their scatter. The error of
the bond length of H2O is the mean over both bonds, which the maps do not know to be equal.
"""

import numpy as np
import pandas as pd

from hkmaps.maps.molecule_summary import spread
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.measurements.record import Measurement
from hkmaps.reporting.wording import counted
from hkmaps.units import ANGSTROM_PER_BOHR

PRINTED_SIZES = {"H2": (5, 7, 10), "H2O": (5, 10, 15, 20)}
"""Molecule -> the numbers of training points of Table II."""

PRINTED_KINDS = {"H2": {"bond": "dR0"}, "H2O": {"bond": "dR0", "angle": "dtheta0"}}
"""Molecule -> kind of coordinate -> how ids name its error."""

METHODS = (KOHN_SHAM, HOHENBERG_KOHN)

PICOMETRE_PER_BOHR = 100 * ANGSTROM_PER_BOHR

FACTORS = {"bond": PICOMETRE_PER_BOHR, "angle": 180 / np.pi}
"""Kind of coordinate -> pm or degrees per unit of the tables."""


def table2_id(molecule: str, size: int, method: str, kind: str) -> str:
    """Return the id of a number of Table II in config/published.csv."""
    return f"C.table2.{molecule}.M{size}.{method}.{PRINTED_KINDS[molecule][kind]}"


def minimum_errors(minima: pd.DataFrame) -> pd.DataFrame:
    """Return the errors of minima, the mean over the coordinates of a kind.

    Args:
        minima: rows of `MAP_MINIMA`.

    Returns:
        Columns molecule, sample, training_points, method, kind, split, error (pm or degrees),
        at_edge.
    """
    known = minima[minima["kind"].isin(FACTORS)]
    factors = known["kind"].map(FACTORS)
    error = (known["value"] - known["reference"]).abs() * factors
    names = ["molecule", "sample", "training_points", "method", "kind", "split"]
    groups = known.assign(error=error).groupby(names, sort=False)
    return groups.agg(error=("error", "mean"), at_edge=("at_edge", "any")).reset_index()


def minimum_measurements(minima: pd.DataFrame) -> list[Measurement]:
    """Return the numbers of Table II, in pm and degrees.

    Args:
        minima: maps/{molecule}/minima.parquet of all molecules, one below the other. Sizes that the
            study did not run are left out.
    """
    errors = minimum_errors(minima)
    found = []
    for molecule, sizes in PRINTED_SIZES.items():
        for size in sizes:
            for kind in PRINTED_KINDS[molecule]:
                here = errors[
                    (errors["molecule"] == molecule)
                    & (errors["training_points"] == size)
                    & (errors["kind"] == kind)
                ]
                for method in METHODS if len(here) else ():
                    rows = here[here["method"] == method]
                    found.append(
                        Measurement(
                            table2_id(molecule, size, method, kind),
                            float(rows["error"].median()),
                            _explanation(rows, minima),
                            spread(rows["error"].to_numpy()),
                            len(rows),
                        )
                    )
    return found


def _explanation(rows: pd.DataFrame, minima: pd.DataFrame) -> str:
    molecule, sample, kind = rows[["molecule", "sample", "kind"]].iloc[0]
    unit = "pm" if kind == "bond" else "degrees"
    of_molecule = minima[(minima["molecule"] == molecule) & (minima["kind"] == kind)]
    reference = of_molecule["reference"].mean() * FACTORS[kind]
    text = (
        f"Median over {counted(len(rows), 'random split')}, from {rows['error'].min():.2g} to"
        f" {rows['error'].max():.2g} {unit}; the minimum of the reference is at {reference:.2f}"
        f" {unit}"
    )
    if at_edge := int(rows["at_edge"].sum()):
        text += f"; in {at_edge} splits the minimum is at an edge of what training geometries span"
    return f"{text} (maps/{molecule}/{sample}/minima.parquet)."
