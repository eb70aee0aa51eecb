"""Errors of the maps of a molecule, on another sample or on random splits (paper B, Tables 1, 2).

The errors of ML-HK are split by equation 14 with E~, the learned energy of a density, n~ the
predicted and n the reference density of a test geometry: dE = E~[n~] - E, dE_F = E~[n] - E and
dE_D = E~[n~] - E~[n]. Densities are coordinates in the subspace that the pool's densities span. A
test density has a part outside, of which E~ knows nothing: E~[n] is that of the projected density,
and `density_residual` says how large the part is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.kept_rows import Rows
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.errors import (
    electrons_misplaced,
    energy_errors,
    maximum_absolute,
    mean_absolute,
)
from hkmaps.maps.map_regressions import Hyperparameters
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import (
    ENERGIES,
    HOHENBERG_KOHN,
    KOHN_SHAM,
    MAP_ERRORS,
    PER_COEFFICIENT,
    PREDICTED,
    RANDOM_SPLIT,
    REFERENCE,
    SHARED,
    SPLINE,
)
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test

DENSITIES_AT_ONCE = 32
"""Densities that are expanded at once: 32 MB of coefficients, and each on its grid."""


def map_errors(
    pool: SampleData,
    test: SampleData | int,
    sizes: Sequence[int],
    sampler: Sampler | None,
    seed: int,
    splits: Iterable[int] = (0,),
    say: Callable[[str], None] = lambda message: None,
    also: Sequence[SampleData] = (),
    kept: Callable[[str, Callable[[], Rows]], Rows] = lambda part, make: make(),
) -> pd.DataFrame:
    """Train all maps of a molecule on training sets of every size, and measure their errors.

    Args:
        pool: reference data that training points are chosen from.
        test: those of a test sample; or a number of the pool's geometries that each random split
            keeps for the test.
        sizes: numbers M of training points.
        sampler: chooses M training points from the pool; None takes the first M, as of a sample
            whose geometries are in order of choice.
        seed: the study's seed; splits and samplers have streams of their own.
        splits: numbers of the random splits; without meaning for a test sample.
        say: called with a line of text about what takes long.
        also: further samples that the same maps are tested on, each by another name; what is
            measured on the others does not change with them.
        kept: called for the rows of each map with its name and what makes them, such as
            `hkmaps.kept_rows.KeptRows.of`.

    Returns:
        pandas.DataFrame with the columns of `MAP_ERRORS`, rows of all tests: ML-KS; where the pool
        has densities, ML-HK with the energy map trained on predicted and on reference densities, of
        which dE_F and dE_D are known where the test set has densities too; for random splits of a
        molecule of two atoms a cubic spline through the training points. Where forces of a whole
        training set are known, both maps learn from energies and forces as well.

    Raises:
        InputError: as for `training_and_test`.
    """
    random = not isinstance(test, SampleData)
    for other in also:
        # Refused where the two do not go together.
        training_and_test(pool, other, len(pool.energies), sampler, seed)
    rows = []
    for split in splits if random else (0,):
        sets = [training_and_test(pool, test, size, sampler, seed, split) for size in sizes]
        # Sizes that failed calculations have made equal count once.
        for training, tested in {len(pair[0].energies): pair for pair in sets}.values():
            tests = {RANDOM_SPLIT if random else tested.sample: tested}
            tests |= {other.sample: other for other in also}
            found = []
            if random and len(pool.symbols) == 2:
                found += _on_each(tests, partial(_spline_rows, training))
            for forces in (False, True) if training.has_gradients else (False,):
                makers = {KOHN_SHAM: _kohn_sham_rows}
                if pool.subspace is not None:
                    makers[HOHENBERG_KOHN] = _hohenberg_kohn_rows
                for method, make in makers.items():
                    name = f"{method}, M = {len(training.energies)}, split {split}"
                    name += ", with forces" if forces else ""
                    found += kept(name, partial(make, training, tests, forces, say))
            rows += _located(found, len(training.energies), split if random else None)
    return _table(rows, pool)


def per_coefficient_errors(
    pool: SampleData,
    coefficients: np.ndarray,
    test: int,
    sizes: Sequence[int],
    sampler: Sampler | None,
    seed: int,
    splits: Iterable[int],
) -> pd.DataFrame:
    """Measure ML-HK with a width and a regularisation for each coefficient (equation 12).

    For small molecules: every coefficient of the Fourier basis is a regression of its own.

    Args:
        pool: reference data of a sample with a subspace.
        coefficients: its densities in the Fourier basis, shape (S, basis.size), in bohr^-3/2.
        test: number of geometries of a random split's test set.
        sizes, sampler, seed, splits: as for `map_errors`, whose training sets these are.

    Returns:
        pandas.DataFrame with the columns of `MAP_ERRORS`.
    """
    descriptor, basis = GaussiansPotential(pool.charges), pool.subspace.basis
    points = basis.functions_per_dimension
    rows = []
    for split in splits:
        learnt_from, tested = pool.random_split(test, split, seed)
        for size in sizes:
            training = pool.training_points(learnt_from, size, split, sampler, seed)
            prepared = descriptor.prepare(pool.positions[training])
            of_training, of_test = (
                descriptor.squared_distances(pool.positions[rows], prepared)
                for rows in (training, tested)
            )
            # Among so many targets there is always one, such as rounding about zero, that would
            # widen the search for all.
            density_map = CrossValidatedKernelRidge(
                metric="precomputed", per_target=True, max_widenings=0
            ).fit(of_training, coefficients[training])
            predicted = density_map.predict(of_test)
            misplaced = _misplaced(
                (basis.density_on_grid(row, points) for row in predicted),
                (basis.density_on_grid(row, points) for row in coefficients[tested]),
            )
            common = {
                "hyperparameters": PER_COEFFICIENT,
                **_density_errors(misplaced),
                "density_width": float(np.median(density_map.width_)),
                "density_regularisation": float(np.median(density_map.regularisation_)),
                "density_at_edge": float(np.mean(density_map.at_edge_)),
            }
            learnt = {PREDICTED: density_map.predict(of_training)}
            learnt[REFERENCE] = coefficients[training]
            for energy_training, densities in learnt.items():
                energy_map = CrossValidatedKernelRidge().fit(densities, pool.energies[training])
                at_predicted, at_reference = map(
                    energy_map.predict, (predicted, coefficients[tested])
                )
                chosen = {
                    "energy_training": energy_training,
                    "width": energy_map.width_,
                    "regularisation": energy_map.regularisation_,
                    "at_edge": energy_map.at_edge_,
                }
                found = _rows_by_source(at_predicted, at_reference, pool.energies[tested])
                located = common | chosen | {"test": RANDOM_SPLIT}
                rows += _located([row | located for row in found], size, split)
    return _table(rows, pool)


def misplaced_fractions(
    subspace: DensitySubspace, predicted: np.ndarray, reference: np.ndarray
) -> np.ndarray:
    """Return the fraction of the electrons misplaced in each predicted density, shape (S,).

    Args:
        subspace: what the densities are coordinates in.
        predicted: shape (S, rank), in bohr^-3/2.
        reference: likewise.
    """
    return _misplaced(_on_grid(subspace, predicted), _on_grid(subspace, reference))


def _on_each(
    tests: Mapping[str, SampleData], measured: Callable[[SampleData], list[dict]]
) -> list[dict]:
    """Rows of every test, each with the test's name."""
    return [row | {"test": name} for name, test in tests.items() for row in measured(test)]


