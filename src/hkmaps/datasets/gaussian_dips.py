"""One electron between hard walls, over three Gaussian dips at random.

    v(x) = - sum_{i=1..3} a_i exp(-(x - b_i)^2 / (2 c_i^2)),    0 < x < 1 bohr

with a in [1, 10] Ha, b in [0.4, 0.6] bohr and c in [0.03, 0.1] bohr, uniform: the potentials of
J. C. Snyder, M. Rupp, K. Hansen, K.-R. Mueller, K. Burke, Phys. Rev. Lett. 108, 253002 (2012), of
which F. Brockherde et al., Nat. Commun. 8, 872 (2017) learn maps for one electron.
"""

from dataclasses import dataclass

import numpy as np

from hkmaps.checks import expect_count
from hkmaps.exact.grids import Grid
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import gaussian_dip_potential

DIPS = 3
DEPTHS, CENTRES, WIDTHS = (1.0, 10.0), (0.4, 0.6), (0.03, 0.1)
"""Limits of a in Ha, and of b and c in bohr."""

LENGTH = 1.0
"""Distance of the walls, in bohr."""

STENCIL = 3
"""Points of the second derivative. Wavefunctions have a kink at a hard wall, which three points
see exactly; stencils that reach beyond the wall would need the odd continuation there."""


@dataclass(frozen=True, eq=False)
class BoxSystems:
    """Ground states of one electron in the box.

    Attributes:
        grid: the N points between the walls.
        potentials: shape (S, N), in Ha.
        densities: shape (S, N), in 1/bohr.
        energies: shape (S,), in Ha.
    """

    grid: Grid
    potentials: np.ndarray
    densities: np.ndarray
    energies: np.ndarray

    @property
    def kinetic_energies(self) -> np.ndarray:
        """T = E - integral of n v, shape (S,), in Ha."""
        return self.energies - potential_energies(self.densities, self.potentials, self.grid)

    def rows(self, rows: slice) -> "BoxSystems":
        """Return some of the systems."""
        return BoxSystems(
            self.grid, self.potentials[rows], self.densities[rows], self.energies[rows]
        )


def box_grid(points: int) -> Grid:
    """Return the points between the walls.

    Args:
        points: points from wall to wall, the walls included, at least 5.

    Raises:
        InputError: there are fewer.
    """
    points = expect_count(points, "number of grid points of the box", 5)
    return Grid(np.linspace(0, LENGTH, points)[1:-1])


def draw_dips(count: int, grid: Grid, stream: np.random.Generator) -> np.ndarray:
    """Draw potentials.

    Args:
        count: number of potentials.
        grid: grid of N points.
        stream: random numbers; the first potentials of a longer draw are those of a shorter one.

    Returns:
        Potentials of shape (count, N), in Ha.
    """
    limits = np.array([DEPTHS, CENTRES, WIDTHS])
    drawn = stream.uniform(*limits.T[:, :, None], size=(count, len(limits), DIPS))
    dips = np.moveaxis(drawn, 1, 2)
    return np.array(
        [sum(gaussian_dip_potential(grid.points - b, a, c) for a, b, c in dip) for dip in dips]
    )


def solve_box(potentials: np.ndarray, grid: Grid) -> BoxSystems:
    """Solve one electron in each potential.

    Args:
        potentials: shape (S, N), in Ha.
        grid: grid of N points.

    Raises:
        InputError: a potential does not fit the grid.
        ConvergenceError: a ground state has too large a residual.
    """
    states = [solve_one_electron(potential, grid, STENCIL) for potential in potentials]
    return BoxSystems(
        grid,
        potentials,
        np.array([state.density() for state in states]),
        np.array([state.energy for state in states]),
    )


def potential_energies(densities: np.ndarray, potentials: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the integrals of n v, shape (S,), in Ha, of arrays of shape (S, N)."""
    return np.sum(densities * potentials, axis=-1) * grid.spacing
