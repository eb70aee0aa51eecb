"""Kernel ridge regression on values and gradients of a function, geometry by geometry.

The function of coordinates y is a Gaussian kernel of features phi(y),
``f(y) = c + sum_i a_i k(y, y_i) + sum_i b_i . dk(y, y_i)/dy_i`` with
``k = exp(-d / (2 s^2))``, d = |phi(y) - phi(y')|^2. The weights of M rows with D coordinates solve
``(K + L) [a; b] = [f - c; df/dy]``, L a diagonal with one regularisation for values and one for
gradients. Of features no more is needed than squared distances and their derivatives, so that the
same code learns from potentials and from densities.

Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, section 9.4;
S. Chmiela et al., Sci. Adv. 3, e1603015 (2017).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.linalg.lapack import dtrtri

from hkmaps.errors import InputError
from hkmaps.kernels.kernel_functions import gaussian_kernel

WIDTHS = 2.0 ** np.arange(0, 6)
"""Widths that are tried, as multiples of the median distance of rows."""

VALUE_REGULARISATIONS = 10.0 ** np.arange(-12, -4)
"""Regularisations of values that are tried; the kernel of a row with itself is 1."""

GRADIENT_REGULARISATIONS = 10.0 ** np.arange(-9, -1)
"""Regularisations of gradients that are tried, over the mean diagonal of their kernel."""

START = (4.0, 1e-8, 1e-6)
"""Where the search begins."""

GAIN = 2e-3
"""Part of the error by which a step of the search must make it smaller."""

SEARCHED_ROWS = 100
"""Rows, the first ones, that widths and regularisations are chosen on."""

LARGEST_MEMORY = 14e9
"""Bytes that the kernel matrix may take. The derivatives that it is made of lie in it, as do its
Cholesky factor and that one's inverse."""


class PairDerivatives(NamedTuple):
    """Squared distances of the features of M rows, and their derivatives.

    Attributes:
        distances: d of each pair, shape (M, M).
        first: derivatives of d(i, j) with respect to y_i, shape (M, M, D).
        mixed: derivatives of d(i, j) with respect to y_i and y_j, shape (M, D, M, D); None where
            nothing is learnt of them.
        matrix: array that `mixed` lies in, and where the kernel is to be made, from
            `kernel_storage`; None for one of its own.
    """

    distances: np.ndarray
    first: np.ndarray
    mixed: np.ndarray | None
    matrix: np.ndarray | None = None

    def head(self, rows: int) -> "PairDerivatives":
        """Return those of the first rows, without a copy."""
        return PairDerivatives(
            self.distances[:rows, :rows], self.first[:rows, :rows], self.mixed[:rows, :, :rows]
        )


@dataclass(frozen=True, eq=False)
class GradientRidge:
    """A regression that was trained on values and gradients.

    Attributes:
        width: width s of the kernel, in the unit of the features.
        regularisation: that of values.
        gradient_regularisation: that of gradients, over the mean diagonal of their kernel.
        constant: c, the mean of the values.
        weights: a, shape (M,), in the unit of the values.
        gradient_weights: b, shape (M, D).
        held_out_values: errors of the values of each row predicted from all others, shape (M,).
        held_out_gradients: likewise of its gradient, shape (M, D).
        at_edge: whether the search ended at an edge.
    """

    width: float
    regularisation: float
    gradient_regularisation: float
    constant: float
    weights: np.ndarray
    gradient_weights: np.ndarray
    held_out_values: np.ndarray
    held_out_gradients: np.ndarray
    at_edge: bool


