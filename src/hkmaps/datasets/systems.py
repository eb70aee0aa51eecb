"""Solved systems: each system of a data set on the set's own grid and on the reference grid."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from hkmaps.checks import expect_count
from hkmaps.datasets.parameters import system_label
from hkmaps.errors import ConvergenceError
from hkmaps.exact.grids import MINIMUM_POINTS, Grid
from hkmaps.exact.observables import solve_system
from hkmaps.exact.potentials import FAMILIES, PotentialFamily
from hkmaps.tables import Column, TableSchema

_PARAMETERS = {
    parameter.name: parameter for family in FAMILIES.values() for parameter in family.parameters
}

SYSTEMS_PER_MESSAGE = 10

SYSTEMS = TableSchema(
    "model systems",
    "Exact one- and two-electron ground states of a data set, one row per system (paper A,"
    " 2.1-2.2)",
    (
        Column("system", "integer", "", "number of the system in its data set, from 0"),
        Column("split", "text", "", "train or test"),
        Column("family", "text", "", "family of the potential"),
        *(
            Column(name, "number", parameter.unit, parameter.description, optional=True)
            for name, parameter in _PARAMETERS.items()
        ),
        Column("grid_length", "number", "bohr", "length of the grid"),
        Column("grid_density", "number", "1/bohr", "grid points per bohr"),
        Column("potential", "array", "Ha", "external potential on the grid"),
        Column("density", "array", "1/bohr", "electron density of one electron on the grid"),
        Column("total_energy", "number", "Ha", "ground-state energy E1 of one electron"),
        Column("two_electron_energy", "number", "Ha", "singlet ground-state energy E2"),
        Column("kinetic_energy", "number", "Ha", "T = E - E_V, one electron"),
        Column("kinetic_energy_expectation", "number", "Ha", "<psi|T|psi>, one electron"),
        Column("external_energy", "number", "Ha", "E_V, rectangle rule (equation 3)"),
        Column("electron_affinity", "number", "Ha", "A = E1 - E2"),
        Column("fundamental_gap", "number", "Ha", "Eg = E2 - 2 E1"),
        Column("one_electron_residual", "number", "Ha", "||H psi - E psi||, one electron"),
        Column(
            "one_electron_gap",
            "number",
            "Ha",
            "distance of E1 from the nearest level that may be mixed into its state: of even parity"
            " in a mirror-symmetric potential, else of any",
        ),
        Column(
            "density_determined",
            "flag",
            "",
            "whether the gap leaves density, T and E_V known to six digits: the largest mixture of"
            " other levels, residual or rounding divided by the gap, is at most 1e-6",
        ),
        Column("two_electron_residual", "number", "Ha", "||H psi - E psi||, two electrons"),
        Column("two_electron_iterations", "integer", "1", "iterations of the eigensolver"),
        Column("reference_total_energy", "number", "Ha", "E1 on the reference grid"),
        Column("reference_two_electron_energy", "number", "Ha", "E2 on the reference grid"),
        Column("one_electron_error", "number", "Ha", "|E1 - reference E1|"),
        Column("two_electron_error", "number", "Ha", "|E2 - reference E2| / 2, per particle"),
        Column("bound", "flag", "", "whether the second electron is bound: reference A > 0"),
        Column("input_potential", "array", "Ha", "potential as the networks take it"),
        Column("input_density", "array", "1/bohr", "density as the networks take it"),
    ),
)


def input_grid(grid: Grid, points: int) -> Grid:
    """Return the grid of `points` points over the length of `grid`: what the networks take."""
    points = expect_count(points, "number of the networks' input points", MINIMUM_POINTS)
    return grid if points == grid.size else Grid(np.linspace(*grid.points[[0, -1]], points))


def solve_systems(
    family: PotentialFamily,
    parameters: pd.DataFrame,
    grid: Grid,
    grid_settings: Mapping[str, float],
    reference_grid: Grid,
    input_points: int,
    stencil: int,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Solve systems on the data set's grid and on the reference grid.

    Args:
        family: the family of potentials.
        parameters: rows of `hkmaps.datasets.parameters.parameter_grid`.
        grid: the data set's grid.
        grid_settings: its `length` (bohr) and `density` (points per bohr), kept in the table.
        reference_grid: the highly converged grid that errors are measured against.
        input_points: length of the networks' input; where it differs from the grid's size, the
            potential is evaluated and the density interpolated (cubic spline) there.
        stencil: points of the second-derivative stencil.
        progress: called with a line of text after every few systems.

    Returns:
        pandas.DataFrame with the columns of `SYSTEMS`.

    Raises:
        ConvergenceError: a system's eigensolver missed its residual.
    """
    names = family.parameter_names
    network_grid = input_grid(grid, input_points)
    rows = []
    for count, row in enumerate(parameters.to_dict("records"), start=1):
        values = {name: row[name] for name in names}
        label = system_label(values)
        try:
            potential = family.potential(grid.points, **values)
            solved = solve_system(potential, grid, stencil)
            reference = solve_system(
                family.potential(reference_grid.points, **values), reference_grid, stencil
            )
        except ConvergenceError as error:
            raise ConvergenceError(f"System {row['system']} ({label}): {error}") from error
        density = solved.density
        if network_grid is not grid:
            density = CubicSpline(grid.points, density)(network_grid.points)
        rows.append(
            {
                "system": row["system"],
                "split": row["split"],
                "family": family.name,
                **{name: values.get(name) for name in _PARAMETERS},
                "grid_length": grid_settings["length"],
                "grid_density": grid_settings["density"],
                "potential": potential,
                "density": solved.density,
                "total_energy": solved.total_energy,
                "two_electron_energy": solved.two_electron_energy,
                "kinetic_energy": solved.kinetic_energy,
                "kinetic_energy_expectation": solved.kinetic_energy_expectation,
                "external_energy": solved.external_energy,
                "electron_affinity": solved.electron_affinity,
                "fundamental_gap": solved.fundamental_gap,
                "one_electron_residual": solved.one_electron_residual,
                "one_electron_gap": solved.one_electron_gap,
                "density_determined": solved.density_determined,
                "two_electron_residual": solved.two_electron_residual,
                "two_electron_iterations": solved.two_electron_iterations,
                "reference_total_energy": reference.total_energy,
                "reference_two_electron_energy": reference.two_electron_energy,
                "one_electron_error": abs(solved.total_energy - reference.total_energy),
                "two_electron_error": 0.5
                * abs(solved.two_electron_energy - reference.two_electron_energy),
                "bound": bool(reference.electron_affinity > 0),
                "input_potential": family.potential(network_grid.points, **values),
                "input_density": density,
            }
        )
        if count % SYSTEMS_PER_MESSAGE == 0 or count == len(parameters):
            progress(
                f"{count}/{len(parameters)} systems, last {label}:"
                f" E1 = {solved.total_energy:.6f} Ha, E2 = {solved.two_electron_energy:.6f} Ha"
            )
    return pd.DataFrame(rows, columns=SYSTEMS.column_names)
