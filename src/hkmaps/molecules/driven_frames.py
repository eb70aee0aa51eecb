"""Frames of dynamics by a map that the reference calculates: tests, and rounds of learning."""

import numpy as np
import pandas as pd
from scipy import constants
from scipy.stats import chi2

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import geometry_table
from hkmaps.tables import stack
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

HARTREE_PER_KELVIN = constants.physical_constants["kelvin-hartree relationship"][0]
"""Boltzmann's constant."""

PICOSECOND = 1000 / FEMTOSECOND_PER_ATOMIC_TIME

LEAST_PROBABILITY = 1e-4
"""Probability of a larger energy below which one is not the thermostat's."""


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


def thermal_frames(molecule: Molecule, frames: pd.DataFrame, lowest: float) -> pd.DataFrame:
    """Return the frames of each run until its energy is one that its thermostat does not give.

    In a hole of the learned surface a molecule falls, and is hot and far from all that it should
    be, often long before a bond breaks. What lies there is no part of the surface that dynamics
    needs, and energies of some hundred kcal/mol among those to learn from make the map worse
    everywhere.

    The potential energy of harmonic vibrations and the kinetic energy of all motion are, over
    kT / 2, distributed as chi-squared with as many degrees of freedom as both have. Frames are
    taken before the first whose sum of both is exceeded less often than `LEAST_PROBABILITY`.

    Args:
        molecule: what moved.
        frames: rows of `MAP_FRAMES`, run by run.
        lowest: energy of the minimum, in Ha.
    """
    energy = frames["potential_energy"] - lowest + frames["kinetic_energy"]
    freedom = molecule.frame.axes.shape[1] + 3 * len(molecule.symbols)
    exceeded = chi2.sf(2 * energy / (HARTREE_PER_KELVIN * frames["temperature"]), freedom)
    hot = pd.Series(exceeded < LEAST_PROBABILITY, index=frames.index)
    return frames[~hot.groupby(frames["run"]).cummax()]


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
