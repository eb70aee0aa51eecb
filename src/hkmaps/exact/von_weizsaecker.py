"""The kinetic energy of one electron as an exact functional of its density."""

import numpy as np

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid
from hkmaps.exact.hamiltonians import DEFAULT_STENCIL, kinetic_bands, sparse_operator


def von_weizsaecker_energy(
    densities: np.ndarray, grid: Grid, stencil: int = DEFAULT_STENCIL
) -> np.ndarray:
    """Return T[n] = integral of |n'|^2 / (8 n), exact for one electron in its ground state.

    The ground state of one electron has no nodes, so that its orbital is the root of its density.
    T is the expectation value of the same operator that `solve_one_electron` has, so that the
    functional is exact on the grid, not in the continuum alone.

    Source: C. F. von Weizsaecker, Z. Phys. 96, 431 (1935).

    Args:
        densities: shape (..., N), in 1/bohr; negative values, which a predicted density may have,
            count as zero.
        grid: grid of N points.
        stencil: number of points of the second derivative.

    Returns:
        Kinetic energies of shape (...), in Ha.

    Raises:
        InputError: the densities are not finite or do not fit the grid.
    """
    densities = expect_finite(densities, "densities")
    if densities.ndim == 0 or densities.shape[-1] != grid.size:
        raise InputError(
            f"The densities have the shape {densities.shape}; the last axis must be as long as the"
            f" grid, {grid.size} points."
        )
    orbitals = np.sqrt(np.maximum(densities, 0)).reshape(-1, grid.size)
    operator = sparse_operator(kinetic_bands(grid, stencil))
    energies = np.sum(orbitals * (operator @ orbitals.T).T, axis=-1) * grid.spacing
    return energies.reshape(densities.shape[:-1])
