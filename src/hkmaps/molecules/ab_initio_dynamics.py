"""Molecular dynamics by the forces of reference calculations, which can be taken up at any step."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms, units
from ase.md.verlet import VelocityVerlet

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import Dynamics, moving_atoms, snapshot, trajectory_table
from hkmaps.molecules.engines import ReferenceEngine, SelfConsistencyError
from hkmaps.molecules.reference_calculator import ReferenceCalculator
from hkmaps.tensor_files import read_tensors, reading, write_tensors

STEPS_PER_MESSAGE = 10
CHECKPOINT = "saved checkpoint of dynamics"
"""What a checkpoint is called in messages."""

WHOLE_RESTART = "whole"
"""Name in a checkpoint of a `restart` that is one array; others are of a mapping's parts."""


def ab_initio_trajectory(
    engine: ReferenceEngine,
    molecule: Molecule,
    positions: np.ndarray,
    velocities: np.ndarray,
    steps: int,
    time_step: float,
    checkpoint: str | Path | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> Dynamics:
    """Move a molecule by Newton's equations with reference forces, by ASE's velocity Verlet.

    A calculation that does not converge, and a molecule that falls apart, end the dynamics there.

    After every step all that the next one needs is written to the checkpoint, the engine's own
    restart included; a run that was killed goes on from there and gives the same bits as an
    undisturbed one. A finished run's checkpoint can be lengthened by more steps.

    Args:
        engine: what calculates the forces.
        molecule: what the geometries are of.
        positions: first frame, shape (atoms, 3), in bohr.
        velocities: of the first frame, shape (atoms, 3), in bohr Ha/hbar.
        steps: number of time steps; there is one frame more.
        time_step: in hbar/Ha.
        checkpoint: the file, or None for none; that of another run is replaced.
        progress: called with a line of text after every few steps.

    Returns:
        The dynamics, a frame at the start and after every step; none where the calculation of the
        start does not converge.

    Raises:
        InputError: positions or velocities are not the molecule's, the number of steps or the time
            step is not positive, or the checkpoint is damaged.
    """
    if steps < 1 or not (np.isfinite(time_step) and time_step > 0):
        raise InputError(
            f"Dynamics of {steps} steps of {time_step} hbar/Ha was asked for; both must be"
            " positive."
        )
    atoms = moving_atoms(molecule, positions, velocities)
    calculator = atoms.calc = ReferenceCalculator(engine)
    title = f"ab-initio dynamics of {molecule.name}"
    identity = _fingerprint(engine, atoms, time_step)
    snapshots = _resume(checkpoint, identity, atoms)
    if snapshots:
        progress(f"{title}: resuming after step {len(snapshots) - 1}")
    dynamics = VelocityVerlet(atoms, time_step * units.AUT)
    reason = None
    for step in range(len(snapshots), steps + 1):
        where = f"{molecule.name} at step {step} of {steps}"
        try:
            if step > 0:
                dynamics.run(1)
            snapshots.append(snapshot(molecule, atoms, where))
        except ConvergenceError as error:
            cannot_go_on = isinstance(error, SelfConsistencyError)
            reason = (
                f"The dynamics of {where} cannot go on: {error}" if cannot_go_on else str(error)
            )
            progress(reason)
            break
        if checkpoint is not None:
            _save(checkpoint, identity, atoms, snapshots)
        if step % STEPS_PER_MESSAGE == 0 or step == steps:
            progress(_message(title, step, steps, snapshots, calculator))
    kept = snapshots[: steps + 1]
    frames = trajectory_table(kept, time_step * np.arange(len(kept)))
    return Dynamics(frames, max(0, len(frames) - 1), steps, time_step, reason=reason)


def _message(
    title: str,
    step: int,
    steps: int,
    snapshots: list[dict[str, Any]],
    calculator: ReferenceCalculator,
) -> str:
    totals = [
        row["potential_energy"] + row["kinetic_energy"] for row in (snapshots[0], snapshots[-1])
    ]
    return (
        f"{title}: {step}/{steps} steps, {calculator.iterations} SCF iterations, total energy"
        f" {totals[1]:.6f} Ha, {totals[1] - totals[0]:+.1e} Ha since the start"
    )


def _fingerprint(engine: ReferenceEngine, atoms: Atoms, time_step: float) -> str:
    """A hash of all that decides a trajectory: what a checkpoint is good for."""
    text = f"{engine.description} {atoms.get_chemical_formula()} {time_step!r}"
    digest = hashlib.sha256(f"{text} {code_fingerprint(Path(__file__))}".encode())
    for values in (atoms.numbers, atoms.get_masses(), atoms.positions, atoms.get_velocities()):
        digest.update(values.tobytes())
    return digest.hexdigest()[:12]


def _save(
    checkpoint: str | Path, identity: str, atoms: Atoms, snapshots: list[dict[str, Any]]
) -> None:
    """Write what the next step needs, in ASE's units, so that no conversion rounds it."""
    tensors = {name: np.array([row[name] for row in snapshots]) for name in snapshots[0]} | {
        "state.positions": atoms.positions,
        "state.momenta": atoms.get_momenta(),
        "state.forces": atoms.calc.results["forces"],
        "state.energy": np.array([atoms.calc.results["energy"]]),
    }
    restart = atoms.calc.last
    if not isinstance(restart, Mapping):
        restart = {} if restart is None else {WHOLE_RESTART: restart}
    for name, part in restart.items():
        is_bytes = isinstance(part, bytes)
        values = np.frombuffer(part, dtype=np.uint8) if is_bytes else np.asarray(part)
        tensors[f"restart.{name}"] = values
    write_tensors(checkpoint, tensors, {"run": identity, "snapshots": list(snapshots[0])})


def _resume(checkpoint: str | Path | None, identity: str, atoms: Atoms) -> list[dict[str, Any]]:
    """Bring atoms and calculator to where a checkpoint of this run ends; return its snapshots."""
    if checkpoint is None or not Path(checkpoint).exists():
        return []
    tensors, header = read_tensors(checkpoint, CHECKPOINT)
    with reading(checkpoint, CHECKPOINT):
        if header["run"] != identity:
            return []
        atoms.positions = tensors["state.positions"]
        atoms.set_momenta(tensors["state.momenta"])
        restart = {
            name.removeprefix("restart."): values.tobytes() if values.dtype == np.uint8 else values
            for name, values in tensors.items()
            if name.startswith("restart.")
        }
        energy, forces = tensors["state.energy"][0], tensors["state.forces"]
        atoms.calc.resume(atoms, float(energy), forces, restart.get(WHOLE_RESTART, restart or None))
        columns = [tensors[name] for name in header["snapshots"]]
        return [
            dict(zip(header["snapshots"], row, strict=True)) for row in zip(*columns, strict=True)
        ]
