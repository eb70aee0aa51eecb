"""Laws that force fields and their dynamics obey."""

import re
from pathlib import Path

import numpy as np
import openmm
import pytest
from ase import units
from papers_molecules import find_molecule, force_field

from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
from hkmaps.molecules.force_field import ForceField
from hkmaps.molecules.geometries import bond_lengths
from hkmaps.seeds import random_stream
from hkmaps.tables import stack
from hkmaps.units import ANGSTROM_PER_BOHR, KILOJOULE_PER_MOL_PER_HARTREE

DOCUMENTATION = Path(__file__).parents[2] / "docs/force_fields.md"
CONFORMERS = [find_molecule(name) for name in ("ethane", "benzene", "malonaldehyde")]
ETHANE, BENZENE, MALONALDEHYDE = CONFORMERS
FORCE_FIELDS = Path(__file__).parents[2] / "config/molecules/force_fields"
EACH = pytest.mark.parametrize("molecule", CONFORMERS, ids=lambda molecule: molecule.name)


def displaced(molecule, count=3):
    stream = random_stream(0, "tests", "displacements", molecule.name)
    reference = molecule.reference_positions
    return reference + stream.normal(scale=0.05, size=(count, *reference.shape))


def energies(molecule, positions, tautomer=0):
    """Energies of geometries, in Ha."""
    field = ForceField(molecule, force_field(molecule.name), tautomer)
    context, found = field.context(openmm.VerletIntegrator(0.001)), []
    for geometry in positions:
        field.set_positions(context, geometry)
        found.append(context.getState(energy=True).getPotentialEnergy()._value)
    return np.divide(found, KILOJOULE_PER_MOL_PER_HARTREE)


def test_tautomers_have_the_same_energy_after_mapping():
    mirror = list(MALONALDEHYDE.tautomers[1])
    positions = displaced(MALONALDEHYDE)
    first = energies(MALONALDEHYDE, positions)
    mapped = energies(MALONALDEHYDE, positions[:, mirror], tautomer=1)
    np.testing.assert_allclose(mapped, first, rtol=1e-12)
    unmapped = energies(MALONALDEHYDE, positions, tautomer=1)
    assert np.abs(unmapped - first).min() > 1e-3


@pytest.mark.parametrize(
    ("molecule", "labeling", "tolerance"),
    [
        (ETHANE, (0, 1, 3, 4, 2, 5, 6, 7), 1e-14),
        (ETHANE, (1, 0, 5, 7, 6, 2, 4, 3), 1e-14),
        # An improper torsion of Amber depends a little on the order of its outer atoms.
        (BENZENE, (1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 6), 2e-5),
        (BENZENE, (0, 5, 4, 3, 2, 1, 6, 11, 10, 9, 8, 7), 2e-5),
    ],
)
def test_equivalent_labelings_have_the_same_energy(molecule, labeling, tolerance):
    positions = displaced(molecule)
    relabelled = positions[:, list(labeling)]
    given, others = (energies(molecule, each) for each in (positions, relabelled))
    np.testing.assert_allclose(others, given, rtol=0, atol=tolerance)


@EACH
def test_the_mean_kinetic_energy_is_that_of_the_temperature(molecule):
    # Friction of 10 per picosecond: snapshots soon are independent, the mean is the same.
    protocol = DynamicsProtocol.in_femtoseconds(350, 5e3, 1e5, 100, 1, friction=1e-2)
    trajectory = classical_trajectory(
        molecule, force_field(molecule.name), protocol, "350K", seed=1
    )
    degrees = 3 * len(molecule.symbols)
    kelvin_per_hartree = units.Hartree / units.kB
    temperatures = 2 * kelvin_per_hartree / degrees * trajectory["kinetic_energy"].to_numpy()
    blocks = temperatures.reshape(20, -1).mean(axis=1)
    error = blocks.std(ddof=1) / np.sqrt(len(blocks))
    assert error < 5
    assert abs(blocks.mean() - 350) < 3 * error
    # Canonical fluctuations.
    assert temperatures.std() / 350 == pytest.approx(np.sqrt(2 / degrees), rel=0.1)


