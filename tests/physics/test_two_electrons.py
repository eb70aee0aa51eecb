"""Two electrons: exactly solvable limits, symmetries, bounds and independent solutions."""

import numpy as np
import pytest
from numpy.linalg import eigvalsh

from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.hamiltonians import hamiltonian_bands, sparse_operator
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import atom_potential, diatomic_potential, soft_coulomb_interaction
from hkmaps.exact.two_electrons import solve_two_electrons

PUBLISHED_GRID = uniform_grid(14, 12)
SMALL_GRID = uniform_grid(10, 6)
TILTED = atom_potential(SMALL_GRID.points - 0.7, 1.3, 0.8) + 0.05 * SMALL_GRID.points


def smooth_repulsion(distance):
    return 1 / np.sqrt(distance**2 + 1)


def relative_motion(frequency, points=201, extent=9.0):
    """Energies of the even and the odd relative state of the two-electron Hooke atom.

    With y = (x1 - x2) / sqrt(2) the relative motion is that of one particle of mass 1; it is
    solved with the sinc basis (Colbert and Miller, J. Chem. Phys. 96, 1982, 1992), which shares
    nothing with finite differences.
    """
    y, step = np.linspace(-extent, extent, points, retstep=True)
    difference = np.subtract.outer(np.arange(points), np.arange(points))
    with np.errstate(divide="ignore"):
        kinetic = (-1.0) ** difference / (step * difference) ** 2
    np.fill_diagonal(kinetic, np.pi**2 / (6 * step**2))
    potential = 0.5 * frequency**2 * y**2 + smooth_repulsion(np.sqrt(2) * y)
    return eigvalsh(kinetic + np.diag(potential))[:2]


@pytest.mark.parametrize("frequency", [0.5, 1.0])
@pytest.mark.parametrize(("symmetry", "level"), [("singlet", 0), ("triplet", 1)])
def test_hooke_atom_separates_into_centre_of_mass_and_relative_motion(frequency, symmetry, level):
    grid = uniform_grid(16, 9)
    state = solve_two_electrons(
        0.5 * frequency**2 * grid.points**2,
        grid,
        smooth_repulsion(np.subtract.outer(grid.points, grid.points)),
        symmetry=symmetry,
    )
    exact = 0.5 * frequency + relative_motion(frequency)[level]
    assert state.energy == pytest.approx(exact, abs=2e-7)


def test_pilot_values_of_the_published_grid():
    potential = atom_potential(PUBLISHED_GRID.points, 1.0, 1.0)
    assert solve_one_electron(potential, PUBLISHED_GRID).energy == pytest.approx(
        -0.49973339, abs=5e-9
    )
    assert solve_two_electrons(potential, PUBLISHED_GRID).energy == pytest.approx(
        -0.53932531, abs=5e-9
    )


@pytest.mark.parametrize("potential", [TILTED, atom_potential(SMALL_GRID.points, 1.3, 0.8)])
def test_without_interaction_the_energies_are_sums_of_orbital_energies(potential):
    orbitals = solve_one_electron(potential, SMALL_GRID, states=2)
    free = np.zeros((SMALL_GRID.size, SMALL_GRID.size))
    singlet = solve_two_electrons(potential, SMALL_GRID, free)
    triplet = solve_two_electrons(potential, SMALL_GRID, free, symmetry="triplet")
    assert singlet.energy == pytest.approx(2 * orbitals.energy, abs=1e-12)
    assert triplet.energy == pytest.approx(orbitals.energies.sum(), abs=1e-12)
    assert singlet.density() == pytest.approx(2 * orbitals.density(), abs=1e-8)
    assert triplet.density() == pytest.approx(orbitals.density(0) + orbitals.density(1), abs=1e-8)


@pytest.mark.parametrize(("points", "stencil"), [(18, 13), (17, 13), (18, 5), (17, 3)])
@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_energies_equal_dense_diagonalisation(points, stencil, slope):
    grid = uniform_grid(6, points / 6)
    potential = diatomic_potential(grid.points, 1.1, 0.7, 1.9) + slope * grid.points
    h = sparse_operator(hamiltonian_bands(potential, grid, stencil)).toarray()
    identity = np.eye(points)
    dense = np.kron(h, identity) + np.kron(identity, h)
    dense += np.diag(soft_coulomb_interaction(grid.points).ravel())
    exchange = np.eye(points**2).reshape((points,) * 4).swapaxes(0, 1).reshape(dense.shape)
    for symmetry, sign in (("singlet", 1), ("triplet", -1)):
        projector = (np.eye(points**2) + sign * exchange) / 2
        # What lies outside the sector is lifted above every level of interest.
        exact = eigvalsh(projector @ dense @ projector + 1e3 * (np.eye(points**2) - projector))[0]
        state = solve_two_electrons(potential, grid, stencil=stencil, symmetry=symmetry)
        assert state.energy == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize(("symmetry", "sign"), [("singlet", 1), ("triplet", -1)])
