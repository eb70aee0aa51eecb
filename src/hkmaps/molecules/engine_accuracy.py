"""What settings of a reference engine cost, and how far they are from tight ones."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import ReferenceEngine
from hkmaps.molecules.reference import reference_table
from hkmaps.molecules.results import ENGINE_ACCURACY, TIGHT
from hkmaps.tables import stack


def engine_accuracy_table(
    molecule: Molecule,
    geometries: pd.DataFrame,
    engines: Mapping[str, ReferenceEngine],
    tight: ReferenceEngine,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Compare engines with a tight one on the same geometries, calculated as for a reference table.

    What a map learns is how the energy differs between geometries, so that an error that all have
    in common does not count.

    Args:
        molecule: what the geometries are of.
        geometries: at least two rows of `GEOMETRIES`.
        engines: engines by the name of their settings.
        tight: an engine with the same basis sets whose other settings leave nothing to gain.
        progress: called with a line of text after each engine.

    Returns:
        pandas.DataFrame with the columns of `ENGINE_ACCURACY`, a row per engine, the tight one
        first. Geometries that do not converge with an engine, or with the tight one, do not count
        in its row; errors are NaN where fewer than two are left.

    Raises:
        InputError: there are fewer than two geometries, an engine is called as the tight one is,
            or engines have different Fourier bases.
    """
    if len(geometries) < 2:
        raise InputError(
            f"The accuracy of an engine was asked for with {len(geometries)} geometries of"
            f" {molecule.name}; it takes at least 2, whose energies differ."
        )
    if TIGHT in engines:
        raise InputError(f"Settings that are compared with tight ones cannot be called {TIGHT!r}.")
    if any(engine.fourier_basis != tight.fourier_basis for engine in engines.values()):
        raise InputError("Engines that are compared must have one Fourier basis in common.")
    rows, exact = [], None
    for name, engine in {TIGHT: tight, **engines}.items():
        table = reference_table(molecule, geometries, engine, progress)
        exact = table if exact is None else exact
        row = {"molecule": molecule.name, "settings": name, **_comparison(table, exact)}
        rows.append(row)
        progress(
            f"{molecule.name}, {name}: {row['seconds']:.2f} s, energies differ by"
            f" {row['energy_error']:.1e} Ha"
        )
    return pd.DataFrame(rows, columns=ENGINE_ACCURACY.column_names)


def _comparison(table: pd.DataFrame, exact: pd.DataFrame) -> dict[str, object]:
    """Return cost and errors of reference calculations, where `exact` holds what is right."""
    converged = (table["converged"] & exact["converged"]).to_numpy(dtype=bool)
    count = int(converged.sum())
    found = {
        "engine": table["engine"].iloc[0],
        "geometries": count,
        "failed": len(table) - count,
        "energy_error": np.nan,
        "largest_energy_error": np.nan,
        "density_error": np.nan,
        "iterations": table["iterations"].mean(),
        "seconds": table["seconds"].median(),
    }
    if count < 2:
        return found
    errors = (table["energy"] - exact["energy"]).to_numpy()[converged]
    first, second = np.triu_indices(count, k=1)
    between = np.abs(errors[first] - errors[second])
    densities, right = (stack(each["coefficients"])[converged] for each in (table, exact))
    distances = np.linalg.norm(densities - right, axis=1) / np.linalg.norm(right, axis=1)
    return found | {
        "energy_error": between.mean(),
        "largest_energy_error": between.max(),
        "density_error": distances.mean(),
    }
