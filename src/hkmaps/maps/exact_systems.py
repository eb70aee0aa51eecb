"""Kernel maps on paper A's exact systems: the functionals, ML-KS, ML-HK, the gauge-aware route.

Every map is trained on the training systems of a data set and tested on its test systems, the same
ones that the networks of paper A see. Densities and potentials enter as vectors whose norm is the
integral norm (`GridBasis`), on the data set's own grid.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from hkmaps.datasets.functionals import Functional
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.maps.errors import (
    electrons_misplaced,
    energy_errors,
    maximum_absolute,
    mean_absolute,
)
from hkmaps.maps.gauge_aware import gauge_aware_quantities
from hkmaps.maps.grid_basis import GridBasis
from hkmaps.maps.results import (
    FUNCTIONAL_ERRORS,
    GAUGE_AWARE_PREFIX,
    HOHENBERG_KOHN,
    KRR,
    PREDICTED,
    REFERENCE,
)
from hkmaps.tables import stack


@dataclass(frozen=True, eq=False)
class ExactSystems:
    """Exact systems on one grid.

    Attributes:
        grid: grid of N points.
        potentials: external potentials, shape (S, N), in Ha.
        densities: one-electron densities, shape (S, N), in 1/bohr.
        quantities: E, A, T and Eg in the order of `QUANTITIES`, shape (S, 4), in Ha.
    """

    grid: Grid
    potentials: np.ndarray
    densities: np.ndarray
    quantities: np.ndarray

    def representation(self, variable: str) -> np.ndarray:
        """Return potentials ("V") or densities ("n") as vectors of the integral norm, (S, N)."""
        values = {"V": self.potentials, "n": self.densities}[variable]
        return GridBasis(self.grid).coefficients(values)


def split_systems(systems: pd.DataFrame, dataset: str) -> tuple[ExactSystems, ExactSystems]:
    """Return the training and the test systems of a data set.

    Args:
        systems: rows of `hkmaps.datasets.systems.SYSTEMS`.
        dataset: the data set's name, for messages.

    Raises:
        InputError: there are no training or no test systems.
    """
    length, points = systems["grid_length"].iloc[0], len(systems["density"].iloc[0])
    grid = Grid(np.linspace(-length / 2, length / 2, points))
    parts = []
    for split in ("train", "test"):
        rows = systems[systems["split"] == split]
        if rows.empty:
            raise InputError(
                f"The data set {dataset} has no systems with the split {split};"
                " maps need systems to train on and others to test on."
            )
        values = [rows[quantity.column].to_numpy() for quantity in QUANTITIES.values()]
        parts.append(
            ExactSystems(
                grid, stack(rows["potential"]), stack(rows["density"]), np.stack(values, axis=1)
            )
        )
    return parts[0], parts[1]


def density_functionals(
    training: ExactSystems, regression: CrossValidatedKernelRidge | None = None
) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Learn Q[n] of every quantity by kernel ridge regression.

    Args:
        training: the training systems.
        regression: untrained multi-target regression, which is copied.

    Returns:
        Quantity's key -> function from densities (S, N), 1/bohr, to values (S,), Ha.
    """
    basis = GridBasis(training.grid)
    model = _energy_regression(regression).fit(training.representation("n"), training.quantities)

    def functional(number: int) -> Callable[[np.ndarray], np.ndarray]:
        return lambda densities: model.predict(basis.coefficients(densities))[:, number]

    return {key: functional(number) for number, key in enumerate(QUANTITIES)}


def functional_errors(
    systems: pd.DataFrame,
    dataset: str,
    regression: CrossValidatedKernelRidge | None = None,
    density_regression: CrossValidatedKernelRidge | None = None,
) -> pd.DataFrame:
    """Learn the functionals of a data set in every way and measure them on its test systems.

    Args:
        systems: rows of `hkmaps.datasets.systems.SYSTEMS`.
        dataset: the data set's name.
        regression: untrained regression of the quantities, which is copied; by default
            `CrossValidatedKernelRidge(per_target=True)`.
        density_regression: likewise that of the density coefficients of ML-HK; by default one
            pair of width and regularisation for all coefficients.

    Returns:
        pandas.DataFrame with the columns of `FUNCTIONAL_ERRORS`: KRR of the eight functionals
        (E[V] is ML-KS); gauge-aware KRR of E and A at the exact densities; ML-HK and gauge-aware
        ML-HK with the functional trained on predicted and on reference densities.

    Raises:
        InputError: there are no training or no test systems.
    """
    training, test = split_systems(systems, dataset)
    rows = _from_exact_inputs(training, test, regression)
    density_map = CrossValidatedKernelRidge()
    if density_regression is not None:
        density_map = clone(density_regression)
    density_map.fit(training.representation("V"), training.representation("n"))
    learnt_from = {
        PREDICTED: density_map.predict(training.representation("V")),
        REFERENCE: training.representation("n"),
    }
    for energy_training, densities in learnt_from.items():
        functional = _energy_regression(regression).fit(densities, training.quantities)
        found = _from_predicted_densities(density_map, functional, test)
        rows += [row | {"energy_training": energy_training} for row in found]
    return pd.DataFrame(rows).assign(dataset=dataset)[FUNCTIONAL_ERRORS.column_names]


