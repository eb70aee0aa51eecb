"""The group of a molecule's symmetry against orders and characters of textbooks."""

from itertools import permutations

import numpy as np
import pytest
from papers_molecules import find_molecule

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.geometry.symmetry import SymmetryGroup, graph_automorphisms

# Point group, its order where motion that is possible tells the operations apart (the mirror in the
# plane of water moves nothing), and the number of its totally symmetric vibrations (e.g. G.
# Herzberg, Infrared and Raman Spectra of Polyatomic Molecules, tables of normal vibrations).
POINT_GROUPS = {
    "H2": ("D_inf_h", 1, 1),
    "H2O": ("C2v", 2, 2),
    "ethane": ("D3d", 12, 3),
    "malonaldehyde": ("C2v", 4, 8),
    "benzene": ("D6h", 24, 2),
}
AUTOMORPHISMS = {"H2": 2, "H2O": 2, "ethane": 72, "malonaldehyde": 2, "benzene": 12}


def displaced(molecule, count=4, scale=0.1):
    stream = np.random.default_rng(5)
    return molecule.reference_positions + stream.normal(
        scale=scale, size=(count, *molecule.reference_positions.shape)
    )


@pytest.mark.parametrize("name", AUTOMORPHISMS)
def test_renamings_that_keep_the_bonds_are_as_many_as_known(name):
    molecule = find_molecule(name)
    found = graph_automorphisms(name, molecule.symbols, molecule.bonds)
    assert len(found) == AUTOMORPHISMS[name]
    assert (found[0] == np.arange(len(molecule.symbols))).all()


def test_renamings_are_those_that_trying_all_finds():
    molecule = find_molecule("ethane")
    bonds = {frozenset(bond) for bond in molecule.bonds}
    tried = [
        (*carbons, *hydrogens)
        for carbons in permutations(range(2))
        for hydrogens in permutations(range(2, 8))
        if {frozenset((*carbons, *hydrogens)[atom] for atom in bond) for bond in bonds} == bonds
    ]
    found = graph_automorphisms("ethane", molecule.symbols, molecule.bonds)
    assert sorted(tried) == [tuple(row) for row in found.tolist()]


@pytest.mark.parametrize("name", POINT_GROUPS)
def test_orders_and_totally_symmetric_vibrations_are_those_of_the_point_group(name):
    _, order, symmetric = POINT_GROUPS[name]
    group = SymmetryGroup.of(find_molecule(name))
    assert group.order == order
    axes = group.frame.axes.T
    images = group.images(axes.reshape(len(axes), -1, 3)).reshape(order, len(axes), -1)
    # The mean of the characters counts how often the identity representation occurs.
    characters = np.einsum("gdx,dx->g", images, axes)
    assert characters.mean() == pytest.approx(symmetric, abs=1e-9)


@pytest.mark.parametrize("name", POINT_GROUPS)
def test_operations_carry_the_reference_onto_itself_and_aligned_geometries_to_aligned_ones(name):
    molecule = find_molecule(name)
    group = SymmetryGroup.of(molecule)
    reference = group.frame.positions
    np.testing.assert_allclose(
        group.images(reference[None])[:, 0], [reference] * group.order, atol=1e-10
    )
    np.testing.assert_allclose(reference, molecule.reference_positions, atol=1e-3)
    aligned = group.frame.align(displaced(molecule)).positions
    images = group.images(aligned).reshape(-1, *reference.shape)
    np.testing.assert_allclose(group.frame.align(images).positions, images, atol=1e-9)


def test_images_of_images_are_images():
    group = SymmetryGroup.of(find_molecule("benzene"))
    aligned = group.frame.align(displaced(find_molecule("benzene"), 1)).positions
    images = group.images(aligned)[:, 0]
    twice = group.images(images).reshape(-1, *images.shape[1:])
    nearest = np.abs(twice[:, None] - images).max(axis=(2, 3))
    assert nearest.min(axis=1).max() < 1e-9
    assert (np.bincount(nearest.argmin(axis=1)) == group.order).all()


def test_gradients_at_images_are_pulled_back():
    group = SymmetryGroup.of(find_molecule("ethane"))
    geometry, direction = displaced(find_molecule("ethane"), 2)
    pulls = np.random.default_rng(2).normal(size=(group.order, 1, *geometry.shape))
    pulled = group.pull_back(pulls)[:, 0]
    moved = (group.images(direction[None]) * pulls).sum(axis=(1, 2, 3))
    np.testing.assert_allclose((pulled * direction).sum(axis=(1, 2)), moved, rtol=1e-12)


def test_a_reference_that_is_slightly_off_is_made_symmetric():
    benzene = find_molecule("benzene")
    off = benzene.equilibrium + np.random.default_rng(3).normal(scale=0.02, size=(12, 3))
    group = SymmetryGroup.of(Molecule("benzene", benzene.symbols, off, bonds=benzene.bonds))
    assert group.order == 24
    reference = group.frame.positions
    np.testing.assert_allclose(group.images(reference[None])[:, 0], [reference] * 24, atol=1e-10)
    lengths = np.linalg.norm(reference[:6] - np.roll(reference[:6], 1, axis=0), axis=1)
    assert np.ptp(lengths) < 1e-10


def test_a_molecule_without_symmetry_has_the_identity_alone():
    water = find_molecule("H2O")
    stretched = water.equilibrium * np.array([[1], [1.3], [1]])
    group = SymmetryGroup.of(Molecule("water", water.symbols, stretched, bonds=water.bonds))
    assert group.order == 1


def test_too_many_renamings_are_refused():
    molecule = find_molecule("benzene")
    with pytest.raises(InputError, match=r"More than 50000 permutations .* 0 bonds of benzene"):
        graph_automorphisms("benzene", molecule.symbols, [])
