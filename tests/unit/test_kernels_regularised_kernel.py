"""The factored kernel matrix: what a Gaussian process leaves open, and rows left out."""

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


def test_errors_and_variances_of_rows_left_out_are_those_of_refits():
    y = Y[:, 0]
    distances = squared_distances(X, X)
    kernel = RegularisedKernel(distances, WIDTH, REGULARISATION)
    errors = kernel.left_out_errors(kernel.solve(y[:, None])[:, 0])
    variances = 1 / kernel.inverse_diagonal()
    for row in range(len(X)):
        others = np.delete(np.arange(len(X)), row)
        left = RegularisedKernel(distances[np.ix_(others, others)], WIDTH, REGULARISATION)
        k = np.exp(-distances[row, others] / (2 * WIDTH**2))
        assert errors[row] == pytest.approx(y[row] - k @ left.solve(y[others, None])[:, 0], 1e-6)
        variance = left.unexplained(distances[[row]][:, others])[0] + REGULARISATION
        assert variances[row] == pytest.approx(variance, 1e-6)
