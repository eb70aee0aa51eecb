"""Regression on values and gradients, beside a dense reference that knows nothing of its blocks."""

import numpy as np
import pytest
import scipy.linalg
from scipy.spatial.distance import cdist

from hkmaps.errors import InputError
from hkmaps.kernels.gradient_ridge import (
    PairDerivatives,
    expect_memory,
    gradient_kernel,
    kernel_storage,
    learn_gradients,
)

ROWS, COORDINATES, STEP = 7, 3, 1e-4
RNG = np.random.default_rng(3)
Y = RNG.normal(size=(ROWS, COORDINATES))


def features(y):
    return np.concatenate([np.sin(y), y**2, y[..., :1] * y[..., 1:2]], axis=-1)


def slopes(y):
    """Derivatives of the features, (rows, features, coordinates), by differences."""
    columns = [
        (features(y + STEP * e) - features(y - STEP * e)) / (2 * STEP) for e in np.eye(COORDINATES)
    ]
    return np.stack(columns, axis=-1)


def pairs_of(y):
    phi, moved = features(y), slopes(y)
    first = 2 * np.einsum("ifd,ijf->ijd", moved, phi[:, None] - phi[None])
    mixed = -2 * np.einsum("ifd,jfe->idje", moved, moved)
    return PairDerivatives(cdist(phi, phi, "sqeuclidean"), first, mixed)


def function(y):
    return np.cos(y).prod(axis=-1) + 0.3 * y[..., 0]


def gradients(y):
    return np.stack(
        [
            (function(y + STEP * e) - function(y - STEP * e)) / (2 * STEP)
            for e in np.eye(COORDINATES)
        ],
        axis=-1,
    )


def kernel(a, b, width):
    return np.exp(-cdist(features(a), features(b), "sqeuclidean") / (2 * width**2))


def test_the_kernel_is_that_of_differences_of_the_kernel_of_values():
    width, h = 1.7, 1e-3
    found = gradient_kernel(pairs_of(Y), width)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.testing.assert_allclose(found[:ROWS, :ROWS], kernel(Y, Y, width))
    for d, e in ((0, 0), (0, 2), (1, 2)):
        up, right = h * np.eye(COORDINATES)[d], h * np.eye(COORDINATES)[e]
        first = (kernel(Y + up, Y, width) - kernel(Y - up, Y, width)) / (2 * h)
        rows = ROWS + d + COORDINATES * np.arange(ROWS)
        np.testing.assert_allclose(found[rows, :ROWS], first, atol=1e-5)
        mixed = sum(
            sign * other * kernel(Y + sign * up, Y + other * right, width)
            for sign in (1, -1)
            for other in (1, -1)
        )
        columns = ROWS + e + COORDINATES * np.arange(ROWS)
        block = found[np.ix_(rows, columns)]
        np.testing.assert_allclose(block, mixed / (4 * h**2), rtol=1e-3, atol=1e-4)


def test_held_out_errors_are_those_of_training_without_the_row():
    model = learn_gradients(pairs_of(Y), function(Y), gradients(Y))
    matrix = gradient_kernel(pairs_of(Y), model.width)
    ridge = np.full(len(matrix), model.regularisation)
    ridge[ROWS:] = model.gradient_regularisation * matrix.diagonal()[ROWS:].mean()
    targets = np.concatenate([function(Y) - model.constant, gradients(Y).ravel()])
    left_out = 4
    own = np.r_[left_out, ROWS + COORDINATES * left_out + np.arange(COORDINATES)]
    others = np.setdiff1d(np.arange(len(matrix)), own)
    kept = matrix[np.ix_(others, others)] + np.diag(ridge[others])
    errors = targets[own] - matrix[np.ix_(own, others)] @ np.linalg.solve(kept, targets[others])
    np.testing.assert_allclose(model.held_out_values[left_out], errors[0], rtol=1e-5)
    np.testing.assert_allclose(model.held_out_gradients[left_out], errors[1:], rtol=1e-5)


def test_gradients_teach_more_than_values_alone():
    y = RNG.uniform(-1, 1, size=(40, COORDINATES))
    model = learn_gradients(pairs_of(y), function(y), gradients(y))
    widths = model.width * 2.0 ** np.arange(-3, 3)
    from_values = []
    for width in widths:
        inverse = np.linalg.inv(kernel(y, y, width) + 1e-9 * np.eye(40))
        errors = inverse @ (function(y) - function(y).mean()) / inverse.diagonal()
        from_values.append(np.sqrt(np.mean(errors**2)))
    assert np.sqrt(np.mean(model.held_out_values**2)) < 0.2 * min(from_values)


def test_one_array_holds_derivatives_kernel_factor_and_inverse(monkeypatch):
    apart = pairs_of(Y)
    matrix, mixed = kernel_storage(ROWS, COORDINATES)
    mixed[:] = apart.mixed
    stored = apart._replace(mixed=mixed, matrix=matrix)
    factored = []

    def cho_factor(kernel, **settings):
        factored.append(scipy.linalg.cho_factor(kernel, **settings))
        return factored[-1]

    monkeypatch.setattr("hkmaps.kernels.gradient_ridge.cho_factor", cho_factor)
    models = [learn_gradients(pairs, function(Y), gradients(Y)) for pairs in (apart, stored)]
    assert np.shares_memory(matrix, mixed) and np.shares_memory(matrix, factored[-1][0])
    for name in ("weights", "gradient_weights", "held_out_values", "held_out_gradients"):
        np.testing.assert_array_equal(*(getattr(model, name) for model in models))


def test_what_does_not_fit_in_memory_is_refused_with_what_would():
    with pytest.raises(InputError, match=r"takes 314 GB of memory; at most 14 GB .* which 1901"):
        expect_memory(9000, 21)


def test_equal_geometries_are_a_sentence():
    y = np.tile(Y[:1], (4, 1))
    y[2:] += 0.5
    found = learn_gradients(pairs_of(y), function(y), gradients(y))
    assert np.isfinite(found.weights).all()
    with pytest.raises(InputError, match="at least 2 are needed"):
        learn_gradients(pairs_of(Y[:1]), function(Y[:1]), gradients(Y[:1]))
