"""Energies and densities against iDEA, the code paper A used, on systems in no data set."""

import numpy as np
import pytest

from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import atom_potential, diatomic_potential, soft_coulomb_interaction
from hkmaps.exact.three_electrons import solve_three_electrons
from hkmaps.exact.two_electrons import solve_two_electrons

pytest.importorskip("iDEA", reason="iDEA, the independent code, is not installed (make test)")
import iDEA.methods.interacting
import iDEA.observables
import iDEA.system

GRID = uniform_grid(9, 6)
POTENTIALS = {
    "atom": atom_potential(GRID.points, 1.7, 0.9),
    "diatomic": diatomic_potential(GRID.points, 1.2, 0.85, 1.5),
    "two unequal atoms": atom_potential(GRID.points - 1, 1.4, 0.7)
    + atom_potential(GRID.points + 1.5, 0.9, 0.9),
}


@pytest.mark.parametrize("stencil", [5, 13])
@pytest.mark.parametrize("name", POTENTIALS)
@pytest.mark.parametrize(
    ("electrons", "symmetry"), [("u", None), ("ud", "singlet"), ("uu", "triplet")]
)
def test_equals_idea(name, stencil, electrons, symmetry):
    potential = POTENTIALS[name]
    system = iDEA.system.System(
        GRID.points, potential, soft_coulomb_interaction(GRID.points), electrons, stencil
    )
    peer = iDEA.methods.interacting.solve(system, k=0)
    if symmetry is None:
        ours = solve_one_electron(potential, GRID, stencil)
    else:
        ours = solve_two_electrons(potential, GRID, stencil=stencil, symmetry=symmetry)
    assert ours.energy == pytest.approx(peer.energy, abs=1e-9)
    peer_density = iDEA.observables.density(system, state=peer)
    assert ours.density() == pytest.approx(np.asarray(peer_density), abs=1e-6)


@pytest.mark.parametrize("name", ["atom", "two unequal atoms"])
def test_three_electrons_equal_idea(name):
    grid = uniform_grid(7, 3)
    potential = atom_potential(grid.points, 2.9, 0.9)
    if name == "two unequal atoms":
        potential += atom_potential(grid.points + 1.5, 0.9, 0.7)
    interaction = soft_coulomb_interaction(grid.points)
    system = iDEA.system.System(grid.points, potential, interaction, "uud", 13)
    peer = iDEA.methods.interacting.solve(system, k=0)
    ours = solve_three_electrons(potential, grid)
    assert ours.energy == pytest.approx(peer.energy, abs=1e-9)
    peer_density = iDEA.observables.density(system, state=peer)
    assert ours.density() == pytest.approx(np.asarray(peer_density), abs=1e-6)
