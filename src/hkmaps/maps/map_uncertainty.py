"""How far a trained map may be trusted: the variance of its energies, and its domain."""

import numpy as np

from hkmaps.kernels import KernelRidge
from hkmaps.kernels.regularised_kernel import RegularisedKernel

DOMAIN_PERCENTILE = 95
"""Part of the training geometries, in percent, that is near enough to the others."""


class EnergyProcess:
    """The Gaussian process whose mean a trained regression of energies is, with its noise.

    What a regularisation leaves undescribed of a calculated energy is an error of the map, so the
    noise counts. The scale of the variances is that of the leave-one-out errors of training.

    Args:
        regression: a trained regression of one energy.
    """

    def __init__(self, regression: KernelRidge):
        width, regularisation = (
            float(np.squeeze(value)) for value in (regression.width, regression.regularisation)
        )
        self.kernel = RegularisedKernel(regression.training_distances_, width, regularisation)
        self.scale = self.kernel.leave_one_out_scale(regression.dual_coef_)

    def variances(self, distances: np.ndarray) -> np.ndarray:
        """Return predictive variances, shape (S,), in Ha^2.

        Args:
            distances: squared distances to what the regression was trained on, shape (S, M).
        """
        return self.scale * (self.kernel.unexplained(distances) + self.kernel.regularisation)


class TrainingDomain:
    """The geometries that are as near to those of training as these are to each other.

    Near is measured by the distance of Gaussians potentials, which is what a map's first kernel
    sees; no width and no regularisation enters. The radius is the distance to the nearest
    neighbour that 95 of 100 training geometries stay below, so that 5 of 100 of them would be
    outside, had they been left out. Where K-means chose them, rare geometries weigh more among them
    than in dynamics, and fewer of an independent run at their temperature are outside.

    Args:
        distances: squared distances of the training potentials, shape (M, M), in bohr^3.
    """

    def __init__(self, distances: np.ndarray):
        others = distances.copy()
        np.fill_diagonal(others, np.inf)
        self.radius = float(np.percentile(np.sqrt(others.min(axis=1)), DOMAIN_PERCENTILE))

    def distance(self, distances: np.ndarray) -> np.ndarray:
        """Return distances to the nearest training geometry in units of the radius, shape (S,).

        Args:
            distances: squared distances to the training potentials, shape (S, M), in bohr^3.
        """
        return np.sqrt(distances.min(axis=1)) / self.radius
