"""Frames of dynamics by a map that the reference calculates: tests, and rounds of learning."""

import numpy as np
import pandas as pd

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import geometry_table
from hkmaps.tables import stack
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

PICOSECOND = 1000 / FEMTOSECOND_PER_ATOMIC_TIME


def spread_frames(frames: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return frames evenly spread over all runs, one that lasted longer having more of them.

    Args:
        frames: rows of `MAP_FRAMES`, run by run; the starts, frames 0, are not among what is
            returned.
        count: how many; all of them where there are fewer.
    """
    moved = frames[frames["frame"] > 0]
    places = np.linspace(0, len(moved) - 1, min(count, len(moved))).round().astype(int)
    return moved.iloc[places]


def frames_of_longest_run(
    frames: pd.DataFrame, ends: pd.DataFrame, length: float, count: int
) -> pd.DataFrame:
    """Return frames, evenly spread, of the end of the run that lasted longest.

    Args:
        frames: rows of `MAP_FRAMES`.
        ends: rows of `DYNAMICS_ENDS` of the same runs.
        length: time before its end that they are of, in ps.
        count: how many; all of them where there are fewer.
    """
    longest = int(ends["run"].to_numpy()[ends["time"].to_numpy().argmax()])
    own = frames[frames["run"] == longest]
    # The first frame of a trajectory is one interval after its beginning.
    own = own[own["time"] > own["time"].max() - length * PICOSECOND * (1 - 1e-9)]
    return spread_frames(own, count)


def frame_geometries(
    molecule: Molecule, frames: pd.DataFrame, dynamics: str, first: int = 0
) -> pd.DataFrame:
    """Return frames, aligned, as rows of `GEOMETRIES`.

    Args:
        molecule: what moved.
        frames: rows of `MAP_FRAMES`; there may be none.
        dynamics: name of the dynamics; with the number of the run it is that of the trajectory.
        first: number of the first geometry.
    """
    if frames.empty:
        return geometry_table(molecule, np.empty((0, len(molecule.symbols), 3)))
    positions = molecule.frame.align(frame_positions(molecule, frames)).positions
    names = [f"{dynamics}, run {run}" for run in frames["run"]]
    origin = pd.DataFrame({"trajectory": names, "frame": frames["frame"].to_numpy()})
    table = geometry_table(molecule, positions, origin)
    return table.assign(geometry=table["geometry"] + first)


def frame_positions(molecule: Molecule, frames: pd.DataFrame) -> np.ndarray:
    """Return the positions of frames of any dynamics, shape (frames, atoms, 3), in bohr."""
    return stack(frames["positions"]).reshape(len(frames), len(molecule.symbols), 3)
