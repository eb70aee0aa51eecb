"""ML-HK: the density learned as a map of the potential, the energy as a map of the density."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from hkmaps.errors import InputError
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.training_data import expect_feature_names, target_blocks
from hkmaps.maps.inputs import expect_rows, expect_targets, expect_trained_size
from hkmaps.maps.kohn_sham import energy_regression
from hkmaps.maps.results import PREDICTED, REFERENCE

ENERGY_TRAINING = (PREDICTED, REFERENCE)
"""Densities that the energy map can be trained on."""


class HohenbergKohnMap(RegressorMixin, BaseEstimator):
    """Potential to density coefficients to energy, by kernel ridge regression (paper B, 2.3).

    Args:
        energy_training: the densities that the energy map is trained on: those that the density
            map predicts for the training potentials (equation 13), or the reference densities.
        density_regression: the untrained regression of the coefficients, which is copied; by
            default a `CrossValidatedKernelRidge` with one width and one regularisation for all
            coefficients (equation 12 also allows `per_target=True`).
        energy_regression: likewise that of the energies; by default one pair an energy.

    Attributes:
        density_regression_: the trained regression of the coefficients (equation 9).
        energy_regression_: the trained regression of the energies (equation 13).
        input_size_: length of a potential's representation.
        coefficient_count_: number of coefficients of a density.
    """

    def __init__(
        self,
        energy_training: str = PREDICTED,
        density_regression: BaseEstimator | None = None,
        energy_regression: BaseEstimator | None = None,
    ):
        self.energy_training = energy_training
        self.density_regression = density_regression
        self.energy_regression = energy_regression

    def fit(
        self, potentials: np.ndarray, coefficients: np.ndarray, energies: np.ndarray
    ) -> "HohenbergKohnMap":
        """Train both maps.

        Args:
            potentials: representations of the potentials, shape (M, size); in one dimension
                values * sqrt(spacing), so that kernel widths are integral norms. With a density
                regression whose metric is precomputed, squared distances (M, M).
            coefficients: densities in an orthonormal basis, shape (M, coefficients).
            energies: shape (M,) or (M, quantities), in Ha.

        Returns:
            The map itself.

        Raises:
            InputError: `energy_training` is unknown, an array is not finite, or their shapes do
                not go together.
        """
        expect_feature_names(self, potentials, reset=True)
        potentials, coefficients, energies = self._expect(potentials, coefficients, energies)
        template = self.density_regression
        density_map = CrossValidatedKernelRidge() if template is None else clone(template)
        self.density_regression_ = density_map.fit(potentials, coefficients)
        self.input_size_ = potentials.shape[1]
        self.coefficient_count_ = coefficients.shape[1]
        return self._fit_energy(potentials, coefficients, energies)

    def refit_energy(
        self,
        energy_training: str,
        potentials: np.ndarray,
        coefficients: np.ndarray,
        energies: np.ndarray,
    ) -> "HohenbergKohnMap":
        """Return a map with this density map and an energy map trained on other densities.

        Args:
            energy_training: one of `ENERGY_TRAINING`.
            potentials: as for `fit`, of the same training set.
            coefficients: likewise.
            energies: likewise.

        Raises:
            InputError: as for `fit`.
        """
        check_is_fitted(self)
        expect_feature_names(self, potentials, reset=False)
        other = clone(self).set_params(energy_training=energy_training)
        expect_feature_names(other, potentials, reset=True)
        potentials, coefficients, energies = other._expect(potentials, coefficients, energies)
        other.density_regression_ = self.density_regression_
        other.input_size_, other.coefficient_count_ = self.input_size_, self.coefficient_count_
        return other._fit_energy(potentials, coefficients, energies)

    def predict_coefficients(self, potentials: np.ndarray) -> np.ndarray:
        """Return density coefficients (S, coefficients) of potentials (S, size), equation 8.

        Raises:
            InputError: the potentials are not finite or of another size than the training set's.
        """
        potentials = self._expect_potentials(potentials)
        return self.density_regression_.predict(potentials)

    def predict_from_density(self, coefficients: np.ndarray) -> np.ndarray:
        """Return energies, (S,) or (S, quantities), in Ha, of densities (S, coefficients).

        With the exact densities this is E~[n], from which dE_F and dE_D follow (equation 14).

        Raises:
            InputError: the coefficients are not finite or not as many as in the training set.
        """
        check_is_fitted(self)
        coefficients = expect_trained_size(
            coefficients, self.coefficient_count_, "density coefficients"
        )
        return self.energy_regression_.predict(coefficients)

    def predict(self, potentials: np.ndarray) -> np.ndarray:
        """Return energies, (S,) or (S, quantities), in Ha, of potentials (S, size).

        Densities are made and used a few at a time.

        Raises:
            InputError: the potentials are not finite or of another size than the training set's.
        """
        potentials = self._expect_potentials(potentials)
        energies = [
            self.predict_from_density(self.density_regression_.predict(potentials[rows]))
            for rows in target_blocks(self.coefficient_count_, len(potentials))
        ]
        return np.concatenate(energies)

    def _expect_potentials(self, potentials: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        expect_feature_names(self, potentials, reset=False)
        return expect_trained_size(potentials, self.input_size_, "potentials")

    def _expect(
        self, potentials: np.ndarray, coefficients: np.ndarray, energies: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Training data whose shapes go together."""
        if self.energy_training not in ENERGY_TRAINING:
            raise InputError(
                f"energy_training is {self.energy_training!r}; it must be one of"
                f" {', '.join(ENERGY_TRAINING)}."
            )
        potentials = expect_rows(potentials, "potentials")
        coefficients = expect_rows(coefficients, "density coefficients")
        coefficients = expect_targets(coefficients, len(potentials), "density coefficients")
        energies = expect_targets(energies, len(potentials), "energies")
        return potentials, coefficients, energies

    def _fit_energy(
        self, potentials: np.ndarray, coefficients: np.ndarray, energies: np.ndarray
    ) -> "HohenbergKohnMap":
        if self.energy_training == PREDICTED:
            coefficients = self._predict_like(coefficients, potentials)
        self.energy_regression_ = energy_regression(self.energy_regression).fit(
            coefficients, energies
        )
        return self

    def _predict_like(self, coefficients: np.ndarray, potentials: np.ndarray) -> np.ndarray:
        """Predicted densities of the training potentials, in the precision of the reference.

        In double precision, 2 000 predicted densities of 125 000 coefficients alone take 2 GB.
        """
        single = coefficients.dtype == np.float32
        predicted = np.empty(coefficients.shape, np.float32 if single else np.float64)
        for rows in target_blocks(coefficients.shape[1], len(coefficients)):
            predicted[rows] = self.density_regression_.predict(potentials[rows])
        return predicted
