"""Molecular dynamics by any source of forces: one run, or many that move together.

A replica is one run of a molecule with a start, a temperature and random numbers of its own.
Replicas are to ASE one set of atoms, which its integrators move; the forces of all are asked for at
once. One that breaks ends alone, with a sentence that says why, and the others go on.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from ase import Atoms, units
from ase.md.langevin import Langevin
from ase.md.verlet import VelocityVerlet

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import moving_atoms
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.moving_forces import Forces
from hkmaps.molecules.replicas import ExplosionError, ReplicaForces, ReplicaStreams
from hkmaps.molecules.results import DYNAMICS_ENDS
from hkmaps.molecules.stability_test import StabilityTest
from hkmaps.tensor_files import read_tensors, reading, write_tensors

CHECKPOINT = "saved checkpoint of dynamics"
"""What a checkpoint is called in messages."""

SECONDS_PER_CHECKPOINT = 60.0
"""Least wall time between two checkpoints."""

LARGEST_SHARE = 0.02
"""Part of the wall time that writing checkpoints may take."""

SECONDS_PER_MESSAGE = 60.0
"""Largest wall time between two lines about progress."""

KEPT = ("time", "positions", "velocities", "potential_energy", "kinetic_energy")
"""Columns of the frames of dynamics beside their numbers."""


@dataclass(frozen=True, eq=False)
class Start:
    """Where a replica starts.

    Attributes:
        positions: shape (atoms, 3), in bohr.
        velocities: shape (atoms, 3), in bohr Ha/hbar.
        temperature: of the thermostat, in K; None where there is none.
        stream: random numbers of the thermostat; None for Newton's equations of motion.
    """

    positions: np.ndarray
    velocities: np.ndarray
    temperature: float | None = None
    stream: np.random.Generator | None = None


@dataclass(frozen=True, eq=False)
class Dynamics:
    """What a run of dynamics left behind, whether or not it made all steps that were asked for.

    That a molecule falls apart, that a map is asked for what it does not know and that a
    calculation does not converge are results: they end dynamics, not a study.

    Attributes:
        frames: one row per frame: `frame` from 0, `time` since the start in hbar/Ha, `positions`
            around the centre of mass in bohr and `velocities` in bohr Ha/hbar, atom by atom,
            `potential_energy` and `kinetic_energy` in Ha.
        steps: time steps that were made.
        steps_asked: time steps that were asked for.
        time_step: in hbar/Ha.
        temperature: that of the run's start, in K; None where there is none.
        equilibration: time from the start to the first frame of a completed run, in hbar/Ha.
        reason: a sentence that says why it ended early; None where it is complete.
    """

    frames: pd.DataFrame
    steps: int
    steps_asked: int
    time_step: float
    temperature: float | None = None
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
            "temperature": self.temperature,
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


@dataclass
class Checkpoint:
    """A file from which dynamics that was killed goes on.

    Attributes:
        path: the file; that of another run is replaced.
        seconds: least wall time between two writings, which take at most 2 % of it; with 0 it is
            written after every step.
    """

    path: str | Path
    seconds: float = SECONDS_PER_CHECKPOINT
    _due: float = field(default=0.0, init=False)

    def is_due(self) -> bool:
        """Whether it is time to write."""
        return self.seconds == 0 or time.monotonic() >= self._due

    def begin(self) -> None:
        """Count the time to the first writing from now."""
        self._due = time.monotonic() + self.seconds

    def written(self, start: float) -> None:
        """Count the time to the next writing from the end of one that began at `start`."""
        end = time.monotonic()
        self._due = end + max(self.seconds, (end - start) / LARGEST_SHARE)


def move(
    molecule: Molecule,
    forces: Forces,
    starts: Sequence[Start],
    time_step: float,
    steps: int,
    frames: range,
    title: str,
    friction: float = 0.0,
    stability: StabilityTest | None = None,
    settle: Callable[[int, Atoms], None] | None = None,
    checkpoint: Checkpoint | None = None,
    remark: Callable[[], str] = lambda: "",
    progress: Callable[[str], None] = lambda message: None,
) -> list[Dynamics]:
    """Move replicas of a molecule by Newton's equations, or with ASE's Langevin thermostat.

    The same arguments give the same bits. So does a run that was killed and goes on from its
    checkpoint, which holds all that the next step needs, the frames so far among it. The random
    numbers of a replica do not depend on the others, nor does anything but rounding in how the
    forces of several are calculated at once.

    A replica ends where the calculation of its forces fails, two atoms coincide, a bond breaks (see
    `stability`), or a frame is no geometry of the molecule (see
    `hkmaps.molecules.geometries.expect_positions`).

    Args:
        molecule: what all replicas are of.
        forces: what moves them.
        starts: one a replica, all of them with a thermostat or none.
        time_step: in hbar/Ha.
        steps: time steps.
        frames: numbers of steps after which there is a frame; 0 is the start.
        title: what moves, for messages, such as "dynamics of H2O".
        friction: of the thermostat, in Ha/hbar.
        stability: what ends a replica after any step.
        settle: called with the number of a step and the atoms of all replicas after each step, and
            with 0 before the first; it may change the motion.
        checkpoint: the file, or None for none.
        remark: called for what is to be said at the end of a line about progress.
        progress: called with a line of text at every tenth of the steps, once a minute, and where
            a replica ends.

    Returns:
        One a replica.

    Raises:
        InputError: a start is no geometry of the molecule, the number of steps or the time step is
            not positive, the checkpoint is damaged, or there are no forces of the first geometry.
    """
    if steps < 1 or not (np.isfinite(time_step) and time_step > 0):
        raise InputError(
            f"Dynamics of {steps} steps of {time_step} hbar/Ha was asked for; both must be"
            " positive."
        )
    if not starts or len({each.stream is None for each in starts}) > 1:
        raise InputError(
            f"The {title} was asked for with {len(starts)} starts; there must be at least one, and"
            " all or none of them with a thermostat."
        )
    run = _Run(molecule, forces, starts, time_step, friction, frames)
    if checkpoint is not None:
        checkpoint.begin()
        if run.resume(checkpoint.path):
            progress(f"{title}: resuming after step {min(run.step, steps)}")
    pace = _Pace(run.step)
    while run.step < steps and run.moving:
        step = run.step + 1
        run.advance(settle)
        run.end(run.faults(stability), title, steps, progress)
        if step in frames:
            run.end(run.keep_frames(), title, steps, progress)
        done = step == steps or not run.moving
        if checkpoint is not None and (checkpoint.is_due() or done):
            start = time.monotonic()
            run.save(checkpoint.path)
            checkpoint.written(start)
        if run.moving and pace.is_due(step, steps):
            progress(f"{title}: {pace.line(step, steps)}{run.drift()}{run.count()}{remark()}")
    return run.results(steps)


class _Run:
    """Replicas on their way."""

    def __init__(
        self,
        molecule: Molecule,
        forces: Forces,
        starts: Sequence[Start],
        time_step: float,
        friction: float,
        frames: range,
    ):
        self.molecule, self.forces, self.starts = molecule, forces, starts
        self.time_step, self.friction = time_step, friction
        self.step = -1
        self.ends: dict[int, tuple[int, str]] = {}
        self.kept: list[dict[str, list]] = [{name: [] for name in KEPT} for _ in starts]
        self._one = Atoms(molecule.symbols, molecule.equilibrium, masses=molecule.masses)
        each = [moving_atoms(molecule, start.positions, start.velocities) for start in starts]
        self.identity = self._fingerprint(each, frames)
        positions = np.concatenate([atoms.positions for atoms in each])
        momenta = np.concatenate([atoms.get_momenta() for atoms in each])
        self._go_on(list(range(len(starts))), positions, momenta)

    def _fingerprint(self, each: Sequence[Atoms], frames: range) -> str:
        """A hash of all that decides what moves how: what a checkpoint is good for."""
        streams = [start.stream and start.stream.bit_generator.state for start in self.starts]
        temperatures = [start.temperature for start in self.starts]
        known = (
            self.forces.identity,
            code_fingerprint(Path(__file__)),
            *(self.molecule.symbols, self.molecule.bonds, self.molecule.bond_factors),
            *(self.time_step, self.friction, temperatures, frames.start, frames.step, streams),
        )
        digest = hashlib.sha256(repr(known).encode())
        for atoms in each:
            for values in (atoms.get_masses(), atoms.positions, atoms.get_momenta()):
                digest.update(values.tobytes())
        for values in self.molecule.stability_bonds:
            digest.update(values.tobytes())
        return digest.hexdigest()[:12]

    def _go_on(
        self,
        moving: list[int],
        positions: np.ndarray,
        momenta: np.ndarray,
        energies: np.ndarray | None = None,
        forces: np.ndarray | None = None,
    ) -> None:
        """Move these replicas from here on."""
        self.moving = moving
        if not moving:
            return
        count, starts = len(moving), [self.starts[replica] for replica in moving]
        masses = np.tile(self.molecule.masses, count)
        self.atoms = Atoms(list(self.molecule.symbols) * count, positions, masses=masses)
        self.atoms.set_momenta(momenta)
        self.calculator = self.atoms.calc = ReplicaForces(self.forces, count)
        if forces is not None:
            self.calculator.go_on(self.atoms, energies, forces)
        if starts[0].stream is None:
            self.integrator = VelocityVerlet(self.atoms, self.time_step * units.AUT)
            return
        temperatures = np.repeat([start.temperature for start in starts], len(masses) // count)
        self.integrator = Langevin(
            self.atoms,
            self.time_step * units.AUT,
            temperature_K=temperatures[:, None],
            friction=self.friction / units.AUT,
            fixcm=False,
            rng=ReplicaStreams([start.stream for start in starts]),
        )

    def advance(self, settle: Callable[[int, Atoms], None] | None) -> None:
        """Make a step, the first of which is to stay."""
        if self.step >= 0:
            self.integrator.step()
        self.step += 1
        if settle is not None:
            settle(self.step, self.atoms)
        self.atoms.get_forces()

    def faults(self, stability: StabilityTest | None) -> dict[int, str]:
        """Return why which of the moving replicas cannot go on, by their place among them."""
        found = self.calculator.failures
        for error in found.values():
            if self.step == 0 and not isinstance(error, ConvergenceError):
                raise error
        faults = {
            row: str(error) if isinstance(error, ExplosionError) else f"cannot go on: {error}"
            for row, error in found.items()
        }
        whole = [row for row in range(len(self.moving)) if row not in faults]
        if stability is None or not whole:
            return faults
        broken = stability.broken(self._positions()[whole] / units.Bohr)
        return faults | {whole[row]: why for row, why in broken.items()}

    def keep_frames(self) -> dict[int, str]:
        """Keep a frame of each moving replica; return which of them are no such molecule."""
        exploded = {}
        if not self.moving:
            return exploded
        momenta = self.atoms.get_momenta().reshape(len(self.moving), -1, 3)
        masses = self.molecule.masses[:, None]
        for row, positions in enumerate(self._positions()):
            one, kept = self._one, self.kept[self.moving[row]]
            one.positions = positions
            one.set_momenta(momenta[row])
            # Atom by atom; a product of matrices rounds as the processor likes.
            centre = (masses * positions).sum(axis=0) / masses.sum()
            centred = (positions - centre) / units.Bohr
            try:
                expect_positions(self.molecule, centred[None])
            except InputError as error:
                exploded[row] = str(ExplosionError(error))
                continue
            kept["time"].append(self.step * self.time_step)
            kept["positions"].append(centred.ravel())
            kept["velocities"].append(one.get_velocities().ravel() * (units.AUT / units.Bohr))
            kept["potential_energy"].append(self.calculator.energies[row] / units.Hartree)
            kept["kinetic_energy"].append(one.get_kinetic_energy() / units.Hartree)
        return exploded

    def end(
        self, faults: Mapping[int, str], title: str, steps: int, progress: Callable[[str], None]
    ) -> None:
        """Let replicas rest, by their place among those that move, each with its reason."""
        if not faults:
            return
        for row in sorted(faults):
            replica = self.moving[row]
            which = f", run {replica}," if len(self.starts) > 1 else ""
            reason = f"The {title}{which} at step {self.step} of {steps} {faults[row]}"
            self.ends[replica] = self.step, reason
            progress(reason)
        going = [row for row in range(len(self.moving)) if row not in faults]
        states = self.atoms.positions, self.atoms.get_momenta(), self.calculator.forces
        each = (values.reshape(len(self.moving), -1, 3)[going] for values in states)
        positions, momenta, forces = (values.reshape(-1, 3) for values in each)
        moving = [self.moving[row] for row in going]
        self._go_on(moving, positions, momenta, self.calculator.energies[going], forces)

    def drift(self) -> str:
        """Return how well energy is conserved, where it is."""
        firsts = [self.kept[replica] for replica in self.moving]
        if self.starts[0].stream is not None or not all(kept["time"] for kept in firsts):
            return ""
        totals = [np.add(kept["potential_energy"], kept["kinetic_energy"]) for kept in firsts]
        drift = max((total[-1] - total[0] for total in totals), key=abs)
        return f", total energy {drift:+.1e} Ha since the start"

    def count(self) -> str:
        """Return how many of several replicas move."""
        replicas = len(self.starts)
        return f", {len(self.moving)} of {replicas} runs move" if replicas > 1 else ""

    def save(self, path: str | Path) -> None:
        """Write what the next step needs, in ASE's units, so that no conversion rounds it."""
        tensors = {
            f"frames.{name}": np.array([value for kept in self.kept for value in kept[name]])
            for name in KEPT
        }
        if self.moving:
            tensors |= {
                "state.positions": self.atoms.positions,
                "state.momenta": self.atoms.get_momenta(),
                "state.forces": self.calculator.forces,
                "state.energies": self.calculator.energies,
            }
            tensors |= {f"of.{name}": values for name, values in self.forces.state().items()}
        streams = [start.stream and start.stream.bit_generator.state for start in self.starts]
        header = {
            "run": self.identity,
            "step": self.step,
            "moving": self.moving,
            "frames": [len(kept["time"]) for kept in self.kept],
            "ends": [[replica, *end] for replica, end in self.ends.items()],
            "streams": json.dumps(streams),
        }
        write_tensors(path, tensors, header)

    def resume(self, path: str | Path) -> bool:
        """Go to where a checkpoint of this run ends, and return whether there is one."""
        if not Path(path).exists():
            return False
        tensors, header = read_tensors(path, CHECKPOINT)
        with reading(path, CHECKPOINT):
            if header["run"] != self.identity:
                return False
            bounds = np.cumsum([0, *header["frames"]])
            for kept, first, last in zip(self.kept, bounds, bounds[1:], strict=False):
                for name in KEPT:
                    kept[name] = list(tensors[f"frames.{name}"][first:last])
            self.ends = {replica: (step, reason) for replica, step, reason in header["ends"]}
            for start, state in zip(self.starts, json.loads(header["streams"]), strict=True):
                if start.stream is not None:
                    start.stream.bit_generator.state = state
            self.step, moving = header["step"], header["moving"]
            # One that rests has no state.
            names = ("positions", "momenta", "energies", "forces") if moving else ()
            states = [tensors[f"state.{name}"] for name in names] if moving else [None, None]
            self._go_on(moving, *states)
            if moving:
                prefix = "of."
                mine = {name: each for name, each in tensors.items() if name.startswith(prefix)}
                self.forces.resume({name.removeprefix(prefix): v for name, v in mine.items()})
        return True

    def results(self, steps: int) -> list[Dynamics]:
        """Return how far each replica came; a checkpoint may have come farther than asked for."""
        found = []
        for replica, (start, kept) in enumerate(zip(self.starts, self.kept, strict=True)):
            step, reason = self.ends.get(replica, (steps + 1, None))
            if step > steps:
                step, reason = steps + 1, None
            frames = pd.DataFrame(kept, columns=KEPT)
            frames = frames[frames["time"] <= (steps + 0.5) * self.time_step]
            frames.insert(0, "frame", np.arange(len(frames)))
            made = max(0, step - 1)
            found.append(
                Dynamics(frames, made, steps, self.time_step, start.temperature, reason=reason)
            )
        return found

    def _positions(self) -> np.ndarray:
        return self.atoms.positions.reshape(len(self.moving), -1, 3)


class _Pace:
    """When to say how far dynamics is, and what."""

    def __init__(self, step: int):
        self.first, self.start = max(0, step), time.monotonic()
        self.said = self.start

    def is_due(self, step: int, steps: int) -> bool:
        now = time.monotonic()
        whole = step > 0 and (step % max(1, steps // 10) == 0 or step == steps)
        if not whole and now - self.said < SECONDS_PER_MESSAGE:
            return False
        self.said = now
        return True

    def line(self, step: int, steps: int) -> str:
        """Return how far dynamics is, how fast, and how long it will take."""
        rate = (step - self.first) / max(time.monotonic() - self.start, 1e-9)
        left = timedelta(seconds=round((steps - step) / rate)) if rate else "unknown time"
        return f"{step}/{steps} steps, {rate:.3g} steps/s, {left} left"
