"""Molecules from their entries: structure, bonds, permutations, tautomers, limits of bonds."""

import itertools
import subprocess
import sys

import ase.io
import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule as molecule_of_ase
from papers_molecules import REPOSITORY, find_molecule
from scipy.spatial.distance import pdist, squareform

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
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


@pytest.fixture
def described(tmp_path):
    """Return the molecule of some atoms, written to a file, and of the keys of its entry."""

    def describe(atoms, **entry):
        ase.io.write(tmp_path / "own.xyz", atoms)
        return Molecule.from_entry("own", tmp_path / "own.xyz", entry)

    return describe


def zundel(shift=0.0):
    """A proton between two waters, nearer to the second by twice the shift in Angstrom."""
    water = np.array([[1.2, 0.0, 0.0], [1.75, 0.76, 0.2], [1.75, -0.76, 0.2]])
    return Atoms("OHHOHHH", np.vstack([water, -water, [[-shift, 0.0, 0.0]]]))


def expect_refused(message, call):
    with pytest.raises(InputError, match=message) as error:
        call()
    text = str(error.value)
    assert "\n" not in text and text.endswith(".") and ". " not in text


def test_elements_geometry_and_order_are_those_of_the_structure(described):
    atoms = molecule_of_ase("SH2")[[1, 0, 2]]
    found = described(atoms)
    assert found.symbols == ("H", "S", "H")
    assert found.charges.tolist() == [1, 16, 1]
    np.testing.assert_allclose(found.masses, [1.008, 32.06, 1.008], atol=0.01)
    np.testing.assert_allclose(found.equilibrium * ANGSTROM_PER_BOHR, atoms.positions, atol=1e-7)
    assert found.bonds == ((0, 1), (1, 2))


def test_the_last_geometry_of_any_format_counts(tmp_path):
    first, last = molecule_of_ase("H2O"), molecule_of_ase("H2O")
    last.positions *= 1.05
    ase.io.write(tmp_path / "optimised.traj", [first, last])
    found = Molecule.from_entry("H2O", tmp_path / "optimised.traj")
    np.testing.assert_allclose(found.equilibrium * ANGSTROM_PER_BOHR, last.positions)


@pytest.mark.parametrize(
    ("name", "bonds", "labelings"),
    [
        ("CH3OH", 5, 3),
        ("C3H8", 10, 9),
        ("C2H6", 7, 3),
        ("isobutane", 13, 27),
        ("C6H6", 12, 1),
        ("CH4", 4, 1),
        ("NH3", 3, 1),
        ("C2H4", 5, 1),
        ("H2O", 2, 1),
    ],
)
def test_bonds_and_turns_of_methyl_groups_are_found(name, bonds, labelings, described):
    found = described(molecule_of_ase(name))
    assert (len(found.bonds), len(found.labelings)) == (bonds, labelings)


def test_the_turns_of_methanol_are_those_of_its_three_hydrogens(described):
    atoms = molecule_of_ase("CH3OH")
    assert atoms.get_chemical_symbols() == ["C", "O", "H", "H", "H", "H"]
    rest, hydrogens = (0, 1, 3), (2, 4, 5)
    found = {tuple(np.array(labeling)) for labeling in described(atoms).labelings}
    turns = {(2, 4, 5), (4, 5, 2), (5, 2, 4)}
    assert {tuple(labeling[atom] for atom in hydrogens) for labeling in found} == turns
    assert all(labeling[atom] == atom for labeling in found for atom in rest)


def test_a_proton_in_the_middle_of_two_oxygens_is_bonded_to_neither(described):
    waters = ((0, 1), (0, 2), (3, 4), (3, 5))
    assert described(zundel()).bonds == waters
    assert set(described(zundel(0.24)).bonds) == {*waters, (3, 6)}


def test_only_bonds_that_each_tautomer_has_last(described):
    transfer = [3, 4, 5, 0, 1, 2, 6]
    found = described(zundel(0.24), tautomers=[transfer])
    assert found.bonds == ((0, 1), (0, 2), (3, 4), (3, 5))
    assert found.tautomers == (tuple(range(7)), tuple(transfer))


def test_what_an_entry_says_goes_before_what_the_structure_shows(described):
    atoms = molecule_of_ase("C2H6")
    given = described(atoms, permutations=[[1, 0, 5, 6, 7, 2, 3, 4]], bonds=[[0, 1]])
    assert given.labelings == (tuple(range(8)), (1, 0, 5, 6, 7, 2, 3, 4))
    assert given.bonds == ((0, 1),)
    assert described(atoms, permutations=[]).labelings == (tuple(range(8)),)
    limits = described(atoms, bonds=[[0, 1]], bond_limits=[0.5, 2.0]).bond_limits
    length = atoms.get_distance(0, 1) / ANGSTROM_PER_BOHR
    np.testing.assert_allclose(limits, [[0.5 * length, 2.0 * length]], rtol=1e-6)


