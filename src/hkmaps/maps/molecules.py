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
            found += _hohenberg_kohn_rows(data, training, test, hyperparameters)
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
        InputError: the pool has fewer points, the sampler does not choose M of them, or two of
            these are the same geometry.
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
    training = pool[chosen]
    _, first = np.unique(data.positions[training], axis=0, return_index=True)
    if len(first) != size:
        twice = data.geometry[np.setdiff1d(training, training[first])[0]]
        raise InputError(
            f"The training point {twice} of {data.name} has the positions of another one; training"
            " points must be different geometries."
        )
    return training


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


def predict_linear(
    model: GeometryMap, training_values: np.ndarray, charges: np.ndarray, positions: np.ndarray
) -> np.ndarray:
    """Predict what is linear in the density, such as its values on a grid, by ML-HK.

    With one width and one regularisation for all coefficients every predicted density is a linear
    combination of the training densities, the same for all that is linear in them (paper B,
    equations 6 and 9).

    Args:
        model: a trained map whose coefficients share their hyper-parameters.
        training_values: values at the training points, shape (M, values).
        charges: nuclear charges, shape (atoms,).
        positions: geometries to predict, shape (S, atoms, 3), in bohr.

    Returns:
        Shape (S, values), in the unit of the values.
    """
    chosen = model.estimator_.density_regression_
    # Not weights times values: weights are huge and of both signs where the kernel matrix is
    # nearly singular, and would magnify rounding.
    regression = KernelRidge(chosen.width_, chosen.regularisation_, metric="precomputed")
    regression.fit(model.distances(model.charges_, model.positions_), training_values)
    return regression.predict(model.distances(charges, positions))


def _kohn_sham_rows(data: MoleculeData, training: np.ndarray, test: np.ndarray) -> list[dict]:
    model = train_kohn_sham(data, training)
    error = model.predict(data.charges, data.positions[test]) - data.energies[test]
    chosen = _chosen(model.estimator_.regression_)
    return [_row(KOHN_SHAM, "dE", error) | chosen]


def _hohenberg_kohn_rows(
    data: MoleculeData, training: np.ndarray, test: np.ndarray, hyperparameters: str
) -> list[dict]:
    shared = hyperparameters == SHARED
    densities = data.span_coordinates if shared else data.coefficients
    model = train_hohenberg_kohn(data, training, densities, PREDICTED, hyperparameters)
    geometries = data.charges, data.positions[test]
    predicted = model.predict_coefficients(*geometries)
    points = data.basis.functions_per_dimension
    if shared:
        on_grid = predict_linear(model, data.grid_densities[training], *geometries)
    else:
        on_grid = (data.basis.density_on_grid(row, points).ravel() for row in predicted)
    density_map = model.estimator_.density_regression_
    common = {
        "hyperparameters": hyperparameters,
        "electrons_misplaced": float(misplaced_fractions(data, on_grid, test).mean()),
        "density_width": float(np.median(density_map.width_)),
        "density_regularisation": float(np.median(density_map.regularisation_)),
        "density_at_edge": float(np.mean(density_map.at_edge_)),
    }
    rows = []
    distances = model.distances(model.charges_, model.positions_)
    for energy_training in ENERGY_TRAINING:
        maps = model.estimator_.refit_energy(
            energy_training, distances, densities[training], data.energies[training]
        )
        errors = energy_errors(
            maps.predict_from_density(predicted),
            maps.predict_from_density(densities[test]),
            data.energies[test],
        )
        common |= {"energy_training": energy_training, **_chosen(maps.energy_regression_)}
        rows += [
            _row(HOHENBERG_KOHN, quantity, values) | common
            for quantity, values in (
                ("dE", errors.total),
                ("dE_F", errors.functional_driven),
                ("dE_D", errors.density_driven),
            )
        ]
    return rows


def misplaced_fractions(
    data: MoleculeData, predicted: Iterable[np.ndarray], rows: np.ndarray
) -> np.ndarray:
    """Return the fraction of the electrons misplaced in each predicted density, shape (rows,).

    Args:
        data: the molecule's reference calculations.
        predicted: densities on the grid of `MoleculeData.grid_densities`, one a row.
        rows: rows of the reference densities.
    """
    fractions = [
        electrons_misplaced(density, data.grid_densities[row], data.volume_element)
        for density, row in zip(predicted, rows, strict=True)
    ]
    return np.array(fractions)


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
