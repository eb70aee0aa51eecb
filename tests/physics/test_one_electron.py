"""One electron: exactly known energies, the virial theorem, orders of convergence."""

import numpy as np
import pytest
from scipy.special import mathieu_b

from hkmaps.exact.convergence import hydrogen_convergence, smallest_sufficient
from hkmaps.exact.grids import Grid, uniform_grid
from hkmaps.exact.hamiltonians import STENCILS
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import atom_potential, potential_family
from hkmaps.units import CHEMICAL_ACCURACY


def harmonic(x, frequency=1.0):
    return 0.5 * frequency**2 * x**2


@pytest.fixture(scope="module")
def hydrogen_scans():
    return hydrogen_convergence(
        densities=[2, 3, 4, 5, 6, 7, 8], length=20, lengths=[10, 12], density=20
    )


def test_hydrogen_energy_approaches_one_half_from_above(hydrogen_scans):
    errors = hydrogen_scans.query("study == 'density'")["error_per_particle"].to_numpy()
    assert (errors > 0).all()
    assert (np.diff(errors) < 0).all()
    # From a pilot calculation with other code on the same grids, printed to 0.01 mHa.
    assert errors * 1e3 == pytest.approx([8.57, 3.80, 2.13, 1.36, 0.94, 0.69, 0.53], abs=0.006)


@pytest.mark.parametrize(
    ("threshold", "printed"), [(CHEMICAL_ACCURACY, 5), (CHEMICAL_ACCURACY / 2, 7)]
)
def test_hydrogen_converges_at_the_densities_of_figure_2(hydrogen_scans, threshold, printed):
    rows = hydrogen_scans.query("study == 'density'")
    found = smallest_sufficient(rows["grid_density"], rows["error_per_particle"], threshold)
    assert found == printed


def test_hydrogen_needs_slightly_more_than_ten_bohr(hydrogen_scans):
    rows = hydrogen_scans.query("study == 'length'").set_index("grid_length")
    assert rows.loc[10, "error_per_particle"] == pytest.approx(1.08e-3, abs=0.01e-3)
    assert rows.loc[12, "error_per_particle"] < CHEMICAL_ACCURACY / 2


@pytest.mark.parametrize("frequency", [0.5, 1.0, 2.0])
def test_harmonic_oscillator_has_equidistant_levels(frequency):
    grid = uniform_grid(16 / np.sqrt(frequency), 12 * np.sqrt(frequency))
    states = solve_one_electron(harmonic(grid.points, frequency), grid, states=6)
    assert states.energies == pytest.approx(frequency * (np.arange(6) + 0.5), abs=1e-8)
    assert states.residuals.max() < 1e-10


def test_harmonic_ground_state_is_a_gaussian():
    grid = uniform_grid(14, 12)
    density = solve_one_electron(harmonic(grid.points), grid).density()
    assert density == pytest.approx(np.exp(-(grid.points**2)) / np.sqrt(np.pi), abs=1e-9)


def test_particle_in_a_box_feels_walls_one_step_beyond_the_grid():
    grid = uniform_grid(5, 40)
    width = grid.length + 2 * grid.spacing
    energies = solve_one_electron(np.zeros(grid.size), grid, stencil=3, states=3).energies
    levels = np.arange(1, 4)
    exact_on_grid = (1 - np.cos(levels * np.pi * grid.spacing / width)) / grid.spacing**2
    assert energies == pytest.approx(exact_on_grid, rel=1e-12)
    assert energies == pytest.approx(0.5 * (levels * np.pi / width) ** 2, rel=1e-3)


@pytest.mark.parametrize("stencil", STENCILS)
def test_energy_converges_with_the_order_of_the_stencil(stencil):
    spacings, errors = [], []
    for points in (29, 33, 37):
        grid = uniform_grid(14, points / 14)
        energy = solve_one_electron(harmonic(grid.points), grid, stencil).energy
        spacings.append(grid.spacing)
        errors.append(abs(energy - 0.5))
    order = np.polyfit(np.log(spacings), np.log(errors), 1)[0]
    assert order == pytest.approx(stencil - 1, rel=0.1)


