import numpy as np
import pytest

from hkmaps.errors import ConvergenceError
from hkmaps.exact.davidson import LARGEST_BASIS, davidson


@pytest.fixture
def matrix():
    random = np.random.default_rng(3)
    coupling = random.normal(size=(200, 200))
    return np.diag(np.arange(200.0)) + 0.1 * (coupling + coupling.T)


def solve(matrix, tolerance=1e-9, weak=False, **options):
    diagonal = np.diag(matrix)

    def precondition(residual, value):
        return residual if weak else residual / np.maximum(diagonal - value, 0.1)

    start = np.eye(len(matrix))[0]
    return davidson(matrix.__matmul__, precondition, start, tolerance, **options)


def test_finds_the_lowest_eigenpair(matrix):
    values, vectors = np.linalg.eigh(matrix)
    found = solve(matrix)
    assert found.value == pytest.approx(values[0], abs=1e-12)
    assert abs(found.vector @ vectors[:, 0]) == pytest.approx(1, abs=1e-12)
    assert np.linalg.norm(matrix @ found.vector - found.value * found.vector) <= 1.01e-9


def test_restarts_keep_what_was_found(matrix):
    found = solve(matrix, weak=True, maximum_iterations=2000)
    assert found.iterations > LARGEST_BASIS
    assert found.value == pytest.approx(np.linalg.eigvalsh(matrix)[0], abs=1e-12)


def test_an_exact_start_needs_one_iteration():
    assert solve(np.diag(np.arange(1.0, 9.0))).iterations == 1


def test_missed_tolerance_is_an_error(matrix):
    with pytest.raises(ConvergenceError, match=r"after 4 iterations; it must be at most 1\.0e-09"):
        solve(matrix, maximum_iterations=4)


@pytest.mark.parametrize("useless", [0.0, np.nan])
def test_a_preconditioner_that_fails_is_an_error(matrix, useless):
    with pytest.raises(ConvergenceError, match="after 1 iterations"):
        davidson(matrix.__matmul__, lambda r, value: useless * r, np.eye(200)[0], 1e-9)
