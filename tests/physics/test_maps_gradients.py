"""Analytic gradients of trained maps beside central differences of their energies."""

from collections import namedtuple

import numpy as np
import pytest
from papers_molecules import find_molecule
from scipy.spatial.transform import Rotation

from hkmaps.densities.fourier import FourierBasis
from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import DESCRIPTORS, MoleculeMap
from hkmaps.seeds import random_stream
from hkmaps.units import ANGSTROM_PER_BOHR

EV_PER_HARTREE = 27.211386
STEP = 0.001 / ANGSTROM_PER_BOHR
BASIS = FourierBasis(20.0, 2)
RANK = 12


def stream(name):
    return random_stream(0, "test", "gradients", name)


def displaced(molecule, count, name, size):
    noise = stream(f"{molecule.name} {name}").normal(
        scale=size, size=(count, len(molecule.symbols), 3)
    )
    positions = molecule.reference_positions + noise
    rotations = Rotation.random(count, rng=stream(name)).as_matrix()
    return positions @ rotations + stream(name).normal(size=(count, 1, 3))


def trained(name, method, count=40, descriptor=GaussiansPotential):
    """A map of energies of springs between all atoms and of densities that follow the distances."""
    molecule = find_molecule(name)
    positions = displaced(molecule, count, "training", 0.08)
    first, second = np.triu_indices(len(molecule.symbols), k=1)
    reference = np.linalg.norm(
        molecule.reference_positions[first] - molecule.reference_positions[second], axis=1
    )
    strained = np.linalg.norm(positions[:, first] - positions[:, second], axis=2) - reference
    energies = -10 + 0.1 * (strained**2).sum(axis=1)
    densities = ()
    if method == "ML-HK":
        directions = stream("directions").normal(size=(len(first), RANK))
        coordinates = np.sin(strained @ directions) + 2 * np.eye(RANK)[0]
        rows = np.linalg.qr(stream("rows").normal(size=(BASIS.size, RANK)))[0].T
        densities = (coordinates, DensitySubspace(BASIS, rows.astype(np.float32), 0.0))
    return MoleculeMap.fit(
        name,
        molecule.symbols,
        molecule.frame,
        descriptor(molecule.charges),
        positions,
        energies,
        *densities,
    )


@pytest.fixture(params=[("H2O", "ML-KS"), ("H2O", "ML-HK"), ("ethane", "ML-HK")], ids="/".join)
def molecule_map(request):
    return trained(*request.param)


def new_geometries(molecule_map, count=3):
    return displaced(find_molecule(molecule_map.name), count, "new", 0.08)


def test_gradients_equal_central_differences(molecule_map):
    positions = new_geometries(molecule_map)
    gradients = molecule_map.energies_and_gradients(positions).gradients
    unit = EV_PER_HARTREE / ANGSTROM_PER_BOHR
    assert np.abs(gradients).max() * unit > 0.1
    for index in np.ndindex(positions.shape[1:]):
        shift = np.zeros(positions.shape[1:])
        shift[index] = STEP
        near, far = (
            molecule_map.energies(positions + step) - molecule_map.energies(positions - step)
            for step in (shift, 2 * shift)
        )
        # Two points alone miss by STEP**2 / 6 times the third derivative, which for a bond to
        # hydrogen is more than what is allowed here; four points leave the fifth derivative.
        difference = (8 * near - far) / (12 * STEP)
        error = gradients[(slice(None), *index)] - difference
        assert np.abs(error).max() * unit < 1e-5


def test_energies_are_those_of_the_map(molecule_map):
    positions = new_geometries(molecule_map)
    points = molecule_map.energies_and_gradients(positions)
    np.testing.assert_array_equal(points.energies, molecule_map.energies(positions))
    domain = molecule_map.domain_distance(positions)
    np.testing.assert_allclose(points.domain_distances, domain, rtol=1e-6)


def test_a_hydrogen_that_leaves_is_outside_the_domain_however_small_its_part_in_the_potential():
    molecule_map = trained("ethane", "ML-KS", count=60)
    away = np.tile(molecule_map.training_positions[:1], (3, 1, 1))
    inside = molecule_map.in_domain(away)
    away[:, 7] += (away[:, 7] - away[:, 1]) * np.array([0.3, 0.6, 1.2])[:, None]
    assert inside.all() and not molecule_map.in_domain(away).any()
    distances = molecule_map.domain_distance(away)
    assert (np.diff(distances) > 0).all()