def test_virial_theorem_of_the_soft_coulomb_well():
    Z, alpha = 1.3, 0.8
    grid = uniform_grid(24, 40)
    potential = atom_potential(grid.points, Z, alpha)
    state = solve_one_electron(potential, grid)
    density = state.density()
    kinetic = state.energy - density @ potential * grid.spacing
    distance = np.abs(grid.points)
    virial = density @ (Z * distance / (distance + alpha) ** 2) * grid.spacing
    assert 2 * kinetic == pytest.approx(virial, rel=1e-3)


def test_energy_changes_with_the_charge_as_hellmann_and_feynman_say():
    grid, alpha, step = uniform_grid(14, 12), 0.8, 1e-3
    well = atom_potential(grid.points, 1.0, alpha)
    lower, middle, upper = (
        solve_one_electron(Z * well, grid) for Z in (1.3 - step, 1.3, 1.3 + step)
    )
    slope = (upper.energy - lower.energy) / (2 * step)
    assert slope == pytest.approx(middle.density() @ well * grid.spacing, abs=1e-6)


def test_states_are_orthonormal_and_alternate_in_parity():
    grid = uniform_grid(14, 12)
    orbitals = solve_one_electron(atom_potential(grid.points, 1.3, 0.8), grid, states=5).orbitals
    assert orbitals @ orbitals.T * grid.spacing == pytest.approx(np.eye(5), abs=1e-10)
    for level, orbital in enumerate(orbitals):
        assert orbital[::-1] == pytest.approx((-1) ** level * orbital, abs=1e-8)


@pytest.mark.parametrize(("a", "k"), [(2.0, 0.8), (1.0, 0.6)])
def test_a_sinusoid_between_its_maxima_is_mathieus_equation(a, k):
    # y'' + (8 E / k^2 - 2 q cos 2z) y = 0 with z = (k x + pi) / 2 and q = 4 a / k^2, y zero at the
    # walls x = +-pi / k: the lowest solution is se_1.
    grid = Grid(np.linspace(-np.pi / k, np.pi / k, 1502)[1:-1])
    potential = potential_family("sinusoid").potential(grid.points, a=a, k=k)
    exact = k**2 / 8 * mathieu_b(1, 4 * a / k**2)
    # The walls limit the order of the stencil.
    assert solve_one_electron(potential, grid).energy == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize("c4", [0.002, 0.5])
def test_a_pure_fourth_power_has_the_known_energy(c4):
    # H = p^2 / 2 + x^4 has 0.667986259155777 Ha (Hioe and Montroll 1975); lengths scale as
    # c4^(-1/6), energies as c4^(1/3).
    grid = uniform_grid(12 * c4 ** (-1 / 6), 40 * c4 ** (1 / 6))
    potential = potential_family("polynomial").potential(grid.points, c2=0.0, c4=c4)
    energy = solve_one_electron(potential, grid).energy
    assert energy == pytest.approx(0.667986259155777 * c4 ** (1 / 3), rel=1e-9)


def test_a_deep_double_well_has_two_levels_of_one_oscillator():
    # Minima at x^2 = -c2 / (2 c4), of depth c2^2 / (4 c4) and curvature -4 c2.
    c2, c4 = -4.0, 0.1
    grid = uniform_grid(20, 40)
    potential = potential_family("polynomial").potential(grid.points, c2=c2, c4=c4)
    state = solve_one_electron(potential, grid)
    oscillator = -(c2**2) / (4 * c4) + np.sqrt(-4 * c2) / 2
    assert state.energy == pytest.approx(oscillator, rel=2e-3)
    density = state.density()
    assert density == pytest.approx(density[::-1], abs=1e-9)
    assert abs(grid.points[density.argmax()]) == pytest.approx(np.sqrt(-c2 / (2 * c4)), abs=0.05)


def test_a_deep_gaussian_dip_is_an_oscillator_to_second_order():
    # -a + w / 2 - 3 / (32 c^2) with w = sqrt(a) / c: x^4 of the expansion, <x^4> = 3 / (4 w^2).
    a, c = 200.0, 2.0
    grid = uniform_grid(8, 60)
    potential = potential_family("gaussian_dip").potential(grid.points, a=a, c=c)
    exact = -a + np.sqrt(a) / (2 * c) - 3 / (32 * c**2)
    assert solve_one_electron(potential, grid).energy == pytest.approx(exact, abs=1e-3)
