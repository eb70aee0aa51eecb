"""Cross-validation against refits, and the search for width and regularisation."""

import warnings

import numpy as np
import pytest
from kernels_data import smooth_data
from sklearn.kernel_ridge import KernelRidge as PeerKernelRidge
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneOut,
    cross_val_predict,
)

from hkmaps.errors import InputError
from hkmaps.kernels import hyperparameter_search, training_data
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge, SearchEdgeWarning
from hkmaps.kernels.held_out_errors import condense
from hkmaps.kernels.kernel_functions import squared_distances
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.seeds import random_stream

X, Y = smooth_data(24, 5)
WIDTHS = [0.7, 1.5, 3.0]
REGULARISATIONS = [1e-8, 1e-5, 1e-2]


def search(targets: np.ndarray = Y, **options) -> CrossValidatedKernelRidge:
    """Search the small grid alone, wherever the winner is."""
    options = {"widths": WIDTHS, "regularisations": REGULARISATIONS, "max_widenings": 0} | options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SearchEdgeWarning)
        return CrossValidatedKernelRidge(**options).fit(X, targets)


def squared_errors(width: float, regularisation: float) -> np.ndarray:
    """Squared errors of refits by scikit-learn, shape (rows, targets)."""
    peer = PeerKernelRidge(kernel="rbf", gamma=0.5 / width**2, alpha=regularisation)
    return (cross_val_predict(peer, X, Y, cv=LeaveOneOut()) - Y) ** 2


def test_held_out_errors_are_those_of_refits():
    table = search().cv_results_
    assert len(table["width"]) == 9
    for width, regularisation, error in zip(
        table["width"], table["regularisation"], table["mean_squared_error"], strict=True
    ):
        expected = squared_errors(width, regularisation).mean()
        assert error == pytest.approx(expected, rel=1e-6)


def test_each_target_may_have_a_winner_of_its_own():
    candidates = [(w, value) for w in WIDTHS for value in REGULARISATIONS]
    errors = np.array([squared_errors(*pair).mean(axis=0) for pair in candidates])
    expected = np.array(candidates)[errors.argmin(axis=0)]
    model = search(per_target=True)
    np.testing.assert_array_equal(model.width_, expected[:, 0])
    np.testing.assert_array_equal(model.regularisation_, expected[:, 1])
    np.testing.assert_allclose(model.cv_error_**2, errors.min(axis=0), rtol=1e-6)
    assert len(set(map(tuple, expected))) > 1

    shared = search()
    assert (shared.width_, shared.regularisation_) == candidates[errors.mean(axis=1).argmin()]
    assert shared.cv_error_**2 == pytest.approx(errors.mean(axis=1).min(), rel=1e-6)
    assert (model.cv_error_**2).mean() < shared.cv_error_**2


def test_winner_and_predictions_are_those_of_scikit_learns_grid_search():
    grid = {"gamma": [0.5 / w**2 for w in WIDTHS], "alpha": REGULARISATIONS}
    peer = GridSearchCV(
        PeerKernelRidge(kernel="rbf"), grid, cv=LeaveOneOut(), scoring="neg_mean_squared_error"
    ).fit(X, Y)
    ours = search()
    assert ours.width_ == pytest.approx((0.5 / peer.best_params_["gamma"]) ** 0.5)
    assert ours.regularisation_ == peer.best_params_["alpha"]
    new, _ = smooth_data(9, 5)
    np.testing.assert_allclose(ours.predict(new), peer.predict(new), rtol=0, atol=1e-9)


def test_many_targets_are_condensed_without_loss(monkeypatch):
    many = random_mixtures(500)
    monkeypatch.setattr(training_data, "BLOCK_VALUES", 24 * 70)
    few = condense(many)
    assert few.shape == (24, 24)
    np.testing.assert_allclose(few @ few.T, many @ many.T, rtol=1e-10, atol=1e-10)
    shared, each = search(many), search(many, per_target=True)
    np.testing.assert_allclose(
        shared.cv_results_["mean_squared_error"],
        each.cv_results_["mean_squared_error"],
        rtol=1e-6,
    )


def random_mixtures(targets: int) -> np.ndarray:
    """More targets than rows: waves that are not mixtures of each other."""
    return np.sin(X @ np.linspace(-1, 1, 3 * targets).reshape(3, targets)) + np.cos(X[:, :1])


def test_blocks_do_not_change_the_winners(monkeypatch):
    whole = search(per_target=True)
    monkeypatch.setattr(training_data, "BLOCK_VALUES", 2 * len(X))
    monkeypatch.setattr(hyperparameter_search, "CACHED_BYTES", 0)
    blocks = search(per_target=True)
    np.testing.assert_array_equal(blocks.width_, whole.width_)
    np.testing.assert_allclose(blocks.cv_error_, whole.cv_error_, rtol=1e-9)


def test_search_widens_until_the_winner_is_inside():
    x = np.linspace(-3, 3, 24)[:, None]
    expected = CrossValidatedKernelRidge(10.0 ** np.arange(-2, 3), [1e-6]).fit(x, np.sin(3 * x))
    model = CrossValidatedKernelRidge([0.01, 0.1], [1e-6], max_widenings=3).fit(x, np.sin(3 * x))
    assert model.width_ == pytest.approx(expected.width_)
    assert 0.1 < model.width_ < 100
    assert (model.widenings_, model.at_edge_) == (1, False)
    table = model.cv_results_
    np.testing.assert_allclose(table["width"], [0.01, 0.1, 1, 10, 100])
    np.testing.assert_array_equal(table["widening"], [0, 0, 1, 1, 1])


