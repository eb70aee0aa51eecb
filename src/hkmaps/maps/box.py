"""Maps of one electron over Gaussian dips: ML-HK in three bases, E = T[n] + integral of n v.

Only the kinetic energy is learnt as a functional of the density; the potential energy is exact, as
in F. Brockherde et al., Nat. Commun. 8, 872 (2017). For one electron T[n] is known
(`von_weizsaecker_energy`), so that the density-driven error has two readings: what the predicted
density changes in the exact functional, and what it changes in the learnt one.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from hkmaps.datasets.gaussian_dips import (
    STENCIL,
    BoxSystems,
    box_grid,
    draw_dips,
    potential_energies,
    solve_box,
)
from hkmaps.exact.grids import Grid
from hkmaps.exact.von_weizsaecker import von_weizsaecker_energy
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.maps.box_bases import FourierSeriesBasis, KernelPrincipalComponents
from hkmaps.maps.box_results import (
    BOX_ERRORS,
    BY_THE_MODEL,
    DENSITY_DRIVEN,
    FOURIER_BASIS,
    FUNCTIONAL_DRIVEN,
    GRID_BASIS,
    KINETIC_FUNCTIONAL,
    KPCA_BASIS,
    NORMALISED,
    TOTAL,
)
from hkmaps.maps.errors import (
    energy_errors,
    maximum_absolute,
    mean_absolute,
    normalised_absolute_error,
)
from hkmaps.maps.grid_basis import GridBasis
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.seeds import random_stream


def box_errors(
    points: int,
    sizes: Sequence[int],
    sets: int,
    test: int,
    fourier_functions: int,
    components: int,
    seed: int,
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Draw potentials, learn from them in every basis, and measure the maps on other potentials.

    Args:
        points: grid points from wall to wall.
        sizes: numbers M of training potentials; a larger training set contains the smaller ones.
        sets: training sets, each of potentials of its own.
        test: test potentials, the same for all.
        fourier_functions: functions of the Fourier basis.
        components: components of kernel PCA.
        seed: the study's seed.
        say: called with a line of text after each training set.

    Returns:
        pandas.DataFrame with the columns of `BOX_ERRORS`.

    Raises:
        InputError: a number is not what it must be.
    """
    grid = box_grid(points)
    tested = _solved(test, grid, seed, "test")
    rows = []
    for number in range(sets):
        pool = _solved(max(sizes), grid, seed, "training", number)
        for size in sorted(sizes):
            training = pool.rows(slice(size))
            bases = {
                GRID_BASIS: GridBasis(grid),
                FOURIER_BASIS: FourierSeriesBasis(grid, fourier_functions),
                KPCA_BASIS: KernelPrincipalComponents.fit(training.densities, grid, components),
            }
            for row in _errors(training, tested, bases):
                rows.append({"training_set": number, "training_points": size} | row)
        say(f"training set {number + 1} of {sets}")
    return pd.DataFrame(rows, columns=BOX_ERRORS.column_names)


def _solved(count: int, grid: Grid, seed: int, *names: str | int) -> BoxSystems:
    stream = random_stream(seed, "maps", "box", *names)
    return solve_box(draw_dips(count, grid, stream), grid)


def _errors(training: BoxSystems, test: BoxSystems, bases: dict) -> Iterator[dict]:
    """Rows of ML-KS, of T[n] at exact densities, and of ML-HK in each basis."""
    on_grid = GridBasis(test.grid)
    potentials, of_test = (on_grid.coefficients(each.potentials) for each in (training, test))
    direct = CrossValidatedKernelRidge().fit(potentials, training.energies)
    yield _row(KOHN_SHAM, TOTAL, direct.predict(of_test) - test.energies)
    functional = CrossValidatedKernelRidge()
    functional.fit(on_grid.coefficients(training.densities), training.kinetic_energies)
    at_exact = functional.predict(on_grid.coefficients(test.densities))
    yield _row(KINETIC_FUNCTIONAL, FUNCTIONAL_DRIVEN, at_exact - test.kinetic_energies)
    at_exact += test.energies - test.kinetic_energies
    for name, basis in bases.items():
        density_map = CrossValidatedKernelRidge()
        density_map.fit(potentials, basis.coefficients(training.densities))
        predicted = basis.density(density_map.predict(of_test))
        kinetic = functional.predict(on_grid.coefficients(predicted))
        energies = kinetic + potential_energies(predicted, test.potentials, test.grid)
        split = energy_errors(energies, at_exact, test.energies)
        electrons = predicted.sum(axis=-1) * test.grid.spacing
        density = {
            "basis": name,
            "nmae": float(
                normalised_absolute_error(predicted, test.densities, test.grid.spacing).mean()
            ),
            "electron_error": float(np.abs(electrons - 1).max()),
        }
        if name == KPCA_BASIS:
            density["width_over_median"] = basis.width_over_median
        for quantity, errors in {
            TOTAL: split.total,
            DENSITY_DRIVEN: _exact_energies(predicted, test) - test.energies,
            BY_THE_MODEL: split.density_driven,
            NORMALISED: _exact_energies(predicted / electrons[:, None], test) - test.energies,
        }.items():
            yield _row(HOHENBERG_KOHN, quantity, errors) | density


def _exact_energies(densities: np.ndarray, systems: BoxSystems) -> np.ndarray:
    """E[n] by the exact functional of one electron, shape (S,), in Ha."""
    return von_weizsaecker_energy(densities, systems.grid, STENCIL) + potential_energies(
        densities, systems.potentials, systems.grid
    )


def _row(method: str, quantity: str, errors: np.ndarray) -> dict:
    return {
        "method": method,
        "quantity": quantity,
        "test_points": len(errors),
        "mae": float(mean_absolute(errors)),
        "maximum": float(maximum_absolute(errors)),
    }
