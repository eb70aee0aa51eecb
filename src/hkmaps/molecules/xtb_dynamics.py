"""Molecular dynamics of a molecule by GFN2-xTB, which needs nothing but a structure."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from ase import Atoms

from hkmaps.errors import ConvergenceError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import thermal_velocities
from hkmaps.molecules.dynamics import Checkpoint, Start, move
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.moving_forces import CalculatorForces
from hkmaps.molecules.relaxation import relaxed_positions
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.molecules.xtb import GFN2, one_thread, xtb_calculator
from hkmaps.seeds import random_stream

WAVE_FUNCTION = "wave_function.npz"
"""Name of a file; its end tells tblite the format."""

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
    checkpoint: Checkpoint | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Move a molecule by the forces of GFN2-xTB, by ASE's Langevin dynamics in vacuum.

    It starts at the minimum beside the reference geometry with random velocities. The same
    arguments give the same trajectory, bit for bit, and a longer one begins with the shorter. With
    a thermostat its motion is rounded to a grid, so that other processors give the same, too, and
    so does a run that was killed and goes on from its checkpoint.

    Args:
        molecule: a neutral molecule without unpaired electrons.
        protocol: temperature and times.
        name: the trajectory's name; trajectories of different names are independent.
        seed: the study's seed.
        checkpoint: the file, or None for none; that of another run is replaced.
        progress: called with a line of text at every tenth of the trajectory and once a minute.

    Returns:
        pandas.DataFrame with the columns of `TRAJECTORY`.

    Raises:
        InputError: tblite is not installed or does not take the molecule, or the checkpoint is
            damaged.
        ConvergenceError: the molecule exploded or became another one, or a calculation failed.
    """
    stream = random_stream(seed, "molecules", molecule.name, "xtb dynamics", name)
    start = relaxed_positions(molecule, xtb_calculator(molecule))
    velocities = thermal_velocities(molecule, protocol.temperature, stream)
    first, every = protocol.warm_up_steps, protocol.steps_per_snapshot
    steps, beside = first + protocol.snapshots * every, first % every

    def settle(step: int, atoms: Atoms) -> None:
        since = step if step < beside else (step - beside) % every
        # Without friction energy is conserved, and rounding would heat.
        if since % STEPS_PER_ROUNDING == 0 and protocol.friction > 0:
            _round(atoms)

    with one_thread():
        (dynamics,) = move(
            molecule,
            XtbForces(molecule),
            [Start(start, velocities, protocol.temperature, stream)],
            protocol.time_step,
            steps,
            # Equilibration is looked at as well, so that an explosion ends it early.
            range(beside or every, steps + 1, every),
            f"dynamics of {molecule.name} {name} by {GFN2}",
            protocol.friction,
            settle=settle,
            checkpoint=checkpoint,
            progress=progress,
        )
    if not dynamics.completed:
        raise ConvergenceError(dynamics.reason)
    frames = dynamics.frames[-protocol.snapshots :].reset_index(drop=True)
    numbers = np.arange(len(frames))
    times = protocol.time_step * every * (numbers + 1)
    return frames.assign(frame=numbers, time=times)[TRAJECTORY.column_names]


class XtbForces(CalculatorForces):
    """Forces by GFN2-xTB, whose SCF starts from the wave function of the geometry before.

    Args:
        molecule: what it is to calculate.
    """

    def __init__(self, molecule: Molecule):
        super().__init__(xtb_calculator(molecule), molecule)

    def state(self) -> dict[str, np.ndarray]:
        """Return the wave function of the last calculation, as tblite writes it."""
        from tblite.library import save_wavefunction  # noqa: PLC0415 - an optional extra

        with TemporaryDirectory() as folder:
            path = Path(folder, WAVE_FUNCTION)
            save_wavefunction(self.calculator._res._res, str(path))
            return {"wave_function": np.frombuffer(path.read_bytes(), dtype=np.uint8)}

    def resume(self, state: Mapping[str, np.ndarray]) -> None:
        """Start the next calculation from what `state` returned."""
        from tblite.interface import Result  # noqa: PLC0415 - an optional extra
        from tblite.library import load_wavefunction  # noqa: PLC0415 - likewise

        last = Result()
        with TemporaryDirectory() as folder:
            path = Path(folder, WAVE_FUNCTION)
            path.write_bytes(state["wave_function"].tobytes())
            load_wavefunction(last._res, str(path))
        # Of atoms that it knows, the calculator keeps the wave function.
        self.calculator.atoms = self._atoms.copy()
        self.calculator._res = last


def _round(atoms: Atoms) -> None:
    """Erase the last bits, lest processors grow apart."""
    atoms.positions = _on_grid(atoms.positions, POSITIONS_PER_ANGSTROM)
    atoms.set_velocities(_on_grid(atoms.get_velocities(), VELOCITIES_PER_ASE_UNIT))


def _on_grid(values: np.ndarray, grid: int) -> np.ndarray:
    return np.rint(values * grid) / grid
