"""What a trained map is worth on geometries that it has not seen, one by one."""

import numpy as np
import pandas as pd

from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import MAP_TESTS


def map_tests(
    molecule_map: MoleculeMap,
    tested_on: str,
    positions: np.ndarray,
    energies: np.ndarray,
    gradients: np.ndarray | None = None,
    geometries: np.ndarray | None = None,
) -> pd.DataFrame:
    """Predict a set of geometries whose energies are known.

    Args:
        molecule_map: the trained map.
        tested_on: name of the set, such as driven.
        positions: shape (S, atoms, 3), in bohr.
        energies: reference energies, shape (S,), in Ha.
        gradients: of the reference energies, shape (S, atoms, 3), in Ha/bohr, NaN where they are
            not known; None where none are.
        geometries: their numbers, shape (S,); by default from 0.

    Returns:
        pandas.DataFrame with the columns of `MAP_TESTS`.
    """
    count = len(energies)
    if not count:
        return MAP_TESTS.empty()
    alignment = molecule_map.align(positions)
    points = molecule_map.energies_and_gradients(alignment)
    errors = np.full(positions.shape, np.nan)
    if gradients is not None:
        errors = np.abs(points.gradients - gradients)
    return pd.DataFrame(
        {
            "method": molecule_map.method,
            "learned_from": molecule_map.learned_from,
            "training_points": len(molecule_map.training_positions),
            "tested_on": tested_on,
            "geometry": np.arange(count) if geometries is None else geometries,
            "reference_energy": energies,
            "predicted_energy": points.energies,
            "energy_uncertainty": molecule_map.energy_uncertainties(alignment),
            "force_error": errors.mean(axis=(1, 2)),
            "largest_force_error": errors.max(axis=(1, 2)),
            "domain_distance": points.domain_distances,
        },
        columns=MAP_TESTS.column_names,
    )
