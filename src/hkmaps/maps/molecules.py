"""ML-KS and ML-HK of a molecule, measured on many random splits (paper B, Table 1).

Everything is chosen on the training points alone: a width and a regularisation for the energies by
leave-one-out, and for the density coefficients either one pair for all or one pair each (equation
12). The errors of ML-HK are split by equation 14 with E~, the learned energy of a density,
n~ the predicted and n the reference density of a test geometry:
dE = E~[n~] - E, dE_F = E~[n] - E and dE_D = E~[n~] - E~[n].
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from hkmaps.errors import InputError
from hkmaps.kernels import CrossValidatedKernelRidge, KernelRidge
from hkmaps.maps.errors import (
    electrons_misplaced,
    energy_errors,
    maximum_absolute,
    mean_absolute,
)
from hkmaps.maps.geometry_map import GeometryMap
from hkmaps.maps.hohenberg_kohn import ENERGY_TRAINING, HohenbergKohnMap
from hkmaps.maps.kohn_sham import KohnShamMap
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.results import (
    HOHENBERG_KOHN,
    KOHN_SHAM,
    MOLECULE_ERRORS,
    PER_COEFFICIENT,
    PREDICTED,
    SHARED,
    SPLINE,
)
from hkmaps.seeds import stream_seed

HYPERPARAMETERS = (SHARED, PER_COEFFICIENT)
"""Whether the regressions of the density coefficients share one width and one regularisation."""

Sampler = Callable[[np.ndarray, int, int], np.ndarray]
"""Chooses training points: from positions (P, atoms, 3) in bohr, the number of points and a seed,
to the rows of the points."""


def molecule_errors(
    data: MoleculeData,
    training_points: Sequence[int],
    splits: Iterable[int],
    sampler: Sampler,
    seed: int,
    hyperparameters: str = SHARED,
) -> pd.DataFrame:
    """Train all maps of a molecule on every split and size, and measure them on the test sets.

    Args:
        data: the molecule's reference calculations.
        training_points: numbers M of training points.
        splits: numbers of the splits; see `MoleculeData.split`.
        sampler: chooses M training points from the pool of a split.
        seed: the study's seed; splits and samplers have streams of their own.
        hyperparameters: one of `HYPERPARAMETERS`, for the density coefficients.

    Returns:
        pandas.DataFrame with the columns of `MOLECULE_ERRORS`: ML-KS; ML-HK with the energy map
        trained on predicted and on reference densities; and, for a molecule with one bond and
        nothing else to vary, a cubic spline through the training points.

    Raises:
        InputError: `hyperparameters` is unknown, the pool of a split has fewer than M points, or
            the sampler does not choose M of them.
    """
    if hyperparameters not in HYPERPARAMETERS:
        raise InputError(
            f"hyperparameters is {hyperparameters!r}; it must be one of"
            f" {', '.join(HYPERPARAMETERS)}."
        )
    rows = []
    for split in splits:
        pool, test = data.split(split, seed)
        for size in training_points:
            training = choose_training_points(data, pool, size, split, sampler, seed)
            found = _spline_rows(data, training, test) + _kohn_sham_rows(data, training, test)
            for energy_training in ENERGY_TRAINING:
                found += _hohenberg_kohn_rows(
                    data, training, test, energy_training, hyperparameters
                )
            rows += [row | {"training_points": size, "split": split} for row in found]
    return pd.DataFrame(rows).assign(molecule=data.name)[MOLECULE_ERRORS.column_names]


def choose_training_points(
    data: MoleculeData, pool: np.ndarray, size: int, split: int, sampler: Sampler, seed: int
) -> np.ndarray:
    """Return the rows of the training points of a split, ascending.

    Args:
        data: the molecule's reference calculations.
        pool: rows of the pool.
        size: number M of training points.
        split: number of the split, which with the seed decides the sampler's random numbers.
        sampler: chooses from the pool.
        seed: the study's seed.

    Raises:
        InputError: the pool has fewer points, or the sampler does not choose M different ones.
    """
    if not 2 <= size <= len(pool):
        raise InputError(
            f"{size} training points are asked for of {data.name}; there must be at least 2 and at"
            f" most as many as the pool has, {len(pool)}."
        )
    sampler_seed = stream_seed(seed, "maps", data.name, "training points", split, size)
    chosen = np.unique(sampler(data.positions[pool], size, sampler_seed))
    if len(chosen) != size:
        raise InputError(
            f"The sampler chose {len(chosen)} different training points of {data.name}; it must"
            f" choose {size}."
        )
    return pool[chosen]


def train_kohn_sham(data: MoleculeData, training: np.ndarray) -> GeometryMap:
    """Return ML-KS trained on the rows `training` of the data."""
    regression = CrossValidatedKernelRidge(metric="precomputed")
    return GeometryMap(KohnShamMap(regression)).fit(
        data.charges, data.positions[training], data.energies[training]
    )


def train_hohenberg_kohn(
    data: MoleculeData,
    training: np.ndarray,
    densities: np.ndarray,
    energy_training: str = PREDICTED,
    hyperparameters: str = SHARED,
) -> GeometryMap:
    """Return ML-HK trained on the rows `training` of the data.

    Args:
        data: the molecule's reference calculations.
        training: rows of the training points, shape (M,).
        densities: how the densities of all rows are represented: their coefficients, or
            `MoleculeData.span_coordinates` for a shared pair.
        energy_training: one of `ENERGY_TRAINING`.
        hyperparameters: one of `HYPERPARAMETERS`.
    """
    regression = CrossValidatedKernelRidge(metric="precomputed")
    if hyperparameters == PER_COEFFICIENT:
        # Among so many targets there is always one, such as rounding about zero, that would widen
        # the search for all.
        regression.set_params(per_target=True, max_widenings=0)
    model = GeometryMap(HohenbergKohnMap(energy_training, regression))
    return model.fit(
        data.charges, data.positions[training], densities[training], data.energies[training]
    )


def training_weights(model: GeometryMap, data: MoleculeData, rows: np.ndarray) -> np.ndarray:
    """Return the weights of the training densities in predicted ones, shape (rows, M).

    With one width and one regularisation for all coefficients every predicted density is this
    linear combination of the training densities (paper B, equation 6).
    """
    chosen = model.estimator_.density_regression_
    regression = KernelRidge(chosen.width_, chosen.regularisation_, metric="precomputed")
    regression.fit(model.distances(model.charges_, model.positions_), np.eye(len(model.positions_)))
    return regression.predict(model.distances(data.charges, data.positions[rows]))


def _kohn_sham_rows(data: MoleculeData, training: np.ndarray, test: np.ndarray) -> list[dict]:
    model = train_kohn_sham(data, training)
    error = model.predict(data.charges, data.positions[test]) - data.energies[test]
    chosen = _chosen(model.estimator_.regression_)
    return [_row(KOHN_SHAM, "dE", error) | chosen]


def _hohenberg_kohn_rows(
    data: MoleculeData,
    training: np.ndarray,
    test: np.ndarray,
    energy_training: str,
    hyperparameters: str,
) -> list[dict]:
    shared = hyperparameters == SHARED
    densities = data.span_coordinates if shared else data.coefficients
    model = train_hohenberg_kohn(data, training, densities, energy_training, hyperparameters)
    maps = model.estimator_
    predicted = model.predict_coefficients(data.charges, data.positions[test])
    errors = energy_errors(
        maps.predict_from_density(predicted),
        maps.predict_from_density(densities[test]),
        data.energies[test],
    )
    misplaced = _electrons_misplaced(data, training, test, model, None if shared else predicted)
    density_map = maps.density_regression_
    common = {
        "energy_training": energy_training,
        "hyperparameters": hyperparameters,
        "electrons_misplaced": misplaced,
        "density_width": float(np.median(density_map.width_)),
        "density_regularisation": float(np.median(density_map.regularisation_)),
        "density_at_edge": float(np.mean(density_map.at_edge_)),
    }
    by_quantity = {
        "dE": errors.total,
        "dE_F": errors.functional_driven,
        "dE_D": errors.density_driven,
    }
    common |= _chosen(maps.energy_regression_)
    return [_row(HOHENBERG_KOHN, name, values) | common for name, values in by_quantity.items()]


def _electrons_misplaced(
    data: MoleculeData,
    training: np.ndarray,
    test: np.ndarray,
    model: GeometryMap,
    coefficients: np.ndarray | None,
) -> float:
    """Mean over the test geometries; without coefficients, from weights of training densities."""
    if coefficients is None:
        weights = training_weights(model, data, test)
        on_grid = data.grid_densities[training].astype(np.float64)
        predicted = (row @ on_grid for row in weights)
    else:
        points = data.basis.functions_per_dimension
        predicted = (data.basis.density_on_grid(row, points).ravel() for row in coefficients)
    fractions = [
        electrons_misplaced(density, data.grid_densities[row], data.volume_element)
        for density, row in zip(predicted, test, strict=True)
    ]
    return float(np.mean(fractions))


def _spline_rows(data: MoleculeData, training: np.ndarray, test: np.ndarray) -> list[dict]:
    """The yardstick of one degree of freedom; none where there are more."""
    if data.bond_lengths.shape[1] != 1:
        return []
    lengths = data.bond_lengths[:, 0]
    order = training[np.argsort(lengths[training])]
    spline = CubicSpline(lengths[order], data.energies[order])
    return [_row(SPLINE, "dE", spline(lengths[test]) - data.energies[test])]


def _row(method: str, quantity: str, errors: np.ndarray) -> dict:
    return dict.fromkeys(MOLECULE_ERRORS.column_names) | {
        "method": method,
        "quantity": quantity,
        "mae": float(mean_absolute(errors)),
        "maximum": float(maximum_absolute(errors)),
    }


def _chosen(regression: CrossValidatedKernelRidge) -> dict:
    """Width, regularisation and edge of the one energy that a regression learned."""
    return {
        "width": float(np.squeeze(regression.width_)),
        "regularisation": float(np.squeeze(regression.regularisation_)),
        "at_edge": bool(np.squeeze(regression.at_edge_)),
    }
