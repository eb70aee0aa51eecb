"""Kernel ridge regression that chooses its width and regularisation by cross-validation."""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags

from hkmaps.checks import expect_count
from hkmaps.kernels.hyperparameter_search import (
    REGULARISATIONS,
    HyperparameterSearch,
    SearchResult,
    default_widths,
    expect_candidates,
)
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.kernels.training_data import (
    as_columns,
    expect_feature_names,
    expect_new_rows,
    expect_targets,
    expect_training_rows,
)


class SearchEdgeWarning(UserWarning):
    """A search ended with a winner at an edge: a better one may lie beyond."""


class CrossValidatedKernelRidge(RegressorMixin, BaseEstimator):
    """Kernel ridge regression with the width and regularisation of least held-out error.

    The training set alone decides (paper B, section 2.4), by leave-one-out, for all targets
    together or for each target (paper B, equation 12).

    Args:
        widths: candidates; None takes multiples of the median distance of training rows.
        regularisations: candidates; None takes 1e-12 to 0.1 in decades.
        per_target: whether each target has a pair of its own.
        metric: "euclidean": X holds features; "precomputed": X holds squared distances to the
            training rows.
        max_widenings: how often the search may continue beyond an edge that its winner is at.

    Attributes:
        width_: the winner, a number or of shape (targets,).
        regularisation_: likewise.
        cv_error_: its root-mean-square held-out error, likewise, in the unit of the targets; for a
            shared pair the mean square is over all targets.
        width_at_edge_: whether the winner ended at an edge of the search, likewise.
        regularisation_at_edge_: likewise.
        at_edge_: whether either did.
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
        *,
        metric: str = "euclidean",
        max_widenings: int = 5,
    ):
        self.widths = widths
        self.regularisations = regularisations
        self.per_target = per_target
        self.metric = metric
        self.max_widenings = max_widenings

    def fit(self, X: ArrayLike, y: ArrayLike) -> "CrossValidatedKernelRidge":
        """Search for the width and the regularisation, then fit to all rows.

        Args:
            X: features of shape (n, features) or squared distances of shape (n, n).
            y: targets of shape (n,) or (n, targets).

        Returns:
            The estimator.

        Raises:
            InputError: rows, targets or candidates are not what they must be, or the kernel matrix
                is singular for all candidates.
        """
        rows, distances = expect_training_rows(X, self.metric)
        expect_feature_names(self, X, reset=True)
        targets = expect_targets(y, len(rows))
        self._record(self._search(distances, as_columns(targets)))
        self.best_estimator_ = KernelRidge(
            self.width_, self.regularisation_, metric=self.metric
        ).fit_distances(rows, distances, targets)
        self.n_features_in_ = rows.shape[1]
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the targets of rows; see `KernelRidge.predict`."""
        rows = expect_new_rows(self, X)
        return self.best_estimator_.predict_rows(rows)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.input_tags.pairwise = self.metric == "precomputed"
        return tags

    def _search(self, distances: np.ndarray, targets: np.ndarray) -> SearchResult:
        expect_count(self.max_widenings, "max_widenings", 0)
        widths = default_widths(distances) if self.widths is None else self.widths
        regularisations = REGULARISATIONS if self.regularisations is None else self.regularisations
        search = HyperparameterSearch(distances, targets, shared=not self.per_target)
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
