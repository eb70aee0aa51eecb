"""ML-KS and ML-HK of a molecule, measured on many random splits (paper B, Table 1).

Everything is chosen on the training points alone: a width and a regularisation for the energies by
leave-one-out, and for the density coefficients either one pair for all or one pair each (equation
12).
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from hkmaps.errors import InputError
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.maps.error_rows import (
    ReferenceData,
    Sample,
    error_row,
    hohenberg_kohn_rows,
    kohn_sham_rows,
)
from hkmaps.maps.errors import electrons_misplaced
from hkmaps.maps.geometry_map import GeometryMap
from hkmaps.maps.hohenberg_kohn import HohenbergKohnMap
from hkmaps.maps.kohn_sham import KohnShamMap
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.results import MOLECULE_ERRORS, PER_COEFFICIENT, PREDICTED, SHARED, SPLINE
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
            kohn_sham = train_kohn_sham(data, training)
            found = [
                *_spline_rows(data, training, test),
                *kohn_sham_rows(kohn_sham, Sample.rows(data, None, test)),
                *_hohenberg_kohn_rows(data, training, test, hyperparameters),
            ]
            rows += [row | {"training_points": size, "split": split} for row in found]
    return pd.DataFrame(rows).assign(molecule=data.name)[MOLECULE_ERRORS.column_names]


def choose_training_points(
    data: ReferenceData,
    pool: np.ndarray,
    size: int,
    split: int | str,
    sampler: Sampler,
    seed: int,
) -> np.ndarray:
    """Return the rows of the training points of a split or a pool, ascending.

    Args:
        data: the molecule's reference calculations.
        pool: rows of the pool.
        size: number M of training points.
        split: number of the split or name of the pool, which with the seed decides the sampler's
            random numbers.
        sampler: chooses from the pool; it is not asked for all of it.
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
    chosen = np.arange(size)
    if size < len(pool):
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


def train_kohn_sham(data: ReferenceData, training: np.ndarray) -> GeometryMap:
    """Return ML-KS trained on the rows `training` of the data."""
    regression = CrossValidatedKernelRidge(metric="precomputed")
    return GeometryMap(KohnShamMap(regression)).fit(
        data.charges, data.positions[training], data.energies[training]
    )


def train_hohenberg_kohn(
    data: ReferenceData,
    training: np.ndarray,
    densities: np.ndarray,
    energy_training: str = PREDICTED,
    hyperparameters: str = SHARED,
) -> GeometryMap:
    """Return ML-HK trained on the rows `training` of the data.

    Args:
        data: the molecule's reference calculations.
        training: rows of the training points, shape (M,).
        densities: how the densities of all rows are represented: their coefficients, or, for a
            shared pair, `MoleculeData.span_coordinates` or coordinates in a `DensitySubspace`.
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


def misplaced_fractions(
    predicted: Iterable[np.ndarray], reference: Iterable[np.ndarray], volume_element: float
) -> np.ndarray:
    """Return the fraction of the electrons misplaced in each predicted density, shape (S,).

    Args:
        predicted: densities on a grid, one after the other, in bohr^-3.
        reference: likewise, as many.
        volume_element: the volume of a grid point, in bohr^3.
    """
    pairs = zip(predicted, reference, strict=True)
    return np.array([electrons_misplaced(*pair, volume_element) for pair in pairs])


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
    exact = (data.grid_densities[row] for row in test)
    common = {
        "hyperparameters": hyperparameters,
        "electrons_misplaced": float(
            misplaced_fractions(on_grid, exact, data.volume_element).mean()
        ),
    }
    samples = (Sample.rows(data, densities, rows) for rows in (training, test))
    return [row | common for row in hohenberg_kohn_rows(model, *samples, predicted)]


def _spline_rows(data: MoleculeData, training: np.ndarray, test: np.ndarray) -> list[dict]:
    """The yardstick of one degree of freedom; none where there are more."""
    if data.bond_lengths.shape[1] != 1:
        return []
    lengths = data.bond_lengths[:, 0]
    order = training[np.argsort(lengths[training])]
    spline = CubicSpline(lengths[order], data.energies[order])
    return [error_row(SPLINE, "dE", spline(lengths[test]) - data.energies[test])]
