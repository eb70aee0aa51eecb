"""What counts as numbers, as users of the library meet it."""

import decimal

import numpy as np
import pandas as pd
import pytest
import torch
from papers_molecules import find_molecule, random_geometries
from scipy.sparse import csr_array

from hkmaps.checks import expect_count, expect_finite, expect_geometries, expect_number
from hkmaps.conditioning.measures import constant_shift_deviation, density_distance
from hkmaps.datasets.gauge_shift import solve_shifted
from hkmaps.datasets.parameters import ParameterRange
from hkmaps.datasets.systems import input_grid
from hkmaps.densities.fourier import FourierBasis
from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid, uniform_grid
from hkmaps.exact.potentials import (
    atom_potential,
    diatomic_potential,
    potential_family,
    soft_coulomb_interaction,
)
from hkmaps.exact.two_electrons import solve_two_electrons
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.molecules.coupled_cluster import coupled_cluster_energies
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.geometries import expect_positions
from hkmaps.networks.cnn import Architecture, EnsembleCNN

GRID = uniform_grid(8, 5)
FOURIER = FourierBasis(20.0, 2)
H2 = find_molecule("H2")
ROWS = np.linspace(0, 1, 12).reshape(4, 3)
WATER = np.array([[[0.0, 0, 0], [0, 0, 1.8], [0, 1.8, 0]]])


@pytest.mark.parametrize(
    "values",
    [
        [1, 2.5],
        np.array([True, False]),
        np.array([1, 2.5], dtype=object),
        [decimal.Decimal("1.5"), 2],
        pd.Series([1, 2]),
        torch.tensor([1.0, 2.0]),
        np.ma.array([1.0, 2.0], mask=False),
    ],
)
def test_real_numbers_of_any_container_are_taken(values):
    assert expect_finite(values, "values").dtype == np.float64


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, np.nan], r"values holds nan at index \(1,\); every value must be finite"),
        ([1.0, 2j], "must be an array of real numbers; found complex numbers"),
        (np.array([1 + 0j, 2]), "found complex numbers"),
        (np.array([1, 2j], dtype=object), "found complex numbers"),
        (np.array([1, np.complex64(2j)], dtype=object), "found complex numbers"),
        (["1", "2"], "found text"),
        (np.array([1.0, "2"], dtype=object), "found text"),
        (b"1", "found text"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), "found dates"),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), "found an array that is masked in part"),
        ([[1.0], [1.0, 2.0]], "found a list that cannot be read as numbers"),
        (csr_array(np.eye(2)), "found a sparse matrix"),
        (pd.Series([1, pd.NA]), "found a Series that cannot be read as numbers"),
        (torch.tensor([1.0], requires_grad=True), "found a Tensor that cannot be read as numbers"),
        (GRID, "found a Grid that cannot be read as numbers"),
        ({"a": 1}, "found a dict that cannot be read as numbers"),
        ([1.0, None], r"holds nan at index \(1,\)"),
    ],
)
def test_everything_else_ends_in_one_sentence(values, message):
    with pytest.raises(InputError, match=message) as error:
        expect_finite(values, "values")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [2.0, "2", True, np.float64(2), [2], None, 0, 5, 1j])
def test_counts_are_whole_numbers_in_their_range(value):
    assert expect_count(np.int64(2), "number of states", 1, 4) == 2
    with pytest.raises(InputError, match=r"number of states is .*; it must be a whole number from"):
        expect_count(value, "number of states", 1, 4)


