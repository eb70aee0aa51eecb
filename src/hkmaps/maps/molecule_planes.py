"""A typical prediction of ML-HK, on the plane of the molecule, for figures."""

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.maps.map_errors import misplaced_fractions
from hkmaps.maps.results import PREDICTED_DENSITY
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test

POINTS = 121
"""Points of the plane along each of its axes."""

SHOWN_COEFFICIENTS = 8
"""Coefficients that are kept, those that vary most among the training densities."""


def predicted_density(
    pool: SampleData,
    test: SampleData | int,
    size: int,
    sampler: Sampler | None,
    seed: int,
    extent: float = 3.0,
) -> pd.DataFrame:
    """Train ML-KS and ML-HK and return the prediction for a typical test geometry.

    Typical is the test geometry with the median of the electrons misplaced, the upper one of two.

    Args:
        pool: reference data that training points are chosen from, centred at the origin.
        test: what is tested on, as for `map_errors`, whose maps of the first split these are.
        size: number M of training points.
        sampler: chooses them from the pool; None takes the first M.
        seed: the study's seed.
        extent: distance from the origin at which the plane ends, in bohr.

    Returns:
        pandas.DataFrame of one row with the columns of `PREDICTED_DENSITY`.

    Raises:
        InputError: as for `map_errors`, there are no densities, or the plane is larger than the
            cube of the basis.
    """
    training, tested = training_and_test(pool, test, size, sampler, seed)
    if tested.coordinates is None:
        raise InputError(f"There are no densities of {pool.molecule}, of which one could be shown.")
    subspace = training.subspace
    basis = subspace.basis
    if not 0 < extent <= basis.length / 2:
        raise InputError(
            f"The plane ends {extent} bohr from the origin; it must be more than 0 and at most"
            f" {basis.length / 2:g}, where the cube of the basis ends."
        )
    kohn_sham, hohenberg_kohn = training.train(densities=False), training.train()
    found = hohenberg_kohn.coordinates(tested.positions)
    misplaced = misplaced_fractions(subspace, found, tested.coordinates)
    typical = np.argsort(misplaced)[len(misplaced) // 2]
    positions = tested.positions[typical]
    coefficients = subspace.expand(np.stack([tested.coordinates[typical], found[typical]]))
    variances = subspace.expand(training.coordinates).var(axis=0)
    largest = np.sort(np.argsort(variances)[-SHOWN_COEFFICIENTS:])
    axes = molecular_plane(positions)
    x = np.linspace(-extent, extent, POINTS)
    in_plane = np.stack(np.meshgrid(x, x, indexing="xy"), axis=-1).reshape(-1, 2)
    points = in_plane @ axes + positions.mean(axis=0)
    # The molecule's origin is the middle of the cube, which runs from 0 to its length.
    densities = basis.density(coefficients, points + basis.length / 2)
    return pd.DataFrame(
        [
            {
                "molecule": pool.molecule,
                "symbols": " ".join(pool.symbols),
                "training_points": len(training.energies),
                "geometry": int(tested.geometry[typical]),
                "electrons_misplaced": misplaced[typical],
                "nmae": 2 * misplaced[typical],
                "electrons": float(basis.electron_count(coefficients[1])),
                "energy": tested.energies[typical],
                "ml_ks_energy": kohn_sham.energies(positions[None])[0],
                "ml_hk_energy": hohenberg_kohn.energies_of_densities(found[[typical]])[0],
                "axis": x,
                "positions": ((positions - positions.mean(axis=0)) @ axes.T).ravel(),
                "potential": hohenberg_kohn.descriptor.at(positions, points),
                "reference_density": densities[0],
                "predicted_density": densities[1],
                "functions": largest.astype(np.float64),
                "reference_coefficients": coefficients[0, largest],
                "predicted_coefficients": coefficients[1, largest],
            }
        ],
        columns=PREDICTED_DENSITY.column_names,
    )


def molecular_plane(positions: np.ndarray) -> np.ndarray:
    """Return two orthonormal vectors in the plane that holds the atoms best, shape (2, 3).

    The first points along the longest extent, towards the last atom; the second so that the first
    atom is on its positive side.

    Args:
        positions: shape (atoms, 3), in bohr.
    """
    centred = positions - positions.mean(axis=0)
    axes = np.linalg.svd(centred)[2][:2]
    signs = np.sign([centred[-1] @ axes[0], centred[0] @ axes[1]])
    return axes * np.where(signs == 0, 1, signs)[:, None]
