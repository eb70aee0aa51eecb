"""What the solvers of interacting electrons share: the interaction, and a bound of preconditioners.

The one-electron part of their Hamiltonians is diagonal in products of one-electron eigenvectors, so
that their preconditioners divide by sums of orbital energies less the energy.
"""

import numpy as np

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid
from hkmaps.exact.potentials import soft_coulomb_interaction

SMALLEST_DENOMINATOR = 0.1
"""Least energy difference in Ha that a preconditioner divides by."""

EXCHANGE_TOLERANCE = 1e-13
"""Largest asymmetry of an interaction, as a part of its largest value, to count as rounding."""


def check_interaction(interaction: np.ndarray | None, grid: Grid) -> np.ndarray:
    """Return the interaction of two electrons on a grid as float64, shape (N, N), in Ha.

    Args:
        interaction: interaction energy of electrons at each pair of points, in Ha; None is paper
            A's equation 4.
        grid: grid of N points.

    Raises:
        InputError: it is not finite, not of the grid's shape, or not symmetric.
    """
    if interaction is None:
        return soft_coulomb_interaction(grid.points)
    interaction = expect_finite(interaction, "interaction")
    if interaction.shape != (grid.size, grid.size):
        raise InputError(
            f"The interaction has the shape {interaction.shape}; on a grid of {grid.size} points"
            f" it must have the shape ({grid.size}, {grid.size})."
        )
    asymmetry = np.abs(interaction - interaction.T).max()
    if asymmetry > EXCHANGE_TOLERANCE * np.abs(interaction).max():
        raise InputError(
            "The interaction is not a symmetric matrix; exchanging the electrons must not change"
            " it."
        )
    return interaction
