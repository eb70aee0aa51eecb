"""Geometries whose bonds, angles and dihedrals are drawn uniformly, as the config names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from ase import Atoms

from hkmaps.checks import expect_count, expect_number
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import geometry_table
from hkmaps.seeds import random_stream
from hkmaps.units import ANGSTROM_PER_BOHR

KINDS = {2: "bond", 3: "angle", 4: "dihedral"}
"""What an internal coordinate is, by its number of atoms."""

DRAWN = "drawn"
"""The sample whose random numbers have no name: those of H2 and H2O in the published study."""

TOLERANCE = 1e-8
"""Difference in Angstrom or degrees between a coordinate as it was drawn and as it came out."""


@dataclass(frozen=True)
class DrawnCoordinate:
    """An internal coordinate of bonded atoms that is drawn uniformly from an interval.

    Attributes:
        atoms: numbers of the atoms, each bonded to the next: two of a bond, three of an angle with
            its vertex in the middle, or four of a dihedral.
        low, high: ends of the interval, in Angstrom or degrees.

    Raises:
        InputError: a value is not allowed.
    """

    atoms: tuple[int, ...]
    low: float
    high: float

    def __post_init__(self):
        atoms = tuple(self.atoms)
        object.__setattr__(self, "atoms", atoms)
        if len(atoms) not in KINDS or len(set(atoms)) != len(atoms):
            raise InputError(
                f"A drawn coordinate has the atoms {list(atoms)}; it must have two of a bond, three"
                " of an angle or four of a dihedral, all different."
            )
        least = -np.inf if self.kind == "dihedral" else 0.0
        low = expect_number(self.low, f"low end of {self}", self.unit, least)
        high = expect_number(self.high, f"high end of {self}", self.unit, least)
        width = {"bond": np.inf, "angle": 180.0, "dihedral": low + 360.0}[self.kind]
        if not low < high <= width or (high == 180.0 and self.kind == "angle"):
            raise InputError(
                f"The interval of {self} is {low:g} to {high:g}; low must be less than high, an"
                " angle must stay below 180 degrees and a dihedral within 360 degrees."
            )

    @property
    def kind(self) -> str:
        """A bond, an angle or a dihedral."""
        return KINDS[len(self.atoms)]

    @property
    def unit(self) -> str:
        """Of `low` and `high`."""
        return "Angstrom" if self.kind == "bond" else "degrees"

    @property
    def atomic_unit(self) -> float:
        """Its unit in bohr or rad."""
        return 1 / ANGSTROM_PER_BOHR if self.kind == "bond" else np.pi / 180

    def __str__(self):
        return f"the {self.kind} of atoms {', '.join(map(str, self.atoms))}"

    def set(self, atoms: Atoms, value: float, moving: Sequence[int]) -> None:
        """Give it a value, in Angstrom or degrees, by moving atoms as one rigid body."""
        if self.kind == "bond":
            atoms.set_distance(*self.atoms, value, fix=0, indices=moving)
        elif self.kind == "angle":
            atoms.set_angle(*self.atoms, value, indices=moving)
        else:
            atoms.set_dihedral(*self.atoms, value, indices=moving)

    def deviation(self, atoms: Atoms, value: float) -> float:
        """How far it is from a value, in Angstrom or degrees."""
        if self.kind == "bond":
            return abs(atoms.get_distance(*self.atoms) - value)
        if self.kind == "angle":
            return abs(atoms.get_angle(*self.atoms) - value)
        return abs((atoms.get_dihedral(*self.atoms) - value + 180) % 360 - 180)


def drawn_geometries(
    molecule: Molecule,
    coordinates: Sequence[DrawnCoordinate | Mapping[str, Any]],
    count: int,
    seed: int,
    name: str = DRAWN,
) -> pd.DataFrame:
    """Draw internal coordinates uniformly; the others are those of the reference geometry.

    Coordinates are set in their order. What hangs on the last atom of a bond or an angle, or on
    the third of a dihedral, moves with it as one rigid body. More geometries of the same seed begin
    with the same ones.

    Args:
        molecule: an open chain of bonded atoms, as far as its coordinates are drawn.
        coordinates: what is drawn, or the keys `atoms`, `low` and `high` of each.
        count: number of geometries.
        seed: the study's seed.
        name: the sample's name; samples of different names are independent.

    Returns:
        pandas.DataFrame with the columns of `GEOMETRIES`, aligned, all of the pool; `coordinates`
        has the drawn values in bohr and rad.

    Raises:
        InputError: a coordinate is not one of bonded atoms, is part of a ring, or is changed by
            another one.
    """
    count = expect_count(count, "number of drawn geometries")
    drawn = [
        each if isinstance(each, DrawnCoordinate) else DrawnCoordinate(**each)
        for each in coordinates
    ]
    if not drawn:
        raise InputError(f"No coordinates of {molecule.name} are drawn; at least one is needed.")
    moving = [moving_atoms(molecule, each) for each in drawn]
    scale = np.array([each.atomic_unit for each in drawn])
    intervals = scale * np.array([(each.low, each.high) for each in drawn]).T
    names = () if name == DRAWN else (name,)
    stream = random_stream(seed, "molecules", molecule.name, "geometries", *names)
    values = stream.uniform(*intervals, size=(count, len(drawn)))
    reference = Atoms(molecule.symbols, molecule.reference_positions * ANGSTROM_PER_BOHR)
    positions = [_placed(molecule, reference, drawn, moving, row) for row in values / scale]
    aligned = molecule.frame.align(np.array(positions) / ANGSTROM_PER_BOHR).positions
    return geometry_table(molecule, aligned, coordinates=values)


def moving_atoms(molecule: Molecule, coordinate: DrawnCoordinate) -> list[int]:
    """Return the atoms that a coordinate moves, all on one side of a bond.

    Raises:
        InputError: its atoms are not the molecule's or not bonded, or the bond is part of a ring.
    """
    graph = nx.Graph(molecule.bonds)
    graph.add_nodes_from(range(len(molecule.symbols)))
    if not nx.is_connected(graph):
        raise InputError(
            f"The bonds of {molecule.name} do not connect all its atoms, so that {coordinate}"
            " cannot be drawn; sample the molecule by dynamics or normal modes."
        )
    chain = list(zip(coordinate.atoms, coordinate.atoms[1:], strict=False))
    for pair in chain:
        if not graph.has_edge(*pair):
            raise InputError(
                f"In {coordinate} of {molecule.name}, {pair[0]} and {pair[1]} are not bonded; each"
                f" atom must be bonded to the next, and bonds are"
                f" {', '.join(f'{first}-{second}' for first, second in molecule.bonds)}."
            )
    # A dihedral turns about its middle bond, so that what else hangs there turns as well.
    fixed, first = chain[1] if coordinate.kind == "dihedral" else chain[-1]
    graph.remove_edge(fixed, first)
    side = nx.node_connected_component(graph, first)
    if fixed in side:
        raise InputError(
            f"The bond of atoms {fixed} and {first} of {molecule.name} is part of a ring, so that"
            f" {coordinate} cannot be drawn; sample the molecule by dynamics or normal modes."
        )
    return sorted(side)


def _placed(
    molecule: Molecule,
    reference: Atoms,
    drawn: Sequence[DrawnCoordinate],
    moving: Sequence[Sequence[int]],
    values: np.ndarray,
) -> np.ndarray:
    """Positions (atoms, 3) in Angstrom with these values."""
    atoms = reference.copy()
    for coordinate, value, indices in zip(drawn, values, moving, strict=True):
        coordinate.set(atoms, value, indices)
    for coordinate, value in zip(drawn, values, strict=True):
        # Not a number is larger than nothing.
        if not coordinate.deviation(atoms, value) < TOLERANCE:
            raise InputError(
                f"{str(coordinate).capitalize()} of {molecule.name} cannot be drawn with the"
                " others: a straight angle leaves it undetermined, or one set later changes it."
            )
    return atoms.positions
