"""Geometries along normal modes and displaced at random: laws, beginnings, and refusals."""

import numpy as np
import pytest
from ase.calculators.calculator import Calculator, all_changes
from ase.units import Bohr, Hartree, kB
from papers_molecules import find_molecule

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.displacements import (
    displaced_geometries,
    hessian,
    normal_mode_geometries,
)
from hkmaps.tables import stack
from hkmaps.units import ANGSTROM_PER_BOHR

WATER = find_molecule("H2O")
CARBON_DIOXIDE = Molecule(
    "CO2",
    ("O", "C", "O"),
    np.array([[-2.2, 0.0, 0.0], [0.0, 0.0, 0.0], [2.2, 0.0, 0.0]]),
    ((0, 1), (1, 2)),
)


class Springs(Calculator):
    """Springs between all atoms at rest in a geometry, of one stiffness in Ha/bohr^2."""

    implemented_properties = ("energy", "forces")

    def __init__(self, rest, stiffness):
        super().__init__()
        self.rest, self.stiffness = rest, stiffness

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        positions = self.atoms.positions / Bohr
        apart = positions[:, None] - positions
        lengths = np.linalg.norm(apart, axis=2) + np.eye(len(positions))
        wanted = np.linalg.norm(self.rest[:, None] - self.rest, axis=2) + np.eye(len(positions))
        stretched = lengths - wanted
        forces = -self.stiffness * ((stretched / lengths)[:, :, None] * apart).sum(axis=1)
        self.results = {
            "energy": 0.25 * self.stiffness * (stretched**2).sum() * Hartree,
            "forces": forces * Hartree / Bohr,
        }


def positions_of(geometries):
    return stack(geometries["positions"]).reshape(len(geometries), -1, 3)


def test_every_mode_has_the_harmonic_energy_of_the_temperature():
    springs = Springs(WATER.reference_positions, 0.3)
    second = hessian(WATER, WATER.reference_positions, springs)
    drawn = positions_of(normal_mode_geometries(WATER, 200, 4000, 1, springs))
    shifts = (drawn - WATER.reference_positions).reshape(4000, -1)
    energies = 0.5 * np.einsum("gi,ij,gj->g", shifts, second, shifts) * Hartree
    # Three modes, each of k T / 2, and their canonical fluctuations.
    assert energies.mean() == pytest.approx(1.5 * kB * 200, rel=0.04)
    assert energies.std() == pytest.approx(np.sqrt(1.5) * kB * 200, rel=0.06)


def test_soft_modes_move_no_farther_than_one_of_200_wavenumbers():
    # Springs to first order hold no linear molecule straight: its bends have no frequency.
    springs = Springs(CARBON_DIOXIDE.reference_positions, 1.0)
    drawn = positions_of(normal_mode_geometries(CARBON_DIOXIDE, 300, 500, 1, springs))
    across = np.linalg.norm(drawn[:, 1, 1:] - 0.5 * (drawn[:, 0, 1:] + drawn[:, 2, 1:]), axis=1)
    # Two bends of the reduced mass m of the carbon against both oxygens: 2 k T / (m omega^2).
    mass = 12.011 * 31.998 / (12.011 + 31.998) * 1822.89
    spread = np.sqrt(2 * (300 / 315775.0) / mass) / (200 / 219474.63)
    assert np.sqrt((across**2).mean()) == pytest.approx(spread, rel=0.06)


def test_modes_of_water_by_xtb_are_those_of_the_method():
    drawn = positions_of(normal_mode_geometries(WATER, 300, 2000, seed=1))
    lengths = np.linalg.norm(drawn[:, 1:] - drawn[:, :1], axis=2) * ANGSTROM_PER_BOHR
    assert lengths.mean() == pytest.approx(0.96, abs=0.005)
    # Classical stretches at 3600 wavenumbers.
    assert lengths.std() == pytest.approx(0.022, abs=0.003)


def test_displacements_have_their_width():
    drawn = positions_of(displaced_geometries(WATER, 0.02, 4000, seed=1))
    lengths = np.linalg.norm(drawn[:, 1] - drawn[:, 0], axis=1) * ANGSTROM_PER_BOHR
    assert lengths.std() == pytest.approx(0.02 * np.sqrt(2), rel=0.05)


@pytest.mark.parametrize(
    "draw",
    [
        lambda count, seed, name: normal_mode_geometries(WATER, 300, count, seed, name=name),
        lambda count, seed, name: displaced_geometries(WATER, 0.05, count, seed, name),
    ],
    ids=["modes", "displacements"],
)
def test_geometries_are_aligned_and_more_of_them_begin_with_the_same(draw):
    few, many, *others = (
        positions_of(draw(*each))
        for each in ((5, 1, "train"), (9, 1, "train"), (9, 2, "train"), (9, 1, "test"))
    )
    np.testing.assert_array_equal(many[:5], few)
    for other in others:
        assert np.abs(many - other).max() > 1e-2
    np.testing.assert_allclose(WATER.frame.align(many).positions, many, atol=1e-9)


def test_what_breaks_the_molecule_is_refused():
    with pytest.raises(
        InputError, match=r"displacements by 0\.4 Angstrom break H2O; the width must"
    ):
        displaced_geometries(WATER, 0.4, 100, seed=1)
    with pytest.raises(InputError, match="modes at 30000 K break H2O; the temperature must be sm"):
        normal_mode_geometries(WATER, 30000, 100, seed=1)
    with pytest.raises(InputError, match="width of random displacements is 0; it must be a positi"):
        displaced_geometries(WATER, 0, 100, seed=1)


def test_atoms_that_collide_without_a_bond_are_refused():
    # Two hydrogen molecules side by side, 0.38 Angstrom apart: no bond is wrong.
    beside = np.array([[0.0, 0, 0], [1.4, 0, 0], [0, 0.72, 0], [1.4, 0.72, 0]])
    pair = Molecule("H4", ("H",) * 4, beside, ((0, 1), (2, 3)))
    with pytest.raises(InputError, match=r"Atoms \d and \d of geometry \d+ are 0.\d+ bohr apart"):
        displaced_geometries(pair, 0.02, 100, seed=1)
