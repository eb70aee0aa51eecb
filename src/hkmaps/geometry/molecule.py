"""What is known of a molecule before any calculation: atoms, a geometry, bonds, symmetry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.units import ANGSTROM_PER_BOHR

AUTO = "auto"
"""In place of permutations: those that the bonds show."""

BONDED = 1.3
"""Sums of covalent radii up to which two atoms of a reference geometry are bonded."""

BOND_LIMITS = (0.65, 1.55)
"""Lengths of a bond, over that of the reference geometry, outside of which a geometry is taken for
a mistake: wide enough for any thermal vibration, too narrow for a length in the wrong unit."""

SYMMETRIC = 0.2
"""Distance in bohr (root mean square) by which a turned reference geometry may miss itself."""


class StabilityBonds(NamedTuple):
    """What must stay bonded for a molecule to be the same one, tautomers and rotamers included.

    Attributes:
        pairs: atoms that may be bonded, those of a group one after the other, shape (P, 2).
        lengths: reference length of each, shape (P,), in bohr.
        groups: number of the group of each pair, from 0 in steps of 0 or 1, shape (P,). One pair of
            a group is bonded: that is a bond which lasts, or a hydrogen and one of those atoms
            that share it.
    """

    pairs: np.ndarray
    lengths: np.ndarray
    groups: np.ndarray


@dataclass(frozen=True, eq=False)
class Molecule:
    """A molecule as an entry of the config describes it.

    Attributes:
        name: what it is called.
        symbols: element of each atom.
        equilibrium: reference geometry, shape (atoms, 3), in bohr.
        bonds: pairs of atoms that stay bonded.
        bond_factors: lengths of bonds, over those of the reference geometry, outside of which a
            geometry is taken for a mistake.
        labelings: permutations of the atoms that motion without breaking a bond brings about,
            identity first (H. C. Longuet-Higgins, Mol. Phys. 6, 445 (1963)); atom a of the
            relabelled geometry is atom `labeling[a]` of the given one. Those that differ by a
            rotation of the reference geometry onto itself align equally well, so that only one of
            them is here.
        tautomers: permutations of the atoms that lead from the bonds of the force field to those
            of each tautomer that dynamics samples, identity first.

    Raises:
        InputError: an element is unknown, or the attributes do not go together.
    """

    name: str
    symbols: tuple[str, ...]
    equilibrium: np.ndarray
    bonds: tuple[tuple[int, int], ...] = ()
    bond_factors: tuple[float, float] = BOND_LIMITS
    labelings: tuple[tuple[int, ...], ...] = ()
    tautomers: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self):
        identity = tuple(range(len(self.symbols)))
        object.__setattr__(self, "labelings", self.labelings or (identity,))
        object.__setattr__(self, "tautomers", self.tautomers or (identity,))
        for what, permutations in (
            ("permutations", self.labelings),
            ("tautomers", self.tautomers),
        ):
            for permutation in permutations:
                self._expect_permutation(what, permutation)
        for bond in self.bonds:
            if len(set(bond)) != 2 or not set(bond) <= set(identity):
                raise InputError(
                    f"The bonds of {self.name} have {list(bond)}; each must be two different atoms"
                    f" of the numbers 0 to {identity[-1]}."
                )

    @classmethod
    def from_entry(
        cls, name: str, structure: str | Path, entry: Mapping[str, Any] | None = None
    ) -> "Molecule":
        """Return the molecule of an entry of the config.

        Args:
            name: the key of the entry.
            structure: file of the reference geometry, anything that `ase.io` reads.
            entry: its keys `permutations`, `tautomers`, `bonds` and `bond_limits`, each optional;
                other keys are not read.

        Raises:
            InputError: the file cannot be read, holds an element that ASE does not know, or the
                keys do not fit the structure.
        """
        entry = {} if entry is None else entry
        symbols, positions = read_structure(structure)
        tautomers = [tuple(each) for each in entry.get("tautomers") or ()]
        bonds = entry.get("bonds")
        if bonds is None:
            bonds = _lasting_bonds(symbols, positions, tautomers)
        molecule = cls(
            name=name,
            symbols=symbols,
            equilibrium=positions,
            bonds=tuple((int(first), int(second)) for first, second in bonds),
            bond_factors=tuple(entry.get("bond_limits") or BOND_LIMITS),
            tautomers=(tuple(range(len(symbols))), *tautomers) if tautomers else (),
        )
        permutations = entry.get("permutations", AUTO)
        if permutations == AUTO:
            permutations = rotor_permutations(molecule)
        given = [tuple(range(len(symbols))), *map(tuple, permutations)]
        return replace(molecule, labelings=tuple(dict.fromkeys(given)))

    @property
    def charges(self) -> np.ndarray:
        """Nuclear charges, shape (atoms,)."""
        return self.atomic_numbers.astype(np.float64)

    @cached_property
    def atomic_numbers(self) -> np.ndarray:
        """Atomic numbers, shape (atoms,)."""
        from ase.data import atomic_numbers  # noqa: PLC0415 - of who asks for elements alone

        unknown = [symbol for symbol in self.symbols if symbol not in atomic_numbers]
        if unknown:
            raise InputError(
                f"The molecule {self.name} has the unknown element {unknown[0]!r}; known are the"
                " symbols of the periodic table."
            )
        return np.array([atomic_numbers[symbol] for symbol in self.symbols])

    @cached_property
    def masses(self) -> np.ndarray:
        """Standard atomic weights, shape (atoms,), in unified atomic mass units."""
        from ase.data import atomic_masses  # noqa: PLC0415 - likewise

        return atomic_masses[self.atomic_numbers]

    @cached_property
    def bond_limits(self) -> np.ndarray:
        """Shortest and longest length of each bond that is no mistake, (bonds, 2), in bohr."""
        first, second = np.array(self.bonds, dtype=int).reshape(-1, 2).T
        lengths = np.linalg.norm(self.equilibrium[first] - self.equilibrium[second], axis=1)
        return lengths[:, None] * np.array(self.bond_factors)

    @cached_property
    def stability_bonds(self) -> StabilityBonds:
        """The bonds by which dynamics is judged to be stable.

        They are `bonds`, and of each other hydrogen that the reference geometry shows bonded those
        to all atoms that it may be bonded to: in the reference geometry, where it may lie between
        two, and in the tautomers. The length of a bond is that of the reference geometry; that of
        a hydrogen with several partners is the sum of covalent radii, as one in the middle is too
        far from either.
        """
        partners: dict[int, set[int]] = {}
        lasting = {frozenset(bond) for bond in self.bonds}
        for bond in bonded_pairs(self.symbols, self.equilibrium):
            for permutation in self.tautomers:
                moved = [permutation[atom] for atom in bond]
                hydrogens = [atom for atom in moved if self.symbols[atom] == "H"]
                if frozenset(moved) not in lasting and len(hydrogens) == 1:
                    partners.setdefault(hydrogens[0], set()).update({*moved} - {*hydrogens})
        shared = [
            [(hydrogen, partner) for partner in sorted(partners[hydrogen])]
            for hydrogen in sorted(partners)
        ]
        groups = [[bond] for bond in self.bonds] + shared
        pairs = np.array([pair for group in groups for pair in group], dtype=int).reshape(-1, 2)
        sizes = np.array([len(group) for group in groups], dtype=int)
        first, second = pairs.T
        lengths = np.linalg.norm(self.equilibrium[first] - self.equilibrium[second], axis=1)
        alternatives = np.repeat(sizes > 1, sizes)
        radii = _covalent_radii(self.symbols) / ANGSTROM_PER_BOHR
        lengths[alternatives] = (radii[first] + radii[second])[alternatives]
        return StabilityBonds(pairs, lengths, np.repeat(np.arange(len(groups)), sizes))

    @property
    def sampler(self) -> str:
        """How training points are chosen at random splits: along the one bond, or by K-means."""
        return "equally_spaced" if len(self.symbols) == 2 else "k_means"

    @cached_property
    def reference_positions(self) -> np.ndarray:
        """Geometry that others are aligned with, around its centre of mass, (atoms, 3), bohr."""
        return self.equilibrium - self.masses @ self.equilibrium / self.masses.sum()

    @cached_property
    def frame(self) -> ReferenceFrame:
        """The frame of molecular vibrations in which maps see the molecule."""
        return ReferenceFrame(self.reference_positions, self.masses, np.array(self.labelings))

    def _expect_permutation(self, what: str, permutation: Sequence[int]) -> None:
        atoms = len(self.symbols)
        right = sorted(permutation) == list(range(atoms))
        if not right or [self.symbols[atom] for atom in permutation] != list(self.symbols):
            raise InputError(
                f"The {what} of {self.name} have {list(permutation)}; each must hold the numbers 0"
                f" to {atoms - 1} once, with an atom of the same element in each place."
            )


def read_structure(path: str | Path) -> tuple[tuple[str, ...], np.ndarray]:
    """Return elements and positions (atoms, 3) in bohr of the last geometry of a file.

    Args:
        path: anything that `ase.io` reads.

    Raises:
        InputError: the file is missing or cannot be read, or holds no molecule in vacuum.
    """
    from ase.io import read  # noqa: PLC0415 - takes longer than the rest

    if not Path(path).is_file():
        raise InputError(
            f"The structure file {path} does not exist; it is looked for in {Path.cwd()}."
        )
    try:
        atoms = read(path)
    except Exception as error:
        raise InputError(
            f"The structure file {path} cannot be read by ase.io"
            f" ({type(error).__name__}: {' '.join(str(error).split())}); an xyz file is one that"
            " can."
        ) from error
    # X of ASE, a place without an atom, has the number 0.
    if not len(atoms) or not atoms.numbers.all():
        raise InputError(
            f"The structure file {path} holds {atoms.symbols or 'no atoms'}; it must hold the atoms"
            " of the molecule, each with its element."
        )
    if atoms.pbc.any():
        raise InputError(
            f"The structure file {path} holds a periodic cell; it must hold the molecule alone,"
            " whole and without a cell."
        )
    return tuple(atoms.get_chemical_symbols()), atoms.positions * (1 / ANGSTROM_PER_BOHR)


def bonded_pairs(
    symbols: Sequence[str], positions: np.ndarray, reach: float = BONDED
) -> list[tuple[int, int]]:
    """Return the pairs of atoms that are bonded, by covalent radii.

    Args:
        symbols: element of each atom.
        positions: shape (atoms, 3), in bohr.
        reach: sums of covalent radii up to which atoms are bonded.
    """
    radii = _covalent_radii(symbols)
    distances = np.linalg.norm(positions[:, None] - positions, axis=-1)
    near = distances * ANGSTROM_PER_BOHR <= reach * (radii[:, None] + radii)
    return [(int(first), int(second)) for first, second in np.argwhere(np.triu(near, k=1))]


def _covalent_radii(symbols: Sequence[str]) -> np.ndarray:
    """Covalent radii of atoms, in Angstrom."""
    from ase.data import atomic_numbers, covalent_radii  # noqa: PLC0415 - likewise

    return np.array([covalent_radii[atomic_numbers[symbol]] for symbol in symbols])


def rotor_permutations(molecule: Molecule) -> list[tuple[int, ...]]:
    """Return the permutations that turns of methyl groups and their like bring about.

    A rotor is an atom with four neighbours, three of which are equal atoms bonded to nothing else:
    a third of a turn renames them. Of permutations that a rotation of the reference geometry onto
    itself leads from one to the other, the first is returned.

    Args:
        molecule: with its bonds.

    Returns:
        Permutations, the identity first.
    """
    neighbours = {atom: set() for atom in range(len(molecule.symbols))}
    for first, second in molecule.bonds:
        neighbours[first].add(second)
        neighbours[second].add(first)
    rotors = [
        ends
        for atom in neighbours
        if len(neighbours[atom]) == 4
        for ends in _equal_ends(molecule.symbols, neighbours, atom)
    ]
    found: list[tuple[int, ...]] = []
    # The first rotor turns fastest, so that it is the one that is renamed where others would do.
    for turns in product(range(3), repeat=len(rotors)):
        permutation = list(range(len(molecule.symbols)))
        for ends, turn in zip(rotors, reversed(turns), strict=True):
            for place, atom in enumerate(ends):
                permutation[atom] = ends[(place + turn) % 3]
        if not any(_is_rotation(molecule, other, permutation) for other in found):
            found.append(tuple(permutation))
    return found


def _equal_ends(
    symbols: Sequence[str], neighbours: Mapping[int, set[int]], atom: int
) -> Iterator[list[int]]:
    """The three equal atoms that are bonded to an atom alone, if there are exactly three."""
    ends = sorted(end for end in neighbours[atom] if len(neighbours[end]) == 1)
    for element in dict.fromkeys(symbols[end] for end in ends):
        equal = [end for end in ends if symbols[end] == element]
        if len(equal) == 3:
            yield equal


def _is_rotation(molecule: Molecule, first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether two permutations differ by a rotation of the reference geometry onto itself."""
    inverse = np.argsort(first)
    turned = molecule.reference_positions[inverse[list(second)]]
    frame = ReferenceFrame(molecule.reference_positions, molecule.masses)
    aligned = frame.align(turned[None]).positions[0]
    distances = ((aligned - molecule.reference_positions) ** 2).sum(axis=1)
    return bool(np.sqrt(distances.mean()) < SYMMETRIC)


def _lasting_bonds(
    symbols: Sequence[str], positions: np.ndarray, tautomers: Sequence[Sequence[int]]
) -> list[tuple[int, int]]:
    """Bonds of the reference geometry that every tautomer has.

    A hydrogen between two atoms is bonded to either: it counts to neither.
    """
    bonds = bonded_pairs(symbols, positions)
    degree = np.bincount(np.array(bonds, dtype=int).ravel(), minlength=len(symbols))
    shared = {atom for atom, symbol in enumerate(symbols) if symbol == "H" and degree[atom] > 1}
    kept = {frozenset(bond) for bond in bonds if not shared & set(bond)}
    for permutation in tautomers:
        if sorted(permutation) == list(range(len(symbols))):
            kept &= {frozenset(permutation[atom] for atom in bond) for bond in kept}
    return [bond for bond in bonds if frozenset(bond) in kept]
