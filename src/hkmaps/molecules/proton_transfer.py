"""A proton between two atoms: a start of dynamics that passes it on, and where it is passed."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import thermal_velocities, without_rigid_motion
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import PROTON_TRANSFER
from hkmaps.seeds import random_stream
from hkmaps.tables import stack
from hkmaps.units import (
    ANGSTROM_PER_BOHR,
    ELECTRON_MASS_PER_ATOMIC_MASS,
    KCAL_PER_MOL_PER_HARTREE,
)

ANGSTROM = 1 / ANGSTROM_PER_BOHR

DISPLACEMENT = 0.25 * ANGSTROM
"""How far the proton starts from the middle, in bohr: at the bond length of an O-H group."""

PROTON_ENERGY = 5.0 / KCAL_PER_MOL_PER_HARTREE
"""Kinetic energy of the proton along its way, in Ha: more than the barrier at any phase of the
skeleton's vibration at 300 K, and in the range of one quantum of the O-H stretch."""

HALFWAY = 0.3 * ANGSTROM
"""Transfer coordinate in bohr below which a proton belongs to neither atom: half of what it has in
the minima."""


def proton_transfer_start(
    molecule: Molecule, transfer: Sequence[int], temperature: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return a start of dynamics from which the proton passes from one atom to the other at once.

    The molecule is in its reference geometry, that of the transfer, but for the proton, which is
    0.25 Angstrom nearer to the first oxygen. All atoms have thermal velocities without
    translation and rotation, but for the proton's along the line from the first oxygen to the
    second: there it has 5 kcal/mol towards the second.

    Args:
        molecule: its reference geometry is that of the transfer.
        transfer: the atom that the proton goes from, the proton, and what it goes to.
        temperature: of the other velocities, in K.
        seed: the study's seed.

    Returns:
        Positions in bohr and velocities in bohr Ha/hbar, each of shape (atoms, 3).

    Raises:
        InputError: the transfer is not of three atoms, the middle one hydrogen.
    """
    donor, proton, acceptor = expect_transfer(molecule, transfer)
    positions = molecule.reference_positions.copy()
    way = positions[acceptor] - positions[donor]
    way /= np.linalg.norm(way)
    positions[proton] -= DISPLACEMENT * way
    stream = random_stream(seed, "molecules", molecule.name, "proton transfer")
    velocities = thermal_velocities(molecule, temperature, stream)
    mass = molecule.masses[proton] * ELECTRON_MASS_PER_ATOMIC_MASS
    speed = np.sqrt(2 * PROTON_ENERGY / mass)
    velocities[proton] += (speed - velocities[proton] @ way) * way
    return positions, without_rigid_motion(molecule, positions, velocities)


def proton_transfer_table(
    molecule: Molecule, transfer: Sequence[int], trajectory: pd.DataFrame
) -> pd.DataFrame:
    """Return where the proton is in each frame of a trajectory.

    The coordinate is the distance from the first atom less that from the second. The proton is
    transferring in a series of frames in which it belongs to neither, |coordinate| < 0.3 Angstrom,
    if it belonged to one before and to the other after; where it returns, it is not. Where it
    passes the middle from one frame to the next, both are counted.

    Args:
        molecule: what the trajectory is of.
        transfer: as for `proton_transfer_start`.
        trajectory: rows of `TRAJECTORY`.

    Returns:
        pandas.DataFrame with the columns of `PROTON_TRANSFER`.

    Raises:
        InputError: as for `proton_transfer_start`, or the trajectory is of another molecule.
    """
    expect_transfer(molecule, transfer)
    if trajectory.empty:
        return PROTON_TRANSFER.empty()
    positions = expect_positions(molecule, stack(trajectory["positions"]))
    coordinate = transfer_coordinates(transfer, positions)
    return pd.DataFrame(
        {
            "frame": trajectory["frame"].to_numpy(),
            "time": trajectory["time"].to_numpy(),
            "coordinate": coordinate,
            "transferring": _transferring(coordinate),
        },
        columns=PROTON_TRANSFER.column_names,
    )


def transfer_coordinates(transfer: Sequence[int], positions: np.ndarray) -> np.ndarray:
    """Return the distance of a proton from the first atom less that from the second.

    Args:
        transfer: the first atom, the proton and the second atom.
        positions: shape (geometries, atoms, 3), in bohr.

    Returns:
        Shape (geometries,), in bohr.
    """
    donor, proton, acceptor = transfer
    lengths = np.linalg.norm(positions[:, [donor, acceptor]] - positions[:, [proton]], axis=2)
    return lengths[:, 0] - lengths[:, 1]


def _transferring(coordinate: np.ndarray) -> np.ndarray:
    """Flags of the frames between one side and the other."""
    flags = np.zeros(len(coordinate), dtype=bool)
    settled = np.flatnonzero(np.abs(coordinate) >= HALFWAY)
    for before, after in pairwise(settled):
        if coordinate[before] * coordinate[after] < 0:
            between = slice(before + 1, after) if after > before + 1 else slice(before, after + 1)
            flags[between] = True
    return flags


def expect_transfer(molecule: Molecule, transfer: Sequence[int]) -> tuple[int, int, int]:
    """Return the atoms of a transfer, having checked that they can be.

    Raises:
        InputError: they are not three atoms of the molecule, the middle one hydrogen.
    """
    atoms = range(len(molecule.symbols))
    right = len(set(transfer)) == 3 and set(transfer) <= set(atoms)
    if not right or molecule.symbols[transfer[1]] != "H":
        raise InputError(
            f"The transfer of a proton in {molecule.name} is {list(transfer)}; it must be three"
            f" different atoms of 0 to {atoms[-1]}, the second of them hydrogen."
        )
    donor, proton, acceptor = transfer
    return donor, proton, acceptor
