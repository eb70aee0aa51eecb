"""What reference calculations and dynamics of a molecule will take, from a timed first one."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from threadpoolctl import threadpool_limits

from hkmaps.errors import ConvergenceError
from hkmaps.geometry.molecule import Molecule

COUPLED_CLUSTER = "coupled_cluster"
STEPS = 10
"""Steps of dynamics that are timed together."""


def seconds_of_first(calculate: Callable[[], Any]) -> float | None:
    """Return the time of a core, in s, that a calculation takes.

    It is not the time on the clock, which a busy machine lengthens. A calculation that starts from
    nothing takes a little longer than most of a sample, which start from one before.

    Args:
        calculate: does it.

    Returns:
        None where it did not converge.

    Raises:
        InputError: the molecule cannot be calculated: the engine does not know an element, the
            number of electrons is odd, or a package is missing.
    """
    start = _core_seconds()
    with threadpool_limits(1):
        try:
            calculate()
        except ConvergenceError:
            return None
    return _core_seconds() - start


def first_of_engine(
    molecule: Molecule,
    program: str,
    settings: Mapping[str, Any],
    densities: Mapping[str, Any],
    forces: bool = False,
) -> float | None:
    """Return what `seconds_of_first` does of an engine at the structure.

    Args:
        molecule: the molecule.
        program: the engine, `COUPLED_CLUSTER` included.
        settings: its settings.
        densities: `box_length` and `frequencies` of the Fourier basis.
        forces: whether forces are calculated as well.
    """
    where = molecule.symbols, molecule.reference_positions
    if program == COUPLED_CLUSTER:
        from hkmaps.molecules.coupled_cluster import (  # noqa: PLC0415 - as PySCF takes long
            coupled_cluster_energies,
        )

        basis = settings["all_electron_basis"]
        return seconds_of_first(lambda: coupled_cluster_energies(*where, basis))
    from hkmaps.densities.fourier import FourierBasis  # noqa: PLC0415 - of SciPy
    from hkmaps.molecules.engines import reference_engine  # noqa: PLC0415 - likewise

    basis = FourierBasis(densities["box_length"], densities["frequencies"])
    engine = reference_engine(program, basis, settings)
    return seconds_of_first(lambda: engine.calculate(*where, forces=forces))


def first_of_dynamics(molecule: Molecule) -> float | None:
    """Return what `seconds_of_first` does of a step of dynamics by GFN2-xTB."""
    # Who has no molecule by GFN2-xTB does not wait for ASE.
    from ase import Atoms, units  # noqa: PLC0415
    from ase.md.verlet import VelocityVerlet  # noqa: PLC0415

    from hkmaps.molecules.xtb import calculating, xtb_calculator  # noqa: PLC0415

    atoms = Atoms(list(molecule.symbols), molecule.reference_positions * units.Bohr)
    atoms.calc = xtb_calculator(molecule)

    def move() -> None:
        with calculating(f"The dynamics of {molecule.name}"):
            VelocityVerlet(atoms, timestep=0.1 * units.fs).run(STEPS)

    # The first loads what the others have.
    if seconds_of_first(move) is None:
        return None
    seconds = seconds_of_first(move)
    return None if seconds is None else seconds / STEPS


def expected_cost(number: int, what: str, seconds: float | None) -> str:
    """Return what calculations cost, as one line.

    Args:
        number: of calculations to do.
        what: what they are, for people.
        seconds: what one of them takes, in s; None where it did not converge.
    """
    if seconds is None:
        return f"{number} {what}; the first, at the structure, did not converge: no time is known"
    minutes = number * seconds / 60
    shown = f"{minutes:.0f}" if minutes >= 10 else f"{minutes:.1g}"
    return f"{number} {what}; the first took {seconds:.2g} s, so about {shown} core-minutes"


def _core_seconds() -> float:
    """Time of cores that this process and the programs that it started have taken, in s."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system
