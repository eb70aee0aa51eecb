"""What reference calculations of a molecule will take, from a timed one of its structure."""

import os

from threadpoolctl import threadpool_limits

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import ReferenceEngine, SelfConsistencyError


def seconds_of_first(
    molecule: Molecule, engine: ReferenceEngine, forces: bool = False
) -> float | None:
    """Return the time of a core, in s, that a calculation of the structure takes.

    It is not the time on the clock, which a busy machine lengthens. The calculation starts from
    nothing, while most of a sample start from one before and take a little less.

    Args:
        molecule: the molecule.
        engine: what calculates it.
        forces: whether forces are calculated as well.

    Returns:
        None where the calculation did not converge.

    Raises:
        InputError: the engine cannot calculate the molecule: it does not know an element, or
            the number of electrons is odd.
    """
    start = _core_seconds()
    with threadpool_limits(1):
        try:
            engine.calculate(molecule.symbols, molecule.reference_positions, forces=forces)
        except SelfConsistencyError:
            return None
    return _core_seconds() - start


def expected_cost(calculations: int, by: str, seconds: float | None) -> str:
    """Return what a molecule's calculations cost, as one line.

    Args:
        calculations: number of those to do.
        by: the engine, for people.
        seconds: what `seconds_of_first` returned.
    """
    many = f"{calculations} reference calculation{'s' if calculations != 1 else ''} by {by}"
    if seconds is None:
        return f"{many}; that of the structure did not converge, so that no time can be told"
    minutes = calculations * seconds / 60
    shown = f"{minutes:.0f}" if minutes >= 10 else f"{minutes:.1g}"
    return f"{many}; the first took {seconds:.2g} s, so about {shown} core-minutes"


def _core_seconds() -> float:
    """Time of cores that this process and the programs that it started have taken, in s."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system