def learn_gradients(
    pairs: PairDerivatives,
    values: np.ndarray,
    gradients: np.ndarray,
    say: Callable[[str], None] = lambda message: None,
) -> GradientRidge:
    """Choose widths and regularisations by leaving whole rows out, and train on all rows.

    A row's value and its gradient are left out together: either would tell the other. The choice
    is made on the first rows.

    Args:
        pairs: squared distances and derivatives of the rows; `mixed` is used up where it lies in
            `matrix`.
        values: shape (M,).
        gradients: with respect to the coordinates, shape (M, D).
        say: called with a line of text after each step.

    Raises:
        InputError: there are fewer than two rows, the matrix is too large for the memory, or it is
            singular whatever the regularisation.
    """
    rows, coordinates = gradients.shape
    expect_memory(rows, coordinates)
    if rows < 2:
        raise InputError(f"There is {rows} geometry to learn from; at least 2 are needed.")
    searched = min(rows, SEARCHED_ROWS)
    head = pairs.head(searched)
    median = np.sqrt(np.median(head.distances[head.distances > 0]))
    known = values[:searched], gradients[:searched]

    def score(width: float, of_values: float, of_gradients: float) -> float:
        kernel = gradient_kernel(head, width * median)
        try:
            *_, held_out = _solve(kernel, *known, of_values, of_gradients)
        except LinAlgError:
            return np.inf
        errors = [np.sqrt(np.mean(each**2)) for each in held_out]
        say(
            f"width {width:g}, regularisations {of_values:.0e} and {of_gradients:.0e}: held-out"
            f" errors of values {errors[0]:.2e} and of gradients {errors[1]:.2e}"
        )
        return float(np.prod(errors))

    (width, of_values, of_gradients), at_edge = _descend(
        score, (WIDTHS, VALUE_REGULARISATIONS, GRADIENT_REGULARISATIONS), START
    )
    kernel = gradient_kernel(pairs, width * median)
    try:
        constant, weights, held_out = _solve(kernel, values, gradients, of_values, of_gradients)
    except LinAlgError as error:
        raise InputError(
            f"The kernel matrix of {rows} geometries with gradients is singular at the"
            f" regularisations {of_values:g} and {of_gradients:g}; two geometries may be equal."
        ) from error
    return GradientRidge(
        width=float(width * median),
        regularisation=of_values,
        gradient_regularisation=of_gradients,
        constant=constant,
        weights=weights[:rows],
        gradient_weights=weights[rows:].reshape(rows, coordinates),
        held_out_values=held_out[0],
        held_out_gradients=held_out[1],
        at_edge=at_edge,
    )


def expect_memory(rows: int, coordinates: int) -> None:
    """Raise `InputError` where the kernel matrix of values and gradients is too large."""
    size = 8.0 * (rows * (1 + coordinates)) ** 2
    if size > LARGEST_MEMORY:
        most = int(np.sqrt(LARGEST_MEMORY / 8) / (1 + coordinates))
        raise InputError(
            f"Learning from the gradients of {rows} geometries with {coordinates} internal"
            f" coordinates takes {size / 1e9:.3g} GB of memory; at most {LARGEST_MEMORY / 1e9:g} GB"
            f" are allowed, which {most} geometries take."
        )


def kernel_storage(rows: int, coordinates: int) -> tuple[np.ndarray, np.ndarray]:
    """Return room for a kernel of values and gradients, and its part for mixed derivatives.

    Returns:
        An array of shape (M (1 + D), M (1 + D)), and its last block as one of shape (M, D, M, D).
    """
    matrix = np.empty((rows * (1 + coordinates),) * 2)
    return matrix, _gradient_block(matrix, rows)


def _gradient_block(matrix: np.ndarray, rows: int) -> np.ndarray:
    """The part of gradients with gradients as a view, shape (M, D, M, D)."""
    coordinates = len(matrix) // rows - 1
    return matrix[rows:, rows:].reshape((rows, coordinates) * 2, copy=False)


