"""Two diatomics side by side (paper A, Figure 12), as stated and as its numbers were made."""

from collections.abc import Mapping

import pandas as pd

from hkmaps.conditioning.pairs import DISTANCES, compare, quantity_columns
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.observables import solve_system
from hkmaps.exact.potentials import potential_family
from hkmaps.tables import Column, TableSchema

COMPARISONS = TableSchema(
    "two systems compared",
    "Two diatomics side by side, as paper A states Figure 12 and as its numbers were made",
    (
        Column("variant", "text", "", "as stated or as printed"),
        Column("alpha", "number", "bohr", "softening of the nuclei"),
        Column("grid_length", "number", "bohr", "length of the grid"),
        Column("grid_density", "number", "1/bohr", "grid points per bohr"),
        *DISTANCES,
        *quantity_columns(["E"]),
        Column("density_maximum", "number", "1/bohr", "largest value of both densities"),
        Column("x", "sequence", "bohr", "grid points"),
        Column("potential_a", "sequence", "Ha", "potential of the first system"),
        Column("potential_b", "sequence", "Ha", "potential of the second system"),
        Column("density_a", "sequence", "1/bohr", "density of the first system"),
        Column("density_b", "sequence", "1/bohr", "density of the second system"),
        Column("energy_a", "number", "Ha", "total energy of the first system"),
        Column("energy_b", "number", "Ha", "total energy of the second system"),
    ),
)


def compare_diatomics(
    variants: Mapping[str, Mapping[str, float]],
    separations: tuple[float, float],
    Z: float,
    stencil: int,
) -> pd.DataFrame:
    """Compare two diatomics that differ in their internuclear separation.

    Args:
        variants: `alpha`, `length` and `density` (softening and grid), by the variant's name.
        separations: the two separations, in bohr.
        Z: nuclear charge of all atoms.
        stencil: points of the second-derivative stencil.

    Returns:
        pandas.DataFrame with the columns of `COMPARISONS`, one row per variant.
    """
    family = potential_family("diatomic")
    rows = []
    for variant, settings in variants.items():
        grid = uniform_grid(settings["length"], settings["density"])
        potentials = [
            family.potential(grid.points, Z=Z, alpha=settings["alpha"], r=separation)
            for separation in separations
        ]
        first, second = (solve_system(potential, grid, stencil) for potential in potentials)
        densities = (first.density, second.density)
        energies = (first.total_energy, second.total_energy)
        rows.append(
            {
                "variant": variant,
                "alpha": settings["alpha"],
                "grid_length": settings["length"],
                "grid_density": settings["density"],
                **compare(tuple(potentials), densities, {"E": energies}, grid.spacing),
                "density_maximum": max(density.max() for density in densities),
                "x": grid.points,
                "potential_a": potentials[0],
                "potential_b": potentials[1],
                "density_a": densities[0],
                "density_b": densities[1],
                "energy_a": energies[0],
                "energy_b": energies[1],
            }
        )
    return pd.DataFrame(rows)
