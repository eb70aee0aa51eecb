"""The factored kernel matrix: what a Gaussian process leaves open, and its scale."""

import numpy as np
import pytest
from kernels_data import smooth_data

from hkmaps.kernels.kernel_functions import squared_distances
from hkmaps.kernels.regularised_kernel import RegularisedKernel

X, Y = smooth_data(25, 1)
WIDTH, REGULARISATION = 0.8, 1e-4


def test_nothing_is_explained_far_away_and_all_at_a_training_row():
    kernel = RegularisedKernel(squared_distances(X, X), WIDTH, 1e-10)
    assert kernel.unexplained(squared_distances(X, X)).max() < 1e-8
    assert kernel.unexplained(squared_distances(X + 100, X)) == pytest.approx(1)


def test_the_scale_makes_leave_one_out_errors_as_large_as_their_deviations():
    y = Y[:, 0]
    distances = squared_distances(X, X)
    kernel = RegularisedKernel(distances, WIDTH, REGULARISATION)
    scale = kernel.leave_one_out_scale(kernel.solve(y[:, None])[:, 0])
    ratios = []
    for row in range(len(X)):
        others = np.delete(np.arange(len(X)), row)
        left = RegularisedKernel(distances[np.ix_(others, others)], WIDTH, REGULARISATION)
        k = np.exp(-distances[row, others] / (2 * WIDTH**2))
        error = y[row] - k @ left.solve(y[others, None])[:, 0]
        variance = left.unexplained(distances[[row]][:, others])[0] + REGULARISATION
        ratios.append(error**2 / (scale * variance))
    assert np.mean(ratios) == pytest.approx(1, rel=1e-6)