def test_atoms_without_a_bond_are_geometries_too(described):
    argon = described(Atoms("Ar2", [[0, 0, 0], [0, 0, 3.8]]))
    assert argon.bonds == ()
    assert bond_lengths(argon, expect_positions(argon, argon.equilibrium[None])).shape == (1, 0)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"permutations": [[0, 2]]}, r"permutations of own have \[0, 2\]; .* numbers 0 to 2 once"),
        ({"permutations": [[0, 1, 1]]}, r"permutations of own have \[0, 1, 1\]"),
        ({"permutations": [[1, 0, 2]]}, "an atom of the same element in each place"),
        ({"tautomers": [[0, 2, 3]]}, r"tautomers of own have \[0, 2, 3\]"),
        ({"bonds": [[0, 3]]}, r"bonds of own have \[0, 3\]; .* atoms of the numbers 0 to 2"),
        ({"bonds": [[1, 1]]}, r"bonds of own have \[1, 1\]; each must be two different atoms"),
    ],
)
def test_keys_that_do_not_fit_the_structure_are_refused(entry, message, described):
    expect_refused(message, lambda: described(molecule_of_ase("H2O"), **entry))


def test_a_structure_that_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "own.xyz"

    def read():
        return Molecule.from_entry("own", path)

    expect_refused(r"own\.xyz does not exist; it is looked for in ", read)
    path.write_text("H 0 0 0\nH 0 0 1\n")
    expect_refused(r"own\.xyz cannot be read by ase\.io \(\w+: .*\); an xyz file is one", read)
    path.write_text("2\n\nH 0 0 0\nXq 0 0 1\n")
    expect_refused(r"own\.xyz cannot be read by ase\.io \(.*Xq", read)
    path.write_text("2\n\nH 0 0 0\nX 0 0 1\n")
    expect_refused(r"own\.xyz holds HX; it must hold the atoms", read)
    path.write_text("0\n\n")
    expect_refused(r"own\.xyz (holds no atoms; it must|cannot be read)", read)
    ase.io.write(path, Atoms("H2", [[0, 0, 0], [0, 0, 0.74]], cell=[3, 3, 3], pbc=True))
    expect_refused(r"own\.xyz holds a periodic cell; it must hold the molecule alone", read)


def test_an_element_that_is_none_is_refused():
    unknown = Molecule("own", ("H", "Xq"), np.eye(2, 3))
    expect_refused("own has the unknown element 'Xq'; .* periodic table", lambda: unknown.charges)


def test_molecules_are_known_without_engines_and_scikit_learn():
    code = (
        "import sys, hkmaps.molecules.results; from hkmaps.geometry.molecule import Molecule\n"
        "assert 'ase' not in sys.modules\n"
        "Molecule.from_entry('benzene', 'config/molecules/benzene.xyz').frame\n"
        "print([name for name in ('openmm', 'pyscf', 'sklearn', 'torch') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert found.stdout.strip() == "[]"


def test_a_shared_proton_may_be_bonded_to_either_oxygen():
    bonds = find_molecule("malonaldehyde").stability_bonds
    assert bonds.pairs[-2:].tolist() == [[5, 0], [5, 4]]
    assert bonds.groups[-2:].tolist() == [7, 7] and len(bonds.pairs) == 9
    # Midway between the oxygens it is farther from each than a bond is long.
    np.testing.assert_allclose(bonds.lengths[-2:] * ANGSTROM_PER_BOHR, 0.97)


def test_a_proton_may_be_where_a_tautomer_has_it():
    symbols = ("O", "C", "O", "H")
    positions = np.array([[0, 0, 0], [1.3, 0, 0], [2.6, 0, 0], [-0.98, 0, 0]]) / ANGSTROM_PER_BOHR
    bonds = Molecule(
        "acid", symbols, positions, ((0, 1), (1, 2)), tautomers=((0, 1, 2, 3), (2, 1, 0, 3))
    ).stability_bonds
    assert bonds.pairs.tolist() == [[0, 1], [1, 2], [3, 0], [3, 2]]
    np.testing.assert_allclose(bonds.lengths * ANGSTROM_PER_BOHR, [1.3, 1.3, 0.97, 0.97])


def test_bonds_that_last_have_their_reference_lengths():
    bonds = find_molecule("H2O").stability_bonds
    assert bonds.pairs.tolist() == [[0, 1], [0, 2]] and bonds.groups.tolist() == [0, 1]
    np.testing.assert_allclose(bonds.lengths * ANGSTROM_PER_BOHR, 0.97, atol=1e-3)
