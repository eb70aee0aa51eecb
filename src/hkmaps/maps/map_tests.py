"""What a trained map is worth on geometries that it has not seen, and what it said of that."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from hkmaps.checks import expect_finite, expect_shape
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import MAP_CALIBRATION, MAP_TESTS, SHARES
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

LARGE_ERROR = 1 / KCAL_PER_MOL_PER_HARTREE
"""Error in Ha above which an uncertainty should have warned: chemical accuracy."""

_MAP = ["molecule", "sample", "method", "learned_from", "training_points", "tested_on"]
_PERCENT = {f"{100 * share:.0f}": share for share in SHARES}


def map_tests(
    molecule_map: MoleculeMap,
    sample: str,
    tested_on: str,
    positions: ArrayLike,
    energies: ArrayLike,
    gradients: np.ndarray | None = None,
    geometries: np.ndarray | None = None,
) -> pd.DataFrame:
    """Predict a set of geometries whose energies are known.

    Args:
        molecule_map: the trained map.
        sample: what it learned from.
        tested_on: name of the set, such as driven.
        positions: none of them a training geometry, shape (S, atoms, 3), in bohr.
        energies: reference energies, shape (S,), in Ha.
        gradients: of the reference energies, shape (S, atoms, 3), in Ha/bohr, NaN where they are
            not known; None where none are.
        geometries: their numbers, shape (S,); by default from 0.

    Returns:
        pandas.DataFrame with the columns of `MAP_TESTS`; no row where there is no geometry.

    Raises:
        InputError: the arrays do not go together, or a geometry is none of the molecule.
    """
    if not len(positions):
        return MAP_TESTS.empty()
    alignment = molecule_map.align(positions)
    count = len(alignment.positions)
    energies = expect_finite(energies, f"reference energies of {tested_on}")
    expect_shape(energies, (count,), f"reference energies of {tested_on}")
    points = molecule_map.energies_and_gradients(alignment)
    errors = np.full(points.gradients.shape, np.nan)
    if gradients is not None:
        errors = np.abs(points.gradients - gradients)
    deviations = molecule_map.energy_uncertainties(alignment)
    return pd.DataFrame(
        {
            "molecule": molecule_map.name,
            "sample": sample,
            "method": molecule_map.method,
            "learned_from": molecule_map.learned_from,
            "training_points": len(molecule_map.training_positions),
            "tested_on": tested_on,
            "geometry": np.arange(count) if geometries is None else geometries,
            "reference_energy": energies,
            "predicted_energy": points.energies,
            "energy_uncertainty": deviations,
            **{
                f"interval_{percent}": molecule_map.calibration.ratio(share) * deviations
                for percent, share in _PERCENT.items()
            },
            "force_error": errors.mean(axis=(1, 2)),
            "largest_force_error": errors.max(axis=(1, 2)),
            "domain_distance": points.domain_distances,
        },
        columns=MAP_TESTS.column_names,
    )


def map_calibration(tests: pd.DataFrame) -> pd.DataFrame:
    """Return how far uncertainties hold, for each map and set of geometries.

    Args:
        tests: rows of `MAP_TESTS`.

    Returns:
        pandas.DataFrame with the columns of `MAP_CALIBRATION`, in the order of the tests.
    """
    rows = []
    for names, here in tests.groupby(_MAP, sort=False):
        sizes = (here["predicted_energy"] - here["reference_energy"]).abs()
        large = sizes > LARGE_ERROR
        both = 0 < large.sum() < len(here)
        rows.append(
            dict(zip(_MAP, names, strict=True))
            | {
                f"within_{percent}": float((sizes <= here[f"interval_{percent}"]).mean())
                for percent in _PERCENT
            }
            | {
                "count": len(here),
                "large_errors": int(large.sum()),
                "area_under_curve": (
                    float(roc_auc_score(large, here["energy_uncertainty"])) if both else np.nan
                ),
                "mae": float(sizes.mean()),
                "maximum": float(sizes.max()),
                "uncertainty": float(here["energy_uncertainty"].mean()),
            }
        )
    return pd.DataFrame(rows, columns=MAP_CALIBRATION.column_names)