def test_exchange_symmetry_and_normalisation(symmetry, sign):
    state = solve_two_electrons(TILTED, SMALL_GRID, symmetry=symmetry)
    psi, spacing = state.wavefunction, SMALL_GRID.spacing
    assert np.abs(psi.T - sign * psi).max() < 1e-12
    assert np.sum(psi**2) * spacing**2 == pytest.approx(1, abs=1e-12)
    assert state.density().sum() * spacing == pytest.approx(2, abs=1e-12)
    assert state.density().min() >= 0


def test_mirror_symmetry_of_a_diatomic():
    potential = diatomic_potential(PUBLISHED_GRID.points, 1.0, 0.8, 3.1)
    state = solve_two_electrons(potential, PUBLISHED_GRID)
    psi, density = state.wavefunction, state.density()
    assert psi[::-1, ::-1] == pytest.approx(psi, abs=1e-12)
    assert density[::-1] == pytest.approx(density, abs=1e-12)


def test_general_and_mirror_symmetric_solutions_meet():
    """A tilt below the residual's tolerance changes the way of solution, not the energy."""
    potential = diatomic_potential(SMALL_GRID.points, 1.0, 0.8, 2.1)
    mirrored = solve_two_electrons(potential, SMALL_GRID)
    general = solve_two_electrons(potential + 1e-11 * SMALL_GRID.points, SMALL_GRID)
    flip = np.s_[::-1, ::-1]
    assert np.array_equal(mirrored.wavefunction, mirrored.wavefunction[flip])
    assert not np.array_equal(general.wavefunction, general.wavefunction[flip])
    assert general.energy == pytest.approx(mirrored.energy, abs=1e-10)
    assert general.wavefunction == pytest.approx(mirrored.wavefunction, abs=1e-7)


def test_singlet_ground_state_has_no_nodes():
    state = solve_two_electrons(TILTED, SMALL_GRID)
    assert state.wavefunction.min() > -1e-9


def test_energy_lies_below_the_product_state_and_above_the_free_electrons():
    orbital_state = solve_one_electron(TILTED, SMALL_GRID)
    density = orbital_state.density()
    repulsion = soft_coulomb_interaction(SMALL_GRID.points)
    hartree = density @ repulsion @ density * SMALL_GRID.spacing**2
    singlet = solve_two_electrons(TILTED, SMALL_GRID)
    triplet = solve_two_electrons(TILTED, SMALL_GRID, symmetry="triplet")
    assert 2 * orbital_state.energy < singlet.energy < 2 * orbital_state.energy + hartree
    assert singlet.energy < triplet.energy


def test_distant_atoms_hold_one_electron_each():
    Z, alpha, r = 1.0, 0.5, 14.0
    grid = uniform_grid(28, 10)
    singlet = solve_two_electrons(diatomic_potential(grid.points, Z, alpha, r), grid)
    # Each electron is bound to its own nucleus, in the tail of the other, and repels the other.
    tail = atom_potential(grid.points - r / 2, Z, alpha)
    atom = solve_one_electron(atom_potential(grid.points + r / 2, Z, alpha) + tail, grid)
    expected = 2 * atom.energy + 1 / (r + 1)
    assert singlet.energy == pytest.approx(expected, abs=1e-3)
    left = grid.points < 0
    assert singlet.density()[left].sum() * grid.spacing == pytest.approx(1, abs=1e-8)
    ionic = singlet.wavefunction[np.ix_(left, left)]
    assert np.sum(ionic**2) * grid.spacing**2 < 1e-3


@pytest.mark.parametrize("parameters", [(0.5, 1.0), (2.0, 0.65)])
def test_residual_is_that_of_the_full_hamiltonian(parameters):
    grid = PUBLISHED_GRID
    potential = atom_potential(grid.points, *parameters)
    state = solve_two_electrons(potential, grid)
    h = sparse_operator(hamiltonian_bands(potential, grid)).toarray()
    psi = state.wavefunction * grid.spacing
    image = h @ psi + psi @ h + soft_coulomb_interaction(grid.points) * psi
    residual = np.linalg.norm(image - state.energy * psi)
    assert residual <= 1e-8
    assert residual == pytest.approx(state.residual, rel=1e-3)
    assert state.iterations <= 15


def test_equal_input_gives_equal_bits():
    first, second = (solve_two_electrons(TILTED, SMALL_GRID) for _ in range(2))
    assert first.energy == second.energy
    assert np.array_equal(first.wavefunction, second.wavefunction)
