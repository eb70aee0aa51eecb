from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import eig_banded, eigh

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.exact.davidson import Eigenpair, davidson
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.observables import SystemProperties, solve_system
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.exact.two_electrons import solve_two_electrons

GRID = uniform_grid(8, 5)
POTENTIAL = -1.3 / (np.abs(GRID.points) + 0.8)
WITH_NAN = np.where(np.arange(GRID.size) == 7, np.nan, POTENTIAL)
WITH_INFINITY = np.where(np.arange(GRID.size) == 7, -np.inf, POTENTIAL)


@pytest.mark.parametrize("solve", [solve_one_electron, solve_two_electrons, solve_system])
@pytest.mark.parametrize(
    ("potential", "message"),
    [
        (WITH_NAN, r"potential holds nan at index \(7,\)"),
        (WITH_INFINITY, r"potential holds -inf at index \(7,\)"),
        (POTENTIAL[:-1], r"shape \(39,\); on a grid of 40 points"),
        (POTENTIAL[:, None], r"shape \(40, 1\)"),
        (-1.0, r"shape \(\)"),
        (POTENTIAL - 0.5j, "real numbers; found complex numbers"),
        (POTENTIAL + 0j, "real numbers; found complex numbers"),
        ("deep", "real numbers; found text"),
        (GRID, "real numbers; found a Grid"),
    ],
)
def test_bad_potentials_are_refused(solve, potential, message):
    with pytest.raises(InputError, match=message):
        solve(potential, GRID)


@pytest.mark.parametrize("solve", [solve_one_electron, solve_two_electrons, solve_system])
def test_too_small_grids_are_refused(solve):
    with pytest.raises(InputError, match="grid has 5 points"):
        solve(np.zeros(5), uniform_grid(5, 1))


@pytest.mark.parametrize("states", [0, -1, 41, 2.0, "2", True])
def test_impossible_numbers_of_states_are_refused(states):
    message = f"states is {states!r}; it must be a whole number from 1 to 40"
    with pytest.raises(InputError, match=message):
        solve_one_electron(POTENTIAL, GRID, states=states)


def test_all_states_can_be_had():
    assert len(solve_one_electron(POTENTIAL, GRID, states=40).energies) == 40


@pytest.mark.parametrize(
    ("interaction", "message"),
    [
        (np.zeros((3, 3)), r"interaction has the shape \(3, 3\)"),
        (np.full((40, 40), np.nan), r"interaction holds nan at index \(0, 0\)"),
        (np.triu(np.ones((40, 40))), "not a symmetric matrix"),
    ],
)
def test_bad_interactions_are_refused(interaction, message):
    with pytest.raises(InputError, match=message):
        solve_two_electrons(POTENTIAL, GRID, interaction)


def test_unknown_symmetry_is_refused():
    with pytest.raises(InputError, match="'doublet'; it must be one of singlet, triplet"):
        solve_two_electrons(POTENTIAL, GRID, symmetry="doublet")


def test_missed_residual_is_an_error_not_a_result():
    with pytest.raises(ConvergenceError, match="after 3 iterations"):
        solve_two_electrons(POTENTIAL, GRID, maximum_iterations=3)


def test_looser_tolerance_takes_fewer_iterations():
    tight = solve_two_electrons(POTENTIAL, GRID, tolerance=1e-10)
    loose = solve_two_electrons(POTENTIAL, GRID, tolerance=1e-4)
    assert loose.iterations < tight.iterations
    assert tight.residual <= 1e-10 < loose.residual <= 1e-4


def test_softer_repulsion_binds_the_second_electron_more():
    published = solve_system(POTENTIAL, GRID)
    softer = solve_system(POTENTIAL, GRID, interaction_softening=2.0)
    assert softer.electron_affinity > published.electron_affinity
    assert softer.total_energy == published.total_energy
    with pytest.raises(InputError, match="softening"):
        solve_system(POTENTIAL, GRID, interaction_softening=-1.0)


def test_quantities_name_attributes_of_the_properties():
    assert list(QUANTITIES) == ["E", "A", "T", "Eg"]
    for key, quantity in QUANTITIES.items():
        assert quantity.key == key
        assert quantity.column in SystemProperties.__dataclass_fields__
    assert [q.gauge for q in QUANTITIES.values()] == [
        "dependent",
        "dependent",
        "invariant",
        "invariant",
    ]


def test_potential_beyond_double_precision_is_an_error_not_a_result():
    with pytest.raises(ConvergenceError, match="one-electron residual is"):
        solve_one_electron(POTENTIAL + 1e30 * (GRID.points > 0), GRID)


def test_residual_is_checked_on_the_full_grid_whatever_the_eigensolver_says(monkeypatch):
    def wrong(operator, preconditioner, start, tolerance, maximum_iterations):
        return Eigenpair(-1.0, start, residual=0.0, iterations=1)

    monkeypatch.setattr("hkmaps.exact.two_electrons.davidson", wrong)
    with pytest.raises(ConvergenceError, match="two-electron residual is"):
        solve_two_electrons(POTENTIAL, GRID)


@pytest.mark.parametrize("sign", [-1, 1])
def test_signs_of_wavefunctions_do_not_depend_on_those_of_the_eigensolvers(monkeypatch, sign):
    def flipped(solve, index):
        def solver(*arguments, **options):
            result = list(solve(*arguments, **options))
            result[index] = sign * result[index]
            return result

        return solver

    monkeypatch.setattr("hkmaps.exact.one_electron.eig_banded", flipped(eig_banded, 1))
    monkeypatch.setattr("hkmaps.exact.two_electrons.eigh", flipped(eigh, 1))
    for orbital in solve_one_electron(POTENTIAL, GRID, states=3).orbitals:
        assert orbital[np.abs(orbital) > 0.01 * np.abs(orbital).max()][0] > 0
    monkeypatch.setattr(
        "hkmaps.exact.two_electrons.davidson",
        lambda *arguments: _turned(davidson(*arguments), sign),
    )
    for symmetry in ("singlet", "triplet"):
        psi = solve_two_electrons(POTENTIAL, GRID, symmetry=symmetry).wavefunction.ravel()
        assert psi[np.abs(psi) > 0.5 * np.abs(psi).max()][0] > 0


def _turned(pair, sign):
    return replace(pair, vector=sign * pair.vector)
