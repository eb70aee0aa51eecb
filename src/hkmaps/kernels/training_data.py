"""What kernel ridge regression accepts as rows and targets, and how targets are cut in blocks."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from hkmaps.checks import expect_real
from hkmaps.errors import InputError
from hkmaps.kernels.kernel_functions import squared_distances

METRICS = ("euclidean", "precomputed")
"""What X holds: features, or squared distances to the training rows."""

MINIMUM_ROWS = 2
ROUNDING = 1e-13
"""Precomputed squared distances below this part of the largest one are zero."""

BLOCK_VALUES = 4 * 1024**2
"""Values of a block of targets, 32 MiB: what is held at once beyond targets and coefficients."""


def expect_rows(X: ArrayLike, name: str) -> np.ndarray:
    """Return X as finite floating-point numbers of shape (rows, columns).

    Single and double precision are kept: the densities of many geometries are too large for copies.

    Raises:
        InputError: X is not numeric, not finite, not two-dimensional, or empty.
    """
    X = _as_floating_point(expect_real(X, name))
    if X.ndim != 2:
        raise InputError(
            f"The {name} have {X.ndim} dimensions. Reshape your data to (rows, columns)."
        )
    if 0 in X.shape:
        raise InputError(
            f"The {name} have {X.shape[0]} sample(s) and {X.shape[1]} feature(s)"
            f" (shape={X.shape}) while a minimum of 1 is required."
        )
    _expect_finite(X, name)
    return X


def expect_training_rows(X: ArrayLike, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the training rows and their squared distances.

    Args:
        X: features of shape (n, features), or squared distances of shape (n, n).
        metric: one of `METRICS`.

    Returns:
        X, and squared distances of shape (n, n) as float64, zero for equal rows.

    Raises:
        InputError: the metric is unknown, there are fewer than two rows, or squared distances are
            not square, symmetric, non-negative and zero on the diagonal.
    """
    if metric not in METRICS:
        raise InputError(f"The metric is {metric!r}; it must be one of {', '.join(METRICS)}.")
    X = expect_rows(X, "training rows")
    if len(X) < MINIMUM_ROWS:
        raise InputError(
            f"The training set has n_samples = {len(X)}; kernel ridge regression needs at least"
            f" {MINIMUM_ROWS} training rows."
        )
    if metric == "euclidean":
        distances = squared_distances(X, X)
        # Matrix products leave rounding where the distance of a row to itself is zero.
        np.fill_diagonal(distances, 0)
        return X, distances
    if X.shape[0] != X.shape[1]:
        raise InputError(
            f"The precomputed squared distances of training have the shape {X.shape}; it must be"
            " (n, n)."
        )
    X = X.astype(np.float64, copy=False)
    tolerance = 1e-9 * np.abs(X).max()
    for found, wrong in (
        (np.abs(X - X.T).max(), "are asymmetric by"),
        (np.abs(X.diagonal()).max(), "have on the diagonal"),
        (-X.min(), "fall below zero by"),
    ):
        if found > tolerance:
            raise InputError(
                f"The precomputed squared distances of training {wrong} {found:g}; they must be"
                " symmetric, not negative, and zero on the diagonal."
            )
    # Where a distance comes from inner products, equal rows are left with rounding.
    distances = np.maximum(X, 0)
    distances[distances < ROUNDING * distances.max()] = 0
    return X, distances


def expect_targets(Y: ArrayLike, rows: int) -> np.ndarray:
    """Return targets as real floating-point numbers, without a copy where they are such.

    Args:
        Y: shape (n,) or (n, targets); single and double precision are kept.
        rows: the number n of training rows.

    Returns:
        An array of the same shape.

    Raises:
        InputError: Y has another number of rows, no target, or a value that is not finite.
    """
    if Y is None:
        raise InputError("fit requires y to be passed, but the target y is None.")
    Y = _as_floating_point(expect_real(Y, "targets"))
    if Y.ndim not in (1, 2) or len(Y) != rows or Y.size == 0:
        raise InputError(
            f"The targets have the shape {Y.shape} for {rows} training rows; it must be ({rows},)"
            f" or ({rows}, targets)."
        )
    _expect_finite(as_columns(Y), "targets")
    return Y


def expect_feature_names(estimator: BaseEstimator, X: ArrayLike, *, reset: bool) -> None:
    """Keep the names of X's columns as `feature_names_in_`, or compare them with those kept.

    Args:
        estimator: what is fitted or used.
        X: what it was given; only a table with columns of text, such as a DataFrame, has names.
        reset: True in `fit`.

    Raises:
        InputError: names or their order are other than in `fit`; the words are scikit-learn's.
    """
    try:
        validate_data(estimator, X, reset=reset, skip_check_array=True, ensure_2d=False)
    except (TypeError, ValueError) as error:
        raise InputError(str(error)) from error


def expect_new_rows(estimator: BaseEstimator, X: ArrayLike) -> np.ndarray:
    """Return rows that a fitted estimator is to predict.

    Raises:
        InputError: X is not finite or has another number, other names or another order of columns
            than in training.
    """
    check_is_fitted(estimator)
    rows = expect_rows(X, "rows to predict")
    expect_feature_names(estimator, X, reset=False)
    if rows.shape[1] != estimator.n_features_in_:
        raise InputError(
            f"X has {rows.shape[1]} features, but {type(estimator).__name__} is expecting"
            f" {estimator.n_features_in_} features as input, those that trained it."
        )
    if estimator.metric == "precomputed" and rows.min() < -1e-9 * rows.max():
        raise InputError(
            f"The precomputed squared distances to training rows hold {rows.min():g}; none may be"
            " negative."
        )
    return rows


def as_columns(Y: np.ndarray) -> np.ndarray:
    """Return a view of shape (rows, targets) of values of shape (rows,) or (rows, targets)."""
    return Y[:, None] if Y.ndim == 1 else Y


def target_blocks(rows: int, targets: int) -> Iterator[slice]:
    """Yield slices of consecutive targets, each of at most `BLOCK_VALUES` values."""
    size = max(1, BLOCK_VALUES // rows)
    for start in range(0, targets, size):
        yield slice(start, min(start + size, targets))


def _as_floating_point(values: np.ndarray) -> np.ndarray:
    """The values in single or double precision, without a copy where they are such."""
    return values if values.dtype in (np.float32, np.float64) else values.astype(np.float64)


def _expect_finite(values: np.ndarray, name: str) -> None:
    """Check values block by block: a mask of all of them could take a quarter of a gigabyte."""
    for columns in target_blocks(*values.shape):
        block = values[:, columns]
        if not np.isfinite(block).all():
            row, column = np.argwhere(~np.isfinite(block))[0]
            raise InputError(
                f"The {name} hold {block[row, column]} in row {row}, column"
                f" {columns.start + column}; NaN and infinity are not allowed."
            )
