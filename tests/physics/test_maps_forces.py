"""Maps that learn from energies and forces: exact limits, conservation, and what forces buy."""

import numpy as np
import pytest
from ase import Atoms, units
from ase.md.verlet import VelocityVerlet
from papers_molecules import find_molecule
from scipy.spatial.transform import Rotation

from hkmaps.densities.fourier import FourierBasis
from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import ENERGIES_AND_FORCES
from hkmaps.molecules.calculator import MapCalculator
from hkmaps.seeds import random_stream

BASIS, RANK, SPRING = FourierBasis(20.0, 2), 12, 0.1
WATER = find_molecule("H2O")
ETHANE = find_molecule("ethane")


def stream(name):
    return random_stream(0, "test", "forces", name)


def displaced(molecule, count, name, size=0.08):
    noise = stream(name).normal(scale=size, size=(count, len(molecule.symbols), 3))
    rotations = Rotation.random(count, rng=stream(f"{name} turned")).as_matrix()
    return (molecule.reference_positions + noise) @ rotations


def springs(molecule, positions):
    """Energies of springs between all atoms, and their gradients."""
    first, second = np.triu_indices(len(molecule.symbols), k=1)
    vectors = positions[:, first] - positions[:, second]
    lengths = np.linalg.norm(vectors, axis=2)
    at_rest = np.linalg.norm(np.subtract(*molecule.reference_positions[[first, second]]), axis=1)
    strained = lengths - at_rest
    pulls = 2 * SPRING * (strained / lengths)[..., None] * vectors
    gradients = np.zeros_like(positions)
    for pair, (one, other) in enumerate(zip(first, second, strict=True)):
        gradients[:, one] += pulls[:, pair]
        gradients[:, other] -= pulls[:, pair]
    return -10 + SPRING * (strained**2).sum(axis=1), gradients, strained


def trained(molecule, method, count=40, forces=True):
    positions = displaced(molecule, count, "training")
    energies, gradients, strained = springs(molecule, positions)
    densities = (None, None)
    if method == "ML-HK":
        directions = stream("directions").normal(size=(strained.shape[1], RANK))
        rows = np.linalg.qr(stream("rows").normal(size=(BASIS.size, RANK)))[0].T
        coordinates = np.sin(strained @ directions) + 2 * np.eye(RANK)[0]
        densities = (coordinates, DensitySubspace(BASIS, rows.astype(np.float32), 0.0))
    return MoleculeMap.fit(
        molecule.name,
        molecule.symbols,
        molecule.frame,
        GaussiansPotential(molecule.charges),
        positions,
        energies,
        *densities,
        gradients if forces else None,
    )


@pytest.fixture(
    scope="module",
    params=[(WATER, "ML-KS"), (WATER, "ML-HK"), (ETHANE, "ML-KS")],
    ids=lambda case: f"{case[0].name} {case[1]}",
)
def learned(request):
    molecule, method = request.param
    return molecule, trained(molecule, method)


def test_forces_are_the_gradient_of_the_energy(learned):
    molecule, model = learned
    positions, step = displaced(molecule, 2, "new"), 1e-3
    gradients = model.energies_and_gradients(positions).gradients
    assert model.learned_from == ENERGIES_AND_FORCES
    for index in np.ndindex(positions.shape[1:]):
        shift = np.zeros(positions.shape[1:])
        shift[index] = step
        near, far = (
            model.energies(positions + by) - model.energies(positions - by)
            for by in (shift, 2 * shift)
        )
        difference = (8 * near - far) / (12 * step)
        np.testing.assert_allclose(gradients[(slice(None), *index)], difference, atol=2e-6)


def test_there_is_neither_force_nor_torque_and_both_turn_with_the_molecule(learned):
    molecule, model = learned
    positions = displaced(molecule, 3, "new")
    energies, gradients, _ = model.energies_and_gradients(positions)
    np.testing.assert_allclose(gradients.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.cross(positions, gradients).sum(axis=1), 0, atol=1e-11)
    turn = Rotation.random(rng=stream("turn")).as_matrix()
    turned = model.energies_and_gradients(positions @ turn + 1.5)
    np.testing.assert_allclose(turned.energies, energies, atol=1e-8)
    np.testing.assert_allclose(turned.gradients, gradients @ turn, atol=1e-7)


def test_a_map_that_learned_forces_knows_more(learned):
    molecule, model = learned
    positions = displaced(molecule, 60, "test")
    exact, slopes, _ = springs(molecule, positions)
    method = "ML-HK" if model.subspace is not None else "ML-KS"
    errors = []
    for each in (model, trained(molecule, method, forces=False)):
        found = each.energies_and_gradients(positions)
        errors.append(
            [np.abs(found.energies - exact).mean(), np.abs(found.gradients - slopes).mean()]
        )
    (energy, force), (energy_before, force_before) = errors
    assert energy < 0.5 * energy_before and force < 0.5 * force_before


def test_intervals_hold_most_errors_and_no_more_than_these(learned):
    molecule, model = learned
    positions = displaced(molecule, 60, "test")
    errors = np.abs(model.energies(positions) - springs(molecule, positions)[0])
    half, most = (np.mean(errors <= model.energy_intervals(positions, s)) for s in (0.5, 0.9))
    assert 0.25 < half < 0.75 < most


def test_a_saved_map_predicts_the_same_bits(learned, tmp_path):
    molecule, model = learned
    model.save(tmp_path)
    found, kept = MoleculeMap.load(tmp_path), displaced(molecule, 3, "new")
    for share in (0.5, 0.9, 0.99):
        before, after = (m.energy_intervals(kept, share) for m in (model, found))
        np.testing.assert_array_equal(before, after)
    for name in ("energies", "gradients"):
        before, after = (getattr(m.energies_and_gradients(kept), name) for m in (model, found))
        np.testing.assert_array_equal(before, after)
    assert found.learned_from == ENERGIES_AND_FORCES


def test_energy_is_conserved_on_the_learned_surface():
    model = trained(WATER, "ML-KS", count=60)
    atoms = Atoms(WATER.symbols, WATER.reference_positions * units.Bohr)
    atoms.calc = MapCalculator(model, outside="warn", numbering="given")
    velocities = stream("velocities").normal(size=(3, 3)) / np.sqrt(atoms.get_masses())[:, None]
    atoms.set_velocities(velocities * np.sqrt(100 * units.kB))
    totals = []
    dynamics = VelocityVerlet(atoms, 0.25 * units.fs)
    dynamics.attach(lambda: totals.append(atoms.get_total_energy()))
    dynamics.run(200)
    assert np.ptp(totals) < 0.02 * max(atoms.get_kinetic_energy(), 0.01)


def test_gradients_of_another_shape_are_refused():
    positions = displaced(WATER, 6, "training")
    with pytest.raises(InputError, match="gradients"):
        MoleculeMap.fit(
            "H2O",
            WATER.symbols,
            WATER.frame,
            GaussiansPotential(WATER.charges),
            positions,
            np.arange(6.0),
            gradients=np.zeros((5, 3, 3)),
        )
