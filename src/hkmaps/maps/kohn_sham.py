"""ML-KS: the energy learned as a map of the potential (paper B, equation 15)."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.training_data import expect_feature_names
from hkmaps.maps.inputs import expect_rows, expect_targets, expect_trained_size


class KohnShamMap(RegressorMixin, BaseEstimator):
    """The map from potentials to energies, by kernel ridge regression (paper B, equation 15).

    Args:
        regression: the untrained regression, which is copied; by default a
            `CrossValidatedKernelRidge` that chooses width and regularisation for each energy.

    Attributes:
        regression_: the trained regression.
        input_size_: length of a potential's representation.
    """

    def __init__(self, regression: BaseEstimator | None = None):
        self.regression = regression

    def fit(self, potentials: np.ndarray, energies: np.ndarray) -> "KohnShamMap":
        """Train the map.

        Args:
            potentials: representations of the potentials, shape (M, size); in one dimension
                values * sqrt(spacing), so that kernel widths are integral norms. With a regression
                whose metric is precomputed, squared distances (M, M).
            energies: shape (M,) or (M, quantities), in Ha.

        Returns:
            The map itself.

        Raises:
            InputError: an array is not finite, or their shapes do not go together.
        """
        expect_feature_names(self, potentials, reset=True)
        potentials = expect_rows(potentials, "potentials")
        energies = expect_targets(energies, len(potentials), "energies")
        self.regression_ = energy_regression(self.regression).fit(potentials, energies)
        self.input_size_ = potentials.shape[1]
        return self

    def predict(self, potentials: np.ndarray) -> np.ndarray:
        """Return energies, (S,) or (S, quantities), in Ha, of potentials (S, size).

        Raises:
            InputError: the potentials are not finite or of another size than the training set's.
        """
        check_is_fitted(self)
        expect_feature_names(self, potentials, reset=False)
        potentials = expect_trained_size(potentials, self.input_size_, "potentials")
        return self.regression_.predict(potentials)


def energy_regression(template: BaseEstimator | None) -> BaseEstimator:
    """Return an untrained copy of `template`, or the default regression of energies."""
    return CrossValidatedKernelRidge(per_target=True) if template is None else clone(template)
