"""Kernel ridge regression with the Gaussian kernel, for any number of targets."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags

from hkmaps.checks import expect_real
from hkmaps.errors import InputError
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.kernels.regularised_kernel import RegularisedKernel
from hkmaps.kernels.training_data import (
    as_columns,
    expect_feature_names,
    expect_new_rows,
    expect_targets,
    expect_training_rows,
    target_blocks,
)


class KernelRidge(RegressorMixin, BaseEstimator):
    """Ridge regression in the space of a Gaussian kernel (paper B, equations 1 to 4 and 12).

    With scalars it is `sklearn.kernel_ridge.KernelRidge(kernel="rbf", gamma=1 / (2 width**2),
    alpha=regularisation)`. Targets are not centred, as in the paper.

    Args:
        width: width sigma of the kernel, a positive number or one a target, in the unit of X.
        regularisation: lambda, a non-negative number or one a target.
        metric: "euclidean": X holds features; "precomputed": X holds squared distances to the
            training rows.

    Attributes:
        dual_coef_: coefficients of shape (n,) or (n, targets), in the unit of the targets.
        X_fit_: training rows of shape (n, features), absent for precomputed distances.
        n_features_in_: number of columns of X.
        feature_names_in_: names of the columns, where X was a table that has them.
    """

    def __init__(
        self,
        width: ArrayLike = 1.0,
        regularisation: ArrayLike = 1e-8,
        *,
        metric: str = "euclidean",
    ):
        self.width = width
        self.regularisation = regularisation
        self.metric = metric

    def fit(self, X: ArrayLike, y: ArrayLike) -> "KernelRidge":
        """Solve (K + lambda I) beta = y (paper B, equations 3 and 12), target block by block.

        Args:
            X: features of shape (n, features) or squared distances of shape (n, n).
            y: targets of shape (n,) or (n, targets).

        Returns:
            The estimator.

        Raises:
            InputError: rows, targets, width or regularisation are not what they must be, or the
                matrix is singular, as for equal rows without regularisation.
        """
        rows, distances = expect_training_rows(X, self.metric)
        expect_feature_names(self, X, reset=True)
        return self.fit_distances(rows, distances, expect_targets(y, len(rows)))

    def fit_distances(self, X: np.ndarray, distances: np.ndarray, Y: np.ndarray) -> "KernelRidge":
        """Fit, as `fit`, to rows, squared distances of rows, and targets, all checked."""
        targets = as_columns(Y)
        coefficients = np.empty(targets.shape)
        for width, regularisation, blocks in self._groups(*targets.shape):
            kernel = RegularisedKernel(distances, width, regularisation)
            for columns in blocks:
                coefficients[:, columns] = kernel.solve(targets[:, columns].astype(np.float64))
        self.n_features_in_ = X.shape[1]
        if self.metric == "euclidean":
            self.X_fit_ = X
        self.dual_coef_ = coefficients[:, 0] if Y.ndim == 1 else coefficients
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the targets of rows (paper B, equations 1 and 9).

        Args:
            X: features of shape (m, features) or squared distances to the training rows, (m, n).

        Returns:
            Predictions of shape (m,) or (m, targets), in the unit of the targets.

        Raises:
            InputError: X is not finite or has another number, other names or another order of
                columns than in training.
        """
        return self.predict_rows(expect_new_rows(self, X))

    def predict_rows(self, X: np.ndarray) -> np.ndarray:
        """Predict, as `predict`, the targets of rows that are checked."""
        coefficients = as_columns(self.dual_coef_)
        predictions = np.empty((len(X), coefficients.shape[1]))
        groups = [(width, list(blocks)) for width, blocks in self._width_groups()]
        for rows, distances in self._distances_in_blocks(X):
            for width, blocks in groups:
                kernel = gaussian_kernel(distances, width)
                for columns in blocks:
                    predictions[rows, columns] = kernel @ coefficients[:, columns]
        return predictions[:, 0] if self.dual_coef_.ndim == 1 else predictions

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.input_tags.pairwise = self.metric == "precomputed"
        return tags

    def _distances_in_blocks(self, X: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        for rows in target_blocks(len(self.dual_coef_), len(X)):
            here = X[rows]
            yield (
                rows,
                here.astype(np.float64, copy=False)
                if self.metric == "precomputed"
                else squared_distances(here, self.X_fit_),
            )

    def _hyperparameters(self, targets: int) -> np.ndarray:
        """Widths and regularisations, checked, of shape (2, 1) if shared or (2, targets)."""
        width = expect_real(self.width, "width").astype(np.float64)
        regularisation = expect_real(self.regularisation, "regularisation").astype(np.float64)
        for name, values, allowed in (
            ("width", width, np.isfinite(width) & (width > 0)),
            ("regularisation", regularisation, np.isfinite(regularisation) & (regularisation >= 0)),
        ):
            if values.shape not in ((), (targets,)):
                raise InputError(
                    f"The {name} has the shape {values.shape} for {targets} targets; it must be"
                    f" one number or ({targets},)."
                )
            if not allowed.all():
                sign = "positive" if name == "width" else "zero or positive"
                raise InputError(
                    f"The {name} is {values[~allowed].flat[0]}; it must be finite and {sign}."
                )
        return np.stack(np.broadcast_arrays(np.atleast_1d(width), regularisation))

    def _groups(
        self, rows: int, targets: int
    ) -> Iterator[tuple[float, float, list[slice | np.ndarray]]]:
        """Yield each distinct width and regularisation with its targets, in blocks."""
        pairs = self._hyperparameters(targets)
        distinct, labels = np.unique(pairs, axis=1, return_inverse=True)
        for label, (width, regularisation) in enumerate(distinct.T):
            yield float(width), float(regularisation), _members(labels, label, rows, targets)

    def _width_groups(self) -> Iterator[tuple[float, list[slice | np.ndarray]]]:
        """Yield each distinct width with its targets, in blocks."""
        rows, targets = as_columns(self.dual_coef_).shape
        widths, _ = self._hyperparameters(targets)
        distinct, labels = np.unique(widths, return_inverse=True)
        for label, width in enumerate(distinct):
            yield float(width), _members(labels, label, rows, targets)


def _members(labels: np.ndarray, label: int, rows: int, targets: int) -> list[slice | np.ndarray]:
    """The targets of a label in blocks: slices, which need no copy, where all targets share it."""
    if (labels == label).all():
        return list(target_blocks(rows, targets))
    columns = np.flatnonzero(labels == label)
    return [columns[block] for block in target_blocks(rows, len(columns))]
