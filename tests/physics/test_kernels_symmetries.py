"""Symmetries of the Gaussians potential: what a molecule's descriptor may and may not know."""

import numpy as np
import pytest
from papers_molecules import find_molecule
from scipy.spatial.transform import Rotation

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.seeds import random_stream

CHARGES = np.array([8.0, 1.0, 1.0])
EQUILIBRIUM = np.array([[0.0, 0.0, -0.2], [0.0, 1.45, 0.92], [0.0, -1.45, 0.92]])
STREAM = random_stream(0, "tests", "symmetries")
WATERS = EQUILIBRIUM + STREAM.normal(scale=0.1, size=(20, 3, 3))
BONDS = np.linalg.norm(WATERS[:, 1:] - WATERS[:, :1], axis=2)
ENERGIES = ((BONDS - 1.8) ** 2).sum(axis=1)


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    descriptor = GaussiansPotential(CHARGES)
    return descriptor.squared_distances(first, descriptor.prepare(second))


def test_distances_are_invariant_to_a_common_translation():
    shift = np.array([3.1, -2.7, 0.4])
    moved = distances(WATERS + shift, WATERS + shift)
    np.testing.assert_allclose(moved, distances(WATERS, WATERS), atol=1e-12)
    assert distances(WATERS + shift, WATERS).diagonal().min() > 1


def test_distances_are_invariant_to_a_common_rotation():
    turned = WATERS @ Rotation.from_rotvec([0.3, -1.1, 0.7]).as_matrix().T
    np.testing.assert_allclose(distances(turned, turned), distances(WATERS, WATERS), atol=1e-12)
    # One turned geometry is another potential: molecules are to be aligned first.
    assert distances(turned, WATERS).diagonal().min() > 1


@pytest.mark.filterwarnings("ignore::hkmaps.kernels.cross_validation.SearchEdgeWarning")
def test_alignment_makes_predictions_invariant_to_each_geometry_s_own_motion():
    molecule = find_molecule("H2O")
    frame = ReferenceFrame(molecule.reference_positions, molecule.masses)
    aligned = frame.align(WATERS).positions
    model = CrossValidatedKernelRidge(metric="precomputed")
    model.fit(distances(aligned, aligned), ENERGIES)
    turns = Rotation.random(len(WATERS), rng=random_stream(0, "tests", "turns")).as_matrix()
    shifts = random_stream(0, "tests", "shifts").normal(size=(len(WATERS), 1, 3))
    moved = WATERS @ turns + shifts
    assert distances(moved, aligned).diagonal().max() > 1
    predictions = model.predict(distances(aligned, aligned))
    assert np.ptp(predictions) > 0.1
    np.testing.assert_allclose(
        model.predict(distances(frame.align(moved).positions, aligned)),
        predictions,
        rtol=0,
        atol=1e-7,
    )


def test_exchange_of_equal_atoms_leaves_the_potential():
    exchanged = WATERS[:, [0, 2, 1]]
    np.testing.assert_allclose(distances(exchanged, WATERS).diagonal(), 0, atol=1e-12)
    model = CrossValidatedKernelRidge(metric="precomputed")
    model.fit(distances(WATERS, WATERS), ENERGIES)
    predictions = model.predict(distances(WATERS, WATERS))
    assert np.ptp(predictions) > 0.1
    np.testing.assert_allclose(
        model.predict(distances(exchanged, WATERS)), predictions, rtol=0, atol=1e-9
    )


def test_exchange_of_different_atoms_changes_the_potential():
    assert distances(WATERS[:, [1, 0, 2]], WATERS).diagonal().min() > 1


def test_distances_are_those_of_a_vector_space():
    matrix = distances(WATERS, WATERS)
    # Squared distances from vectors, doubly centred, are a matrix of inner products.
    centred = matrix - matrix.mean(axis=0)
    inner = -(centred - centred.mean(axis=1, keepdims=True)) / 2
    assert np.linalg.eigvalsh(inner).min() > -1e-12


@pytest.mark.parametrize("displacement", [1e-3, 1e-2])
def test_small_displacements_have_distances_that_grow_with_their_square(displacement):
    # One atom: |v - v'|^2 = 2 Z^2 (pi gamma^2)^(3/2) (1 - exp(-d^2 / (4 gamma^2))).
    origin, gamma = np.zeros((1, 1, 3)), 0.5
    moved = origin + np.array([displacement, 0, 0])
    helium = GaussiansPotential([2], gamma)
    found = helium.squared_distances(moved, helium.prepare(origin))[0, 0]
    expected = -8 * (np.pi * gamma**2) ** 1.5 * np.expm1(-(displacement**2) / (4 * gamma**2))
    assert found == pytest.approx(expected, rel=1e-8)
