"""The molecules of the study: atoms, reference geometries, symmetry, and how to sample them.

A molecule is added here, by one entry of `MOLECULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.molecules.symmetric_geometries import optimised_geometry
from hkmaps.units import ANGSTROM_PER_BOHR

ANGSTROM = 1 / ANGSTROM_PER_BOHR
"""One Angstrom in bohr."""

ATOMIC_NUMBERS = {"H": 1, "C": 6, "N": 7, "O": 8, "D": 1}

ATOMIC_MASSES = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "D": 2.014}
"""Standard atomic weights (IUPAC 2021), in unified atomic mass units; of deuterium its mass."""

ISOTOPES = {"D": "H"}
"""Elements by the symbols that their isotopes have of their own: the electrons are the same."""


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

    The geometries of a molecule are drawn in its internal coordinates, or, where it has none, are
    snapshots of dynamics.

    Attributes:
        name: what it is called, a key of `MOLECULES`.
        symbols: element of each atom.
        bonds: pairs of bonded atoms.
        bond_limits: lengths in bohr outside of which a bond is taken for a mistake, of each bond.
        sampler: how training points are chosen, a key of `hkmaps.molecules.sampling.SAMPLERS`.
        angle: the three atoms of the bond angle, its vertex in the middle; None without one.
        coordinates: the internal coordinates in which it is deformed.
        place: positions (geometries, atoms, 3) in bohr from values (geometries, coordinates).
        equilibrium: reference geometry, shape (atoms, 3), in bohr; None where `place` gives it.
        labelings: permutations of the atoms that motion without breaking a bond brings about,
            identity first; atom a of the relabelled geometry is atom `labeling[a]` of the given
            one. Those that differ by a rotation of the reference geometry onto itself align
            equally well, so that only one of them is here.
        tautomers: permutations of the atoms that lead from the bonds of the force field to those
            of each tautomer that dynamics samples, identity first.
    """

    name: str
    symbols: tuple[str, ...]
    bonds: tuple[tuple[int, int], ...]
    bond_limits: tuple[tuple[float, float], ...]
    sampler: str
    angle: tuple[int, int, int] | None = None
    coordinates: tuple[Coordinate, ...] = ()
    place: Callable[[np.ndarray], np.ndarray] | None = None
    equilibrium: np.ndarray | None = field(default=None, compare=False, repr=False)
    labelings: tuple[tuple[int, ...], ...] = ()
    tautomers: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self):
        identity = tuple(range(len(self.symbols)))
        object.__setattr__(self, "labelings", self.labelings or (identity,))
        object.__setattr__(self, "tautomers", self.tautomers or (identity,))

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

    @cached_property
    def reference_positions(self) -> np.ndarray:
        """Geometry that others are aligned with, around its centre of mass, (atoms, 3), bohr.

        The equilibrium, or the geometry in the middle of the intervals of all coordinates.
        """
        positions = self.equilibrium
        if positions is None:
            middle = [0.5 * (coordinate.low + coordinate.high) for coordinate in self.coordinates]
            positions = self.place(np.array([middle]))[0]
        return positions - self.masses @ positions / self.masses.sum()

    @cached_property
    def frame(self) -> ReferenceFrame:
        """The frame of molecular vibrations in which maps see the molecule."""
        return ReferenceFrame(self.reference_positions, self.masses, np.array(self.labelings))


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


def limits(low: float, high: float, bonds: int = 1) -> tuple[tuple[float, float], ...]:
    """Return the interval from `low` to `high`, in Angstrom, for each of `bonds` bonds, in bohr."""
    return ((low * ANGSTROM, high * ANGSTROM),) * bonds


# Wide enough for any thermal vibration, too narrow for a length in the wrong unit.
CARBON_HYDROGEN = (0.75, 1.6)
CARBON_CARBON = (1.1, 2.0)
CARBON_OXYGEN = (1.0, 1.8)

MOLECULES = {
    molecule.name: molecule
    for molecule in (
        Molecule(
            name="H2",
            symbols=("H", "H"),
            bonds=((0, 1),),
            bond_limits=limits(0.45, 1.65),
            sampler="equally_spaced",
            coordinates=(Coordinate("bond length", 0.5 * ANGSTROM, 1.5 * ANGSTROM),),
            place=diatomic,
        ),
        Molecule(
            name="H2O",
            symbols=("O", "H", "H"),
            bonds=((0, 1), (0, 2)),
            bond_limits=limits(0.7, 1.4, bonds=2),
            sampler="k_means",
            angle=(1, 0, 2),
            coordinates=(
                Coordinate.around("first bond length", 0.97 * ANGSTROM, 0.075 * ANGSTROM),
                Coordinate.around("second bond length", 0.97 * ANGSTROM, 0.075 * ANGSTROM),
                Coordinate.around("bond angle", np.radians(104.2), np.radians(8.59)),
            ),
            place=bent_triatomic,
        ),
        Molecule(
            name="ethane",
            symbols=("C",) * 2 + ("H",) * 6,
            bonds=((0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (1, 6), (1, 7)),
            bond_limits=limits(*CARBON_CARBON) + limits(*CARBON_HYDROGEN, bonds=6),
            sampler="k_means",
            equilibrium=optimised_geometry("ethane") * ANGSTROM,
            # Turns of a methyl group by 120 degrees against the other.
            labelings=(
                (0, 1, 2, 3, 4, 5, 6, 7),
                (0, 1, 3, 4, 2, 5, 6, 7),
                (0, 1, 4, 2, 3, 5, 6, 7),
            ),
        ),
        Molecule(
            name="benzene",
            symbols=("C",) * 6 + ("H",) * 6,
            bonds=(
                *((atom, (atom + 1) % 6) for atom in range(6)),
                *((atom, atom + 6) for atom in range(6)),
            ),
            bond_limits=limits(*CARBON_CARBON, bonds=6) + limits(*CARBON_HYDROGEN, bonds=6),
            sampler="k_means",
            equilibrium=optimised_geometry("benzene") * ANGSTROM,
        ),
        Molecule(
            name="malonaldehyde",
            symbols=("O", "C", "C", "C", "O", "H", "H", "H", "H"),
            # The proton between the oxygens, atom 5, is bonded to either: it counts to neither.
            bonds=((0, 1), (1, 2), (2, 3), (3, 4), (1, 6), (2, 7), (3, 8)),
            bond_limits=(
                *limits(*CARBON_OXYGEN),
                *limits(*CARBON_CARBON, bonds=2),
                *limits(*CARBON_OXYGEN),
                *limits(*CARBON_HYDROGEN, bonds=3),
            ),
            sampler="k_means",
            equilibrium=optimised_geometry("malonaldehyde") * ANGSTROM,
            # Both tautomers are sampled under one labeling, so that a map learns the proton's way.
            tautomers=((0, 1, 2, 3, 4, 5, 6, 7, 8), (4, 3, 2, 1, 0, 5, 8, 7, 6)),
        ),
    )
}
"""Molecules by name, those of Brockherde et al., Nat. Commun. 8, 872 (2017)."""


def find_molecule(name: str) -> Molecule:
    """Return the molecule called `name`; raise `InputError` naming all if there is none."""
    if name not in MOLECULES:
        raise InputError(
            f"There is no molecule called {name!r}; there are {', '.join(sorted(MOLECULES))}."
        )
    return MOLECULES[name]
