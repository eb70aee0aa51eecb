"""The molecules that dynamics samples: symmetry, tautomers, reference geometries, bond limits."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from papers_molecules import find_molecule
from scipy.spatial.distance import pdist, squareform

from hkmaps.errors import InputError
from hkmaps.molecules.geometries import bond_lengths, expect_positions
from hkmaps.units import ANGSTROM_PER_BOHR

CONFORMERS = [find_molecule(name) for name in ("ethane", "benzene", "malonaldehyde")]
ETHANE, BENZENE, MALONALDEHYDE = CONFORMERS
EACH = pytest.mark.parametrize("molecule", CONFORMERS, ids=lambda molecule: molecule.name)


def handedness(positions, carbon, other, hydrogens):
    """Sign of the turn of a methyl group's hydrogens, seen along its carbon-carbon bond."""
    axis = positions[other] - positions[carbon]
    return np.sign(axis @ np.cross(*np.diff(positions[list(hydrogens)], axis=0)))


@EACH
def test_labelings_are_a_group_that_begins_with_the_identity(molecule):
    labelings = set(molecule.labelings)
    assert molecule.labelings[0] == tuple(range(len(molecule.symbols)))
    assert len(labelings) == len(molecule.labelings)
    for first, second in itertools.product(labelings, repeat=2):
        assert tuple(first[atom] for atom in second) in labelings


@EACH
def test_labelings_and_tautomers_keep_elements_and_bonds(molecule):
    bonds = {frozenset(bond) for bond in molecule.bonds}
    for permutation in (*molecule.labelings, *molecule.tautomers):
        assert [molecule.symbols[atom] for atom in permutation] == list(molecule.symbols)
        assert {frozenset(permutation[atom] for atom in bond) for bond in bonds} == bonds


def bond_symmetries(molecule):
    """All permutations of carbons and of hydrogens that keep bonds."""
    bonds = {frozenset(bond) for bond in molecule.bonds}
    carbons = molecule.symbols.count("C")
    for permutation in itertools.product(
        itertools.permutations(range(carbons)),
        itertools.permutations(range(carbons, len(molecule.symbols))),
    ):
        labeling = (*permutation[0], *permutation[1])
        if {frozenset(labeling[atom] for atom in bond) for bond in bonds} == bonds:
            yield labeling


def test_ethane_has_a_labeling_of_each_well_that_motion_reaches():
    positions = ETHANE.reference_positions
    distances = squareform(pdist(positions))
    upright = [handedness(positions, 0, 1, (2, 3, 4)), handedness(positions, 1, 0, (5, 6, 7))]
    feasible, rotations = set(), set()
    for labeling in bond_symmetries(ETHANE):
        named = positions[list(labeling)]
        turns = [handedness(named, 0, 1, (2, 3, 4)), handedness(named, 1, 0, (5, 6, 7))]
        if turns == upright:
            feasible.add(labeling)
            if np.allclose(distances[np.ix_(labeling, labeling)], distances):
                rotations.add(labeling)
    products = [
        tuple(labeling[atom] for atom in rotation)
        for labeling in ETHANE.labelings
        for rotation in rotations
    ]
    assert (len(feasible), len(rotations)) == (18, 6)
    assert len(products) == 18
    assert set(products) == feasible


def test_both_tautomers_of_malonaldehyde_fit_its_reference_equally_well():
    identity, mirror = MALONALDEHYDE.tautomers
    distances = squareform(pdist(MALONALDEHYDE.reference_positions))
    np.testing.assert_allclose(distances[np.ix_(mirror, mirror)], distances, atol=1e-12)
    assert distances[5, 0] == pytest.approx(distances[5, 4])
    assert identity == tuple(range(9))
    assert MALONALDEHYDE.labelings == (identity,)


@EACH
def test_reference_geometries_are_molecules_around_their_centre_of_mass(molecule):
    reference = molecule.reference_positions
    np.testing.assert_allclose(molecule.masses @ reference, 0, atol=1e-12)
    expect_positions(molecule, reference[None])
    lengths = bond_lengths(molecule, reference[None])[0] * ANGSTROM_PER_BOHR
    for (first, second), length in zip(molecule.bonds, lengths, strict=True):
        carbon_hydrogen = {molecule.symbols[first], molecule.symbols[second]} == {"C", "H"}
        assert (1.07 < length < 1.13) if carbon_hydrogen else (1.2 < length < 1.56)


@EACH
@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (ANGSTROM_PER_BOHR, "these positions look like Angstrom"),
        (1 / ANGSTROM_PER_BOHR, "look converted from Angstrom twice"),
    ],
)
def test_lengths_in_the_wrong_unit_are_recognised(molecule, factor, message):
    with pytest.raises(InputError, match=message):
        expect_positions(molecule, molecule.reference_positions[None] * factor)


def test_every_bond_has_limits_of_its_own():
    # A length that a carbon-carbon bond may have is no carbon-hydrogen bond.
    stretched = BENZENE.reference_positions.copy()
    stretched[6] *= 3.3 / 2.51329
    with pytest.raises(InputError, match="The bond of atoms 0 and 6 in geometry 0 of benzene"):
        expect_positions(BENZENE, stretched[None])


def test_the_proton_of_malonaldehyde_may_be_at_either_oxygen():
    for oxygen in (0, 4):
        positions = MALONALDEHYDE.reference_positions.copy()
        positions[5] += 0.35 * (positions[oxygen] - positions[5])
        expect_positions(MALONALDEHYDE, positions[None])


def test_molecules_are_known_without_engines_and_scikit_learn():
    code = (
        "import sys, hkmaps.molecules.results; from hkmaps.molecules.systems import find_molecule;"
        "find_molecule('benzene');"
        "print([name for name in ('openmm', 'pyscf', 'sklearn', 'ase') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
