"""Internal coordinates of a molecule, and the minimum of its reference energy in them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from ase import Atoms, units
from ase.optimize import BFGS

from hkmaps.errors import ConvergenceError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import moving_atoms as in_motion
from hkmaps.molecules.drawn_coordinates import DrawnCoordinate, moving_atoms
from hkmaps.molecules.engines import ReferenceEngine
from hkmaps.molecules.minima_results import REFERENCE_MINIMUM
from hkmaps.molecules.reference_calculator import ReferenceCalculator
from hkmaps.units import ANGSTROM_PER_BOHR

LARGEST_FORCE = 1e-4
"""Largest force on an atom at the minimum of the reference, in eV/Angstrom: it leaves less than
1e-3 pm of a bond and 0.002 degrees of the angle of H2O."""

LARGEST_NUMBER_OF_STEPS = 100


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
        ends = np.array([(each.low, each.high) for each in self.drawn]).reshape(-1, 2)
        self.intervals = self._scale * ends.T
        self._moving = [moving_atoms(molecule, each) for each in self.drawn]
        positions = molecule.reference_positions * ANGSTROM_PER_BOHR
        self._reference = Atoms(molecule.symbols, positions)

    @property
    def names(self) -> list[dict[str, str]]:
        """Kind and numbers of the atoms of each, as tables have them."""
        return [{"kind": each.kind, "atoms": "-".join(map(str, each.atoms))} for each in self.drawn]

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


def found_minimum(
    molecule: Molecule,
    engine: ReferenceEngine,
    coordinates: InternalCoordinates,
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Return the minimum of the reference energy as a table, without rows where none is found.

    Args:
        molecule, engine, coordinates: as for `reference_minimum`.
        say: called with the sentence that says why none is found.

    Returns:
        pandas.DataFrame with the columns of `REFERENCE_MINIMUM`.
    """
    try:
        found = reference_minimum(molecule, engine, coordinates)
    except ConvergenceError as error:
        say(str(error))
        return REFERENCE_MINIMUM.empty()
    return reference_minimum_table(coordinates, found)


def reference_minimum_table(coordinates: InternalCoordinates, found: Minimum) -> pd.DataFrame:
    """Return a minimum of the reference energy with the columns of `REFERENCE_MINIMUM`."""
    common = {"energy": found.energy, "calculations": found.evaluations}
    rows = [
        name | {"value": value} | common
        for name, value in zip(coordinates.names, found.values, strict=True)
    ]
    return pd.DataFrame(rows, columns=REFERENCE_MINIMUM.column_names)
