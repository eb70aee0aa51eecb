"""Where energies of maps have their minimum, beside that of the reference calculations.

F. Brockherde et al., Nat. Commun. 8, 872 (2017), Table II: Powell's method moves the coordinates
that the training geometries differ by, on the energy of ML-KS or ML-HK.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from ase import Atoms, units
from ase.optimize import BFGS
from scipy.optimize import minimize

from hkmaps.errors import ConvergenceError
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test
from hkmaps.molecules.ase_dynamics import moving_atoms as in_motion
from hkmaps.molecules.drawn_coordinates import DrawnCoordinate, moving_atoms
from hkmaps.molecules.engines import ReferenceEngine
from hkmaps.molecules.minima_results import MAP_MINIMA
from hkmaps.molecules.reference_calculator import ReferenceCalculator
from hkmaps.units import ANGSTROM_PER_BOHR

LARGEST_FORCE = 1e-4
"""Largest force on an atom at the minimum of the reference, in eV/Angstrom: it leaves less than
1e-3 pm of a bond and 0.002 degrees of the angle of H2O."""

LARGEST_NUMBER_OF_STEPS = 100

TOLERANCE = 1e-7
"""Part of their intervals to which Powell's method finds coordinates."""

EDGE = 1e-3
"""Part of an interval within which a minimum counts as being at its edge."""


class Minimum(NamedTuple):
    """A minimum of an energy.

    Attributes:
        values: internal coordinates, shape (coordinates,), in bohr and rad.
        energy: in Ha.
        evaluations: energies that it took.
    """

    values: np.ndarray
    energy: float
    evaluations: int


class InternalCoordinates:
    """Geometries of a molecule by those of its internal coordinates that a sample draws.

    Args:
        molecule: the molecule; the other coordinates are those of its reference geometry.
        coordinates: what is drawn, or the keys `atoms`, `low` and `high` of each.

    Attributes:
        drawn: the coordinates.
        intervals: low and high ends, shape (2, coordinates), in bohr and rad.
    """

    def __init__(
        self, molecule: Molecule, coordinates: Sequence[DrawnCoordinate | Mapping[str, Any]]
    ):
        self.drawn = [
            each if isinstance(each, DrawnCoordinate) else DrawnCoordinate(**each)
            for each in coordinates
        ]
        self._scale = np.array([each.atomic_unit for each in self.drawn])
        self.intervals = self._scale * np.array([(each.low, each.high) for each in self.drawn]).T
        self._moving = [moving_atoms(molecule, each) for each in self.drawn]
        positions = molecule.reference_positions * ANGSTROM_PER_BOHR
        self._reference = Atoms(molecule.symbols, positions)

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return the geometry, shape (atoms, 3), in bohr, with values in bohr and rad."""
        atoms = self._reference.copy()
        for each, value, moving in zip(self.drawn, values / self._scale, self._moving, strict=True):
            each.set(atoms, value, moving)
        return atoms.positions / ANGSTROM_PER_BOHR

    def values(self, positions: np.ndarray) -> np.ndarray:
        """Return the coordinates, in bohr and rad, of a geometry (atoms, 3) in bohr."""
        atoms = Atoms(self._reference.symbols, positions * ANGSTROM_PER_BOHR)
        read = {
            "bond": atoms.get_distance,
            "angle": atoms.get_angle,
            "dihedral": atoms.get_dihedral,
        }
        return self._scale * np.array([read[each.kind](*each.atoms) for each in self.drawn])


def minimum_by_powell(
    coordinates: InternalCoordinates, energy: Callable[[np.ndarray], float]
) -> Minimum:
    """Return the minimum of an energy that Powell's method finds within the intervals.

    It starts in their middle, so that it knows nothing of the minimum, and uses energies alone.

    Args:
        coordinates: what may move.
        energy: from positions (atoms, 3) in bohr to Ha.

    Source:
        M. J. D. Powell, Comput. J. 7, 155 (1964).
    """
    low, high = coordinates.intervals
    start = energy(coordinates.positions((low + high) / 2))

    def rise(parts: np.ndarray) -> float:
        return energy(coordinates.positions(low + parts * (high - low))) - start

    found = minimize(
        rise,
        np.full(len(low), 0.5),
        method="Powell",
        bounds=[(0.0, 1.0)] * len(low),
        options={"xtol": TOLERANCE, "ftol": TOLERANCE**2},
    )
    values = low + np.atleast_1d(found.x) * (high - low)
    return Minimum(values, float(found.fun) + start, found.nfev + 1)


def reference_minimum(
    molecule: Molecule, engine: ReferenceEngine, coordinates: InternalCoordinates
) -> Minimum:
    """Return the minimum of the reference energy, by BFGS with the engine's forces.

    Args:
        molecule: the molecule, whose reference geometry is the start.
        engine: what calculates.
        coordinates: what is read off the minimum.

    Raises:
        ConvergenceError: BFGS does not end, or a calculation does not converge.
    """
    reference = molecule.reference_positions
    atoms = in_motion(molecule, reference, np.zeros_like(reference))
    atoms.calc = ReferenceCalculator(engine)
    search = BFGS(atoms, logfile=None)
    if not search.run(LARGEST_FORCE, LARGEST_NUMBER_OF_STEPS):
        raise ConvergenceError(
            f"The minimum of {molecule.name} by {engine.description} is not found in"
            f" {LARGEST_NUMBER_OF_STEPS} steps; its structure must be nearer to it."
        )
    return Minimum(
        coordinates.values(atoms.positions / units.Bohr),
        atoms.get_potential_energy() / units.Hartree,
        search.get_number_of_steps() + 1,
    )


def map_minima(
    pool: SampleData,
    coordinates: InternalCoordinates,
    reference: Minimum,
    test: int,
    sizes: Sequence[int],
    sampler: Sampler | None,
    seed: int,
    splits: Iterable[int],
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Find the minima of the maps of `hkmaps.maps.map_errors.map_errors`, on random splits.

    Args:
        pool: reference data that training points are chosen from; ML-HK takes its densities.
        coordinates: what may move.
        reference: the minimum of the reference energy.
        test, sizes, sampler, seed, splits: as for `map_errors`, whose training sets these are.
        say: called with a line of text after each split.

    Returns:
        pandas.DataFrame with the columns of `MAP_MINIMA`, one row a map and a coordinate.
    """
    rows = []
    for split in splits:
        for size in sizes:
            training, _ = training_and_test(pool, test, size, sampler, seed, split)
            for densities in (False, True) if pool.subspace is not None else (False,):
                rows += _rows(training.train(densities), coordinates, reference, split)
        say(f"minima of split {split}")
    table = pd.DataFrame(rows).assign(molecule=pool.molecule, sample=pool.sample)
    return table[MAP_MINIMA.column_names]


def _rows(
    model: MoleculeMap, coordinates: InternalCoordinates, reference: Minimum, split: int
) -> list[dict]:
    found = minimum_by_powell(coordinates, lambda positions: model.energies(positions[None])[0])
    low, high = coordinates.intervals
    near = np.minimum(found.values - low, high - found.values) < EDGE * (high - low)
    return [
        {
            "split": split,
            "training_points": len(model.training_positions),
            "method": model.method,
            "kind": each.kind,
            "atoms": "-".join(map(str, each.atoms)),
            "value": found.values[number],
            "reference": reference.values[number],
            "at_edge": bool(near[number]),
            "energy": found.energy,
            "reference_energy": reference.energy,
            "evaluations": found.evaluations,
        }
        for number, each in enumerate(coordinates.drawn)
    ]
