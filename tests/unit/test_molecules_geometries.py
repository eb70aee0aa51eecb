"""Geometries of molecules: drawn as published, aligned, divided, and checked."""

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.molecules.geometries import (
    bond_lengths,
    expect_positions,
)
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import ANGSTROM_PER_BOHR

H2, WATER = find_molecule("H2"), find_molecule("H2O")


def positions_of(geometries):
    return stack(geometries["positions"]).reshape(len(geometries), -1, 3)


def test_h2_is_drawn_as_published():
    geometries = random_geometries(H2, 150, seed=1)
    lengths = stack(geometries["bond_lengths"])[:, 0] * ANGSTROM_PER_BOHR
    assert 0.5 <= lengths.min() < 0.52
    assert 1.48 < lengths.max() <= 1.5
    assert np.histogram(lengths, 4, (0.5, 1.5))[0].min() > 20
    np.testing.assert_allclose(
        stack(geometries["coordinates"])[:, 0], stack(geometries["bond_lengths"])[:, 0]
    )


def test_water_is_drawn_as_published():
    geometries = random_geometries(WATER, 350, seed=1)
    lengths = stack(geometries["bond_lengths"]) * ANGSTROM_PER_BOHR
    angles = np.degrees(stack(geometries["coordinates"])[:, 2])
    assert np.abs(lengths - 0.97).max() == pytest.approx(0.075, abs=0.001)
    assert np.abs(lengths - 0.97).max() <= 0.075
    assert np.abs(angles - 104.2).max() == pytest.approx(8.59, abs=0.1)
    assert np.abs(angles - 104.2).max() <= 8.59
    independent = np.corrcoef(np.column_stack([lengths, angles]).T)
    assert np.abs(independent - np.eye(3)).max() < 0.2


def test_the_reference_geometry_of_water_is_the_published_equilibrium():
    reference = WATER.reference_positions[None]
    assert bond_lengths(WATER, reference)[0] * ANGSTROM_PER_BOHR == pytest.approx([0.97, 0.97])
    one, other = reference[0, 1:] - reference[0, 0]
    angle = np.arccos(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
    assert np.degrees(angle) == pytest.approx(104.2)
    assert WATER.charges.tolist() == [8, 1, 1]


def test_positions_hold_the_bonds_of_the_table():
    geometries = random_geometries(WATER, 20, seed=1)
    positions = positions_of(geometries)
    np.testing.assert_allclose(bond_lengths(WATER, positions), stack(geometries["bond_lengths"]))


@pytest.mark.parametrize("molecule", [H2, WATER], ids=lambda molecule: molecule.name)
def test_geometries_are_centred_and_aligned(molecule):
    positions = positions_of(random_geometries(molecule, 20, seed=1))
    masses, reference = molecule.masses, molecule.reference_positions
    np.testing.assert_allclose(masses @ positions, 0, atol=1e-9)
    np.testing.assert_allclose(molecule.frame.align(positions).positions, positions, atol=1e-9)
    # Eckart's condition: no rotation against the reference.
    torques = np.einsum("a,gax->gx", masses, np.cross(positions, reference))
    np.testing.assert_allclose(torques, 0, atol=1e-8)


def test_geometries_follow_from_the_seed_and_do_not_depend_on_their_number():
    few, many = (random_geometries(WATER, count, seed=3) for count in (10, 30))
    np.testing.assert_array_equal(positions_of(few), positions_of(many)[:10])
    other = random_geometries(WATER, 10, seed=4)
    assert np.abs(positions_of(few) - positions_of(other)).max() > 1e-3


def test_the_table_is_written_and_read(tmp_path):
    geometries = random_geometries(H2, 6, seed=3)
    write_table(geometries, tmp_path / "geometries.parquet", GEOMETRIES)
    read = read_table(tmp_path / "geometries.parquet", GEOMETRIES)
    np.testing.assert_array_equal(positions_of(read), positions_of(geometries))


def test_alignment_undoes_a_rigid_motion():
    stream = random_stream(0, "tests", "alignment")
    reference = stream.normal(size=(5, 3))
    masses = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    reference -= masses @ reference / masses.sum()
    turns = Rotation.random(8, rng=stream).as_matrix()
    moved = reference @ np.swapaxes(turns, 1, 2) + stream.normal(size=(8, 1, 3))
    aligned = ReferenceFrame(reference, masses).align(moved).positions
    np.testing.assert_allclose(aligned, np.stack([reference] * 8), atol=1e-12)


def test_alignment_never_reflects():
    stream = random_stream(0, "tests", "reflection")
    reference = stream.normal(size=(4, 3))
    mirrored = reference * [1, 1, -1]
    (aligned,) = ReferenceFrame(reference, np.ones(4)).align(mirrored[None]).positions
    np.testing.assert_allclose(pdist(aligned), pdist(reference), atol=1e-12)
    handedness = [np.linalg.det(atoms[1:] - atoms[0]) for atoms in (mirrored, aligned)]
    assert handedness[0] == pytest.approx(handedness[1])


def test_positions_may_come_flat_or_by_atom():
    positions = random_geometries(WATER, 4, seed=1)["positions"]
    flat = stack(positions)
    np.testing.assert_array_equal(expect_positions(WATER, flat), flat.reshape(4, 3, 3))
    np.testing.assert_array_equal(expect_positions(WATER, flat.reshape(4, 3, 3)).ravel(), flat.flat)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p * ANGSTROM_PER_BOHR, "0.97 bohr long; .* look like Angstrom"),
        (lambda p: p / ANGSTROM_PER_BOHR, "3.46 bohr long; .* converted from Angstrom twice"),
        (lambda p: 10 * p, "18.3 bohr long; it must be 1.19 to 2.84 bohr.$"),
        (lambda p: p[:, [0, 1, 1]], "0 bohr apart"),
        (lambda p: p[:, :2], "must hold 9 values, x, y, z of its 3 atoms"),
        (lambda p: p + np.array([np.nan, 0, 0]), "holds nan at index"),
        (lambda p: p[:0], "shape"),
    ],
)
def test_positions_of_no_such_molecule_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        expect_positions(WATER, change(WATER.reference_positions[None]))