def test_regularisation_widens_for_noise():
    noise = random_stream(0, "tests", "noise").normal(scale=0.3, size=Y.shape)
    model = CrossValidatedKernelRidge([2.0], [1e-8, 1e-7]).fit(X, Y + noise)
    assert 1e-3 < model.regularisation_ < 1e3
    assert not model.at_edge_
    assert model.widenings_ >= 1
    assert model.width_ == 2.0  # a single candidate is a choice


def test_winner_left_at_an_edge_is_recorded_and_warned_of():
    with pytest.warns(SearchEdgeWarning, match=r"After 0 widenings the winner is .*0\.01 to 0\.1"):
        model = CrossValidatedKernelRidge([0.01, 0.1], [1e-6, 1e-5], max_widenings=0).fit(X, Y)
    assert (model.width_at_edge_, model.at_edge_) == (True, True)
    with pytest.warns(SearchEdgeWarning, match="5 of 5 targets"):
        model = CrossValidatedKernelRidge([0.01, 0.1], [1e-6], True, max_widenings=0).fit(X, Y)
    assert model.at_edge_.tolist() == [True] * 5


def test_widening_is_bounded():
    # A straight line is best learnt by ever wider kernels.
    line = np.linspace(0, 1, 12)[:, None]
    with pytest.warns(SearchEdgeWarning, match="is at an edge"):
        model = CrossValidatedKernelRidge([1.0, 10.0], [1e-12], max_widenings=50).fit(line, line)
    assert model.widenings_ < 5
    assert model.cv_results_["width"].max() <= 1000
    assert model.width_at_edge_


def test_targets_that_are_zero_have_a_winner_that_is_at_no_edge():
    targets = np.concatenate([Y, np.zeros((24, 2))], axis=1)
    model = search(targets, per_target=True)
    assert not model.at_edge_[5:].any()
    assert not model.predict(X)[:, 5:].any()


def test_default_search_learns_smooth_functions():
    new, expected = smooth_data(400, 2)
    rows, targets = smooth_data(150, 2)
    model = CrossValidatedKernelRidge().fit(rows, targets)
    inside = np.abs(new).max(axis=1) < 1.2
    assert np.abs(model.predict(new) - expected)[inside].max() < 1e-2
    guess = KernelRidge(0.2, 1e-2).fit(rows, targets)
    assert np.abs(guess.predict(new) - expected)[inside].max() > 0.5


def test_singular_candidates_lose():
    twice = np.concatenate([X, X[:2]])
    targets = np.concatenate([Y, Y[:2]])
    model = CrossValidatedKernelRidge([1.0], [1e-20, 1e-6, 1e-5]).fit(twice, targets)
    assert model.regularisation_ >= 1e-6
    table = model.cv_results_
    tiny = table["regularisation"] < 1e-16
    np.testing.assert_array_equal(np.isinf(table["mean_squared_error"]), tiny)
    assert tiny.any()
    with pytest.raises(InputError, match="singular for every width"):
        CrossValidatedKernelRidge([1.0], [1e-20], max_widenings=0).fit(twice, targets)


def test_distances_stand_for_features():
    features = CrossValidatedKernelRidge().fit(X, Y)
    distances = CrossValidatedKernelRidge(metric="precomputed").fit(squared_distances(X, X), Y)
    assert (distances.width_, distances.regularisation_) == (
        features.width_,
        features.regularisation_,
    )
    new, _ = smooth_data(9, 5)
    np.testing.assert_array_equal(
        distances.predict(squared_distances(new, X)), features.predict(new)
    )


def test_rounding_of_precomputed_distances_is_no_distance():
    # Distances from inner products leave equal rows about 1e-16 apart.
    twice = np.concatenate([X, X[:6]])
    targets = np.concatenate([Y, Y[:6]])
    exact = squared_distances(twice, twice)
    rounded = exact + 1e-15 * (exact == 0)
    models = [
        CrossValidatedKernelRidge(metric="precomputed").fit(matrix, targets)
        for matrix in (exact, rounded)
    ]
    np.testing.assert_array_equal(models[0].cv_results_["width"], models[1].cv_results_["width"])
    with pytest.raises(InputError, match="rows 0 and 24 are equal"):
        KernelRidge(1.0, 0.0, metric="precomputed").fit(rounded, targets)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"widths": []}, "search grid of widths has the shape"),
        ({"regularisations": [0.0, 1e-3]}, "smallest value 0; it must be one list of positive"),
        ({"widths": [1.0, np.nan]}, "search grid of widths holds nan"),
        ({"max_widenings": -1}, "max_widenings is -1"),
    ],
)
def test_searches_that_cannot_be_done_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        CrossValidatedKernelRidge(**options).fit(X, Y)


def test_training_sets_that_cannot_be_searched_are_refused():
    with pytest.raises(InputError, match="All 4 training rows are equal"):
        CrossValidatedKernelRidge().fit(np.ones((4, 2)), np.arange(4.0))
    with pytest.raises(InputError, match="at least 2 training rows"):
        CrossValidatedKernelRidge().fit(X[:1], Y[:1])
    with pytest.raises(InputError, match="targets hold nan in row 0, column 0"):
        CrossValidatedKernelRidge().fit(X, np.full(24, np.nan))
