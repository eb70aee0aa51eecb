"""Geometries of a molecule: their table, their alignment, their bonds, and checks of them."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hkmaps.checks import expect_geometries, expect_real
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.units import ANGSTROM_PER_BOHR


def geometry_table(
    molecule: Molecule,
    positions: np.ndarray,
    origin: pd.DataFrame | None = None,
    coordinates: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return geometries, numbered from 0, as rows of `GEOMETRIES`.

    Args:
        molecule: the molecule.
        positions: aligned geometries, shape (geometries, atoms, 3), in bohr.
        origin: the columns `trajectory` and `frame` of each; None where they are no snapshots.
        coordinates: drawn internal coordinates of each in bohr and rad, shape (geometries, drawn);
            None where none are drawn.
    """
    return pd.DataFrame(
        {
            "geometry": np.arange(len(positions)),
            "positions": list(positions.reshape(len(positions), int(np.prod(positions.shape[1:])))),
            "bond_lengths": list(bond_lengths(molecule, positions)),
            "coordinates": None if coordinates is None else list(coordinates),
            "trajectory": None if origin is None else origin["trajectory"].to_numpy(),
            "frame": None if origin is None else origin["frame"].to_numpy(),
        },
        columns=GEOMETRIES.column_names,
    )


def bond_lengths(molecule: Molecule, positions: np.ndarray) -> np.ndarray:
    """Return the length of each bond of each geometry, shape (geometries, bonds), in bohr.

    Args:
        molecule: the molecule.
        positions: shape (geometries, atoms, 3), in bohr.
    """
    first, second = np.array(molecule.bonds, dtype=int).reshape(-1, 2).T
    return np.linalg.norm(positions[:, first] - positions[:, second], axis=2)


def expect_positions(molecule: Molecule, positions: ArrayLike) -> np.ndarray:
    """Return positions as geometries of the molecule, having checked that they can be.

    Args:
        molecule: the molecule.
        positions: in bohr, shape (geometries, 3 N) as in `GEOMETRIES`, or (geometries, N, 3).

    Returns:
        Shape (geometries, N, 3), in bohr.

    Raises:
        InputError: another number of atoms, values that are not finite, coincident atoms, or bonds
            as no such molecule has them, as when lengths are in Angstrom.
    """
    positions, atoms = expect_real(positions, "positions of the atoms"), len(molecule.symbols)
    if positions.shape[1:] not in ((3 * atoms,), (atoms, 3)):
        raise InputError(
            f"The geometries of {molecule.name} have the shape {positions.shape}; each must hold"
            f" {3 * atoms} values, x, y, z of its {atoms} atoms."
        )
    _, positions = expect_geometries(molecule.charges, positions.reshape(-1, atoms, 3))
    lengths, (lows, highs) = bond_lengths(molecule, positions), np.transpose(molecule.bond_limits)
    wrong = np.argwhere((lengths < lows) | (lengths > highs))
    if len(wrong):
        geometry, bond = map(int, wrong[0])
        length, low, high = lengths[geometry, bond], lows[bond], highs[bond]
        hint = ""
        # A bond may be wrong for another reason, such as the atoms' order; a unit spoils all.
        for factor, unit in (
            (1 / ANGSTROM_PER_BOHR, "like Angstrom"),
            (ANGSTROM_PER_BOHR, "converted from Angstrom twice"),
        ):
            converted = lengths[geometry] * factor
            if ((lows <= converted) & (converted <= highs)).all():
                hint = f", so these positions look {unit}"
        first, second = molecule.bonds[bond]
        raise InputError(
            f"The bond of atoms {first} and {second} in geometry {geometry} of {molecule.name} is"
            f" {length:.3g} bohr long; it must be {low:.3g} to {high:.3g} bohr{hint}."
        )
    return positions
