"""Drawn internal coordinates: as published, of any open chain, and refusals."""

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule as g2_molecule
from papers_molecules import entries, find_molecule

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule, bonded_pairs
from hkmaps.molecules.drawn_coordinates import drawn_geometries
from hkmaps.molecules.geometries import bond_lengths
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import ANGSTROM_PER_BOHR

ATOMS = g2_molecule("CH3CH2OH")  # C, C, O, then the hydrogens, of which 3 is that of the oxygen
ETHANOL = Molecule(
    "ethanol",
    tuple(ATOMS.get_chemical_symbols()),
    ATOMS.positions / ANGSTROM_PER_BOHR,
    tuple(bonded_pairs(ATOMS.get_chemical_symbols(), ATOMS.positions / ANGSTROM_PER_BOHR)),
)
CHAIN = [
    {"atoms": [0, 1], "low": 1.45, "high": 1.6},
    {"atoms": [0, 1, 2], "low": 100, "high": 120},
    {"atoms": [0, 1, 2, 3], "low": 60, "high": 300},
]


def placed(symbols, row):
    return Atoms(symbols, np.reshape(row, (-1, 3)) * ANGSTROM_PER_BOHR)


def test_water_has_the_random_numbers_and_geometries_of_the_published_study():
    molecule = find_molecule("H2O")
    coordinates = entries()["H2O"]["samples"]["drawn"]["coordinates"]
    drawn = drawn_geometries(molecule, coordinates, 50, seed=7)
    low = np.array([0.895, 0.895, np.radians(95.61)]) / [ANGSTROM_PER_BOHR, ANGSTROM_PER_BOHR, 1]
    high = np.array([1.045, 1.045, np.radians(112.79)]) / [ANGSTROM_PER_BOHR, ANGSTROM_PER_BOHR, 1]
    stream = random_stream(7, "molecules", "H2O", "geometries")
    first, second, angle = stream.uniform(low, high, (50, 3)).T
    np.testing.assert_allclose(stack(drawn["coordinates"]).T, [first, second, angle], rtol=1e-14)
    flat = np.zeros((50, 3, 3))
    for atom, length, sign in ((1, first, 1), (2, second, -1)):
        flat[:, atom, 0] = length * np.cos(angle / 2)
        flat[:, atom, 1] = sign * length * np.sin(angle / 2)
    expected = molecule.frame.align(flat).positions.reshape(50, -1)
    np.testing.assert_allclose(stack(drawn["positions"]), expected, atol=1e-12)


def test_samples_of_other_names_have_other_random_numbers():
    drawn, named, again = (
        stack(drawn_geometries(ETHANOL, CHAIN, 3, 1, name)["coordinates"])
        for name in ("drawn", "test", "test")
    )
    np.testing.assert_array_equal(named, again)
    assert np.abs(drawn - named).min() > 1e-6


def test_a_chain_has_what_was_drawn_and_the_rest_of_its_reference_geometry(tmp_path):
    drawn = drawn_geometries(ETHANOL, CHAIN, 40, seed=1)
    for row in drawn.itertuples():
        atoms = placed(ETHANOL.symbols, row.positions)
        length, angle, dihedral = row.coordinates
        assert atoms.get_distance(0, 1) == pytest.approx(length * ANGSTROM_PER_BOHR)
        assert atoms.get_angle(0, 1, 2) == pytest.approx(np.degrees(angle))
        assert atoms.get_dihedral(0, 1, 2, 3) == pytest.approx(np.degrees(dihedral))
        # The hydroxyl group moves as a whole.
        assert atoms.get_angle(1, 2, 3) == pytest.approx(ATOMS.get_angle(1, 2, 3))
    reference = bond_lengths(ETHANOL, ETHANOL.reference_positions[None])[0]
    others = [bond != (0, 1) for bond in ETHANOL.bonds]
    np.testing.assert_allclose(
        stack(drawn["bond_lengths"])[:, others], np.tile(reference[others], (40, 1))
    )
    values = stack(drawn["coordinates"]) * [ANGSTROM_PER_BOHR, 180 / np.pi, 180 / np.pi]
    for column, each in zip(values.T, CHAIN, strict=True):
        assert each["low"] <= column.min() < column.max() <= each["high"]
        assert np.ptp(column) > 0.8 * (each["high"] - each["low"])
    write_table(drawn, tmp_path / "geometries.parquet", GEOMETRIES)
    read = read_table(tmp_path / "geometries.parquet", GEOMETRIES)
    np.testing.assert_array_equal(stack(read["coordinates"]), stack(drawn["coordinates"]))


def test_a_dihedral_turns_all_that_hangs_on_its_middle_bond():
    turned = drawn_geometries(ETHANOL, [{"atoms": [2, 1, 0, 6], "low": 0, "high": 360}], 5, seed=1)
    methyl = [0, *ETHANOL_METHYL]
    for row in turned.itertuples():
        found = placed(ETHANOL.symbols, row.positions)[methyl].get_all_distances()
        np.testing.assert_allclose(found, ATOMS[methyl].get_all_distances(), atol=1e-9)


ETHANOL_METHYL = [
    next(iter({*bond} - {0})) for bond in ETHANOL.bonds if 0 in bond and 1 not in bond
]


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        ([{"atoms": [0], "low": 1, "high": 2}], r"has the atoms \[0\]; it must have two of a bond"),
        ([{"atoms": [0, 3], "low": 1, "high": 2}], "0 and 3 are not bonded; .* bonds are 0-1, "),
        ([{"atoms": [0, 9], "low": 1, "high": 2}], "0 and 9 are not bonded"),
        ([{"atoms": [0, 1], "low": 2, "high": 1}], "interval of the bond of atoms 0, 1 is 2 to 1"),
        ([{"atoms": [0, 1], "low": -1, "high": 1}], "low end of the bond .* is -1"),
        ([{"atoms": [0, 1, 2], "low": 90, "high": 180}], "angle must stay below 180 degrees"),
        ([], "No coordinates of ethanol are drawn"),
        (
            [
                {"atoms": [0, 1, 2], "low": 100, "high": 120},
                {"atoms": [2, 1, 0], "low": 90, "high": 95},
            ],
            "The angle of atoms 0, 1, 2 of ethanol cannot be drawn with the others",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(coordinates, message):
    with pytest.raises(InputError, match=message):
        drawn_geometries(ETHANOL, coordinates, 3, seed=1)


def test_rings_and_parts_without_a_bond_are_refused():
    benzene, malonaldehyde = find_molecule("benzene"), find_molecule("malonaldehyde")
    bond = [{"atoms": [0, 1], "low": 1.3, "high": 1.4}]
    with pytest.raises(InputError, match="bond of atoms 0 and 1 of benzene is part of a ring"):
        drawn_geometries(benzene, bond, 1, seed=1)
    hydrogen = [{"atoms": [0, 6], "low": 1.0, "high": 1.2}]
    assert len(drawn_geometries(benzene, hydrogen, 3, seed=1)) == 3
    with pytest.raises(InputError, match="The bonds of malonaldehyde do not connect all"):
        drawn_geometries(malonaldehyde, bond, 1, seed=1)
