"""The molecules of the study: atoms, internal coordinates and their ranges, how to sample them.

A molecule is added here, by one entry of `MOLECULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hkmaps.errors import InputError
from hkmaps.units import ANGSTROM_PER_BOHR

ANGSTROM = 1 / ANGSTROM_PER_BOHR
"""One Angstrom in bohr."""

ATOMIC_NUMBERS = {"H": 1, "C": 6, "N": 7, "O": 8}

ATOMIC_MASSES = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999}
"""Standard atomic weights (IUPAC 2021), in unified atomic mass units."""


@dataclass(frozen=True)
class Coordinate:
    """An internal coordinate that geometries draw uniformly from an interval.

    Attributes:
        name: what it is, such as "bond length".
        low, high: ends of the interval, in bohr or rad.
    """

    name: str
    low: float
    high: float

    @classmethod
    def around(cls, name: str, centre: float, deviation: float) -> "Coordinate":
        """Return the coordinate within `deviation` of `centre`."""
        return cls(name, centre - deviation, centre + deviation)


@dataclass(frozen=True)
class Molecule:
    """What the study knows of a molecule before any calculation.

    Attributes:
        name: chemical formula, a key of `MOLECULES`.
        symbols: element of each atom.
        coordinates: the internal coordinates in which it is deformed.
        place: positions (geometries, atoms, 3) in bohr from values (geometries, coordinates).
        bonds: pairs of bonded atoms.
        angle: the three atoms of the bond angle, its vertex in the middle; None without one.
        bond_limits: lengths in bohr outside of which a bond is taken for a mistake.
        sampler: how training points are chosen, a key of `hkmaps.molecules.sampling.SAMPLERS`.
    """

    name: str
    symbols: tuple[str, ...]
    coordinates: tuple[Coordinate, ...]
    place: Callable[[np.ndarray], np.ndarray]
    bonds: tuple[tuple[int, int], ...]
    angle: tuple[int, int, int] | None
    bond_limits: tuple[float, float]
    sampler: str

    @property
    def charges(self) -> np.ndarray:
        """Nuclear charges, shape (atoms,)."""
        unknown = sorted(set(self.symbols) - set(ATOMIC_NUMBERS))
        if unknown:
            raise InputError(
                f"The molecule {self.name} has the unknown element {unknown[0]!r};"
                f" known are {', '.join(ATOMIC_NUMBERS)}."
            )
        return np.array([ATOMIC_NUMBERS[symbol] for symbol in self.symbols], dtype=np.float64)

    @property
    def masses(self) -> np.ndarray:
        """Masses of the atoms, shape (atoms,), in unified atomic mass units."""
        return np.array([ATOMIC_MASSES[symbol] for symbol in self.symbols])

    @property
    def reference_positions(self) -> np.ndarray:
        """Geometry in the middle of all intervals, around its centre of mass, (atoms, 3), bohr."""
        middle = [0.5 * (coordinate.low + coordinate.high) for coordinate in self.coordinates]
        positions = self.place(np.array([middle]))[0]
        return positions - self.masses @ positions / self.masses.sum()


def diatomic(values: np.ndarray) -> np.ndarray:
    """Return geometries of two atoms on the x axis from bond lengths.

    Args:
        values: bond lengths in bohr, shape (geometries, 1).

    Returns:
        Positions in bohr, shape (geometries, 2, 3).
    """
    positions = np.zeros((len(values), 2, 3))
    positions[:, 1, 0] = values[:, 0]
    return positions


def bent_triatomic(values: np.ndarray) -> np.ndarray:
    """Return geometries of a middle atom and two ends in the xy plane, x halving the angle.

    Args:
        values: the two bond lengths in bohr and the angle in rad, shape (geometries, 3).

    Returns:
        Positions in bohr, the middle atom first, shape (geometries, 3, 3).
    """
    first, second, angle = values.T
    positions = np.zeros((len(values), 3, 3))
    for atom, length, direction in ((1, first, angle / 2), (2, second, -angle / 2)):
        positions[:, atom, 0] = length * np.cos(direction)
        positions[:, atom, 1] = length * np.sin(direction)
    return positions


MOLECULES = {
    molecule.name: molecule
    for molecule in (
        Molecule(
            name="H2",
            symbols=("H", "H"),
            coordinates=(Coordinate("bond length", 0.5 * ANGSTROM, 1.5 * ANGSTROM),),
            place=diatomic,
            bonds=((0, 1),),
            angle=None,
            bond_limits=(0.45 * ANGSTROM, 1.65 * ANGSTROM),
            sampler="equally_spaced",
        ),
        Molecule(
            name="H2O",
            symbols=("O", "H", "H"),
            coordinates=(
                Coordinate.around("first bond length", 0.97 * ANGSTROM, 0.075 * ANGSTROM),
                Coordinate.around("second bond length", 0.97 * ANGSTROM, 0.075 * ANGSTROM),
                Coordinate.around("bond angle", np.radians(104.2), np.radians(8.59)),
            ),
            place=bent_triatomic,
            bonds=((0, 1), (0, 2)),
            angle=(1, 0, 2),
            bond_limits=(0.7 * ANGSTROM, 1.4 * ANGSTROM),
            sampler="k_means",
        ),
    )
}
"""Molecules by name, with the geometries of Brockherde et al., Nat. Commun. 8, 872 (2017)."""


def find_molecule(name: str) -> Molecule:
    """Return the molecule called `name`; raise `InputError` naming all if there is none."""
    if name not in MOLECULES:
        raise InputError(
            f"There is no molecule called {name!r}; there are {', '.join(sorted(MOLECULES))}."
        )
    return MOLECULES[name]
