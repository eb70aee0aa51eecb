"""Which numberings of atoms are one molecule, by its bonds and its handedness.

Equal atoms have names in a reference frame. A numbering of a molecule is right where every bond
joins atoms that are bonded, and where the neighbours of each atom turn the same way: of ethane's 72
numberings that keep bonds 18 are such, those that turns of the molecule and of a methyl group
bring about. The others are right for its mirror image.
"""

from collections.abc import Sequence
from itertools import combinations

import networkx as nx
import numpy as np
from ase.data import atomic_numbers, covalent_radii
from networkx.algorithms.isomorphism import GraphMatcher, categorical_node_match
from scipy.spatial.distance import cdist

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.units import ANGSTROM_PER_BOHR

BONDED = (1.3, 1.6)
"""Sums of covalent radii up to which atoms are bonded; the second where the first misses a bond,
as in a molecule that is stretched."""

HANDED = 0.25
"""Least triple product of unit vectors to three neighbours whose sign is a handedness: it is 0.77
where bonds are tetrahedral, and that of a flat atom stays below."""


class Numberings:
    """The numberings of a molecule's atoms that are the same molecule.

    Args:
        name: the molecule, for messages.
        symbols: chemical symbols of its atoms.
        positions: geometries of it, shape (S, atoms, 3), in bohr; a handedness is what all of them
            share.
        bonds: the pairs of atoms that may count as bonds where they are bonded in every geometry;
            by default all pairs.
    """

    def __init__(
        self,
        name: str,
        symbols: Sequence[str],
        positions: np.ndarray,
        bonds: Sequence[tuple[int, int]] | None = None,
    ):
        self.name, self.symbols = name, tuple(symbols)
        always = np.ones((len(symbols), len(symbols)), dtype=bool)
        for geometry in positions:
            always &= _bonded(self.symbols, geometry, BONDED[0])
        pairs = np.argwhere(np.triu(always)) if bonds is None else bonds
        self.bonds = [(int(first), int(second)) for first, second in pairs if always[first, second]]
        self.graph = _graph(self.symbols, self.bonds)
        triples = [
            (centre, *neighbours)
            for centre in self.graph
            for neighbours in combinations(sorted(self.graph[centre]), 3)
        ]
        self.handed, self.signs = np.empty((0, 4), dtype=int), np.empty(0)
        if triples:
            volumes = _volumes(positions, np.array(triples))
            same = np.abs(np.sign(volumes).sum(axis=0)) == len(volumes)
            kept = same & (np.abs(volumes).min(axis=0) > HANDED)
            self.handed, self.signs = np.array(triples)[kept], np.sign(volumes[0, kept])
        self._known = {}

    def of(self, symbols: Sequence[str], positions: np.ndarray) -> np.ndarray:
        """Return every numbering of a geometry that is the molecule.

        Args:
            symbols: chemical symbols of the atoms, in any order.
            positions: shape (atoms, 3), in bohr.

        Returns:
            Which given atom each atom of the molecule is, shape (numberings, atoms), sorted.

        Raises:
            InputError: other elements, other bonds, or the mirror image.
        """
        symbols = tuple(symbols)
        if sorted(symbols) != sorted(self.symbols):
            raise InputError(
                f"The atoms are {' '.join(symbols)}; those of {self.name} are"
                f" {' '.join(self.symbols)}."
            )
        found = np.empty((0, len(symbols)), dtype=int)
        for reach in BONDED:
            if not len(found):
                found = self._of_graph(symbols, _bonded(symbols, positions, reach))
        if not len(found):
            raise InputError(
                f"The atoms {' '.join(symbols)} do not have the bonds of {self.name},"
                f" {self._bond_list()}, in any numbering; they are another molecule, or a bond is"
                f" longer than {BONDED[1]} sums of covalent radii."
            )
        right = self.right_handed(positions[found])
        if not right.any():
            raise InputError(
                f"The atoms have the bonds of {self.name} but the other handedness in every"
                " numbering; they are its mirror image, or another stereoisomer."
            )
        return found[right]

    def keeps(self, positions: np.ndarray) -> np.ndarray:
        """Return whether geometries have the molecule's bonds and handedness in its own numbering.

        Args:
            positions: shape (S, atoms, 3), in bohr.
        """
        first, second = np.array(self.bonds).reshape(-1, 2).T
        lengths = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
        radii = _radii(self.symbols)
        bonded = (lengths <= BONDED[0] * (radii[first] + radii[second])).all(axis=1)
        return bonded & self.right_handed(positions)

    def right_handed(self, positions: np.ndarray) -> np.ndarray:
        """Return whether geometries in the molecule's own numbering have its handedness, (S,)."""
        return (np.sign(_volumes(positions, self.handed)) == self.signs).all(axis=1)

    def automorphisms(self, positions: np.ndarray) -> np.ndarray:
        """Return the renumberings of the molecule's own atoms that are right, one a row.

        Args:
            positions: a geometry of it in its own numbering, shape (atoms, 3), in bohr.
        """
        own = np.zeros((len(self.symbols),) * 2, dtype=bool)
        for first, second in self.bonds:
            own[first, second] = own[second, first] = True
        rows = self._of_graph(self.symbols, own)
        return rows[self.right_handed(positions[rows])]

    def _of_graph(self, symbols: tuple[str, ...], bonded: np.ndarray) -> np.ndarray:
        key = (symbols, bonded.tobytes())
        # Dynamics asks for the same graph again and again.
        if key not in self._known:
            bonds = np.argwhere(np.triu(bonded))
            matcher = GraphMatcher(
                _graph(symbols, bonds), self.graph, categorical_node_match("symbol", None)
            )
            rows = [
                [atom for _, atom in sorted((own, given) for given, own in match.items())]
                for match in matcher.subgraph_monomorphisms_iter()
            ]
            self._known = {key: np.array(sorted(rows), dtype=int).reshape(-1, len(symbols))}
        return self._known[key]

    def _bond_list(self) -> str:
        return " ".join(f"{self.symbols[a]}{a}-{self.symbols[b]}{b}" for a, b in self.bonds)