@pytest.mark.parametrize("value", [0, -1.0, "2", 1j, np.nan, np.inf, [1.0], None])
def test_numbers_are_real_and_in_their_range(value):
    assert expect_number(np.float32(2), "length", "bohr") == 2.0
    with pytest.raises(InputError, match=r"length is .*; it must be a positive number of bohr"):
        expect_number(value, "length", "bohr")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Grid(1j * GRID.points), "grid must be an array of real numbers; found complex"),
        (lambda: uniform_grid("14", 12), "grid length is '14'"),
        (lambda: atom_potential(GRID, 1.0, 1.0), "positions must be .* found a Grid"),
        (lambda: diatomic_potential("x", 1.0, 1.0, 2.0), "positions must be .* found text"),
        (lambda: potential_family("atom").potential(GRID, Z=1, alpha=1), "found a Grid"),
        (lambda: potential_family("atom").potential(0.0, Z="1", alpha=1), "Z of .* is '1'"),
        (lambda: soft_coulomb_interaction(GRID), "found a Grid"),
        (lambda: solve_two_electrons(GRID.points, GRID.points), "grid is a ndarray"),
        (lambda: solve_two_electrons(GRID.points, GRID, stencil=13.0), "stencil has 13.0 points"),
        (
            lambda: solve_two_electrons(GRID.points, GRID, maximum_iterations=5.0),
            "largest number of iterations is 5.0",
        ),
        (
            lambda: solve_two_electrons(GRID.points, GRID, 1j * np.eye(GRID.size)),
            "interaction must be .* found complex",
        ),
        (lambda: expect_geometries([8, 1, 1], 1j * WATER), "complex"),
        (lambda: expect_geometries([8, 1, 1], WATER[:0]), r"\(0, 3, 3\)"),
        (lambda: GaussiansPotential([8, 1, 1], gamma="wide"), "Gaussians is 'wide'"),
        (lambda: GaussiansPotential([8, -1, 1]), r"charges are \[8.0, -1.0, 1.0\]"),
        (lambda: atom_potential(GRID.points, "1", 1.0), "Z of the family 'atom' is '1'"),
        (lambda: diatomic_potential(GRID.points, 1.0, 1.0, -2.0), "r of the .* is -2.0"),
        (lambda: solve_shifted(1j * GRID.points, GRID, [0.1], 13), "potential must be .* complex"),
        (lambda: ParameterRange(0.0, 1.0, 2.5), "points of a parameter range is 2.5"),
        (lambda: ParameterRange("0", 1.0, 3), "start of a parameter range is '0'"),
        (lambda: input_grid(GRID, 30.0), "input points is 30.0"),
        (lambda: FourierBasis(20.0, 2.0), "frequencies of the Fourier basis .* is 2.0"),
        (lambda: FourierBasis("20", 2), "cube is '20'"),
        (lambda: FOURIER.density(np.zeros(FOURIER.size), np.empty((0, 3))), r"\(0, 3\)"),
        (lambda: density_distance(GRID, GRID, 0.1), "densities must be .* found a Grid"),
        (lambda: constant_shift_deviation(1j * ROWS, ROWS), "potentials must be .* complex"),
        (lambda: ReferenceFrame(WATER[0], 16.0), r"masses of the atoms have the shape \(\)"),
        (lambda: random_geometries(H2, 5.0, 0), "drawn geometries is 5.0"),
        (lambda: random_geometries(H2, 5, "0"), "seed is '0'"),
        (lambda: expect_positions(H2, "near"), "positions of the atoms must be .* text"),
        (lambda: expect_positions(H2, np.empty((0, 2, 3))), r"\(0, 2, 3\)"),
        (lambda: Architecture(filters=("many", 8)), "filters is .* whole and at least 1"),
        (lambda: Architecture(filters=8), "filters is 8; it must be a list"),
        (lambda: EnsembleCNN(Architecture(), 168, []), "at least one network"),
        (lambda: EnsembleCNN(Architecture(), 168.0, [0]), "grid points of an input is 168.0"),
        (lambda: KernelRidge().fit(1j * ROWS, ROWS), "training rows must be .* complex"),
        (lambda: KernelRidge().fit(ROWS, ["a", "b", "c", "d"]), "targets must be .* text"),
        (lambda: KernelRidge(1j).fit(ROWS, ROWS), "width must be .* complex"),
        (lambda: KernelRidge(1.0, "1e-3").fit(ROWS, ROWS), "regularisation must be .* text"),
        (lambda: KernelRidge(1.0, 1e-6).fit(ROWS, ROWS).predict(1j * ROWS), "complex"),
    ],
)
def test_functions_of_the_library_refuse_what_is_no_number(call, message):
    with pytest.raises(InputError, match=message) as error:
        call()
    assert "\n" not in str(error.value)


TOGETHER = np.zeros((2, 3))
NOWHERE = np.array([[0, 0, 0], [0, 0, np.nan]])


@pytest.mark.parametrize(
    ("symbols", "positions", "message"),
    [
        (("H", "H"), TOGETHER, "Two atoms of geometry 0 are 0 bohr apart"),
        (("H", "H"), NOWHERE, r"positions of the atoms holds nan at index \(1, 2\)"),
        (("H", "H"), NOWHERE[:1], r"shape \(1, 3\); for the atoms H H it must be \(2, 3\)"),
        ((), NOWHERE[:0], "with at least one atom"),
        (("H", "H"), "near", "positions of the atoms must be .* text"),
        ((1, 1), TOGETHER, "symbols of the atoms are .* one text an atom"),
    ],
)
def test_no_engine_is_given_what_is_no_molecule(symbols, positions, message):
    engine = reference_engine("pyscf", FOURIER, {"orbital_basis": "gth-szv"})
    with pytest.raises(InputError, match=message):
        engine.calculate(symbols, positions)
    with pytest.raises(InputError, match=message):
        coupled_cluster_energies(symbols, positions, "sto-3g")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tolerance": "1e-9"}, "tolerance of the engine pyscf is '1e-9'"),
        ({"grid_level": 3.0}, "grid level of the engine pyscf is 3.0"),
    ],
)
def test_settings_of_an_engine_are_numbers(settings, message):
    with pytest.raises(InputError, match=message):
        reference_engine("pyscf", FOURIER, settings)