def gradient_kernel(pairs: PairDerivatives, width: float) -> np.ndarray:
    """Return the kernel of values and gradients, values first, (M (1 + D), M (1 + D)).

    Args:
        pairs: squared distances and derivatives; where they have a `matrix`, that is the result.
        width: width of the kernel.
    """
    distances, first, mixed, matrix = pairs
    rows, _, coordinates = first.shape
    values = gaussian_kernel(distances, width)
    if matrix is None:
        matrix, _ = kernel_storage(rows, coordinates)
    matrix[:rows, :rows] = values
    scaled = (-0.5 / width**2 * values)[..., None] * first
    matrix[rows:, :rows] = scaled.transpose(0, 2, 1).reshape(-1, rows)
    matrix[:rows, rows:] = matrix[rows:, :rows].T
    second = first.transpose(1, 0, 2)
    block = _gradient_block(matrix, rows)
    for row in range(rows):
        np.multiply(mixed[row], (-0.5 / width**2 * values[row])[None, :, None], out=block[row])
        outer = (values[row] / (4 * width**4))[:, None] * second[row]
        block[row] += first[row].T[:, :, None] * outer
    return matrix


def _solve(
    matrix: np.ndarray,
    values: np.ndarray,
    gradients: np.ndarray,
    of_values: float,
    of_gradients: float,
) -> tuple[float, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Constant, weights and held-out errors; the matrix is used up."""
    rows, coordinates = gradients.shape
    constant = float(values.mean())
    diagonal = matrix.reshape(-1)[:: len(matrix) + 1]
    scale = diagonal[rows:].mean()
    diagonal[:rows] += of_values
    diagonal[rows:] += of_gradients * scale
    targets = np.concatenate([values - constant, gradients.ravel()])
    # Transposed, the matrix is in LAPACK's order of memory and is not copied.
    factor, _ = cho_factor(matrix.T, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve((factor, True), targets, check_finite=False)
    # Of the inverse (L L^T)^-1 the rows' own blocks are enough, which L^-1 gives.
    inverse, _ = dtrtri(factor, lower=1, overwrite_c=1)
    errors, places = np.empty((rows, 1 + coordinates)), np.arange(len(inverse))[:, None]
    for row in range(rows):
        own = np.concatenate([[row], rows + row * coordinates + np.arange(coordinates)])
        # Above the diagonal is what the matrix held.
        columns = np.where(places >= own, inverse[:, own], 0)
        # What is left out of a block: see e.g. Rasmussen and Williams, equation 5.12.
        errors[row] = np.linalg.solve(columns.T @ columns, weights[own])
    return constant, weights, (errors[:, 0], errors[:, 1:])


def _descend(
    score: Callable[..., float], grids: tuple[np.ndarray, ...], start: tuple[float, ...]
) -> tuple[tuple[float, ...], bool]:
    """Least score by steps of one place along one axis at a time, and whether it is at an edge."""
    place = [
        int(np.argmin(np.abs(np.log(grid / at)))) for grid, at in zip(grids, start, strict=True)
    ]
    known: dict[tuple[int, ...], float] = {}

    def at(places: tuple[int, ...]) -> float:
        if places not in known:
            known[places] = score(
                *(float(grid[index]) for grid, index in zip(grids, places, strict=True))
            )
        return known[places]

    # Steps that gain next to nothing are not made: on a plateau nothing lies beyond.
    moved = True
    while moved:
        moved = False
        for axis, grid in enumerate(grids):
            for step in (-1, 1):
                while 0 <= place[axis] + step < len(grid):
                    other = [*place]
                    other[axis] += step
                    if not at(tuple(other)) < (1 - GAIN) * at(tuple(place)):
                        break
                    place, moved = other, True
    best = tuple(place)
    if not np.isfinite(at(best)):
        raise InputError(
            "The kernel matrix of values and gradients is singular for every width and"
            " regularisation of the search; two geometries may be equal."
        )
    at_edge = any(index in (0, len(grid) - 1) for grid, index in zip(grids, best, strict=True))
    return tuple(float(grid[index]) for grid, index in zip(grids, best, strict=True)), at_edge
