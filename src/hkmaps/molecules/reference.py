"""Reference tables: Kohn-Sham calculations of a chunk of a molecule's geometries."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import (
    ReferenceCalculation,
    ReferenceEngine,
    SelfConsistencyError,
)
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import REFERENCE, REFERENCE_CALCULATIONS
from hkmaps.tables import stack

GEOMETRIES_PER_MESSAGE = 10

PRECISIONS = {"single": np.float32, "double": np.float64}
"""In which density coefficients may be kept; single takes half the disk and rounds at 6e-8."""


def reference_table(
    molecule: Molecule,
    geometries: pd.DataFrame,
    engine: ReferenceEngine,
    progress: Callable[[str], None] = lambda message: None,
    precision: str = "single",
    forces: bool = False,
) -> pd.DataFrame:
    """Calculate geometries one after another, each from what came before.

    A geometry that does not converge is a row that says so, without energy and with NaN for its
    density; the next one starts from those that did.

    Args:
        molecule: what the geometries are of.
        geometries: rows of `GEOMETRIES`; dynamics that ended early may leave none for a chunk.
        engine: what calculates them.
        progress: called with a line of text after every few geometries and after each failure.
        precision: one of `PRECISIONS`, that of the density coefficients.
        forces: whether forces are calculated too, which takes about as long again.

    Returns:
        pandas.DataFrame with the columns of `REFERENCE`, rows in the order of `geometries`.

    Raises:
        InputError: positions are not geometries of the molecule, the precision is unknown, or the
            engine cannot do it.
    """
    if precision not in PRECISIONS:
        raise InputError(
            f"The precision of the coefficients is {precision!r}; it must be one of"
            f" {', '.join(PRECISIONS)}."
        )
    if geometries.empty:
        return REFERENCE.empty()
    positions = expect_positions(molecule, stack(geometries["positions"]))
    numbers = geometries["geometry"].to_numpy()
    rows, restart = {}, None
    for count, index in enumerate(restart_order(positions), start=1):
        start = time.perf_counter()
        try:
            calculation = engine.calculate(molecule.symbols, positions[index], restart, forces)
        except SelfConsistencyError as error:
            progress(f"geometry {numbers[index]} failed: {error}")
            row = _failed(error)
            coefficients = np.full(engine.fourier_basis.size, np.nan)
        else:
            row, restart = _converged(calculation), calculation.restart
            coefficients = calculation.coefficients
        rows[index] = {
            "geometry": numbers[index],
            **row,
            "seconds": time.perf_counter() - start,
            "engine": engine.description,
            "coefficients": coefficients.astype(PRECISIONS[precision]),
        }
        if count % GEOMETRIES_PER_MESSAGE == 0 or count == len(positions):
            progress(
                f"{count}/{len(positions)} geometries, last {numbers[index]}:"
                f" E = {row['energy']:.6f} Ha in {row['iterations']} iterations"
            )
    in_order = [rows[index] for index in range(len(rows))]
    return pd.DataFrame(in_order, columns=REFERENCE.column_names)


def restart_order(positions: np.ndarray) -> np.ndarray:
    """Order geometries so that each is near the one before it.

    The first is the one farthest from the mean of all; each next one is the nearest of those left.

    Args:
        positions: aligned geometries, shape (geometries, atoms, 3), in bohr.

    Returns:
        Indices, shape (geometries,).
    """
    points = positions.reshape(len(positions), -1)
    distances = cdist(points, points)
    order = [int(np.linalg.norm(points - points.mean(axis=0), axis=1).argmax())]
    left = np.full(len(points), True)
    left[order] = False
    while left.any():
        order.append(int(np.where(left, distances[order[-1]], np.inf).argmin()))
        left[order[-1]] = False
    return np.array(order)


def count_calculations(energies: Mapping[str, pd.DataFrame], allowed_failures: int) -> pd.DataFrame:
    """Return how many reference calculations of each sample converged.

    Args:
        energies: sample -> rows of `REFERENCE_ENERGIES`.
        allowed_failures: calculations of a sample that may fail without a remark.

    Returns:
        pandas.DataFrame with the columns of `REFERENCE_CALCULATIONS`.
    """
    rows = []
    for sample, calculated in energies.items():
        failed = calculated[~calculated["converged"].astype(bool)]
        first = failed.head(1)
        rows.append(
            {
                "sample": sample,
                "geometries": len(calculated),
                "failed": len(failed),
                "allowed_failures": allowed_failures,
                "iterations": calculated["iterations"].mean(),
                "seconds": calculated["seconds"].sum(),
                "failure": next(
                    (f"geometry {row.geometry}: {row.failure}" for row in first.itertuples()), None
                ),
            }
        )
    return pd.DataFrame(rows, columns=REFERENCE_CALCULATIONS.column_names)


def _converged(calculation: ReferenceCalculation) -> dict[str, Any]:
    return {
        "energy": calculation.energy,
        "converged": True,
        "iterations": calculation.iterations,
        "failure": None,
        "forces": None if calculation.forces is None else calculation.forces.ravel(),
    }


def _failed(error: SelfConsistencyError) -> dict[str, Any]:
    return {
        "energy": np.nan,
        "converged": False,
        "iterations": error.iterations,
        "failure": str(error),
        "forces": None,
    }