def test_a_geometry_does_not_depend_on_its_company(molecule_map, monkeypatch):
    positions = new_geometries(molecule_map, count=5)
    together = molecule_map.energies_and_gradients(positions)
    monkeypatch.setattr("hkmaps.maps.molecule_map.TERMS_AT_ONCE", 1)
    apart = molecule_map.energies_and_gradients(positions)
    np.testing.assert_allclose(apart.energies, together.energies, atol=1e-11)
    np.testing.assert_allclose(apart.gradients, together.gradients, atol=1e-10)


def test_there_is_neither_force_nor_torque_on_the_molecule(molecule_map):
    positions = new_geometries(molecule_map)
    gradients = molecule_map.energies_and_gradients(positions).gradients
    np.testing.assert_allclose(gradients.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.cross(positions, gradients).sum(axis=1), 0, atol=1e-11)


def test_the_gradient_turns_with_the_molecule_and_goes_with_the_labels(molecule_map):
    positions = new_geometries(molecule_map)
    energies, gradients, _ = molecule_map.energies_and_gradients(positions)
    rotation = Rotation.random(rng=stream("turn")).as_matrix()
    labeling = molecule_map.frame.labelings[-1]
    moved = (positions @ rotation + 1.5)[:, labeling]
    found = molecule_map.energies_and_gradients(moved)
    np.testing.assert_allclose(found.energies, energies, atol=1e-10)
    np.testing.assert_allclose(found.gradients, (gradients @ rotation)[:, labeling], atol=1e-9)


class InverseDistances:
    """Another descriptor: the inverse distances of all pairs of atoms."""

    Prepared = namedtuple("Prepared", "features norms")
    Comparison = namedtuple("Comparison", "squared_distances positions features")

    def __init__(self, charges):
        self.charges = np.asarray(charges)
        self.pairs = np.triu_indices(len(self.charges), k=1)
        self.settings = {"charges": self.charges.tolist()}

    def features(self, positions):
        first, second = self.pairs
        return 1 / np.linalg.norm(positions[:, first] - positions[:, second], axis=2)

    def prepare(self, positions):
        features = self.features(positions)
        return self.Prepared(features, (features**2).sum(axis=1))

    def compare(self, positions, others):
        features = self.features(positions)
        distances = ((features[:, None] - others.features) ** 2).sum(axis=2)
        return self.Comparison(distances, positions, features)

    def squared_distances(self, positions, others):
        return self.compare(positions, others).squared_distances

    def pull_back(self, comparison, others, slopes):
        _, positions, features = comparison
        of_features = 2 * (slopes.sum(axis=1)[:, None] * features - slopes @ others.features)
        first, second = self.pairs
        apart = positions[:, first] - positions[:, second]
        pulls = -(of_features * features**3)[:, :, None] * apart
        gradients = np.zeros_like(positions)
        for pair, (a, b) in enumerate(zip(first, second, strict=True)):
            gradients[:, a] += pulls[:, pair]
            gradients[:, b] -= pulls[:, pair]
        return gradients


@pytest.mark.parametrize("method", ["ML-KS", "ML-HK"])
def test_another_descriptor_is_another_class(method, tmp_path, monkeypatch):
    molecule_map = trained("H2O", method, descriptor=InverseDistances)
    positions = new_geometries(molecule_map)
    gradients = molecule_map.energies_and_gradients(positions).gradients
    for index in np.ndindex(3, 3):
        shift = np.zeros((3, 3))
        shift[index] = STEP
        ahead, behind = (molecule_map.energies(positions + s) for s in (shift, -shift))
        error = gradients[(slice(None), *index)] - (ahead - behind) / (2 * STEP)
        assert np.abs(error).max() < 1e-5 * np.abs(gradients).max()
    molecule_map.save(tmp_path)
    monkeypatch.setitem(DESCRIPTORS, "InverseDistances", InverseDistances)
    loaded = MoleculeMap.load(tmp_path)
    np.testing.assert_array_equal(loaded.energies(positions), molecule_map.energies(positions))


def test_coincident_atoms_are_refused_in_a_sentence():
    positions = np.zeros((1, 3, 3))
    with pytest.raises(InputError, match=r"atoms must be at least 0\.01 bohr apart"):
        trained("H2O", "ML-KS").energies_and_gradients(positions)
