"""Systems with one, two and three electrons each: the data of the follow-up of paper A.

The follow-up (Arnstein et al. 2026) learns functionals of the density of N electrons. With the
ground-state energies E_N of the same potential they are

    E = E_N,  I = E_{N-1} - E_N,  A = E_N - E_{N+1},  G = I - A,  F = E_N - integral of n_N V,

so that A and G depend on the electron that is added, and all but F and G on the gauge.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from hkmaps.datasets.parameters import system_label
from hkmaps.errors import ConvergenceError
from hkmaps.exact.grids import Grid
from hkmaps.exact.observables import external_energy
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import (
    FAMILIES,
    PotentialFamily,
    smooth_coulomb_interaction,
)
from hkmaps.exact.three_electrons import solve_three_electrons
from hkmaps.exact.two_electrons import solve_two_electrons
from hkmaps.tables import Column, TableSchema

T = TypeVar("T", float, np.ndarray)

ELECTRONS = (1, 2, 3)
"""Numbers of electrons that every system is solved for."""

SYSTEMS_PER_MESSAGE = 10

_PARAMETERS = {
    parameter.name: parameter for family in FAMILIES.values() for parameter in family.parameters
}

CHARGE_STATES = TableSchema(
    "charge states",
    "Exact ground states of one, two and three electrons in each potential of a data set, one row"
    " per system and number of electrons (Arnstein 2026)",
    (
        Column("system", "integer", "", "number of the system in its data set, from 0"),
        Column("family", "text", "", "family of the potential"),
        *(
            Column(name, "number", parameter.unit, parameter.description, optional=True)
            for name, parameter in _PARAMETERS.items()
        ),
        Column("electrons", "integer", "1", "number N of electrons"),
        Column("grid_length", "number", "bohr", "length of the grid"),
        Column("potential", "array", "Ha", "external potential on the grid"),
        Column("density", "array", "1/bohr", "electron density of the N electrons on the grid"),
        Column("total_energy", "number", "Ha", "E = E_N"),
        Column("universal_functional", "number", "Ha", "F = E_N - integral of n V"),
        Column("ionisation_energy", "number", "Ha", "I = E_(N-1) - E_N"),
        Column("electron_affinity", "number", "Ha", "A = E_N - E_(N+1)", optional=True),
        Column("fundamental_gap", "number", "Ha", "G = I - A", optional=True),
        Column("residual", "number", "Ha", "||H psi - E psi||"),
    ),
)


@dataclass(frozen=True)
class ChargeStateQuantity:
    """A quantity that the follow-up learns.

    Attributes:
        key: the symbol: "E", "I", "A", "F" or "G".
        name: the name in words.
        column: the column of `CHARGE_STATES` that holds it, in Ha.
        energies: the quantity as a sum of energies: their factors by the electrons beyond N; none
            for F, which is no such sum.
        electrons: the numbers N of electrons that it is learnt for.
    """

    key: str
    name: str
    column: str
    energies: Mapping[int, int]
    electrons: tuple[int, ...]

    @property
    def gauge_dependent(self) -> bool:
        """Whether a constant shift of the potential changes it: each electron brings the shift."""
        return any(
            sum(factor * (number + beyond) for beyond, factor in self.energies.items())
            for number in self.electrons
        )

    @property
    def of_next(self) -> bool:
        """Whether it depends on the electron that is added."""
        return 1 in self.energies

    def of_energies(self, energies: Mapping[int, T], electrons: int) -> T:
        """Return the quantity of N electrons from energies by number of electrons, in Ha."""
        return sum(factor * energies[electrons + n] for n, factor in self.energies.items())


CHARGE_STATE_QUANTITIES: dict[str, ChargeStateQuantity] = {
    quantity.key: quantity
    for quantity in (
        ChargeStateQuantity("E", "total energy", "total_energy", {0: 1}, (1, 2, 3)),
        # That of one electron is -E.
        ChargeStateQuantity("I", "ionisation energy", "ionisation_energy", {-1: 1, 0: -1}, (2, 3)),
        ChargeStateQuantity("A", "electron affinity", "electron_affinity", {0: 1, 1: -1}, (1, 2)),
        ChargeStateQuantity("F", "universal functional", "universal_functional", {}, (1, 2, 3)),
        ChargeStateQuantity(
            "G", "fundamental gap", "fundamental_gap", {-1: 1, 0: -2, 1: 1}, (1, 2)
        ),
    )
}
"""The quantities of the follow-up's notebooks, by symbol; with n and V they are 24 functionals."""


def charge_state_label(quantity: str, electrons: int, variable: str) -> str:
    """Return the name of a functional in text and tables, such as `G2[n]`."""
    return f"{quantity}{electrons}[{variable}]"


def solve_charge_states(
    family: PotentialFamily,
    parameters: pd.DataFrame,
    grid: Grid,
    stencil: int,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Solve potentials for one, two and three electrons that repel by 1 / sqrt(dx^2 + 1).

    Args:
        family: the family of potentials.
        parameters: rows of `hkmaps.datasets.parameters.parameter_grid`.
        grid: the grid, of N points; three electrons take some N**3 numbers.
        stencil: points of the second-derivative stencil.
        progress: called with a line of text after every few systems.

    Returns:
        pandas.DataFrame with the columns of `CHARGE_STATES`, numbers of electrons ascending within
        a system.

    Raises:
        ConvergenceError: a system's eigensolver missed its residual.
    """
    interaction = smooth_coulomb_interaction(grid.points)
    rows = []
    for count, row in enumerate(parameters.to_dict("records"), start=1):
        values = {name: row[name] for name in family.parameter_names}
        label = system_label(values)
        potential = family.potential(grid.points, **values)
        try:
            states = [
                solve_one_electron(potential, grid, stencil),
                solve_two_electrons(potential, grid, interaction, stencil),
                solve_three_electrons(potential, grid, interaction, stencil),
            ]
        except ConvergenceError as error:
            raise ConvergenceError(f"System {row['system']} ({label}): {error}") from error
        energies = {0: 0.0, len(states) + 1: np.nan}
        energies |= {number: state.energy for number, state in zip(ELECTRONS, states, strict=True)}
        for electrons, state in zip(ELECTRONS, states, strict=True):
            density = state.density()
            rows.append(
                {
                    "system": row["system"],
                    "family": family.name,
                    **{name: values.get(name) for name in _PARAMETERS},
                    "electrons": electrons,
                    "grid_length": grid.length,
                    "potential": potential,
                    "density": density,
                    "universal_functional": state.energy
                    - external_energy(density, potential, grid),
                    **{
                        quantity.column: quantity.of_energies(energies, electrons)
                        for quantity in CHARGE_STATE_QUANTITIES.values()
                        if quantity.energies
                    },
                    "residual": state.residual,
                }
            )
        if count % SYSTEMS_PER_MESSAGE == 0 or count == len(parameters):
            listed = ", ".join(f"{state.energy:.6f}" for state in states)
            progress(f"{count}/{len(parameters)} systems, last {label}: energies {listed} Ha")
    return pd.DataFrame(rows, columns=CHARGE_STATES.column_names)
