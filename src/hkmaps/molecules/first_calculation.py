"""What reference calculations of a molecule will take, from a timed one of its structure."""

import time

from threadpoolctl import threadpool_limits

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import ReferenceEngine, SelfConsistencyError


def seconds_of_first(molecule: Molecule, engine: ReferenceEngine) -> float | None:
    """Return the wall time in s of a calculation of the structure on one core.

    It starts from nothing, while most calculations of a sample start from one before, so that it
    takes a little longer than they do.

    Args:
        molecule: the molecule.
        engine: what calculates it.

    Returns:
        None where the calculation did not converge.

    Raises:
        InputError: the engine cannot calculate the molecule: it knows an element not, or the
            number of electrons is odd.
    """
    start = time.perf_counter()
    with threadpool_limits(1):
        try:
            engine.calculate(molecule.symbols, molecule.reference_positions)
        except SelfConsistencyError:
            return None
    return time.perf_counter() - start


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