def _from_exact_inputs(
    training: ExactSystems, test: ExactSystems, regression: CrossValidatedKernelRidge | None
) -> list[dict]:
    """Rows of Q[V] and Q[n], and of the gauge-aware route, at exact potentials and densities."""
    rows = []
    for variable in "Vn":
        model = _energy_regression(regression)
        model.fit(training.representation(variable), training.quantities)
        learned = by_quantity(model.predict(test.representation(variable)))
        rows += _rows(KRR, variable, _errors(learned, test), chosen=model)
    combined = gauge_aware_quantities(learned, test.densities, test.potentials, test.grid.spacing)
    return rows + _rows(GAUGE_AWARE_PREFIX + KRR, "n", _errors(combined, test))


def _from_predicted_densities(
    density_map: BaseEstimator, functional: BaseEstimator, test: ExactSystems
) -> list[dict]:
    """Rows of V -> n -> Q and of the gauge-aware route through the same densities."""
    basis = GridBasis(test.grid)
    coefficients = density_map.predict(test.representation("V"))
    densities = basis.density(coefficients)
    at_predicted = by_quantity(functional.predict(coefficients))
    at_exact = by_quantity(functional.predict(test.representation("n")))
    integral = (test.potentials, test.grid.spacing)
    routes = {
        HOHENBERG_KOHN: (at_predicted, at_exact),
        GAUGE_AWARE_PREFIX + HOHENBERG_KOHN: (
            gauge_aware_quantities(at_predicted, densities, *integral),
            gauge_aware_quantities(at_exact, test.densities, *integral),
        ),
    }
    misplaced = electrons_misplaced(densities, test.densities, test.grid.spacing).mean()
    rows = []
    for method, (predicted, exact_density) in routes.items():
        errors = _errors(predicted, test, exact_density)
        chosen = functional if method == HOHENBERG_KOHN else None
        found = _rows(method, "V", errors, chosen)
        density = {"electrons_misplaced": misplaced, "nmae": 2 * misplaced}
        rows += [row | density for row in found]
    return rows


def _energy_regression(template: BaseEstimator | None) -> BaseEstimator:
    """An untrained copy of `template`, or the default regression of quantities."""
    return CrossValidatedKernelRidge(per_target=True) if template is None else clone(template)


def by_quantity(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of values (S, 4) by the keys of `QUANTITIES`."""
    return dict(zip(QUANTITIES, np.moveaxis(values, -1, 0), strict=True))


def _errors(
    learned: dict[str, np.ndarray],
    test: ExactSystems,
    at_exact_density: dict[str, np.ndarray] | None = None,
) -> dict[str, dict[str, float]]:
    """Mean and largest errors by quantity, with their sources where those are known."""
    exact = by_quantity(test.quantities)
    columns = {}
    for key, values in learned.items():
        if at_exact_density is None:
            errors = {"": values - exact[key]}
        else:
            split = energy_errors(values, at_exact_density[key], exact[key])
            errors = {
                "": split.total,
                "functional_driven_": split.functional_driven,
                "density_driven_": split.density_driven,
            }
        columns[key] = {
            f"{source}{name}": float(measure(error))
            for source, error in errors.items()
            for name, measure in (("mae", mean_absolute), ("maximum", maximum_absolute))
        }
    return columns


def _rows(
    method: str,
    variable: str,
    errors: dict[str, dict[str, float]],
    chosen: CrossValidatedKernelRidge | None = None,
) -> list[dict]:
    """One row per quantity; `chosen` is the regression whose width and regularisation are kept."""
    empty = dict.fromkeys(FUNCTIONAL_ERRORS.column_names)
    rows = []
    for number, (key, columns) in enumerate(errors.items()):
        row = empty | {"method": method, "quantity": key, "variable": variable, **columns}
        row["functional"] = Functional(key, variable).label
        if chosen is not None:
            # One value a target, or one for all.
            for column, values, kind in (
                ("width", chosen.width_, float),
                ("regularisation", chosen.regularisation_, float),
                ("at_edge", chosen.at_edge_, bool),
            ):
                row[column] = kind(np.broadcast_to(values, len(errors))[number])
        rows.append(row)
    return rows
