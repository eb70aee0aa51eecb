"""The regressions that a map of a molecule learns, and what leave-one-out says of each."""

from typing import Any, NamedTuple

import numpy as np

from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.gradient_ridge import GradientRidge, PairDerivatives, kernel_storage
from hkmaps.kernels.kernel_functions import squared_distances
from hkmaps.kernels.regularised_kernel import RegularisedKernel
from hkmaps.kernels.training_data import expect_training_rows
from hkmaps.maps.map_uncertainty import Calibration, Novelty


class Hyperparameters(NamedTuple):
    """What cross-validation chose for one regression.

    Attributes:
        width: width of the kernel, in the unit of the distance of what it compares.
        regularisation: lambda.
        cv_error: root-mean-square leave-one-out error over rows and targets, in their unit.
        at_edge: whether width or regularisation ended at an edge of the search.
        gradient_regularisation: that of gradients, over the mean diagonal of their kernel; None
            where none were learned.
    """

    width: float
    regularisation: float
    cv_error: float
    at_edge: bool
    gradient_regularisation: float | None = None


def learn(
    X: np.ndarray, targets: np.ndarray, metric: str = "euclidean"
) -> tuple[Hyperparameters, np.ndarray]:
    """Return what leave-one-out chose, and the weights of the regression.

    Args:
        X: what is compared, or squared distances where the metric is "precomputed".
        targets: shape (M,) or (M, targets).
        metric: as for `CrossValidatedKernelRidge`.
    """
    found = CrossValidatedKernelRidge(metric=metric).fit(X, targets)
    chosen = found.width_, found.regularisation_, found.cv_error_, found.at_edge_
    return Hyperparameters(*chosen), found.best_estimator_.dual_coef_


def learn_energies(
    X: np.ndarray,
    energies: np.ndarray,
    places: tuple[np.ndarray, np.ndarray],
    metric: str = "euclidean",
) -> tuple[Hyperparameters, np.ndarray, Calibration]:
    """Return what `learn` does of energies, and the calibration of their uncertainty.

    Args:
        X: as for `CrossValidatedKernelRidge.fit`.
        energies: shape (M,), in Ha.
        places: what `Novelty` takes.
        metric: as for `CrossValidatedKernelRidge`.
    """
    chosen, weights = learn(X, energies, metric)
    _, distances = expect_training_rows(X, metric)
    kernel = RegularisedKernel(distances, chosen.width, chosen.regularisation)
    return chosen, weights, _calibration(places, energies, kernel.left_out_errors(weights))


def _calibration(
    places: tuple[np.ndarray, np.ndarray], energies: np.ndarray, errors: np.ndarray
) -> Calibration:
    return Calibration.of(Novelty(*places).of_left_out(), errors, float(np.std(energies)))


def density_pairs(densities: np.ndarray, moved: np.ndarray) -> PairDerivatives:
    """Return squared distances of densities and their derivatives along the geometries' axes.

    Args:
        densities: of the geometries, shape (M, rank).
        moved: their derivatives along the axes, shape (M, D, rank).
    """
    (count, coordinates, _), flat = moved.shape, moved.reshape(-1, moved.shape[2])
    own = np.einsum("idr,ir->id", moved, densities)
    others = (flat @ densities.T).reshape(count, coordinates, count).transpose(0, 2, 1)
    first = 2 * (own[:, None] - others)
    matrix, mixed = kernel_storage(count, coordinates)
    products = matrix[count:, count:]
    np.matmul(flat, flat.T, out=products)
    products *= -2
    distances = squared_distances(densities, densities)
    np.fill_diagonal(distances, 0)
    return PairDerivatives(distances, first, mixed, matrix)


def learned_with_gradients(
    found: GradientRidge, places: tuple[np.ndarray, np.ndarray], energies: np.ndarray
) -> tuple[Hyperparameters, np.ndarray, Calibration]:
    """Return what `learn_energies` does, of a regression of energies and gradients.

    Args:
        found: the regression.
        places: what `Novelty` takes.
        energies: shape (M,), in Ha.
    """
    error = float(np.sqrt(np.mean(found.held_out_values**2)))
    chosen = found.width, found.regularisation, error, found.at_edge, found.gradient_regularisation
    calibration = _calibration(places, energies, found.held_out_values)
    return Hyperparameters(*chosen), found.weights, calibration


def gradient_attributes(found: GradientRidge, directions: np.ndarray) -> dict[str, Any]:
    """Return the attributes that a map of energies and gradients has beside the others.

    Args:
        found: the regression.
        directions: what a step along each axis moves, the same for all geometries, shape
            (D, atoms * 3), or of each, shape (M, D, rank).
    """
    weights = found.gradient_weights
    if directions.ndim == 2:
        moved = (weights @ directions).reshape(len(weights), -1, 3)
    else:
        moved = np.einsum("md,mdr->mr", weights, directions)
    return {
        "energy_constant": found.constant,
        # In one order in memory, so that a saved map rounds as this one does.
        "energy_gradient_coefficients": np.ascontiguousarray(moved),
    }
