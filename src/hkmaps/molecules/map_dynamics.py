"""Molecular dynamics on the energy that a map learned (paper B, section 3 and Figure 3b)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from ase import units
from numpy.typing import ArrayLike

from hkmaps.errors import InputError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.ase_dynamics import thermal_velocities, velocities_at_minimum
from hkmaps.molecules.dynamics import Checkpoint, Start, move
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.moving_forces import Forces
from hkmaps.molecules.results import MAP_FRAMES
from hkmaps.molecules.stability_test import StabilityTest
from hkmaps.seeds import random_stream
from hkmaps.tables import stack


class MapForces(Forces):
    """Forces of many geometries at once by a map, in its own numbering of the atoms.

    Args:
        molecule_map: the trained map.

    Attributes:
        identity: a hash of what the map learned.
    """

    def __init__(self, molecule_map: MoleculeMap):
        self.molecule_map = learned = molecule_map
        arrays = (
            *(learned.frame.positions, learned.frame.masses, learned.frame.labelings),
            *(learned.training_positions, learned.training_densities),
            *(learned.density_dual_coefficients, learned.energy_dual_coefficients),
            learned.energy_gradient_coefficients,
        )
        plain = (
            code_fingerprint(Path(__file__)),
            *(learned.descriptor.settings, learned.energy_map, learned.density_map),
            learned.energy_constant,
        )
        digest = hashlib.sha256(repr(plain).encode())
        for values in arrays:
            digest.update(b"none" if values is None else np.ascontiguousarray(values).tobytes())
        self.identity = digest.hexdigest()

    def __call__(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return energies and forces; see `Forces`."""
        points = self.molecule_map.energies_and_gradients(positions / units.Bohr)
        return points.energies * units.Hartree, -points.gradients * (units.Hartree / units.Bohr)


@dataclass(frozen=True, eq=False)
class MapDynamics:
    """Runs of dynamics by a map.

    Attributes:
        frames: rows of `MAP_FRAMES`, those of a run one after the other.
        ends: rows of `DYNAMICS_ENDS`, one a run.
    """

    frames: pd.DataFrame
    ends: pd.DataFrame


def map_dynamics(
    molecule_map: MoleculeMap,
    molecule: Molecule,
    protocol: DynamicsProtocol,
    temperatures: Sequence[float],
    name: str,
    seed: int,
    starts: ArrayLike | None = None,
    uncertainty_of_frames: bool = True,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> MapDynamics:
    """Move a molecule in several runs by the analytic forces of a map.

    All runs move together, as one batch of geometries. The same arguments give the same bits, also
    where a run was killed and goes on from its checkpoint. What moves together decides rounding,
    and so, after some time, motion: a run alone is another one with the same random numbers.

    A map knows neither place nor orientation, so the molecule drifts and turns as it likes; frames
    are around their centre of mass.

    A run ends where it is not stable (see `hkmaps.molecules.stability_test.StabilityTest`) or a
    frame is no geometry of the molecule. How far it is from what the map has learned ends nothing.

    Args:
        molecule_map: the trained map.
        molecule: what the map is of.
        protocol: times and friction; equilibration counts among the steps, and its end is marked in
            `ends`. With friction 0 the motion is Newton's.
        temperatures: those of the runs, in K, of first velocities and thermostat; they count in
            place of the protocol's.
        name: the dynamics' name; those of different names are independent.
        seed: the study's seed.
        starts: where each run starts, shape (runs, atoms, 3), in bohr; by default all at the
            training geometry of the lowest energy, with the energy of their temperature in their
            velocities. Elsewhere velocities are thermal.
        uncertainty_of_frames: whether the map says how uncertain the energy of each frame is.
        checkpoint: the file, or None for none; that of other dynamics is replaced.
        progress: called with a line of text at every tenth of the steps, once a minute, and where
            a run ends.

    Raises:
        InputError: map, molecule, temperatures and starts do not go together, or the checkpoint is
            damaged.
    """
    if molecule.symbols != molecule_map.symbols:
        raise InputError(
            f"A map of {molecule_map.name} was to move {molecule.name}; the molecule must be that"
            " of the map."
        )
    if not len(temperatures):
        raise InputError(
            f"Dynamics of {molecule.name} was asked for at no temperature; there must be at least"
            " one, that of its run."
        )
    protocols = [replace(protocol, temperature=temperature) for temperature in temperatures]
    at_minimum = starts is None
    if at_minimum:
        energies = molecule_map.energies(molecule_map.training_positions)
        starts = [molecule_map.training_positions[energies.argmin()]] * len(protocols)
    starts = expect_positions(molecule, starts)
    if len(starts) != len(protocols):
        raise InputError(
            f"Dynamics of {molecule.name} at {len(protocols)} temperatures was given {len(starts)}"
            " geometries to start from; there must be one a run."
        )
    forces, streamed = MapForces(molecule_map), protocol.friction > 0
    replicas = []
    for run, (positions, of_run) in enumerate(zip(starts, protocols, strict=True)):
        stream = random_stream(seed, "molecules", molecule.name, "map dynamics", name, run)
        if at_minimum:
            velocities = velocities_at_minimum(molecule, positions, of_run.temperature, stream)
        else:
            velocities = thermal_velocities(molecule, of_run.temperature, stream)
        stream = stream if streamed else None
        replicas.append(Start(positions, velocities, of_run.temperature, stream))
    every = protocol.steps_per_snapshot
    steps = protocol.warm_up_steps + protocol.snapshots * every
    runs = move(
        molecule,
        forces,
        replicas,
        protocol.time_step,
        steps,
        range(0, steps + 1, every),
        f"dynamics of {molecule.name} {name} by {molecule_map.method}",
        protocol.friction,
        StabilityTest(molecule),
        checkpoint=checkpoint,
        progress=progress,
    )
    equilibration = protocol.warm_up_steps * protocol.time_step
    frames = pd.concat(
        [
            dynamics.frames.assign(run=run, temperature=dynamics.temperature)
            for run, dynamics in enumerate(runs)
        ],
        ignore_index=True,
    )
    ends = [
        replace(dynamics, equilibration=equilibration).end(name, run)
        for run, dynamics in enumerate(runs)
    ]
    ends = pd.concat(ends, ignore_index=True)
    if frames.empty:
        return MapDynamics(MAP_FRAMES.empty(), ends)
    aligned = molecule_map.align(stack(frames["positions"]).reshape(len(frames), -1, 3))
    frames["energy_uncertainty"] = np.nan
    if uncertainty_of_frames:
        progress(f"{molecule.name} {name}: uncertainties of {len(frames)} frames")
        frames["energy_uncertainty"] = molecule_map.energy_uncertainties(aligned)
    frames["domain_distance"] = molecule_map.domain_distance(aligned)
    return MapDynamics(frames[MAP_FRAMES.column_names], ends)
