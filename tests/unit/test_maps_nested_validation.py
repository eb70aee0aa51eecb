import dataclasses

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from hkmaps.datasets.charge_states import CHARGE_STATE_QUANTITIES, solve_charge_states
from hkmaps.datasets.parameters import parameter_grid
from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.potentials import potential_family
from hkmaps.kernels.kernel_functions import squared_distances
from hkmaps.maps.nested_results import FROM_UNIVERSAL, INVERSE, SOLVE
from hkmaps.maps.nested_validation import Choice, NestedValidation, nested_errors, weights

VALIDATION = NestedValidation(
    outer_folds=3,
    inner_folds=2,
    repeats=2,
    widths={"n": [0.25, 0.5], "V": [4.0, 8.0]},
    regularisations=[1e-10, 1e-8],
    noise=[1e-4, 1e-3],
)


@pytest.fixture(scope="module")
def states():
    family = potential_family("soft_atom")
    axes = {
        "Z": {"start": 3.0, "stop": 3.5, "points": 4},
        "beta": {"start": 1.2, "stop": 1.7, "points": 3},
    }
    grid = parameter_grid(family, axes)
    return solve_charge_states(family, grid[grid["split"] == "train"], uniform_grid(12, 2), 13)


@pytest.fixture(scope="module")
def errors(states):
    return nested_errors(states, "atoms", VALIDATION, 1)


def training_data():
    random = np.random.default_rng(5)
    rows = random.normal(size=(30, 2))
    return rows, np.sin(rows).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("method", [INVERSE, SOLVE])
def test_weights_are_those_of_kernel_ridge_regression(method):
    rows, targets = training_data()
    peer = KernelRidge(kernel="rbf", gamma=1 / (2 * 0.7**2), alpha=1e-3).fit(rows, targets)
    found = weights(squared_distances(rows, rows), Choice(0.7, 1e-3), targets, method)
    assert found == pytest.approx(peer.dual_coef_, rel=1e-8)


def test_only_a_solve_gives_the_targets_back_where_the_matrix_is_ill_conditioned():
    rows, targets = training_data()
    distances = squared_distances(rows, rows)
    matrix = np.exp(-distances / (2 * 8.0**2)) + 1e-13 * np.eye(len(rows))
    left = {
        method: np.abs(
            matrix @ weights(distances, Choice(8.0, 1e-13), targets, method) - targets
        ).max()
        for method in (INVERSE, SOLVE)
    }
    assert 10 * left[SOLVE] < left[INVERSE]


def test_a_singular_matrix_has_no_weights():
    rows = np.zeros((3, 1))
    found = weights(squared_distances(rows, rows), Choice(1.0, 0.0), np.ones((3, 1)), SOLVE)
    assert np.isinf(found).all()


def test_every_functional_has_every_way_fold_and_size(errors):
    counts = errors.groupby("method").size()
    assert counts[INVERSE] == counts[SOLVE] == 24 * 3 * 3
    assert counts[FROM_UNIVERSAL] == 9 * 3 * 3
    without = errors[errors["noise"] == 0]
    assert (without["response"] == 0).all() and (without["mae"] > 0).all()


def test_the_ways_agree_where_matrices_are_well_conditioned(states):
    strong = dataclasses.replace(VALIDATION, regularisations=[1e-3, 1e-2])
    found = nested_errors(states, "atoms", strong, 1)
    inverse, solve = (
        found.loc[found["method"] == way, "mae"].to_numpy() for way in (INVERSE, SOLVE)
    )
    assert inverse == pytest.approx(solve, rel=1e-6)


def test_test_systems_do_not_decide_what_is_chosen(states, errors):
    """A wrong value of one system changes errors and choices of other folds, not its own choice."""
    spoilt, column = states.copy(), CHARGE_STATE_QUANTITIES["F"].column
    spoilt.loc[(spoilt["system"] == 3) & (spoilt["electrons"] == 1), column] += 5.0
    merged = nested_errors(spoilt, "atoms", VALIDATION, 1).merge(
        errors, on=["functional", "method", "fold", "noise"], suffixes=("_spoilt", "")
    )
    rows = merged[
        (merged["functional"] == "F1[n]") & (merged["method"] == SOLVE) & (merged["noise"] == 0)
    ].set_index("fold")
    # Four test systems a fold: an error of 5 Ha is a mean of 1.25 Ha.
    jumps = rows["mae_spoilt"] - rows["mae"]
    own = jumps.sub(1.25).abs().idxmin()
    assert jumps[own] == pytest.approx(1.25, abs=0.01)
    assert rows.loc[own, "width_spoilt"] == rows.loc[own, "width"]
    assert rows.loc[own, "regularisation_spoilt"] == rows.loc[own, "regularisation"]


def test_noise_of_the_from_universal_energy_is_that_of_its_integral(states, errors):
    """With F[n] well conditioned, an error of n enters with the size of the potential alone."""
    potentials = np.stack(states.loc[states["electrons"] == 1, "potential"])
    expected = np.sqrt(2 / np.pi) * np.linalg.norm(potentials, axis=1).mean() * 12 / 23 * 1e-3
    rows = errors[(errors["functional"] == "E1[n]") & (errors["noise"] == 1e-3)]
    response = rows.groupby("method")["response"].mean()
    assert response[FROM_UNIVERSAL] == pytest.approx(expected, rel=0.3)
    assert response[FROM_UNIVERSAL] < response[SOLVE] / 3


def test_too_few_systems_are_refused(states):
    with pytest.raises(InputError, match=r"has 12 systems; nested .* needs at least 36"):
        nested_errors(states, "atoms", dataclasses.replace(VALIDATION, inner_folds=12), 1)
