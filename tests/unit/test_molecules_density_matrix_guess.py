"""Guesses of density matrices: projectors of the right rank, better with every geometry."""

import numpy as np
import pytest
from scipy.linalg import expm

from hkmaps.molecules.density_matrix_guess import MOST, KnownDensityMatrices

ORBITALS, OCCUPIED, ATOMS = 7, 3, 4
STREAM = np.random.default_rng(5)
ROTATIONS = STREAM.normal(size=(3 * ATOMS, ORBITALS, ORBITALS)) / 10
OVERLAPS = STREAM.normal(size=(3 * ATOMS, ORBITALS, ORBITALS)) / 50
GEOMETRIES = STREAM.normal(size=(60, ATOMS, 3)) / 3


def overlap_of(positions):
    """An overlap that changes with the positions."""
    change = np.tensordot(positions.ravel(), OVERLAPS, axes=1)
    return np.eye(ORBITALS) + change + change.T


def density_matrix_of(positions):
    """The density matrix of orbitals that turn with the positions, orthonormal in the overlap."""
    turn = np.tensordot(positions.ravel(), ROTATIONS, axes=1)
    values, vectors = np.linalg.eigh(overlap_of(positions))
    occupied = ((vectors / np.sqrt(values)) @ vectors.T @ expm(turn - turn.T))[:, :OCCUPIED]
    return 2 * occupied @ occupied.T


def known_of(count):
    known = KnownDensityMatrices.from_arrays(None)
    for positions in GEOMETRIES[:count]:
        known = known.joined_by(positions, overlap_of(positions), density_matrix_of(positions))
    return known


def errors(count):
    """Distances of guesses from the density matrices of geometries that are not known."""
    known = known_of(count)
    for positions in GEOMETRIES[50:]:
        orbitals = known.occupied_orbitals(positions, overlap_of(positions))
        yield np.linalg.norm(2 * orbitals @ orbitals.T - density_matrix_of(positions))


def test_orbitals_are_orthonormal_in_the_overlap_of_the_new_geometry():
    overlap = overlap_of(GEOMETRIES[-1])
    orbitals = known_of(20).occupied_orbitals(GEOMETRIES[-1], overlap)
    np.testing.assert_allclose(orbitals.T @ overlap @ orbitals, np.eye(OCCUPIED), atol=1e-12)


def test_orbitals_that_coincide_leave_a_guess():
    overlap = np.ones((ORBITALS, ORBITALS))
    assert np.isfinite(known_of(5).occupied_orbitals(GEOMETRIES[-1], overlap)).all()


def test_a_known_geometry_has_its_own_density_matrix():
    known = known_of(1)
    positions = GEOMETRIES[0]
    orbitals = known.occupied_orbitals(positions, overlap_of(positions))
    expected = density_matrix_of(positions)
    np.testing.assert_allclose(2 * orbitals @ orbitals.T, expected, atol=1e-12)
    np.testing.assert_allclose(
        known.last_density_matrix(overlap_of(positions)), expected, atol=1e-12
    )


def test_more_geometries_make_better_guesses():
    means = [np.mean(list(errors(count))) for count in (1, 10, 50)]
    assert means[2] < means[1] / 3 < means[0] / 6


def test_the_oldest_are_forgotten_and_arrays_hold_the_rest():
    known = known_of(2)
    for _ in range(MOST):
        known = known.joined_by(
            GEOMETRIES[5], overlap_of(GEOMETRIES[5]), density_matrix_of(GEOMETRIES[5])
        )
    assert len(known) == MOST
    assert (known.positions == GEOMETRIES[5]).all()
    again = KnownDensityMatrices.from_arrays(known.arrays())
    orbitals = again.occupied_orbitals(GEOMETRIES[5], overlap_of(GEOMETRIES[5]))
    # Twice the same geometry is no information more, and no harm.
    assert 2 * orbitals @ orbitals.T == pytest.approx(density_matrix_of(GEOMETRIES[5]), abs=1e-6)
