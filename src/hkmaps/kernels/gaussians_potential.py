"""Inner products and distances of Gaussians potentials, analytic (paper B, equation 5).

The descriptor of a geometry is the artificial potential
``v(r) = sum_a Z_a exp(-|r - R_a|^2 / (2 gamma^2))``. A kernel needs only its inner products, which
for Gaussians are known:
``<v, v'> = sum_ab Z_a Z_b (pi gamma^2)^(3/2) exp(-|R_a - R'_b|^2 / (4 gamma^2))``.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from hkmaps.checks import expect_geometries, expect_number
from hkmaps.units import ANGSTROM_PER_BOHR

GAMMA = 0.2 / ANGSTROM_PER_BOHR
"""Width of the Gaussians in bohr: 0.2 Angstrom (paper B, section 2.4)."""

BLOCK_TERMS = 256 * 1024
"""Pairs of atoms whose terms are held at once, 2 MiB: what a processor keeps close at hand."""


def gaussians_inner_products(
    charges_a: ArrayLike,
    positions_a: ArrayLike,
    charges_b: ArrayLike,
    positions_b: ArrayLike,
    gamma: float = GAMMA,
) -> np.ndarray:
    """Return the inner products of all pairs of Gaussians potentials of two sets of geometries.

    Beyond the result no more than `BLOCK_TERMS` terms are held, or those of one geometry of the
    first molecule.

    Args:
        charges_a: nuclear charges of the first molecule, shape (atoms,).
        positions_a: its geometries, shape (geometries, atoms, 3), in bohr.
        charges_b: nuclear charges of the second molecule, shape (other atoms,).
        positions_b: its geometries, shape (other geometries, other atoms, 3), in bohr.
        gamma: width of the Gaussians in bohr.

    Returns:
        Shape (geometries, other geometries), in bohr^3 (charges are numbers).

    Raises:
        InputError: charges are not finite and positive, positions have another shape, are not
            finite, or two atoms of a geometry are nearer than 0.01 bohr, or gamma is not positive.
    """
    # Of few geometries the look at them takes longest: those of one set are looked at once.
    one_set = charges_a is charges_b and positions_a is positions_b
    charges_a, positions_a = expect_geometries(charges_a, positions_a)
    if one_set:
        charges_b, positions_b = charges_a, positions_a
    else:
        charges_b, positions_b = expect_geometries(charges_b, positions_b)
    expect_number(gamma, "width gamma of the Gaussians", "bohr")
    scale = np.pi**1.5 * gamma**3
    products = np.empty((len(positions_a), len(positions_b)))
    atoms_b = positions_b.reshape(-1, 3)
    block = max(1, BLOCK_TERMS // (len(charges_a) * len(atoms_b)))
    for start in range(0, len(positions_a), block):
        geometries = positions_a[start : start + block]
        terms = cdist(geometries.reshape(-1, 3), atoms_b, "sqeuclidean")
        terms *= -0.25 / gamma**2
        np.exp(terms, out=terms)
        by_atom = terms.reshape(len(geometries), len(charges_a), *positions_b.shape[:2])
        products[start : start + block] = charges_a @ (by_atom @ (scale * charges_b))
    return products


def gaussians_squared_distances(
    charges_a: ArrayLike,
    positions_a: ArrayLike,
    charges_b: ArrayLike,
    positions_b: ArrayLike,
    gamma: float = GAMMA,
) -> np.ndarray:
    """Return the squared L2 distances of all pairs of Gaussians potentials.

    They are what `KernelRidge` takes with ``metric="precomputed"``.

    Args:
        charges_a: nuclear charges of the first molecule, shape (atoms,).
        positions_a: its geometries, shape (geometries, atoms, 3), in bohr.
        charges_b: nuclear charges of the second molecule, shape (other atoms,).
        positions_b: its geometries, shape (other geometries, other atoms, 3), in bohr.
        gamma: width of the Gaussians in bohr.

    Returns:
        Non-negative, shape (geometries, other geometries), in bohr^3.

    Raises:
        InputError: as for `gaussians_inner_products`.
    """
    distances = gaussians_inner_products(charges_a, positions_a, charges_b, positions_b, gamma)
    distances *= -2
    distances += gaussians_squared_norms(charges_a, positions_a, gamma)[:, None]
    distances += gaussians_squared_norms(charges_b, positions_b, gamma)
    return np.maximum(distances, 0, out=distances)


def gaussians_squared_norms(
    charges: ArrayLike, positions: ArrayLike, gamma: float = GAMMA
) -> np.ndarray:
    """Return <v, v> of each geometry.

    Args:
        charges: nuclear charges, shape (atoms,).
        positions: geometries of shape (geometries, atoms, 3), in bohr.
        gamma: width of the Gaussians in bohr.

    Returns:
        Shape (geometries,), in bohr^3.

    Raises:
        InputError: as for `gaussians_inner_products`.
    """
    charges, positions = expect_geometries(charges, positions)
    expect_number(gamma, "width gamma of the Gaussians", "bohr")
    norms = np.zeros(len(positions))
    for a, Z_a in enumerate(charges):
        for b, Z_b in enumerate(charges):
            squared = ((positions[:, a] - positions[:, b]) ** 2).sum(axis=1)
            norms += np.pi**1.5 * gamma**3 * Z_a * Z_b * np.exp(-0.25 / gamma**2 * squared)
    return norms
