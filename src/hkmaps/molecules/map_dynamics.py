"""Molecular dynamics on the energy that a map learned (paper B, section 3 and Figure 3b)."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from ase import units
from ase.md.langevin import Langevin

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.ase_dynamics import (
    Dynamics,
    moving_atoms,
    snapshot,
    thermal_velocities,
    trajectory_table,
)
from hkmaps.molecules.calculator import GIVEN, MapCalculator, OutsideDomainWarning
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.seeds import random_stream

ASE_FRICTION = 0.01 * units.AUT
"""Friction 0.01 in the unit of ASE, in Ha/hbar: about 1 in 1 ps.

Paper B prints "0.01 atomic units" and used ASE, whose documentation of that time calls its own unit
so. In Hartree's, 0.01 would stop every motion within 3 fs.
"""

FARTHEST = 2.0
"""Domain distance beyond which a trajectory has left what its map knows."""


def map_trajectory(
    molecule_map: MoleculeMap,
    molecule: Molecule,
    protocol: DynamicsProtocol,
    name: str,
    seed: int,
    positions: np.ndarray | None = None,
    velocities: np.ndarray | None = None,
    farthest: float = FARTHEST,
    progress: Callable[[str], None] = lambda message: None,
) -> Dynamics:
    """Move a molecule by the analytic forces of a map, with ASE's Langevin thermostat.

    The same arguments give the same trajectory, bit for bit. A map knows neither place nor
    orientation, so the molecule drifts and turns as it likes; snapshots are around their centre of
    mass. Paper B moves malonaldehyde for 4 ps at 300 K by steps of 0.5 fs and shows the last 1 ps:
    an equilibration of 3 ps and a length of 1 ps.

    Dynamics that leaves the domain of its map, or breaks the molecule, ends there.

    Args:
        molecule_map: the trained map.
        molecule: what the map is of.
        protocol: temperature, times and friction.
        name: the trajectory's name; trajectories of different names are independent.
        seed: the study's seed.
        positions: where it starts, shape (atoms, 3), in bohr; by default at the training geometry
            of the lowest energy.
        velocities: likewise, in bohr Ha/hbar; by default drawn at the protocol's temperature.
        farthest: domain distance (see `MoleculeMap.domain_distance`) at which it has left the
            domain. Some of the training geometries are beyond 1 of the others, so it is more.
        progress: called with a line of text at every tenth of the trajectory, and where it ends
            early.

    Returns:
        The dynamics, its first frame one interval after equilibration. One that ended early has
        the frames of equilibration as well, at times up to 0, the start first.

    Raises:
        InputError: map, molecule, positions and velocities do not go together.
    """
    if molecule.symbols != molecule_map.symbols or farthest < 1:
        raise InputError(
            f"A map of {molecule_map.name} was to move {molecule.name} as far as {farthest} times"
            " its domain; the molecule must be that of the map and the limit at least 1."
        )
    stream = random_stream(seed, "molecules", molecule.name, "map dynamics", name)
    if positions is None:
        energies = molecule_map.energies(molecule_map.training_positions)
        positions = molecule_map.training_positions[energies.argmin()]
    if velocities is None:
        velocities = thermal_velocities(molecule, protocol.temperature, stream)
    atoms = moving_atoms(molecule, positions, velocities)
    # The atoms are the map's own, and the energy is to be what its errors were measured of.
    atoms.calc = MapCalculator(molecule_map, numbering=GIVEN)
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
    title, outside, reason = f"{molecule.name} {name} by {molecule_map.method}", 0, None
    made, snapshots = 0, {-first: snapshot(molecule, atoms, f"{title} at the start")}
    for step in range(1, steps + 1):
        where = f"{title} after {step} of {steps} steps"
        try:
            outside += _advance(dynamics, atoms.calc, farthest, where)
            if (step - first) % every == 0:
                snapshots[step - first] = snapshot(molecule, atoms, where)
        except ConvergenceError as error:
            reason = str(error)
            progress(reason)
            break
        made = step
        if step % max(1, steps // 10) == 0:
            progress(f"{where}, {outside} of them outside the domain of training")
    else:
        snapshots = {after: row for after, row in snapshots.items() if after > 0}
    times = protocol.time_step * np.array([*snapshots])
    frames = trajectory_table(list(snapshots.values()), times)
    equilibration = first * protocol.time_step
    return Dynamics(frames, made, steps, protocol.time_step, equilibration, reason)


def spread_frames(frames: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return frames of a trajectory evenly spread over it, the last one among them.

    Args:
        frames: rows of `TRAJECTORY`.
        count: how many; all of them where there are fewer.
    """
    every = max(1, len(frames) // count)
    return frames[::-1][::every][:count][::-1]


def _advance(dynamics: Langevin, calculator: MapCalculator, farthest: float, where: str) -> bool:
    """Make one step and return whether it ends outside the domain, not too far."""
    try:
        # The calculator's warnings are for users who do not look at each step, as is done here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OutsideDomainWarning)
            dynamics.run(1)
    except InputError as error:
        raise ConvergenceError(
            f"The dynamics of {where} exploded; the time step is too long or the map is wrong"
            f" where it went ({str(error).rstrip('.')})."
        ) from error
    distance = calculator.extras["domain_distance"]
    if distance > farthest:
        raise ConvergenceError(
            f"The dynamics of {where} left the domain of its map: it is {distance:.3g} times as"
            f" far from the training geometries as the domain reaches, and {farthest:g} is allowed;"
            " more training points or a lower temperature would help."
        )
    return distance > 1
