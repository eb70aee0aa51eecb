"""Exact solutions of one-dimensional systems of one and two electrons."""

from hkmaps.exact.convergence import (
    CONVERGENCE,
    hydrogen_convergence,
    smallest_sufficient,
    system_convergence,
)
from hkmaps.exact.grids import Grid, uniform_grid
from hkmaps.exact.hamiltonians import DEFAULT_STENCIL, STENCILS
from hkmaps.exact.observables import QUANTITIES, Quantity, SystemProperties, solve_system
from hkmaps.exact.one_electron import OneElectronStates, solve_one_electron
from hkmaps.exact.potentials import (
    FAMILIES,
    Parameter,
    PotentialFamily,
    atom_potential,
    diatomic_potential,
    potential_family,
    soft_coulomb_interaction,
)
from hkmaps.exact.two_electrons import TwoElectronState, solve_two_electrons

__all__ = [
    "CONVERGENCE",
    "DEFAULT_STENCIL",
    "FAMILIES",
    "QUANTITIES",
    "STENCILS",
    "Grid",
    "OneElectronStates",
    "Parameter",
    "PotentialFamily",
    "Quantity",
    "SystemProperties",
    "TwoElectronState",
    "atom_potential",
    "diatomic_potential",
    "hydrogen_convergence",
    "potential_family",
    "smallest_sufficient",
    "soft_coulomb_interaction",
    "solve_one_electron",
    "solve_system",
    "solve_two_electrons",
    "system_convergence",
    "uniform_grid",
]
