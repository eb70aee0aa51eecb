"""Kernel ridge regression against scikit-learn's, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from kernels_data import smooth_data
from sklearn.base import clone
from sklearn.kernel_ridge import KernelRidge as PeerKernelRidge
from sklearn.model_selection import cross_val_predict
from sklearn.utils.estimator_checks import check_estimator

from hkmaps.errors import InputError
from hkmaps.kernels import kernel_functions, training_data
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.kernels.kernel_ridge import KernelRidge

X, Y = smooth_data(40, 6)
NEW, _ = smooth_data(25, 6)


@pytest.mark.parametrize("targets", [Y, Y[:, 2]], ids=["six targets", "one target"])
@pytest.mark.parametrize(("width", "regularisation"), [(0.4, 1e-8), (1.3, 1e-6), (5.0, 1e-3)])
def test_equal_to_scikit_learn(width, regularisation, targets):
    ours = KernelRidge(width, regularisation).fit(X, targets)
    theirs = PeerKernelRidge(kernel="rbf", gamma=0.5 / width**2, alpha=regularisation)
    theirs.fit(X, targets)
    assert ours.dual_coef_.shape == theirs.dual_coef_.shape
    largest = np.abs(theirs.dual_coef_).max()
    np.testing.assert_allclose(ours.dual_coef_, theirs.dual_coef_, rtol=0, atol=1e-8 * largest)
    expected = theirs.predict(NEW)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(ours.predict(NEW), expected, rtol=0, atol=1e-10)


def test_equal_to_scikit_learn_on_an_ill_conditioned_kernel_matrix():
    # At a condition number of 1e11 predictions keep the rounding of the kernel matrix, as
    # |weights of targets| eps |coefficients|, which is at most 2e-7 here.
    kernel = gaussian_kernel(squared_distances(X, X), 3.0)
    theirs = PeerKernelRidge(kernel="precomputed", alpha=1e-10).fit(kernel, Y)
    expected = theirs.predict(gaussian_kernel(squared_distances(NEW, X), 3.0))
    weights = KernelRidge(3.0, 1e-10).fit(X, np.eye(len(X))).predict(NEW)
    sizes = np.abs(weights).sum(axis=1)[:, None] * np.abs(theirs.dual_coef_).sum(axis=0)
    rounding = np.finfo(float).eps * sizes
    assert rounding.max() < 1e-6
    ours = KernelRidge(3.0, 1e-10).fit(X, Y).predict(NEW)
    assert (np.abs(ours - expected) < 10 * rounding).all()


def test_hyperparameters_of_each_target_act_on_it_alone():
    widths = np.array([0.5, 2.0, 0.5, 1.0, 2.0, 2.0])
    regularisations = np.array([1e-3, 1e-5, 1e-3, 1e-6, 1e-2, 1e-5])
    together = KernelRidge(widths, regularisations).fit(X, Y)
    for target in range(6):
        alone = KernelRidge(widths[target], regularisations[target]).fit(X, Y[:, target])
        np.testing.assert_allclose(
            together.predict(NEW)[:, target], alone.predict(NEW), rtol=0, atol=1e-12
        )


def test_precomputed_squared_distances_stand_for_features():
    features = KernelRidge(1.2, 1e-6).fit(X, Y)
    distances = KernelRidge(1.2, 1e-6, metric="precomputed").fit(squared_distances(X, X), Y)
    between = squared_distances(NEW, X)
    np.testing.assert_array_equal(distances.predict(between), features.predict(NEW))
    # scikit-learn's cross-validation has to cut columns as well as rows.
    np.testing.assert_allclose(
        cross_val_predict(distances, squared_distances(X, X), Y, cv=4),
        cross_val_predict(features, X, Y, cv=4),
        atol=1e-12,
    )


@pytest.mark.parametrize("width", [1.2, np.array([0.5, 1.2, 1.2, 0.5, 2.0, 0.5])])
def test_blocks_do_not_change_the_result(width, monkeypatch):
    whole = KernelRidge(width, 1e-6).fit(X, Y)
    monkeypatch.setattr(training_data, "BLOCK_VALUES", 2 * len(X))
    blocks = KernelRidge(width, 1e-6).fit(X, Y)
    np.testing.assert_allclose(blocks.dual_coef_, whole.dual_coef_, rtol=1e-9)
    np.testing.assert_allclose(blocks.predict(NEW), whole.predict(NEW), atol=1e-12)


def test_distances_by_products_are_those_by_differences(monkeypatch):
    far_away = 1e4 + X
    exact = squared_distances(far_away[:9], far_away)
    monkeypatch.setattr(kernel_functions, "DIFFERENCES_PER_ROW", 0)
    monkeypatch.setattr(kernel_functions, "VALUES_AT_ONCE", 2 * len(X))  # two features at a time
    products = squared_distances(far_away[:9], far_away)
    assert (products >= 0).all()
    # Features of 1e4 are rounded by 1e-12; without a common origin the error would be 1e-8.
    np.testing.assert_allclose(products, exact, atol=1e-11)


def test_targets_in_single_precision_are_solved_in_double():
    single = Y.astype(np.float32)
    model = KernelRidge(1.2, 1e-8).fit(X, single)
    expected = KernelRidge(1.2, 1e-8).fit(X, single.astype(np.float64))
    np.testing.assert_array_equal(model.dual_coef_, expected.dual_coef_)


@pytest.mark.parametrize("differences", [10**6, 0])
def test_features_in_single_precision_are_kept_and_compared_in_double(differences, monkeypatch):
    monkeypatch.setattr(kernel_functions, "DIFFERENCES_PER_ROW", differences)
    single, new = X.astype(np.float32), NEW.astype(np.float32)
    model = KernelRidge(1.2, 1e-8).fit(single, Y)
    expected = KernelRidge(1.2, 1e-8).fit(single.astype(np.float64), Y)
    assert np.shares_memory(model.X_fit_, single)
    np.testing.assert_array_equal(model.dual_coef_, expected.dual_coef_)
    np.testing.assert_array_equal(model.predict(new), expected.predict(new.astype(np.float64)))
    distances = squared_distances(single, single).astype(np.float32)
    precomputed = KernelRidge(1.2, 1e-3, metric="precomputed").fit(distances, Y)
    assert precomputed.predict(distances).dtype == precomputed.dual_coef_.dtype == np.float64


BAD_Y = np.where(np.arange(240).reshape(40, 6) == 14, np.nan, Y)
TWICE = np.concatenate([X, X[3:4]])


@pytest.mark.parametrize(
    ("model", "rows", "targets", "message"),
    [
        (KernelRidge(), X, BAD_Y, "targets hold nan in row 2, column 2"),
        (KernelRidge(), np.full((3, 2), np.inf), Y[:3], "rows hold inf in row 0, column 0"),
        (KernelRidge(), X[:, 0], Y, "have 1 dimensions"),
        (KernelRidge(), X, Y[:-1], r"shape \(39, 6\) for 40 training rows"),
        (KernelRidge(), X, Y[:, :, None], r"shape \(40, 6, 1\)"),
        (KernelRidge(), X[:1], Y[:1], "at least 2 training rows"),
        (KernelRidge(-1.0), X, Y, "width is -1.0; it must be finite and positive"),
        (KernelRidge(1.0, -1e-3), X, Y, "regularisation is -0.001; it must be finite and zero or"),
        (KernelRidge(np.ones(5)), X, Y, r"width has the shape \(5,\) for 6 targets"),
        (KernelRidge(metric="cityblock"), X, Y, "one of euclidean, precomputed"),
        (KernelRidge(metric="precomputed"), X, Y, r"\(40, 3\); it must be \(n, n\)"),
        (KernelRidge(metric="precomputed"), np.triu(np.ones((40, 40))), Y, "asymmetric by 1"),
        (KernelRidge(metric="precomputed"), np.ones((40, 40)), Y, "on the diagonal 1"),
        (KernelRidge(metric="precomputed"), np.eye(40) - 1, Y, "fall below zero by 1"),
        (KernelRidge(1.0, 0.0), TWICE, TWICE, r"singular .* \(rows 3 and 40 are equal\)"),
        (KernelRidge(1e6, 1e-16), X, Y, "singular at the width 1e"),
    ],
)
def test_training_sets_that_cannot_be_used_are_refused(model, rows, targets, message):
    with pytest.raises(InputError, match=message):
        model.fit(rows, targets)


def test_rows_that_cannot_be_predicted_are_refused():
    model = KernelRidge().fit(X, Y)
    with pytest.raises(InputError, match="X has 2 features, but KernelRidge is expecting 3"):
        model.predict(NEW[:, :2])
    with pytest.raises(InputError, match="rows to predict hold nan in row 1"):
        model.predict([[0, 0, 0], [0, np.nan, 0]])
    model = KernelRidge(metric="precomputed").fit(squared_distances(X, X), Y)
    with pytest.raises(InputError, match="none may be negative"):
        model.predict(-squared_distances(NEW, X))


def test_regularisation_makes_equal_rows_average():
    twice = np.concatenate([X, X[3:4]])
    targets = np.append(Y[:, 0], Y[3, 0] + 1)
    model = KernelRidge(0.2, 1e-6).fit(twice, targets)
    assert model.predict(X[3:4])[0] == pytest.approx(Y[3, 0] + 0.5, abs=1e-3)


@pytest.mark.parametrize(
    "model", [KernelRidge(1.5, 1e-4), CrossValidatedKernelRidge([1.5], [1e-4])]
)
def test_columns_in_another_order_are_refused(model):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    known = clone(model).fit(frame, Y)
    assert list(known.feature_names_in_) == ["a", "b", "c"]
    expected = clone(model).fit(X, Y).predict(NEW)
    new = pd.DataFrame(NEW, columns=["a", "b", "c"])
    np.testing.assert_array_equal(known.predict(new), expected)
    with pytest.raises(InputError, match="in the same order as they were in fit"):
        known.predict(new[["b", "a", "c"]])
    with pytest.raises(InputError, match="unseen at fit time"):
        known.predict(new.rename(columns={"a": "d"}))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(known.predict(NEW), expected)


UNLIKE_SCIKIT_LEARN = {
    KernelRidge: {
        "check_dtype_object": (
            "what is not a number is an InputError, a ValueError, where a TypeError is asked for"
        ),
    },
    CrossValidatedKernelRidge: {"check_dtype_object": "likewise"},
}


@pytest.mark.parametrize("model", [KernelRidge(), CrossValidatedKernelRidge()])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_estimators_pass_the_checks_of_scikit_learn(model):
    reasons = UNLIKE_SCIKIT_LEARN[type(model)]
    check_estimator(model, expected_failed_checks=reasons, on_skip=None)
