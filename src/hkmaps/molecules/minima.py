"""Where energies of maps have their minimum, beside that of the reference calculations.

F. Brockherde et al., Nat. Commun. 8, 872 (2017), Table II: Powell's method moves the coordinates
that the training geometries differ by, on the energy of ML-KS or ML-HK.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test
from hkmaps.molecules.minima_results import MAP_MINIMA
from hkmaps.molecules.reference_minimum import InternalCoordinates, Minimum

TOLERANCE = 1e-7
"""Part of their intervals to which Powell's method finds coordinates."""

EDGE = 1e-3
"""Part of an interval within which a minimum counts as being at its edge."""


def minimum_by_powell(
    coordinates: InternalCoordinates, energy: Callable[[np.ndarray], float]
) -> Minimum:
    """Return the minimum of an energy that Powell's method finds within the intervals.

    It starts in their middle, so that it knows nothing of the minimum, and uses energies alone.

    Args:
        coordinates: what may move.
        energy: from positions (atoms, 3) in bohr to Ha.

    Source:
        M. J. D. Powell, Comput. J. 7, 155 (1964).
    """
    low, high = coordinates.intervals
    start = energy(coordinates.positions((low + high) / 2))

    def rise(parts: np.ndarray) -> float:
        return energy(coordinates.positions(low + parts * (high - low))) - start

    found = minimize(
        rise,
        np.full(len(low), 0.5),
        method="Powell",
        bounds=[(0.0, 1.0)] * len(low),
        options={"xtol": TOLERANCE, "ftol": TOLERANCE**2},
    )
    values = low + np.atleast_1d(found.x) * (high - low)
    return Minimum(values, float(found.fun) + start, found.nfev + 1)


def map_minima(
    pool: SampleData,
    coordinates: InternalCoordinates,
    reference: pd.DataFrame,
    test: int,
    sizes: Sequence[int],
    sampler: Sampler | None,
    seed: int,
    splits: Iterable[int],
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Find the minima of the maps of `hkmaps.maps.map_errors.map_errors`, on random splits.

    Args:
        pool: reference data that training points are chosen from; ML-HK takes its densities.
        coordinates: what may move.
        reference: rows of `REFERENCE_MINIMUM` of the same coordinates.
        test, sizes, sampler, seed, splits: as for `map_errors`, whose training sets these are.
        say: called with a line of text after each split.

    Returns:
        pandas.DataFrame with the columns of `MAP_MINIMA`, one row per map and coordinate.
    """
    rows = []
    for split in splits:
        for size in sizes:
            training, _ = training_and_test(pool, test, size, sampler, seed, split)
            for densities in (False, True) if pool.subspace is not None else (False,):
                rows += _rows(training.train(densities), coordinates, reference, split)
        say(f"minima of split {split}")
    table = pd.DataFrame(rows).assign(molecule=pool.molecule, sample=pool.sample)
    return table[MAP_MINIMA.column_names]


def _rows(
    model: MoleculeMap, coordinates: InternalCoordinates, reference: pd.DataFrame, split: int
) -> list[dict]:
    found = minimum_by_powell(coordinates, lambda positions: model.energies(positions[None])[0])
    low, high = coordinates.intervals
    near = np.minimum(found.values - low, high - found.values) < EDGE * (high - low)
    common = {
        "split": split,
        "training_points": len(model.training_positions),
        "method": model.method,
        "energy": found.energy,
        "reference_energy": reference["energy"].iloc[0],
        "evaluations": found.evaluations,
    }
    return [
        common | name | {"value": value, "reference": exact, "at_edge": bool(edge)}
        for name, value, exact, edge in zip(
            coordinates.names, found.values, reference["value"], near, strict=True
        )
    ]
