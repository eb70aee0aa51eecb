"""Molecular dynamics of a molecule by GFN2-xTB, which needs nothing but a structure."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from ase import Atoms, units
from ase.md.langevin import Langevin

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import (
    moving_atoms,
    snapshot,
    thermal_velocities,
    trajectory_table,
)
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.relaxation import relaxed_positions
from hkmaps.molecules.xtb import GFN2, calculating, one_thread, xtb_calculator
from hkmaps.seeds import random_stream

STEPS_PER_ROUNDING = 100
"""Largest number of time steps between two roundings of the motion, for the reason that
`hkmaps.molecules.classical_dynamics` gives."""

POSITIONS_PER_ANGSTROM = 2**15
"""Grid of positions: its spacing is 1/2000 of a thermal bond vibration. Powers of two are exact."""

VELOCITIES_PER_ASE_UNIT = 2**16
"""Grid of velocities, in ASE's unit of 98 Angstrom/ps: 1/2000 of those at room temperature."""


def xtb_trajectory(
    molecule: Molecule,
    protocol: DynamicsProtocol,
    name: str,
    seed: int,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Move a molecule by the forces of GFN2-xTB, by ASE's Langevin dynamics in vacuum.

    It starts at the minimum beside the reference geometry with random velocities. The same
    arguments give the same trajectory, bit for bit, and a longer one begins with the shorter. With
    a thermostat its motion is rounded to a grid, so that other processors give the same, too.

    Args:
        molecule: a neutral molecule without unpaired electrons.
        protocol: temperature and times.
        name: the trajectory's name; trajectories of different names are independent.
        seed: the study's seed.
        progress: called with a line of text at every tenth of the trajectory.

    Returns:
        pandas.DataFrame with the columns of `TRAJECTORY`.

    Raises:
        InputError: tblite is not installed or does not take the molecule.
        ConvergenceError: the molecule exploded or became another one, or a calculation failed.
    """
    stream = random_stream(seed, "molecules", molecule.name, "xtb dynamics", name)
    start = relaxed_positions(molecule, xtb_calculator(molecule))
    velocities = thermal_velocities(molecule, protocol.temperature, stream)
    atoms = moving_atoms(molecule, start, velocities)
    atoms.calc = xtb_calculator(molecule)
    dynamics = Langevin(
        atoms,
        protocol.time_step * units.AUT,
        temperature_K=protocol.temperature,
        friction=protocol.friction / units.AUT,
        fixcm=False,
        rng=stream,
    )
    first, every = protocol.warm_up_steps, protocol.steps_per_snapshot
    steps = first + protocol.snapshots * every
    title, snapshots, unrounded = f"{molecule.name} {name} by {GFN2}", [], 0
    _round(atoms, protocol)
    with one_thread():
        for step in range(1, steps + 1):
            where = f"{title} after {step} of {steps} steps"
            # Equilibration is looked at as well, so that an explosion ends it early.
            looked_at = (step - first) % every == 0
            with calculating(f"The dynamics of {where}"):
                dynamics.run(1)
                unrounded += 1
                if looked_at or unrounded == STEPS_PER_ROUNDING:
                    _round(atoms, protocol)
                    unrounded = 0
                row = snapshot(molecule, atoms, where) if looked_at else None
            if looked_at and step > first:
                snapshots.append(row)
            if step % max(1, steps // 10) == 0:
                progress(where)
    times = protocol.time_step * every * np.arange(1, len(snapshots) + 1)
    return trajectory_table(snapshots, times)


def _round(atoms: Atoms, protocol: DynamicsProtocol) -> None:
    """Erase the last bits, lest processors grow apart; without friction energy is conserved."""
    if protocol.friction > 0:
        atoms.positions = _on_grid(atoms.positions, POSITIONS_PER_ANGSTROM)
        atoms.set_velocities(_on_grid(atoms.get_velocities(), VELOCITIES_PER_ASE_UNIT))


def _on_grid(values: np.ndarray, grid: int) -> np.ndarray:
    return np.rint(values * grid) / grid
