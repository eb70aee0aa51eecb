"""Kernel ridge regression with the Gaussian kernel, for any number of targets."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from hkmaps.checks import expect_real
from hkmaps.errors import InputError
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.kernels.model_files import read_model, write_model
from hkmaps.kernels.regularised_kernel import RegularisedKernel
from hkmaps.kernels.training_data import (
    as_columns,
    expect_feature_names,
    expect_rows,
    expect_sample_weight,
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
        copy_targets: False lets the coefficients take the place of double-precision targets,
            which halves the memory.

    Attributes:
        dual_coef_: coefficients of shape (n,) or (n, targets), in the unit of the targets.
        amplitude_: variance of the Gaussian process that makes the targets likeliest, shape
            (targets,).
        training_distances_: squared distances of training rows, shape (n, n).
        X_fit_: training rows of shape (n, features), absent for precomputed distances.
        sample_weight_: weights of the training rows, shape (n,), or None.
        n_features_in_: number of columns of X.
        feature_names_in_: names of the columns, where X was a table that has them.
    """

    def __init__(
        self,
        width: ArrayLike = 1.0,
        regularisation: ArrayLike = 1e-8,
        *,
        metric: str = "euclidean",
        copy_targets: bool = True,
    ):
        self.width = width
        self.regularisation = regularisation
        self.metric = metric
        self.copy_targets = copy_targets

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "KernelRidge":
        """Solve (K + lambda I) beta = y (paper B, equations 3 and 12), target block by block.

        With weights w the squared error of each row counts w times, so that lambda / w takes the
        place of lambda, as in scikit-learn. A row of weight zero is as if it were not there.

        Args:
            X: features of shape (n, features) or squared distances of shape (n, n).
            y: targets of shape (n,) or (n, targets).
            sample_weight: weights of the rows, zero or positive, shape (n,).

        Returns:
            The estimator.

        Raises:
            InputError: rows, targets, weights, width or regularisation are not what they must be,
                or the matrix is singular, as for equal rows without regularisation.
        """
        rows, distances = expect_training_rows(X, self.metric)
        expect_feature_names(self, X, reset=True)
        weights = expect_sample_weight(sample_weight, len(rows))
        return self.fit_distances(rows, distances, expect_targets(y, len(rows)), weights)

    def fit_distances(
        self,
        X: np.ndarray,
        distances: np.ndarray,
        Y: np.ndarray,
        sample_weight: np.ndarray | None = None,
    ) -> "KernelRidge":
        """Fit, as `fit`, to rows, squared distances of rows, targets and weights, all checked."""
        targets = as_columns(Y)
        in_place = not self.copy_targets and Y.dtype == np.float64 and Y.flags.writeable
        coefficients = targets if in_place else np.empty(targets.shape)
        amplitude = np.empty(targets.shape[1])
        known = len(targets) if sample_weight is None else np.count_nonzero(sample_weight)
        for width, regularisation, blocks in self._groups(*targets.shape):
            kernel = RegularisedKernel(distances, width, regularisation, sample_weight)
            for columns in blocks:
                block = targets[:, columns].astype(np.float64)
                solution = kernel.solve(block)
                amplitude[columns] = np.einsum("ij,ij->j", block, solution) / known
                coefficients[:, columns] = solution
        self.n_features_in_ = X.shape[1]
        self.training_distances_ = distances
        self.sample_weight_ = sample_weight
        if self.metric == "euclidean":
            self.X_fit_ = X
        self.amplitude_ = amplitude
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
        X = self._expect_new_rows(X)
        coefficients = as_columns(self.dual_coef_)
        predictions = np.empty((len(X), coefficients.shape[1]))
        groups = [(width, list(blocks)) for width, blocks in self._width_groups()]
        for rows, distances in self._distances_in_blocks(X):
            for width, blocks in groups:
                kernel = gaussian_kernel(distances, width)
                for columns in blocks:
                    predictions[rows, columns] = kernel @ coefficients[:, columns]
        return predictions[:, 0] if self.dual_coef_.ndim == 1 else predictions

    def predict_variance(self, X: ArrayLike) -> np.ndarray:
        """Return the predictive variance of the Gaussian process whose mean `predict` is.

        The process has the covariance a k(x, x') and noise of the variance a lambda (divided by a
        row's weight), with the amplitude a of largest likelihood, y^T (K + lambda I)^-1 y / n, for
        each target. The
        variance is that of the function, without the noise of a measurement.

        Args:
            X: as for `predict`.

        Returns:
            Variances of shape (m,) or (m, targets), in the squared unit of the targets.

        Raises:
            InputError: as for `predict`.
        """
        X = self._expect_new_rows(X)
        variances = np.empty((len(X), len(self.amplitude_)))
        shape = as_columns(self.dual_coef_).shape
        for width, regularisation, blocks in self._groups(*shape):
            trained = RegularisedKernel(
                self.training_distances_, width, regularisation, self.sample_weight_
            )
            unexplained = np.empty(len(X))
            for rows, distances in self._distances_in_blocks(X):
                unexplained[rows] = trained.unexplained(distances)
            for columns in blocks:
                variances[:, columns] = unexplained[:, None] * self.amplitude_[columns]
        return variances[:, 0] if self.dual_coef_.ndim == 1 else variances

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator to a safetensors file, whole or not at all."""
        check_is_fitted(self)
        write_model(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "KernelRidge":
        """Read a fitted estimator that `save` wrote.

        Raises:
            InputError: there is no file, or it is damaged or holds another kind of model.
        """
        return read_model(cls, path)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.input_tags.pairwise = self.metric == "precomputed"
        return tags

    def _expect_new_rows(self, X: ArrayLike) -> np.ndarray:
        check_is_fitted(self)
        given, X = X, expect_rows(X, "rows to predict")
        expect_feature_names(self, given, reset=False)
        if X.shape[1] != self.n_features_in_:
            raise InputError(
                f"X has {X.shape[1]} features, but {type(self).__name__} is expecting"
                f" {self.n_features_in_} features as input, those that trained it."
            )
        if self.metric == "precomputed" and X.min() < -1e-9 * X.max():
            raise InputError(
                f"The precomputed squared distances to training rows hold {X.min():g}; none may be"
                " negative."
            )
        return X

    def _distances_in_blocks(self, X: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        for rows in target_blocks(len(self.training_distances_), len(X)):
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