def named_alike(molecule: Molecule, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the atoms of geometries the names that they have in the study's molecule.

    A geometry whose numbering is right keeps it. Otherwise it gets that of the geometry before if
    this is right for it, or else the first of those that are.

    Args:
        molecule: what the geometries are of.
        positions: shape (S, atoms, 3), in bohr, the elements in the molecule's order.

    Returns:
        The geometries; which given atom each atom is in each of them, shape (S, atoms).

    Raises:
        InputError: a geometry has other bonds, or is the mirror image.
    """
    symbols, reference = molecule.symbols, molecule.reference_positions[None]
    numberings = Numberings(molecule.name, symbols, reference, molecule.bonds)
    rows = np.tile(np.arange(len(symbols)), (len(positions), 1))
    for number in np.flatnonzero(~numberings.keeps(positions)):
        try:
            found = numberings.of(symbols, positions[number])
        except InputError as error:
            raise InputError(f"Geometry {number}: {error}") from error
        # The right numbering is tried first, since a stretched bond is no other numbering.
        tried = (rows[number], rows[max(number - 1, 0)])
        same = [row for row in tried if (found == row).all(axis=1).any()]
        rows[number] = [*same, found[0]][0]
    return np.take_along_axis(positions, rows[:, :, None], axis=1), rows


def _graph(symbols: Sequence[str], bonds: Sequence[tuple[int, int]]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from((atom, {"symbol": symbol}) for atom, symbol in enumerate(symbols))
    graph.add_edges_from((int(first), int(second)) for first, second in bonds)
    return graph


def _radii(symbols: Sequence[str]) -> np.ndarray:
    return np.array([covalent_radii[atomic_numbers[s]] for s in symbols]) / ANGSTROM_PER_BOHR


def _bonded(symbols: Sequence[str], positions: np.ndarray, reach: float) -> np.ndarray:
    """Whether each pair of atoms is bonded, shape (atoms, atoms)."""
    radii = _radii(symbols)
    bonded = cdist(positions, positions) <= reach * (radii[:, None] + radii)
    np.fill_diagonal(bonded, False)
    return bonded


def _volumes(positions: np.ndarray, handed: np.ndarray) -> np.ndarray:
    """Triple products of unit vectors from a centre to three neighbours, shape (S, triples)."""
    vectors = positions[:, handed[:, 1:]] - positions[:, handed[:, :1]]
    lengths = np.linalg.norm(vectors, axis=3, keepdims=True)
    return np.linalg.det(vectors / np.maximum(lengths, np.finfo(float).tiny))
