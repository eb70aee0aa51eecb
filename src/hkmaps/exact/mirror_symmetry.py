"""Mirror symmetry about the middle of a grid, and what it makes of near-degenerate levels.

Two levels of different parity may be nearer to each other than rounding; an eigensolver that does
not know of the symmetry then returns any mixture of the two. Each parity on its own has no such
pair.
"""

import numpy as np
from scipy import sparse

MIRROR_TOLERANCE = 1e-13
"""Largest difference from the mirror image, as a part of the largest value, that is rounding."""


def is_mirror_symmetric(values: np.ndarray) -> bool:
    """Return whether values on the points of a grid equal their mirror image but for rounding.

    Args:
        values: shape (N,), or (N, N) for the positions of two electrons.
    """
    difference = np.abs(values - np.flip(values)).max()
    return bool(difference <= MIRROR_TOLERANCE * np.abs(values).max())


def parity_bases(points: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return orthonormal bases of the even and of the odd functions on N points.

    Args:
        points: the number N.

    Returns:
        Matrices of shape (N, ceil(N / 2)) and (N, floor(N / 2)), whose columns run from the wall
        to the middle, so that a banded operator stays banded.
    """
    half = points // 2
    left, right = np.arange(half), points - 1 - np.arange(half)
    rows, columns = np.concatenate([left, right]), np.tile(left, 2)
    bases = []
    for sign, size in ((1, points - half), (-1, half)):
        values = np.sqrt(0.5) * np.repeat([1, sign], half)
        basis = sparse.coo_array((values, (rows, columns)), shape=(points, size)).tolil()
        if size > half:
            basis[half, half] = 1
        bases.append(basis.tocsr())
    return bases[0], bases[1]
