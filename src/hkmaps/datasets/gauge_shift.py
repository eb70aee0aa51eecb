"""One system in shifted potentials: which quantities notice the gauge (paper A, Figure 5)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hkmaps.checks import expect_finite
from hkmaps.exact.grids import Grid
from hkmaps.exact.hamiltonians import check_potential
from hkmaps.exact.observables import solve_system
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.tables import Column, TableSchema

GAUGE_SHIFT = TableSchema(
    "gauge shift",
    "One system solved in its potential and in the same potential plus a constant",
    (
        Column("shift", "number", "Ha", "constant added to the potential"),
        *(
            Column(quantity.column, "number", "Ha", f"{quantity.name} in the shifted potential")
            for quantity in QUANTITIES.values()
        ),
        Column("x", "array", "bohr", "grid points"),
        Column("potential", "array", "Ha", "shifted potential"),
        Column("density", "array", "1/bohr", "electron density in the shifted potential"),
    ),
)


def solve_shifted(
    potential: np.ndarray,
    grid: Grid,
    shifts: Sequence[float],
    stencil: int,
) -> pd.DataFrame:
    """Solve a system in its potential plus each of several constants.

    Args:
        potential: the potential on the grid, shape (points,), in Ha.
        grid: the grid.
        shifts: the constants, in Ha.
        stencil: points of the second-derivative stencil.

    Returns:
        pandas.DataFrame with the columns of `GAUGE_SHIFT`, one row per shift.
    """
    potential = check_potential(potential, grid)
    rows = []
    for shift in expect_finite(shifts, "constants").tolist():
        solved = solve_system(potential + shift, grid, stencil)
        rows.append(
            {
                "shift": shift,
                **{q.column: getattr(solved, q.column) for q in QUANTITIES.values()},
                "x": grid.points,
                "potential": potential + shift,
                "density": solved.density,
            }
        )
    return pd.DataFrame(rows)
