"""One electron in a box: exact limits of the solver, the functional, the bases and the maps."""

import numpy as np
import pytest

from hkmaps.datasets.gaussian_dips import (
    STENCIL,
    box_grid,
    draw_dips,
    potential_energies,
    solve_box,
)
from hkmaps.errors import InputError
from hkmaps.exact.von_weizsaecker import von_weizsaecker_energy
from hkmaps.maps.box import box_errors
from hkmaps.maps.box_bases import FourierSeriesBasis, KernelPrincipalComponents
from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.tables import read_table, write_table

GRID = box_grid(200)


@pytest.fixture(scope="module")
def systems():
    return solve_box(draw_dips(40, GRID, np.random.default_rng(3)), GRID)


def test_an_empty_box_has_the_levels_of_a_discrete_box():
    states = solve_box(np.zeros((1, GRID.size)), GRID)
    # Three points: E = (1 - cos(pi h)) / h^2, which tends to pi^2 / 2.
    assert states.energies[0] == pytest.approx((1 - np.cos(np.pi / 199)) * 199**2, rel=1e-10)
    assert states.energies[0] == pytest.approx(np.pi**2 / 2, rel=3e-5)
    assert states.densities[0] == pytest.approx(2 * np.sin(np.pi * GRID.points) ** 2, abs=1e-8)


def test_shallow_dips_are_seen_to_second_order(systems):
    """First-order perturbation theory, off by the square of the potential."""
    empty = solve_box(np.zeros((1, GRID.size)), GRID)
    errors = []
    for scale in (1e-2, 1e-3):
        shallow = solve_box(scale * systems.potentials[:5], GRID)
        first = potential_energies(empty.densities, shallow.potentials, GRID)
        errors.append(empty.energies + first - shallow.energies)
    assert (errors[0] > 0).all()
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.05)


def test_a_longer_draw_begins_with_the_shorter_one():
    few, many = (draw_dips(count, GRID, np.random.default_rng(1)) for count in (3, 7))
    assert np.array_equal(few, many[:3])
    assert many.max() <= 0
    assert many.min() >= -30


def test_the_functional_is_exact_and_variational(systems):
    kinetic = von_weizsaecker_energy(systems.densities, GRID, STENCIL)
    assert kinetic == pytest.approx(systems.kinetic_energies, abs=1e-9)
    # The density of another potential has a higher energy in this one.
    wrong = np.roll(systems.densities, 1, axis=0)
    energies = von_weizsaecker_energy(wrong, GRID, STENCIL)
    energies += potential_energies(wrong, systems.potentials, GRID)
    assert (energies > systems.energies).all()
    assert von_weizsaecker_energy(-systems.densities[0], GRID) == 0
    with pytest.raises(InputError, match="last axis must be as long"):
        von_weizsaecker_energy(np.ones(7), GRID)


def test_fourier_functions_are_orthonormal_and_converge(systems):
    errors = []
    for size in (10, 40, 160):
        basis = FourierSeriesBasis(GRID, size)
        assert basis.functions.shape == (size, GRID.size)
        found = basis.density(basis.coefficients(systems.densities))
        errors.append(np.abs(found - systems.densities).max())
        # They hold the number of electrons whatever their number.
        assert found.sum(axis=1) * GRID.spacing == pytest.approx(1, abs=1e-3)
    assert errors[2] < errors[1] / 5 < errors[0] / 25
    # Orthonormal over a period, to which the wall belongs.
    walls = np.where(np.arange(160) % 2, np.sqrt(2), 0)
    walls[0] = 1
    overlap = basis.functions @ basis.functions.T * GRID.spacing
    overlap += np.outer(walls, walls) * GRID.spacing
    assert overlap == pytest.approx(np.eye(160), abs=1e-10)


def test_kernel_pca_conserves_electrons_and_gives_densities_back(systems):
    basis = KernelPrincipalComponents.fit(systems.densities[:30], GRID, 25)
    found = basis.density(basis.coefficients(systems.densities[30:]))
    misplaced = np.abs(found - systems.densities[30:]).sum(axis=1) * GRID.spacing
    assert misplaced.max() < 0.02
    assert found.sum(axis=1) * GRID.spacing == pytest.approx(1, abs=1e-4)
    few = KernelPrincipalComponents.fit(systems.densities[:6], GRID, 25)
    assert few.coefficients(systems.densities).shape == (40, 5)


def test_errors_of_the_maps_add_up_and_fall(tmp_path):
    errors = box_errors(80, [10, 40], 1, 20, 30, 12, seed=3)
    write_table(errors, tmp_path / "errors.parquet", BOX_ERRORS)
    rows = read_table(tmp_path / "errors.parquet", BOX_ERRORS)
    mae = rows.set_index(["training_points", "method", "basis", "quantity"])["mae"].sort_index()
    for basis in ("grid", "Fourier", "KPCA"):
        for quantity in ("dE", "dE_D"):
            few, many = (mae[size, "ML-HK", basis, quantity] for size in (10, 40))
            assert many < few / 2
    # Norm, not shape, is what the density of the grid has wrong.
    of_grid = mae[40, "ML-HK", "grid"]
    assert of_grid["dE_D of the normalised density"] < of_grid["dE_D"] / 2


def test_a_draw_depends_on_the_seed_alone():
    first, again, other = (box_errors(60, [8], 1, 4, 20, 5, seed=seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first["mae"].equals(other["mae"])
