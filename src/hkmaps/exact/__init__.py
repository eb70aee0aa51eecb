"""Exact solutions of one-dimensional systems of one, two and three electrons."""

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
    double_well_potential,
    potential_family,
    smooth_coulomb_interaction,
    soft_atom_potential,
    soft_coulomb_interaction,
)
from hkmaps.exact.three_electrons import ThreeElectronState, solve_three_electrons
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
    "ThreeElectronState",
    "TwoElectronState",
    "atom_potential",
    "diatomic_potential",
    "double_well_potential",
    "hydrogen_convergence",
    "potential_family",
    "smallest_sufficient",
    "smooth_coulomb_interaction",
    "soft_atom_potential",
    "soft_coulomb_interaction",
    "solve_one_electron",
    "solve_system",
    "solve_three_electrons",
    "solve_two_electrons",
    "system_convergence",
    "uniform_grid",
]
