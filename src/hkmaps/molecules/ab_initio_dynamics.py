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
        progress: called with a line of text at every tenth of the steps and once a minute.

    Returns:
        The dynamics, a frame at the start and after every step; none where the calculation of the
        start does not converge.

    Raises:
        InputError: positions or velocities are not the molecule's, the number of steps or the time
            step is not positive, or the checkpoint is damaged.
    """
    forces = EngineForces(engine, molecule)
    (dynamics,) = move(
        molecule,
        forces,
        [Start(positions, velocities)],
        time_step,
        steps,
        range(steps + 1),
        f"ab-initio dynamics of {molecule.name}",
        checkpoint=None if checkpoint is None else Checkpoint(checkpoint, seconds=0),
        remark=lambda: f", {forces.calculator.iterations} SCF iterations",
        progress=progress,
    )
    return replace(dynamics, frames=dynamics.frames[TRAJECTORY.column_names])


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
