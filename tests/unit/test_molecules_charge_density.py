"""Densities of Quantum ESPRESSO, from files in its format that the tests write themselves."""

import numpy as np
import pytest
from scipy.io import FortranFile

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.charge_density import read_charge_density

BASIS = FourierBasis(7.0, 3)
LARGEST = 2
"""Largest index of the plane waves; the basis has both cosine and sine below its frequency 3."""


def sphere():
    """Indices of plane waves with those of -G, G = 0 first."""
    axis = np.arange(-LARGEST, LARGEST + 1)
    indices = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    length = (indices**2).sum(axis=1)
    return indices[np.argsort(length, kind="stable")][: np.count_nonzero(length <= LARGEST**2)]


def half(indices):
    """The half of the sphere that pw.x keeps at the gamma point."""
    kept = [tuple(index) >= (0, 0, 0) for index in indices.tolist()]
    return indices[kept]


def write_density(path, indices, values, half_sphere, length=BASIS.length):
    with FortranFile(path, "w") as file:
        file.write_record(np.array([half_sphere, len(indices), 1], dtype=np.int32))
        file.write_record(2 * np.pi / length * np.eye(3))
        file.write_record(indices.astype(np.int32))
        file.write_record(values)


@pytest.fixture
def plane_waves():
    """Half a sphere of plane waves with values, as of a real density of three electrons."""
    rng = np.random.default_rng(3)
    indices = half(sphere())
    values = rng.normal(size=len(indices)) + 1j * rng.normal(size=len(indices))
    values[0] = 3 / BASIS.length**3
    return indices, values


def test_a_half_sphere_is_its_sum_of_plane_waves(tmp_path, plane_waves):
    indices, values = plane_waves
    write_density(tmp_path / "density", indices, values, True)
    coefficients = read_charge_density(tmp_path / "density").coefficients(BASIS)
    points = np.random.default_rng(4).uniform(0, BASIS.length, size=(20, 3))
    waves = values * np.exp(2j * np.pi / BASIS.length * points @ indices.T)
    # Each wave but G = 0 stands for its complex conjugate, too.
    expected = 2 * waves.sum(axis=1).real - values[0].real
    np.testing.assert_allclose(BASIS.density(coefficients, points), expected, atol=1e-12)
    assert BASIS.electron_count(coefficients) == pytest.approx(3, abs=1e-12)


def test_half_and_whole_spheres_hold_the_same(tmp_path, plane_waves):
    indices, values = plane_waves
    write_density(tmp_path / "half", indices, values, True)
    whole = np.concatenate([indices, -indices[1:]])
    write_density(tmp_path / "whole", whole, np.append(values, values[1:].conj()), False)
    first, second = (
        read_charge_density(tmp_path / name).coefficients(BASIS) for name in ("half", "whole")
    )
    np.testing.assert_allclose(first, second, atol=1e-14)


def test_a_smaller_basis_holds_the_same_projection(tmp_path, plane_waves):
    write_density(tmp_path / "density", *plane_waves, True)
    density = read_charge_density(tmp_path / "density")
    small = FourierBasis(BASIS.length, 2)
    on_grid = BASIS.density_on_grid(density.coefficients(BASIS), 12)
    np.testing.assert_allclose(density.coefficients(small), small.coefficients(on_grid), atol=1e-13)


def test_another_cell_is_refused(tmp_path, plane_waves):
    write_density(tmp_path / "density", *plane_waves, True, length=7.1)
    with pytest.raises(InputError, match=r"reciprocal vectors .* whose edge is 7 bohr"):
        read_charge_density(tmp_path / "density").coefficients(BASIS)


@pytest.mark.parametrize("bytes_kept", [0, 10, 200, -40])
def test_a_file_cut_short_is_named(tmp_path, plane_waves, bytes_kept):
    path = tmp_path / "charge-density.dat"
    write_density(path, *plane_waves, True)
    path.write_bytes(path.read_bytes()[:bytes_kept])
    with pytest.raises(InputError, match=r"charge-density\.dat is not a density of .* cut short"):
        read_charge_density(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no file charge-density\.dat .* HDF5"):
        read_charge_density(tmp_path / "charge-density.dat")