def _kohn_sham_rows(
    training: SampleData,
    tests: Mapping[str, SampleData],
    forces: bool,
    say: Callable[[str], None],
) -> list[dict]:
    model = training.train(densities=False, forces=forces, say=say)
    return _on_each(tests, partial(_kohn_sham_errors, model))


def _kohn_sham_errors(model: MoleculeMap, test: SampleData) -> list[dict]:
    errors = model.energies(test.positions) - test.energies
    return [_row(KOHN_SHAM, "dE", errors) | _chosen(model) | _force_errors(model, test)]


def _force_errors(model: MoleculeMap, test: SampleData) -> dict:
    """Errors of the forces on test geometries whose forces are known."""
    known = np.zeros(0) if test.gradients is None else np.isfinite(test.gradients).all(axis=(1, 2))
    if not known.any():
        return {}
    gradients = model.energies_and_gradients(test.positions[known]).gradients
    errors = np.abs(gradients - test.gradients[known])
    return {"force_mae": float(errors.mean()), "force_maximum": float(errors.max())}


def _hohenberg_kohn_rows(
    training: SampleData,
    tests: Mapping[str, SampleData],
    forces: bool,
    say: Callable[[str], None],
) -> list[dict]:
    models = [training.train(forces=forces, say=say)]
    if not forces:
        models.append(models[0].refit_energy_map(training.coordinates, training.energies))
    return _on_each(tests, partial(_hohenberg_kohn_errors, models))


