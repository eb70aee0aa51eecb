"""The symmetric kernel: exact invariance, training on all images, gradients."""

from dataclasses import replace

import numpy as np
import pytest
from papers_molecules import find_molecule
from scipy.spatial.transform import Rotation

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.geometry.symmetry import SymmetryGroup, graph_automorphisms
from hkmaps.kernels.kernel_functions import gaussian_kernel
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.maps.symmetric_map import SymmetricMap, image_distances
from hkmaps.seeds import random_stream

pytestmark = pytest.mark.filterwarnings("ignore::hkmaps.kernels.cross_validation.SearchEdgeWarning")

NOISE = 1e-3


def geometries(name, count, seed=0, scale=0.08):
    molecule = find_molecule(name)
    stream = random_stream(seed, "tests", "symmetric kernel", name)
    shape = (count, *molecule.reference_positions.shape)
    return molecule.reference_positions + stream.normal(scale=scale, size=shape)


def energies(name, positions):
    """A pair potential, which knows neither names of equal atoms nor handedness."""
    charges = find_molecule(name).charges
    first, second = np.triu_indices(len(charges), k=1)
    lengths = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
    return (charges[first] * charges[second] * np.exp(-lengths)).sum(axis=1)


def trained(name, count=30, noise=0.0):
    molecule, positions = find_molecule(name), geometries(name, count)
    targets = energies(name, positions)
    targets += noise * random_stream(1, "tests", "symmetric kernel", "noise").normal(size=count)
    symmetry, descriptor = SymmetryGroup.of(molecule), GaussiansPotential(molecule.charges)
    return SymmetricMap.fit(symmetry, descriptor, positions, targets), targets


def renamed_and_mirrored(name, geometry):
    """One geometry under every renaming that keeps bonds, with and without a mirror, moved."""
    molecule = find_molecule(name)
    automorphisms = graph_automorphisms(name, molecule.symbols, molecule.bonds)
    images = np.concatenate([geometry[automorphisms], -geometry[automorphisms]])
    turns = Rotation.random(len(images), rng=random_stream(2, "tests", "turns")).as_matrix()
    return images @ turns + random_stream(3, "tests", "shifts").normal(size=(len(images), 1, 3))


@pytest.mark.parametrize(
    ("name", "feasible", "tried"),
    [("H2O", 4, 4), ("malonaldehyde", 4, 4), ("benzene", 24, 24), ("ethane", 36, 144)],
)
def test_the_energy_is_invariant_under_every_feasible_operation(name, feasible, tried):
    # Longuet-Higgins' group of ethane has 36 elements. The other renamings turn one methyl group
    # inside out, for which a bond must break.
    found, _ = trained(name)
    for geometry in geometries(name, 2, seed=9):
        predicted = found.energies(renamed_and_mirrored(name, geometry))
        assert len(predicted) == tried
        same = np.abs(predicted - found.energies(geometry[None])[0]) < 1e-8
        assert same.sum() == feasible


@pytest.mark.parametrize("name", ["H2O", "benzene"])
def test_it_is_training_on_all_images(name):
    found, targets = trained(name)
    symmetry, descriptor, aligned = found.symmetry, found.descriptor, found.training_positions
    width, regularisation = found.regression.width, 1e-6
    matrix = image_distances(symmetry, descriptor, aligned).mean_kernel(width)
    weights = np.linalg.solve(matrix + regularisation * np.eye(len(aligned)), targets)
    regression = found.regression._replace(regularisation=regularisation, weights=weights)
    symmetric = replace(found, regression=regression)
    # The kernel is a mean, not a sum over images, so that lambda counts |G| times among them.
    images = symmetry.images(aligned).reshape(-1, *aligned[0].shape)
    prepared = descriptor.prepare(images)
    augmented = KernelRidge(width, symmetry.order * regularisation, metric="precomputed")
    augmented.fit(descriptor.squared_distances(images, prepared), np.tile(targets, symmetry.order))
    new = symmetry.frame.align(geometries(name, 10, seed=4)).positions
    expected = augmented.predict(descriptor.squared_distances(new, prepared))
    np.testing.assert_allclose(symmetric.energies(new), expected, rtol=1e-8)
    of_images = symmetry.order * augmented.dual_coef_.reshape(symmetry.order, -1)
    np.testing.assert_allclose(of_images, [weights] * symmetry.order, rtol=1e-5)


