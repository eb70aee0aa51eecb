"""Molecular dynamics of a molecule by its force field."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openmm
import pandas as pd

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.dynamics_protocol import PICOSECOND_PER_ATOMIC_TIME, DynamicsProtocol
from hkmaps.molecules.force_field import ForceField
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.seeds import stream_seed
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME, KILOJOULE_PER_MOL_PER_HARTREE

STEPS_PER_ROUNDING = 100
"""Largest number of time steps between two roundings of the motion.

Motion is chaotic: where the mathematical library of one processor rounds a last bit otherwise, the
trajectory is another one a picosecond later. In 100 steps such a difference grows to 1e-14 nm and
1e-11 nm/ps at most, and a grid erases it, unless a boundary between two of its values lies in it.
"""

POSITIONS_PER_NANOMETRE = 2**18
"""Grid of positions: its spacing is 1/2000 of a thermal bond vibration. Powers of two are exact."""

VELOCITIES_PER_NANOMETRE_PER_PICOSECOND = 2**12
"""Grid of velocities: its spacing is 1/2000 of those of atoms at room temperature."""

ENERGIES_PER_HARTREE = 2**24
"""Grid of the energies of snapshots, which do not act back on the motion."""

_MOTION, _ROUNDING = 0, 1


def classical_trajectory(
    molecule: Molecule,
    force_field: str | Path,
    protocol: DynamicsProtocol,
    name: str,
    seed: int,
    tautomer: int = 0,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Move a molecule by its force field, in vacuum and without constraints.

    It starts at the force field's minimum with random velocities. The same arguments give the same
    trajectory, bit for bit, and do so on all processors if there is a thermostat: its motion is
    rounded to a grid, which without friction would not conserve the energy.

    Args:
        molecule: the molecule.
        force_field: file of its parameters, as for `ForceField`.
        protocol: temperature and times.
        name: the trajectory's name; trajectories of different names are independent.
        seed: the study's seed.
        tautomer: number of the tautomer that has the force field's bonds.
        progress: called with a line of text at every tenth of the trajectory.

    Returns:
        pandas.DataFrame with the columns of `TRAJECTORY`.

    Raises:
        InputError: the force field is not of the molecule, or it has no such tautomer.
        ConvergenceError: the trajectory exploded.

    Source:
        Thermostat: Z. Zhang et al., J. Phys. Chem. A 123, 6056 (2019). Without friction:
        leapfrog, the kinetic energy at the time of the positions as in velocity Verlet.
    """
    field = ForceField(molecule, force_field, tautomer)
    stream = (seed, "molecules", molecule.name, "dynamics", name, tautomer)
    context = _moving(field, protocol, stream)
    title = f"{molecule.name} {name}, tautomer {tautomer}"
    done, rows = 0, []
    for steps in _portions(protocol.warm_up_steps, protocol.steps_per_snapshot):
        done += steps
        _advance(context, steps, field, f"{title} after {done} steps", protocol)
    for frame in range(protocol.snapshots):
        done += protocol.steps_per_snapshot
        where = f"{title} after {done} steps"
        snapshot = _advance(context, protocol.steps_per_snapshot, field, where, protocol)
        time = (frame + 1) * protocol.steps_per_snapshot * protocol.time_step
        rows.append({"frame": frame, "time": time} | snapshot)
        if (frame + 1) % max(1, protocol.snapshots // 10) == 0:
            progress(f"{title}: {frame + 1} of {protocol.snapshots} snapshots")
    return pd.DataFrame(rows, columns=TRAJECTORY.column_names)


def _moving(
    force_field: ForceField, protocol: DynamicsProtocol, stream: tuple[Any, ...]
) -> openmm.Context:
    """The molecule at its force field's minimum, with velocities of the temperature."""
    time_step = protocol.time_step * PICOSECOND_PER_ATOMIC_TIME
    if protocol.friction == 0:
        integrator = openmm.VerletIntegrator(time_step)
    else:
        friction = protocol.friction / PICOSECOND_PER_ATOMIC_TIME
        integrator = openmm.CompoundIntegrator()
        for part in (
            openmm.LangevinMiddleIntegrator(protocol.temperature, friction, time_step),
            _rounding(),
        ):
            # They share one generator of random numbers.
            part.setRandomNumberSeed(_openmm_seed(*stream, "thermostat"))
            integrator.addIntegrator(part)
    context = force_field.context(integrator)
    force_field.set_positions(context, force_field.molecule.reference_positions)
    openmm.LocalEnergyMinimizer.minimize(context)
    velocities = _openmm_seed(*stream, "velocities")
    context.setVelocitiesToTemperature(protocol.temperature, velocities)
    _round(context, protocol)
    return context


def _rounding() -> openmm.CustomIntegrator:
    """What takes no time and rounds positions and velocities to their grids."""
    rounding = openmm.CustomIntegrator(0.0)
    for name, grid in (
        ("x", POSITIONS_PER_NANOMETRE),
        ("v", VELOCITIES_PER_NANOMETRE_PER_PICOSECOND),
    ):
        rounding.addComputePerDof(name, f"floor({name} * {grid} + 0.5) / {grid}")
    return rounding


def _round(context: openmm.Context, protocol: DynamicsProtocol) -> None:
    """Erase the last bits, lest processors grow apart; without friction energy is conserved."""
    if protocol.friction > 0:
        integrator = context.getIntegrator()
        integrator.setCurrentIntegrator(_ROUNDING)
        integrator.step(1)
        integrator.setCurrentIntegrator(_MOTION)


def _openmm_seed(*names: str | int) -> int:
    """A seed as OpenMM takes it: 32 bits with a sign, 0 would draw one from the clock."""
    return 1 + stream_seed(*names) % (2**31 - 1)


def _portions(steps: int, size: int) -> Iterator[int]:
    """Parts of at most `size` steps, together `steps`."""
    for start in range(0, steps, size):
        yield min(size, steps - start)


def _advance(
    context: openmm.Context,
    steps: int,
    force_field: ForceField,
    where: str,
    protocol: DynamicsProtocol,
) -> dict[str, Any]:
    """Positions and energies after some steps, having checked that the molecule is still one."""
    try:
        for portion in _portions(steps, STEPS_PER_ROUNDING):
            context.getIntegrator().step(portion)
            _round(context, protocol)
        state = context.getState(positions=True, energy=True)
        positions = force_field.positions(state)
        expect_positions(force_field.molecule, positions[None])
    except (openmm.OpenMMException, InputError) as error:
        raise ConvergenceError(
            f"The dynamics of {where} exploded at {protocol.temperature:g} K with a time step of"
            f" {protocol.time_step * FEMTOSECOND_PER_ATOMIC_TIME:g} fs; the time step is too long,"
            f" or the first geometry is bad ({str(error).rstrip('.')})."
        ) from error
    energies = np.divide(
        [state.getPotentialEnergy()._value, state.getKineticEnergy()._value],
        KILOJOULE_PER_MOL_PER_HARTREE,
    )
    if protocol.friction > 0:
        energies = np.rint(energies * ENERGIES_PER_HARTREE) / ENERGIES_PER_HARTREE
    potential, kinetic = energies
    return {
        "positions": positions.ravel(),
        "potential_energy": potential,
        "kinetic_energy": kinetic,
    }