def _hohenberg_kohn_errors(models: Sequence[MoleculeMap], test: SampleData) -> list[dict]:
    """Errors of ML-HK with each of several energy maps, and of the densities that they share."""
    predicted = models[0].coordinates(test.positions)
    of_density: Hyperparameters = models[0].density_map
    common = {
        "hyperparameters": SHARED,
        "density_width": of_density.width,
        "density_regularisation": of_density.regularisation,
        "density_at_edge": float(of_density.at_edge),
    }
    if test.coordinates is not None:
        misplaced = misplaced_fractions(models[0].subspace, predicted, test.coordinates)
        common |= _density_errors(misplaced)
    if test.residuals is not None:
        common["density_residual"] = float(test.residuals.max())
    rows = []
    for trained in models:
        at_predicted = trained.energies_of_densities(predicted)
        at_reference = None
        if test.coordinates is not None:
            at_reference = trained.energies_of_densities(test.coordinates)
        found = _rows_by_source(at_predicted, at_reference, test.energies)
        found[0] |= _force_errors(trained, test)
        rows += [row | common | _chosen(trained) for row in found]
    return rows


def _spline_rows(training: SampleData, test: SampleData) -> list[dict]:
    """The yardstick of one degree of freedom."""
    lengths, new = (
        np.linalg.norm(data.positions[:, 0] - data.positions[:, 1], axis=1)
        for data in (training, test)
    )
    order = np.argsort(lengths)
    spline = CubicSpline(lengths[order], training.energies[order])
    return [_row(SPLINE, "dE", spline(new) - test.energies)]


def _rows_by_source(
    at_predicted: np.ndarray, at_reference: np.ndarray | None, energies: np.ndarray
) -> list[dict]:
    if at_reference is None:
        return [_row(HOHENBERG_KOHN, "dE", at_predicted - energies)]
    errors = energy_errors(at_predicted, at_reference, energies)
    sources = (
        ("dE", errors.total),
        ("dE_F", errors.functional_driven),
        ("dE_D", errors.density_driven),
    )
    return [_row(HOHENBERG_KOHN, quantity, values) for quantity, values in sources]


def _row(method: str, quantity: str, errors: np.ndarray) -> dict:
    return {
        "method": method,
        "learned_from": ENERGIES,
        "quantity": quantity,
        "mae": float(mean_absolute(errors)),
        "maximum": float(maximum_absolute(errors)),
    }


def _chosen(model: MoleculeMap) -> dict:
    width, regularisation, _, at_edge, _ = model.energy_map
    return {
        "learned_from": model.learned_from,
        "energy_training": model.energy_training,
        "width": width,
        "regularisation": regularisation,
        "at_edge": at_edge,
    }


def _located(rows: list[dict], size: int, split: int | None) -> list[dict]:
    return [row | {"training_points": size, "split": split} for row in rows]


def _table(rows: list[dict], pool: SampleData) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=MAP_ERRORS.column_names)
    table = table.assign(molecule=pool.molecule, sample=pool.sample)
    return table.astype({"split": "Int64"})


def _density_errors(misplaced: np.ndarray) -> dict[str, float]:
    """Mean errors of densities by the fractions of their electrons misplaced, in both units."""
    return {"electrons_misplaced": float(misplaced.mean()), "nmae": 2 * float(misplaced.mean())}


def _on_grid(subspace: DensitySubspace, coordinates: np.ndarray) -> Iterator[np.ndarray]:
    """Densities on the coarsest grid that holds all of the basis, one after the other."""
    points = subspace.basis.functions_per_dimension
    for start in range(0, len(coordinates), DENSITIES_AT_ONCE):
        for row in subspace.expand(coordinates[start : start + DENSITIES_AT_ONCE]):
            yield subspace.basis.density_on_grid(row, points)


def _misplaced(predicted: Iterable[np.ndarray], reference: Iterable[np.ndarray]) -> np.ndarray:
    """Fractions (S,) of densities on one grid, whose volume element cancels."""
    pairs = zip(predicted, reference, strict=True)
    return np.array([electrons_misplaced(p.ravel(), r.ravel(), 1.0) for p, r in pairs])
