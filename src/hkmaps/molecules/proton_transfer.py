"""The proton between malonaldehyde's oxygens: a start that passes it on, and where it is passed."""

from itertools import pairwise

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.molecules.ase_dynamics import thermal_velocities, without_rigid_motion
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import PROTON_TRANSFER
from hkmaps.molecules.systems import ANGSTROM, Molecule
from hkmaps.seeds import random_stream
from hkmaps.tables import stack
from hkmaps.units import ELECTRON_MASS_PER_ATOMIC_MASS, KCAL_PER_MOL_PER_HARTREE

TRANSFERS = {"malonaldehyde": (0, 5, 4)}
"""Molecule -> the atoms that a proton goes from, the proton, and what it goes to."""

DISPLACEMENT = 0.25 * ANGSTROM
"""How far the proton starts from the middle, in bohr: at the bond length of an O-H group."""

PROTON_ENERGY = 5.0 / KCAL_PER_MOL_PER_HARTREE
"""Kinetic energy of the proton along its way, in Ha: more than the barrier at any phase of the
skeleton's vibration at 300 K, and in the range of one quantum of the O-H stretch."""

HALFWAY = 0.3 * ANGSTROM
"""Transfer coordinate in bohr below which a proton belongs to neither atom: half of what it has in
the minima."""


def proton_transfer_start(
    molecule: Molecule, temperature: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return a start of dynamics from which the proton passes from one atom to the other at once.

    The molecule is in its reference geometry, that of the transfer, but for the proton, which is
    0.25 Angstrom nearer to the first oxygen. All atoms have thermal velocities without
    translation and rotation, but for the proton's along the line from the first oxygen to the
    second: there it has 5 kcal/mol towards the second.

    Args:
        molecule: one of `TRANSFERS`.
        temperature: of the other velocities, in K.
        seed: the study's seed.

    Returns:
        Positions in bohr and velocities in bohr Ha/hbar, each of shape (atoms, 3).

    Raises:
        InputError: the molecule has no proton to pass on.
    """
    donor, proton, acceptor = _transfer(molecule)
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


def proton_transfer_table(molecule: Molecule, trajectory: pd.DataFrame) -> pd.DataFrame:
    """Return where the proton is in each frame of a trajectory.

    The coordinate is the distance from the first atom less that from the second. The proton is
    transferring in a series of frames in which it belongs to neither, |coordinate| < 0.3 Angstrom,
    if it belonged to one before and to the other after; where it returns, it is not. Where it
    passes the middle from one frame to the next, both are counted.

    Args:
        molecule: one of `TRANSFERS`.
        trajectory: rows of `TRAJECTORY`.

    Returns:
        pandas.DataFrame with the columns of `PROTON_TRANSFER`.

    Raises:
        InputError: the molecule has no proton to pass on, or the trajectory is of another.
    """
    donor, proton, acceptor = _transfer(molecule)
    if trajectory.empty:
        return PROTON_TRANSFER.empty()
    positions = expect_positions(molecule, stack(trajectory["positions"]))
    lengths = np.linalg.norm(positions[:, [donor, acceptor]] - positions[:, [proton]], axis=2)
    coordinate = lengths[:, 0] - lengths[:, 1]
    return pd.DataFrame(
        {
            "frame": trajectory["frame"].to_numpy(),
            "time": trajectory["time"].to_numpy(),
            "coordinate": coordinate,
            "transferring": _transferring(coordinate),
        },
        columns=PROTON_TRANSFER.column_names,
    )


def _transferring(coordinate: np.ndarray) -> np.ndarray:
    """Flags of the frames between one side and the other."""
    flags = np.zeros(len(coordinate), dtype=bool)
    settled = np.flatnonzero(np.abs(coordinate) >= HALFWAY)
    for before, after in pairwise(settled):
        if coordinate[before] * coordinate[after] < 0:
            between = slice(before + 1, after) if after > before + 1 else slice(before, after + 1)
            flags[between] = True
    return flags


def _transfer(molecule: Molecule) -> tuple[int, int, int]:
    if molecule.name not in TRANSFERS:
        raise InputError(
            f"{molecule.name} has no proton to pass on; there is one in {', '.join(TRANSFERS)}."
        )
    return TRANSFERS[molecule.name]