@pytest.mark.parametrize(
    ("molecule", "expected"),
    [
        (ETHANE, {"CC": 1.54, "CH": 1.10}),
        (BENZENE, {"CC": 1.405, "CH": 1.09}),
    ],
    ids=["ethane", "benzene"],
)
def test_mean_bond_lengths_are_those_of_the_molecule(molecule, expected):
    protocol = DynamicsProtocol.in_femtoseconds(300, 5e3, 1e5, 100, 1, friction=1e-2)
    trajectory = classical_trajectory(
        molecule, force_field(molecule.name), protocol, "300K", seed=1
    )
    positions = stack(trajectory["positions"]).reshape(len(trajectory), -1, 3)
    means = bond_lengths(molecule, positions).mean(axis=0) * ANGSTROM_PER_BOHR
    for (first, second), mean in zip(molecule.bonds, means, strict=True):
        assert mean == pytest.approx(
            expected[molecule.symbols[first] + molecule.symbols[second]], abs=0.01
        )


@pytest.mark.parametrize("tautomer", [0, 1])
def test_mean_bond_lengths_of_malonaldehyde_are_those_of_its_force_field(tautomer):
    system = ForceField(MALONALDEHYDE, force_field("malonaldehyde")).system
    (bonds,) = [f for f in system.getForces() if isinstance(f, openmm.HarmonicBondForce)]
    order = MALONALDEHYDE.tautomers[tautomer]
    protocol = DynamicsProtocol.in_femtoseconds(300, 5e3, 1e5, 100, 1, friction=1e-2)
    trajectory = classical_trajectory(
        MALONALDEHYDE, force_field("malonaldehyde"), protocol, "300K", 1, tautomer
    )
    positions = stack(trajectory["positions"]).reshape(len(trajectory), -1, 3)
    assert bonds.getNumBonds() == 8
    for bond in range(8):
        first, second, length, _ = bonds.getBondParameters(bond)
        pair = [order[first], order[second]]
        found = np.linalg.norm(positions[:, pair[0]] - positions[:, pair[1]], axis=1).mean()
        # The hydrogen bond pulls at the proton.
        tolerance = 0.03 if 5 in pair else 0.01
        assert found * ANGSTROM_PER_BOHR == pytest.approx(10 * length._value, abs=tolerance), pair


@EACH
def test_energy_is_conserved_to_the_square_of_the_time_step(molecule):
    deviations = []
    for time_step in (0.5, 0.25, 0.125):
        protocol = DynamicsProtocol.in_femtoseconds(300, 0, 2000, 1, time_step, friction=0)
        trajectory = classical_trajectory(
            molecule, force_field(molecule.name), protocol, "isolated", seed=1
        )
        energy = (trajectory["potential_energy"] + trajectory["kinetic_energy"]).to_numpy()
        deviations.append(energy.std())
        early, late = np.array_split(energy, 2)
        assert abs(late.mean() - early.mean()) < 0.3 * energy.std()
        assert energy.std() < 0.02 * trajectory["kinetic_energy"].std()
    ratios = np.divide(deviations[:-1], deviations[1:])
    np.testing.assert_allclose(ratios, 4, rtol=0.15)


def documented_atoms(molecule):
    """Type and charge of every atom by its number, as the documentation has them."""
    rows = re.findall(
        r"^\| (\w+) \| ([\d ]+) \| (\w+) \| [^|]+ \| (-?[\d.]+) \|$",
        DOCUMENTATION.read_text(),
        re.M,
    )
    atoms = {
        int(atom): (kind, float(charge))
        for name, numbers, kind, charge in rows
        if name == molecule.name
        for atom in numbers.split()
    }
    assert sorted(atoms) == list(range(len(molecule.symbols)))
    return [atoms[atom] for atom in sorted(atoms)]


@EACH
def test_charges_are_those_of_the_documentation(molecule):
    system = ForceField(molecule, force_field(molecule.name)).system
    (nonbonded,) = [f for f in system.getForces() if isinstance(f, openmm.NonbondedForce)]
    charges = [
        nonbonded.getParticleParameters(atom)[0]._value for atom in range(len(molecule.symbols))
    ]
    np.testing.assert_allclose([charge for _, charge in documented_atoms(molecule)], charges)


@EACH
@pytest.mark.parametrize("made_by", ["antechamber", "tleap"])
def test_atom_types_are_those_of_the_documentation(molecule, made_by):
    file = {
        "antechamber": FORCE_FIELDS / f"{molecule.name}.mol2",
        "tleap": force_field(molecule.name),
    }[made_by]
    text = file.read_text()
    if made_by == "antechamber":
        atoms = text.partition("@<TRIPOS>ATOM\n")[2].partition("@<TRIPOS>")[0]
        types = [line.split()[5] for line in atoms.splitlines()]
    else:
        types = text.partition("%FLAG AMBER_ATOM_TYPE")[2].partition("%FLAG")[0].split()[1:]
    assert types == [kind for kind, _ in documented_atoms(molecule)]
