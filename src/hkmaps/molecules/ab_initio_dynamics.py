"""Molecular dynamics by the forces of reference calculations, which can be taken up at any step."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from hkmaps.fingerprints import code_fingerprint
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.dynamics import Checkpoint, Dynamics, Start, move
from hkmaps.molecules.engines import ReferenceEngine
from hkmaps.molecules.moving_forces import CalculatorForces
from hkmaps.molecules.reference_calculator import ReferenceCalculator
from hkmaps.molecules.results import TRAJECTORY

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
    *,
    frames: range | None = None,
    temperature: float | None = None,
    friction: float = 0.0,
    stream: np.random.Generator | None = None,
) -> Dynamics:
    """Move a molecule with reference forces, by Newton's equations or with a thermostat.

    Without a thermostat it is ASE's velocity Verlet, with one ASE's Langevin dynamics.

    A calculation that does not converge, and a molecule that falls apart, end the dynamics there.

    After every step all that the next one needs is written to the checkpoint, the engine's own
    restart included; a run that was killed goes on from there and gives the same bits as an
    undisturbed one. A finished run's checkpoint can be lengthened by more steps.

    Args:
        engine: what calculates the forces.
        molecule: what the geometries are of.
        positions: first frame, shape (atoms, 3), in bohr.
        velocities: of the first frame, shape (atoms, 3), in bohr Ha/hbar.
        steps: number of time steps.
        time_step: in hbar/Ha.
        checkpoint: the file, or None for none; that of another run is replaced.
        progress: called with a line of text at every tenth of the steps and once a minute.
        frames: numbers of steps after which there is a frame, 0 for the start; by default all.
        temperature: of the thermostat, in K.
        friction: of the thermostat, in Ha/hbar.
        stream: random numbers of the thermostat; None for Newton's equations.

    Returns:
        The dynamics; without a frame where the calculation of the start does not converge.

    Raises:
        InputError: positions or velocities are not the molecule's, the number of steps or the time
            step is not positive, or the checkpoint is damaged.
    """
    forces = EngineForces(engine, molecule)
    frames = range(steps + 1) if frames is None else frames
    (dynamics,) = move(
        molecule,
        forces,
        [Start(positions, velocities, temperature, stream)],
        time_step,
        steps,
        frames,
        f"ab-initio dynamics of {molecule.name}",
        friction,
        checkpoint=None if checkpoint is None else Checkpoint(checkpoint, seconds=0),
        remark=lambda: f", {forces.calculator.iterations} SCF iterations",
        progress=progress,
    )
    return replace(
        dynamics,
        frames=dynamics.frames[TRAJECTORY.column_names],
        equilibration=frames.start * time_step,
    )


class EngineForces(CalculatorForces):
    """Forces by reference calculations, each of which starts from the one before.

    Args:
        engine: what calculates.
        molecule: what it is to calculate.
    """

    def __init__(self, engine: ReferenceEngine, molecule: Molecule):
        super().__init__(ReferenceCalculator(engine), molecule)
        self.identity = f"{engine.description} {code_fingerprint(Path(__file__))}"

    def state(self) -> dict[str, np.ndarray]:
        """Return the `restart` of the last calculation."""
        restart = self.calculator.last
        if not isinstance(restart, Mapping):
            restart = {} if restart is None else {WHOLE_RESTART: restart}
        return {
            name: np.frombuffer(part, dtype=np.uint8)
            if isinstance(part, bytes)
            else np.asarray(part)
            for name, part in restart.items()
        }

    def resume(self, state: Mapping[str, np.ndarray]) -> None:
        """Start the next calculation from what `state` returned."""
        restart = {
            name: values.tobytes() if values.dtype == np.uint8 else values
            for name, values in state.items()
        }
        self.calculator.last = restart.get(WHOLE_RESTART, restart or None)
