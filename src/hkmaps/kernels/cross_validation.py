"""Kernel ridge regression that chooses its width and regularisation by cross-validation."""

import warnings
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from hkmaps.checks import expect_count
from hkmaps.errors import InputError
from hkmaps.kernels.held_out_errors import KFold, LeaveOneOut, expect_folds
from hkmaps.kernels.hyperparameter_search import (
    REGULARISATIONS,
    HyperparameterSearch,
    SearchResult,
    default_widths,
    expect_candidates,
)
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.kernels.model_files import read_model, write_model
from hkmaps.kernels.training_data import (
    MINIMUM_ROWS,
    as_columns,
    expect_feature_names,
    expect_rows,
    expect_sample_weight,
    expect_targets,
    expect_training_rows,
)


class SearchEdgeWarning(UserWarning):
    """A search ended with a winner at an edge: a better one may lie beyond."""


class CrossValidatedKernelRidge(RegressorMixin, BaseEstimator):
    """Kernel ridge regression with the width and regularisation of least held-out error.

    The training set alone decides (paper B, section 2.4), by leave-one-out or by folds, for all
    targets together or for each target (paper B, equation 12).

    Args:
        widths: candidates; None takes multiples of the median distance of training rows.
        regularisations: candidates; None takes 1e-12 to 0.1 in decades.
        per_target: whether each target has a pair of its own.
        folds: None for leave-one-out; a number of folds, of which row i is in fold i modulo the
            number; or the fold of each row, shape (n,).
        metric: "euclidean": X holds features; "precomputed": X holds squared distances to the
            training rows.
        max_widenings: how often the search may continue beyond an edge that its winner is at.
        copy_targets: False lets the coefficients take the place of double-precision targets.

    Attributes:
        width_, regularisation_: the winner, numbers or of shape (targets,).
        cv_error_: its root-mean-square held-out error, likewise, in the unit of the targets; for a
            shared pair the mean square is over all targets. With weights the mean square is a
            weighted one.
        width_at_edge_, regularisation_at_edge_, at_edge_: whether the winner ended at an edge of
            the search, likewise.
        widenings_: how often the search was widened.
        cv_results_: every candidate: width, regularisation, mean_squared_error (over rows and
            targets) and widening, arrays of one length.
        best_estimator_: the `KernelRidge` of the winner, fitted to all rows.
        n_features_in_: number of columns of X.
        feature_names_in_: names of the columns, where X was a table that has them.
    """

    def __init__(
        self,
        widths: ArrayLike | None = None,
        regularisations: ArrayLike | None = None,
        per_target: bool = False,
        folds: int | ArrayLike | None = None,
        *,
        metric: str = "euclidean",
        max_widenings: int = 5,
        copy_targets: bool = True,
    ):
        self.widths = widths
        self.regularisations = regularisations
        self.per_target = per_target
        self.folds = folds
        self.metric = metric
        self.max_widenings = max_widenings
        self.copy_targets = copy_targets

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "CrossValidatedKernelRidge":
        """Search for the width and the regularisation, then fit to all rows.

        A row is left out as a whole, whatever its weight; so weights of two are not two equal
        rows, of which one would tell the other. Rows of weight zero take no part in the search.

        Args:
            X: features of shape (n, features) or squared distances of shape (n, n).
            y: targets of shape (n,) or (n, targets).
            sample_weight: weights of the rows, zero or positive, shape (n,); see
                `KernelRidge.fit`.

        Returns:
            The estimator.

        Raises:
            InputError: rows, targets, weights, candidates or folds are not what they must be, or
                the kernel matrix is singular for all candidates.
        """
        rows, distances = expect_training_rows(X, self.metric)
        expect_feature_names(self, X, reset=True)
        targets = expect_targets(y, len(rows))
        weights = expect_sample_weight(sample_weight, len(rows))
        self._record(self._search(distances, as_columns(targets), weights))
        self.best_estimator_ = KernelRidge(
            self.width_, self.regularisation_, metric=self.metric, copy_targets=self.copy_targets
        ).fit_distances(rows, distances, targets, weights)
        self.n_features_in_ = rows.shape[1]
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the targets of rows; see `KernelRidge.predict`."""
        rows = self._expect_names(X)
        return self.best_estimator_.predict(rows)

    def predict_variance(self, X: ArrayLike) -> np.ndarray:
        """Return the variance of predictions; see `KernelRidge.predict_variance`."""
        rows = self._expect_names(X)
        return self.best_estimator_.predict_variance(rows)

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator and its search to a safetensors file, whole or not at all."""
        check_is_fitted(self)
        write_model(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "CrossValidatedKernelRidge":
        """Read a fitted estimator that `save` wrote.

        Raises:
            InputError: there is no file, or it is damaged or holds another kind of model.
        """
        return read_model(cls, path, KernelRidge)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.input_tags.pairwise = self.metric == "precomputed"
        return tags

    def _expect_names(self, X: ArrayLike) -> np.ndarray:
        """The rows as an array; the estimator within knows no names of columns."""
        check_is_fitted(self)
        rows = expect_rows(X, "rows to predict")
        expect_feature_names(self, X, reset=False)
        return rows

    def _search(
        self, distances: np.ndarray, targets: np.ndarray, weights: np.ndarray | None
    ) -> SearchResult:
        expect_count(self.max_widenings, "max_widenings", 0)
        folds = None if self.folds is None else expect_folds(self.folds, len(distances))
        if weights is not None:
            known = np.flatnonzero(weights)
            distances, targets = distances[np.ix_(known, known)], targets[known]
            weights, folds = weights[known], None if folds is None else folds[known]
            if len(known) < MINIMUM_ROWS or (folds is not None and len(np.unique(folds)) < 2):
                raise InputError(
                    f"The sample weights are positive for {len(known)} training rows; a search"
                    f" needs at least {MINIMUM_ROWS}, in two folds or more."
                )
        widths = default_widths(distances) if self.widths is None else self.widths
        regularisations = REGULARISATIONS if self.regularisations is None else self.regularisations
        held_out_errors = LeaveOneOut if folds is None else partial(KFold, folds=folds)
        search = HyperparameterSearch(
            distances, targets, held_out_errors, shared=not self.per_target, sample_weight=weights
        )
        return search.run(
            expect_candidates(widths, "widths"),
            expect_candidates(regularisations, "regularisations"),
            self.max_widenings,
        )

    def _record(self, result: SearchResult) -> None:
        def shaped(values: np.ndarray) -> np.ndarray | float | bool:
            return values if self.per_target else values[0].item()

        self.width_ = shaped(result.width)
        self.regularisation_ = shaped(result.regularisation)
        self.cv_error_ = shaped(np.sqrt(result.error))
        self.width_at_edge_ = shaped(result.width_at_edge)
        self.regularisation_at_edge_ = shaped(result.regularisation_at_edge)
        at_edge = result.width_at_edge | result.regularisation_at_edge
        self.at_edge_ = shaped(at_edge)
        self.widenings_ = result.widenings
        self.cv_results_ = result.table
        if at_edge.any():
            which = f"of {at_edge.sum()} of {len(at_edge)} targets " if self.per_target else ""
            table = result.table
            warnings.warn(
                f"After {result.widenings} widenings the winner {which}is at an edge of the search"
                f" (widths {table['width'].min():g} to {table['width'].max():g}, regularisations"
                f" {table['regularisation'].min():g} to {table['regularisation'].max():g}).",
                SearchEdgeWarning,
                stacklevel=3,
            )
