"""Convergence of energies with the length and the density of the grid (paper A, section 2.1)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from hkmaps.checks import expect_real
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid, uniform_grid
from hkmaps.exact.hamiltonians import DEFAULT_STENCIL
from hkmaps.exact.one_electron import solve_one_electron
from hkmaps.exact.potentials import atom_potential, soft_coulomb_interaction
from hkmaps.exact.two_electrons import solve_two_electrons
from hkmaps.tables import Column, TableSchema

CONVERGENCE = TableSchema(
    "convergence",
    "Ground-state energies over scans of the grid's length and density (paper A, section 2.1)",
    (
        Column(
            "study",
            "text",
            "",
            "density (Figure 2), length (system-size test), dataset_length or dataset_density",
        ),
        Column("system", "text", "", "hydrogen, or family and parameters"),
        Column("electrons", "integer", "1", "number of electrons"),
        Column("grid_length", "number", "bohr", "length of the grid"),
        Column("grid_density", "number", "1/bohr", "grid points per bohr"),
        Column("grid_points", "integer", "1", "number of grid points"),
        Column("energy", "number", "Ha", "ground-state energy"),
        Column("reference_energy", "number", "Ha", "exact energy, or that on the reference grid"),
        Column("error_per_particle", "number", "Ha", "(energy - reference energy) / electrons"),
    ),
)

HYDROGEN_ENERGY = -0.5
"""Ground-state energy of the model of hydrogen, Z = 1 and alpha = 1, in Ha: exact."""

Potential = Callable[[np.ndarray], np.ndarray]
"""A potential in Ha as a function of positions in bohr."""


def hydrogen_potential(x: np.ndarray) -> np.ndarray:
    """Return the potential of the hydrogen model, Z = 1 and alpha = 1 (paper A, Figure 1)."""
    return atom_potential(x, Z=1.0, alpha=1.0)


def hydrogen_convergence(
    densities: Sequence[float],
    length: float,
    lengths: Sequence[float],
    density: float,
    stencil: int = DEFAULT_STENCIL,
) -> pd.DataFrame:
    """Compare hydrogen's energy with the exact one over grid densities and lengths.

    Args:
        densities: points per bohr of the study "density" (paper A, Figure 2).
        length: length of its grids, in bohr.
        lengths: lengths in bohr of the study "length" (paper A, section 2.1.1).
        density: points per bohr of its grids.
        stencil: number of points of the second derivative.

    Returns:
        Rows of `CONVERGENCE`.

    Raises:
        InputError: a grid is not possible, or has fewer points than the stencil.
        ConvergenceError: a residual exceeds 1e-8 Ha.
    """
    grids = [("density", length, value) for value in densities]
    grids += [("length", value, density) for value in lengths]
    rows = []
    for study, grid_length, grid_density in grids:
        grid = uniform_grid(grid_length, grid_density)
        energy = solve_one_electron(hydrogen_potential(grid.points), grid, stencil).energy
        rows.append(
            _row(study, "hydrogen", 1, grid_length, grid_density, grid, energy, HYDROGEN_ENERGY)
        )
    return _table(rows)


def system_convergence(
    systems: Mapping[str, Potential],
    lengths: Sequence[float],
    densities: Sequence[float],
    reference_length: float,
    reference_density: float,
    stencil: int = DEFAULT_STENCIL,
    interaction_softening: float = 1.0,
) -> pd.DataFrame:
    """Compare the energies of one and two electrons with those on a highly converged grid.

    Args:
        systems: the potential of each system, by the label that it has in the table.
        lengths: lengths in bohr of the study "dataset_length", at the reference density.
        densities: points per bohr of the study "dataset_density", at the reference length.
        reference_length: length of the reference grid, in bohr; 30 in paper A.
        reference_density: points per bohr of the reference grid; 20 in paper A.
        stencil: number of points of the second derivative.
        interaction_softening: softening of equation 4, in bohr.

    Returns:
        Rows of `CONVERGENCE`.

    Raises:
        InputError: a grid is not possible, or has fewer points than the stencil.
        ConvergenceError: a residual exceeds 1e-8 Ha.
    """
    grids = [("dataset_length", value, reference_density) for value in lengths]
    grids += [("dataset_density", reference_length, value) for value in densities]
    reference_grid = uniform_grid(reference_length, reference_density)
    rows = []
    for label, potential in systems.items():
        reference = _energies(potential, reference_grid, stencil, interaction_softening)
        for study, length, density in grids:
            grid = uniform_grid(length, density)
            energies = _energies(potential, grid, stencil, interaction_softening)
            rows += [
                _row(study, label, electrons, length, density, grid, energy, reference_energy)
                for electrons, energy, reference_energy in zip(
                    (1, 2), energies, reference, strict=True
                )
            ]
    return _table(rows)


def smallest_sufficient(
    settings: Iterable[float], errors: Iterable[float], threshold: float
) -> float | None:
    """Return the smallest scanned setting from which on every error is within the threshold.

    A setting that meets the threshold by chance, before a larger one misses it, does not count.
    Where a setting occurs more than once, the largest of its errors counts.

    Args:
        settings: scanned lengths or densities, in any order.
        errors: error for each setting, of either sign.
        threshold: largest error allowed, in the errors' unit.

    Returns:
        The setting, or None if the largest setting misses the threshold.

    Raises:
        InputError: there are no settings, or not as many errors as settings.
    """
    settings = np.atleast_1d(expect_real(settings, "settings of a scan"))
    errors = np.atleast_1d(expect_real(errors, "errors of a scan"))
    if not len(settings) or len(settings) != len(errors):
        raise InputError(
            f"A scan has {len(settings)} settings and {len(errors)} errors; it must have at least"
            " one setting and an error for each."
        )
    worst = pd.Series(errors, index=settings, dtype=float).abs().groupby(level=0).max()
    sufficient = None
    for setting, error in worst.sort_index(ascending=False).items():
        if not error <= threshold:
            break
        sufficient = float(setting)
    return sufficient


def _energies(
    potential: Potential, grid: Grid, stencil: int, interaction_softening: float
) -> tuple[float, float]:
    values = potential(grid.points)
    interaction = soft_coulomb_interaction(grid.points, softening=interaction_softening)
    return (
        solve_one_electron(values, grid, stencil).energy,
        solve_two_electrons(values, grid, interaction, stencil).energy,
    )


def _row(
    study: str,
    system: str,
    electrons: int,
    length: float,
    density: float,
    grid: Grid,
    energy: float,
    reference_energy: float,
) -> dict[str, object]:
    return {
        "study": study,
        "system": system,
        "electrons": electrons,
        "grid_length": float(length),
        "grid_density": float(density),
        "grid_points": grid.size,
        "energy": energy,
        "reference_energy": reference_energy,
        "error_per_particle": (energy - reference_energy) / electrons,
    }


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=CONVERGENCE.column_names)
