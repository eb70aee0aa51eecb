"""A map that takes geometries of one molecule, through the distances of Gaussians potentials."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from hkmaps.checks import expect_geometries
from hkmaps.errors import InputError
from hkmaps.kernels.gaussians_potential import (
    GAMMA,
    gaussians_squared_distances,
    gaussians_squared_norms,
)

ROUNDING = 16 * np.finfo(float).eps
"""Squared distances below this part of the largest squared norm are differences of rounding."""


class GeometryMap(BaseEstimator):
    """ML-KS or ML-HK of a molecule's Gaussians potentials (paper B, equations 5, 9, 13 and 15).

    The potentials enter by their analytic distances alone, which change where a molecule is moved
    or turned: geometries must be aligned as those of the training set are.

    Args:
        estimator: an untrained `KohnShamMap` or `HohenbergKohnMap` whose regression of potentials
            has ``metric="precomputed"``; it is copied.
        gamma: width of the Gaussians in bohr.

    Attributes:
        estimator_: the trained map; widths of its kernels are in bohr^3/2 for potentials.
        charges_: nuclear charges of the molecule, shape (atoms,).
        positions_: training geometries, shape (M, atoms, 3), in bohr.
    """

    def __init__(self, estimator: BaseEstimator, gamma: float = GAMMA):
        self.estimator = estimator
        self.gamma = gamma

    def fit(self, charges: ArrayLike, positions: ArrayLike, *targets: ArrayLike) -> "GeometryMap":
        """Train the map.

        Args:
            charges: nuclear charges, shape (atoms,).
            positions: training geometries, shape (M, atoms, 3), in bohr.
            targets: what the map's `fit` takes after the potentials: energies (M,) in Ha, for
                ML-HK density coefficients (M, coefficients) before them.

        Returns:
            The map itself.

        Raises:
            InputError: geometries or targets are not what they must be, or two geometries are the
                same but for an exchange of equal atoms.
        """
        self.charges_, self.positions_ = expect_geometries(charges, positions)
        distances = gaussians_squared_distances(
            self.charges_, self.positions_, self.charges_, self.positions_, self.gamma
        )
        norms = gaussians_squared_norms(self.charges_, self.positions_, self.gamma)
        _expect_different(distances, ROUNDING * norms.max())
        self.estimator_ = clone(self.estimator).fit(distances, *targets)
        return self

    def distances(self, charges: ArrayLike, positions: ArrayLike) -> np.ndarray:
        """Return the squared distances of potentials to those of the training set, (S, M), bohr^3.

        Args:
            charges: nuclear charges, shape (atoms,); equal atoms may be in any order.
            positions: shape (S, atoms, 3), in bohr.

        Raises:
            InputError: the geometries are of another molecule, or not what they must be.
        """
        check_is_fitted(self)
        charges, positions = expect_geometries(charges, positions)
        if not np.array_equal(np.sort(charges), np.sort(self.charges_)):
            raise InputError(
                f"The molecule has the nuclear charges {_listed(charges)}; this map was trained on"
                f" a molecule with {_listed(self.charges_)} and holds for no other."
            )
        return gaussians_squared_distances(
            charges, positions, self.charges_, self.positions_, self.gamma
        )

    def predict(self, charges: ArrayLike, positions: ArrayLike) -> np.ndarray:
        """Return energies (S,), in Ha; arguments and errors as for `distances`."""
        distances = self.distances(charges, positions)
        return self.estimator_.predict(distances)

    def predict_coefficients(self, charges: ArrayLike, positions: ArrayLike) -> np.ndarray:
        """Return density coefficients (S, coefficients) by ML-HK; otherwise as `predict`."""
        distances = self.distances(charges, positions)
        return self.estimator_.predict_coefficients(distances)


def _expect_different(distances: np.ndarray, rounding: float) -> None:
    """Refuse equal geometries: with one of them left out, the other would still be known."""
    equal = np.argwhere(np.triu(distances <= rounding, k=1))
    if len(equal):
        first, second = equal[0]
        raise InputError(
            f"The training geometries {first} and {second} have the same potential; training"
            " geometries must be different, also after an exchange of equal atoms."
        )


def _listed(charges: np.ndarray) -> str:
    return ", ".join(f"{charge:g}" for charge in charges)
