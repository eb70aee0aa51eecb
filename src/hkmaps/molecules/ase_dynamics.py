"""What dynamics with ASE shares: the molecule in ASE's units, and snapshots in atomic units."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from ase import Atoms, units

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import DYNAMICS_ENDS, TRAJECTORY


@dataclass(frozen=True, eq=False)
class Dynamics:
    """What dynamics left behind, whether or not it made all steps that were asked for.

    That a molecule falls apart, that a map is asked for what it does not know and that a
    calculation does not converge are results: they end dynamics, not a study.

    Attributes:
        frames: rows of `TRAJECTORY`.
        steps: time steps that were made.
        steps_asked: time steps that were asked for.
        time_step: in hbar/Ha.
        equilibration: time from the start to the first frame of a completed run, in hbar/Ha.
        reason: a sentence that says why it ended early; None where it is complete.
    """

    frames: pd.DataFrame
    steps: int
    steps_asked: int
    time_step: float
    equilibration: float = 0.0
    reason: str | None = None

    @property
    def completed(self) -> bool:
        """Whether all steps were made."""
        return self.reason is None

    def end(self, trajectory: str, run: int = 0) -> pd.DataFrame:
        """Return the row of `DYNAMICS_ENDS` of a run of the dynamics called `trajectory`."""
        row = {
            "trajectory": trajectory,
            "run": run,
            "completed": self.completed,
            "steps": self.steps,
            "steps_asked": self.steps_asked,
            "time": self.steps * self.time_step,
            "time_asked": self.steps_asked * self.time_step,
            "equilibration": self.equilibration,
            "frames": len(self.frames),
            "reason": self.reason,
        }
        return pd.DataFrame([row], columns=DYNAMICS_ENDS.column_names)


def moving_atoms(molecule: Molecule, positions: np.ndarray, velocities: np.ndarray) -> Atoms:
    """Return a molecule in motion, as ASE has it.

    Args:
        molecule: what the geometries are of.
        positions: shape (atoms, 3), in bohr.
        velocities: shape (atoms, 3), in bohr Ha/hbar.

    Raises:
        InputError: the positions are not a geometry of the molecule, or the velocities have
            another shape or are not finite.
    """
    (positions,) = expect_positions(molecule, np.asarray(positions)[None])
    velocities = np.asarray(velocities, dtype=np.float64)
    if velocities.shape != positions.shape or not np.isfinite(velocities).all():
        raise InputError(
            f"The velocities of {molecule.name} have the shape {velocities.shape}; there must be"
            f" three finite numbers for each of its {len(positions)} atoms."
        )
    atoms = Atoms(molecule.symbols, positions * units.Bohr, masses=molecule.masses)
    atoms.set_velocities(velocities * units.Bohr / units.AUT)
    return atoms


def thermal_velocities(
    molecule: Molecule, temperature: float, stream: np.random.Generator
) -> np.ndarray:
    """Draw velocities from the Maxwell-Boltzmann distribution.

    Args:
        molecule: what the geometries are of.
        temperature: in K.
        stream: where random numbers come from.

    Returns:
        Shape (atoms, 3), in bohr Ha/hbar.
    """
    spread = np.sqrt(units.kB * temperature / molecule.masses) * units.AUT / units.Bohr
    return spread[:, None] * stream.standard_normal((len(spread), 3))


def without_rigid_motion(
    molecule: Molecule, positions: np.ndarray, velocities: np.ndarray
) -> np.ndarray:
    """Return velocities less those of the molecule's translation and rotation as a rigid body.

    Args:
        molecule: what the geometries are of.
        positions: shape (atoms, 3), in any unit.
        velocities: shape (atoms, 3).

    Returns:
        Shape (atoms, 3), in the unit of `velocities`: total momentum and angular momentum vanish.
    """
    centred = positions - molecule.masses @ positions / molecule.masses.sum()
    turns = np.cross(np.eye(3)[:, None], centred)
    shifts = np.broadcast_to(np.eye(3)[:, None], turns.shape)
    weights = np.sqrt(molecule.masses)[:, None]
    rigid = (np.concatenate([shifts, turns]) * weights).reshape(6, -1)
    # Least squares: a linear molecule has a turn that moves nothing.
    amounts, *_ = np.linalg.lstsq(rigid.T, (velocities * weights).ravel(), rcond=1e-10)
    return velocities - (amounts @ rigid).reshape(velocities.shape) / weights


def snapshot(molecule: Molecule, atoms: Atoms, title: str) -> dict[str, Any]:
    """Return positions around the centre of mass and energies, as `TRAJECTORY` has them.

    Args:
        molecule: what the geometries are of.
        atoms: the molecule with a calculator.
        title: the dynamics and how far it came, for messages.

    Raises:
        ConvergenceError: the trajectory exploded: this is no such molecule any more.
    """
    positions = (atoms.positions - atoms.get_center_of_mass()) / units.Bohr
    try:
        expect_positions(molecule, positions[None])
    except InputError as error:
        raise ConvergenceError(
            f"The dynamics of {title} exploded; its time step is too long, it began from a bad"
            f" geometry, or its forces are wrong ({str(error).rstrip('.')})."
        ) from error
    return {
        "positions": positions.ravel(),
        "potential_energy": atoms.get_potential_energy() / units.Hartree,
        "kinetic_energy": atoms.get_kinetic_energy() / units.Hartree,
    }


def trajectory_table(snapshots: list[dict[str, Any]], times: np.ndarray) -> pd.DataFrame:
    """Return snapshots, numbered from 0, as rows of `TRAJECTORY`; times in hbar/Ha."""
    frame = pd.DataFrame(snapshots, columns=TRAJECTORY.column_names)
    return frame.assign(frame=np.arange(len(snapshots)), time=times)
