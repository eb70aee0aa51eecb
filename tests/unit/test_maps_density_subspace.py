"""The subspace that densities span: what it keeps, what it leaves out, and what it refuses."""

import numpy as np
import pytest
from molecule_tables import BASIS, geometry_table, reference_table

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace

SMALL = FourierBasis(length=10.0, frequencies=3)


@pytest.fixture(scope="module")
def coefficients():
    reference = reference_table("H2O", geometry_table("H2O", 40))
    return np.stack(reference["coefficients"])


@pytest.fixture(scope="module")
def subspace(coefficients):
    return DensitySubspace.spanning(BASIS, coefficients)


def low_rank(count, rank, basis=SMALL, seed=0):
    """Densities that differ from one by combinations of `rank` others."""
    stream = np.random.default_rng(seed)
    directions = stream.normal(size=(rank, basis.size)) / np.sqrt(basis.size)
    mean = stream.normal(size=basis.size)
    return (mean + stream.normal(size=(count, rank)) @ directions).astype(np.float32)


def test_the_components_are_orthonormal_and_as_few_as_the_densities_need(subspace):
    products = subspace.components.astype(float) @ subspace.components.T.astype(float)
    assert products == pytest.approx(np.eye(subspace.rank), abs=1e-6)
    known = DensitySubspace.spanning(SMALL, low_rank(30, 4))
    assert known.rank == 5
    assert known.residual < 1e-6


def test_what_is_left_out_of_a_density_is_known(coefficients):
    densities = coefficients.astype(float)
    norms = np.linalg.norm(densities, axis=1)
    ranks = []
    for tolerance in (1e-2, 1e-4, 1e-6):
        subspace = DensitySubspace.spanning(BASIS, coefficients, tolerance)
        left_out = np.linalg.norm(densities - subspace.expand(subspace.project(densities)), axis=1)
        largest = (left_out / norms).max()
        assert largest == pytest.approx(subspace.residual, rel=0.01, abs=1e-7)
        assert subspace.residual <= tolerance
        ranks.append(subspace.rank)
    assert ranks[0] < ranks[1] < ranks[2] <= len(densities)


def test_distances_are_those_of_the_densities(coefficients, subspace):
    coordinates = subspace.project(coefficients)
    first, second = np.triu_indices(len(coordinates), 1)
    found = np.linalg.norm(coordinates[first] - coordinates[second], axis=1)
    densities = coefficients.astype(float)
    exact = np.linalg.norm(densities[first] - densities[second], axis=1)
    assert found == pytest.approx(exact, rel=1e-5, abs=1e-5)


def test_what_other_densities_have_outside_is_known(coefficients):
    few = DensitySubspace.spanning(BASIS, coefficients[:10])
    coordinates, residuals = few.project_with_residual(coefficients)
    np.testing.assert_array_equal(coordinates, few.project(coefficients))
    densities = coefficients.astype(float)
    left_out = np.linalg.norm(densities - few.expand(coordinates), axis=1)
    assert residuals == pytest.approx(left_out / np.linalg.norm(densities, axis=1), rel=1e-9)
    assert residuals[:10].max() == pytest.approx(few.residual, rel=0.01, abs=1e-7)
    assert residuals[10:].min() > few.residual


def test_blocks_of_rows_are_one_array(coefficients, subspace):
    parts = slice(0, 7), slice(7, 8), slice(8, None)
    again = DensitySubspace.spanning(BASIS, (coefficients[rows] for rows in parts))
    np.testing.assert_array_equal(again.components, subspace.components)
    coordinates = subspace.project(coefficients[rows] for rows in parts)
    np.testing.assert_array_equal(coordinates, subspace.project(coefficients))


def test_equal_densities_span_one_dimension():
    density = low_rank(1, 1)
    subspace = DensitySubspace.spanning(SMALL, [density, density, density])
    assert subspace.rank == 1
    assert subspace.expand(subspace.project(density)) == pytest.approx(density, rel=1e-5, abs=1e-7)


def test_a_saved_subspace_is_the_same(subspace, tmp_path):
    subspace.save(tmp_path / "folder" / "subspace.safetensors")
    loaded = DensitySubspace.load(tmp_path / "folder" / "subspace.safetensors")
    np.testing.assert_array_equal(loaded.components, subspace.components)
    assert loaded.basis == BASIS
    assert loaded.residual == subspace.residual
    assert loaded.fingerprint == subspace.fingerprint


def test_files_that_hold_no_subspace_are_refused(subspace, tmp_path):
    path = tmp_path / "subspace.safetensors"
    with pytest.raises(InputError, match=r"subspace\.safetensors, where there is no file"):
        DensitySubspace.load(path)
    subspace.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"subspace\.safetensors .* is damaged"):
        DensitySubspace.load(path)


def test_densities_that_span_nothing_are_refused():
    basis = SMALL
    densities = low_rank(6, 2)
    with pytest.raises(InputError, match="no density"):
        DensitySubspace.spanning(basis, [])
    with pytest.raises(InputError, match=r"shape \(6, 216\).*must be \(densities, 1000\)"):
        DensitySubspace.spanning(FourierBasis(10.0, 5), densities)
    failed = densities.copy()
    failed[2, 7] = np.nan
    with pytest.raises(InputError, match="density 8 has a coefficient that is not finite"):
        DensitySubspace.spanning(basis, [densities, failed])
    with pytest.raises(InputError, match="density 3 has the norm 0"):
        DensitySubspace.spanning(basis, [densities[:3], np.zeros((1, 216), np.float32)])
    with pytest.raises(InputError, match=r"tolerance of the density subspace is 1e-09"):
        DensitySubspace.spanning(basis, densities, 1e-9)
    with pytest.raises(InputError, match=r"\(1, 4\); it must be \(densities, 3\)"):
        DensitySubspace.spanning(basis, densities).expand(np.zeros((1, 4)))
