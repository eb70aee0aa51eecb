"""Davidson's method for the lowest eigenpair of a large symmetric operator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hkmaps.errors import ConvergenceError

LARGEST_BASIS = 30


@dataclass(frozen=True, eq=False)
class Eigenpair:
    """The lowest eigenvalue and its vector.

    Attributes:
        value: the eigenvalue.
        vector: eigenvector of shape (n,), of norm 1.
        residual: norm of operator(vector) - value * vector.
        iterations: how often the operator was applied.
    """

    value: float
    vector: np.ndarray
    residual: float
    iterations: int


def davidson(
    operator: Callable[[np.ndarray], np.ndarray],
    preconditioner: Callable[[np.ndarray, float], np.ndarray],
    start: np.ndarray,
    tolerance: float,
    maximum_iterations: int = 100,
) -> Eigenpair:
    """Find the lowest eigenpair of a symmetric operator that the start vector has a part of.

    Each step adds the preconditioned residual to the basis and diagonalises the operator in it
    (E. R. Davidson, J. Comput. Phys. 17, 87, 1975).

    Args:
        operator: maps a vector of shape (n,) to the operator times it.
        preconditioner: maps a residual and the eigenvalue's estimate to an approximate
            (operator - estimate)^-1 residual.
        start: first vector, of shape (n,).
        tolerance: largest norm of the residual.
        maximum_iterations: largest number of applications of the operator.

    Returns:
        The eigenpair; equal arguments give equal bits, nothing is drawn at random.

    Raises:
        ConvergenceError: the residual stays above the tolerance.
    """
    # Pages of the basis cost memory only once they are written to.
    basis = np.empty((LARGEST_BASIS, start.size))
    images = np.empty_like(basis)
    projected = np.zeros((LARGEST_BASIS, LARGEST_BASIS))
    size, new = 0, start / np.linalg.norm(start)
    for iteration in range(1, maximum_iterations + 1):
        basis[size], images[size] = new, operator(new)
        size += 1
        projected[:size, size - 1] = projected[size - 1, :size] = basis[:size] @ images[size - 1]
        values, vectors = np.linalg.eigh(projected[:size, :size])
        value, coefficients = float(values[0]), vectors[:, 0]
        vector = coefficients @ basis[:size]
        image = coefficients @ images[:size]
        residual_vector = image - value * vector
        residual = float(np.linalg.norm(residual_vector))
        if residual <= tolerance:
            return Eigenpair(value, vector, residual, iteration)
        if size == LARGEST_BASIS:
            basis[0], images[0], projected[0, 0], size = vector, image, value, 1
        new = preconditioner(residual_vector, value)
        norm = np.linalg.norm(new)
        if not 0 < norm < np.inf:  # nothing to add to the basis, or an overflow
            break
        new /= norm
        for _ in range(2):  # one Gram-Schmidt pass loses orthogonality close to convergence
            new -= (basis[:size] @ new) @ basis[:size]
            new /= np.linalg.norm(new)
    raise ConvergenceError(
        f"The eigensolver's residual is {residual:.1e} after {iteration} iterations;"
        f" it must be at most {tolerance:.1e}."
    )