def test_the_kernel_is_the_mean_over_images_of_both_sides_and_positive_definite():
    molecule = find_molecule("malonaldehyde")
    symmetry, descriptor = SymmetryGroup.of(molecule), GaussiansPotential(molecule.charges)
    aligned = symmetry.frame.align(geometries("malonaldehyde", 120)).positions
    distances = image_distances(symmetry, descriptor, aligned)
    kernel = distances.mean_kernel(3.0)
    assert (kernel == kernel.T).all()
    images = symmetry.images(aligned)
    both = np.mean(
        [
            gaussian_kernel(descriptor.squared_distances(each, descriptor.prepare(other)), 3.0)
            for each in images
            for other in images
        ],
        axis=0,
    )
    np.testing.assert_allclose(kernel, both, rtol=0, atol=1e-10)
    values = np.linalg.eigvalsh(kernel)
    assert values.min() > -1e-13 * values.max()
    # One row of blocks and a part of another.
    assert len(kernel) > 100


def test_a_geometry_is_left_out_with_all_its_images():
    name = "H2O"
    found, targets = trained(name, 12, noise=NOISE)
    chosen, errors = found.regression, []
    for left_out in range(12):
        kept = np.arange(12) != left_out
        distances = image_distances(
            found.symmetry, found.descriptor, found.training_positions[kept]
        )
        matrix = distances.mean_kernel(chosen.width) + chosen.regularisation * np.eye(11)
        images = found.symmetry.images(found.training_positions[[left_out]])[:, 0]
        prepared = found.descriptor.prepare(found.training_positions[kept])
        kernel = gaussian_kernel(found.descriptor.squared_distances(images, prepared), chosen.width)
        predicted = kernel.mean(axis=0) @ np.linalg.solve(matrix, targets[kept])
        errors.append(predicted - targets[left_out])
    assert chosen.cv_error == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=1e-4)


@pytest.mark.parametrize("name", ["H2O", "ethane"])
def test_gradients_are_those_of_the_energy(name):
    found, _ = trained(name)
    turn = Rotation.from_rotvec([0.4, -0.2, 1.1]).as_matrix()
    given = geometries(name, 2, seed=6) @ turn + 0.3
    energy, gradients = found.energies_and_gradients(given)
    np.testing.assert_allclose(energy, found.energies(given), rtol=0, atol=1e-9)
    directions = random_stream(7, "tests", "directions").normal(size=given.shape)
    step = 1e-4
    ahead, behind = (found.energies(given + sign * step * directions) for sign in (1, -1))
    expected = (ahead - behind) / (2 * step)
    np.testing.assert_allclose(
        (gradients * directions).sum(axis=(1, 2)), expected, rtol=1e-5, atol=1e-6
    )


def test_a_symmetric_geometry_feels_no_force_that_breaks_its_symmetry():
    found, _ = trained("benzene")
    breathing = 1.03 * found.symmetry.frame.positions
    _, gradients = found.energies_and_gradients(breathing[None])
    np.testing.assert_allclose(
        found.symmetry.images(gradients)[:, 0], [gradients[0]] * 24, atol=1e-9
    )
    assert np.abs(gradients).max() > 1e-3


def test_images_of_one_geometry_are_refused_as_training_geometries():
    molecule, positions = find_molecule("H2O"), geometries("H2O", 4)
    positions[3] = positions[1][[0, 2, 1]]
    with pytest.raises(InputError, match="1 and 3 are images of each other"):
        SymmetricMap.fit(
            SymmetryGroup.of(molecule),
            GaussiansPotential(molecule.charges),
            positions,
            energies("H2O", positions),
        )


def test_distances_that_take_too_much_memory_are_refused(monkeypatch):
    monkeypatch.setattr("hkmaps.kernels.averaged_kernel.LARGEST_MEMORY", 4e4)
    with pytest.raises(InputError, match=r"24 operations take .* 20 geometries take"):
        trained("benzene")
