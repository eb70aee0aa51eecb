"""Fourier coefficients of Gaussian densities: routes agree, electrons and values are right."""

import numpy as np
import pytest
from papers_molecules import find_molecule
from pyscf import gto
from pyscf.dft import numint
from pyscf.gto.ft_ao import ft_aopair

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.density_matrix_guess import KnownDensityMatrices
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.gaussian_densities import periodic_density

BASIS = FourierBasis(20.0, 25)
ENGINE = reference_engine("pyscf", BASIS)
CENTRE = np.full(3, 10.0)
ELECTRONS = {"H2": 2, "H2O": 8}


def pyscf_density(mole, density_matrix, points):
    blocks = np.array_split(points, max(1, len(points) // 10_000))
    values = [numint.eval_rho(mole, numint.eval_ao(mole, b), density_matrix) for b in blocks]
    return np.concatenate(values)


@pytest.fixture(scope="module", params=["H2", "H2O"])
def solved(request):
    molecule = find_molecule(request.param)
    positions = molecule.reference_positions + np.array([0.05, -0.1, 0.2])
    calculation = ENGINE.calculate(molecule.symbols, positions)
    mole = ENGINE.mole(molecule.symbols, positions + CENTRE)
    known = KnownDensityMatrices.from_arrays(calculation.restart)
    density_matrix = known.last_density_matrix(mole.intor("int1e_ovlp"))
    return request.param, mole, density_matrix, calculation.coefficients


def test_electrons_are_counted_exactly(solved):
    name, _, _, coefficients = solved
    assert coefficients.shape == (125_000,)
    assert BASIS.electron_count(coefficients) == pytest.approx(ELECTRONS[name], abs=1e-10)


def test_coefficients_agree_with_those_of_a_fine_grid(solved):
    _, mole, density_matrix, coefficients = solved
    points = 100
    x = np.arange(points) * BASIS.length / points
    grid = np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1).reshape(-1, 3)
    values = pyscf_density(mole, density_matrix, grid).reshape(points, points, points)
    from_grid = BASIS.coefficients(values)
    difference = BASIS.norm(from_grid - coefficients) / BASIS.norm(coefficients)
    assert difference < 2e-4


def test_waves_agree_with_pyscfs_transform_of_orbital_pairs(solved):
    _, mole, density_matrix, _ = solved
    frequencies = 6
    points = 2 * frequencies + 1
    density = periodic_density(mole, density_matrix, BASIS.length, frequencies)
    waves = np.fft.fftn(density) * (BASIS.length / points) ** 3
    k = 2 * np.pi / BASIS.length * np.fft.fftfreq(points, 1 / points)
    wave_vectors = np.stack(np.meshgrid(k, k, k, indexing="ij"), axis=-1).reshape(-1, 3)
    pairs = ft_aopair(mole, wave_vectors)
    expected = np.einsum("gij,ij->g", pairs, density_matrix)
    np.testing.assert_allclose(waves.ravel(), expected, atol=1e-11)


def test_the_density_comes_back_at_points_up_to_the_truncation(solved):
    name, mole, density_matrix, coefficients = solved
    axis = np.linspace(-4, 4, 17)
    points = CENTRE + np.stack(np.meshgrid(axis, axis, [0.3]), axis=-1).reshape(-1, 3)
    exact = pyscf_density(mole, density_matrix, points)
    found = BASIS.density(coefficients, points)
    error = np.linalg.norm(found - exact) / np.linalg.norm(exact)
    # The points pass close to the oxygen, whose valence shell is what the basis cuts off.
    assert error < {"H2": 0.03, "H2O": 0.12}[name]
    # What is missing is the truncation: more frequencies bring the density closer.
    finer = FourierBasis(BASIS.length, 40)
    values = periodic_density(mole, density_matrix, finer.length, finer.frequencies)
    finer_error = np.linalg.norm(finer.density(finer.coefficients(values), points) - exact)
    assert finer_error < 0.4 * np.linalg.norm(found - exact)


def test_high_angular_momenta_and_contractions_are_transformed():
    # cc-pVQZ has f and g functions and generally contracted shells.
    mole = gto.M(atom="O 4 5 6; H 5 5.5 7.2", basis="cc-pvqz", spin=1, unit="Bohr", verbose=0)
    orbitals = np.random.default_rng(0).normal(size=(mole.nao, 3)) / mole.nao
    density_matrix = orbitals @ orbitals.T
    density = periodic_density(mole, density_matrix, 20.0, 3)
    waves = np.fft.fftn(density) * (20.0 / 7) ** 3
    k = 2 * np.pi / 20.0
    for indices in ((0, 0, 0), (1, 2, 3), (3, 0, 1)):
        (pairs,) = ft_aopair(mole, k * np.array([indices], dtype=float))
        expected = np.einsum("ij,ij->", pairs, density_matrix)
        assert waves[indices] == pytest.approx(expected, abs=1e-12)
