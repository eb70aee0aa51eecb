"""Which numberings of atoms are one molecule, by its bonds and its handedness.

Equal atoms have names in a reference frame. A numbering of a molecule is right where every bond
joins atoms that are bonded, and where the neighbours of each atom turn the same way: of ethane's 72
numberings that keep bonds 18 are such, those that turns of the molecule and of a methyl group
bring about. The others are right for its mirror image.

A trained map has learned each name on its own, so that right numberings of a geometry, as they lie
after alignment, get energies that differ by errors of the map. Their mean depends on none of them,
and it has the symmetry of the molecule.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations

import networkx as nx
import numpy as np
from ase.data import atomic_numbers, covalent_radii
from networkx.algorithms.isomorphism import GraphMatcher, categorical_node_match
from scipy.spatial.distance import cdist

from hkmaps.errors import InputError
from hkmaps.maps.map_uncertainty import LEAST_REACH, RANGE_EXTENSION
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.units import ANGSTROM_PER_BOHR

BONDED = (1.3, 1.6)
"""Sums of covalent radii up to which atoms are bonded; the second where the first misses a bond,
as in a molecule that is stretched."""

FARTHEST = 2.0
"""Distance in bohr from the reference geometry beyond which an atom is taken for another one, over
that in the nearest numbering: hydrogens of a carbon are 3.4 bohr apart, while a proton that goes to
the other end of a hydrogen bond moves by 1.4."""

LEARNED = 1.25
"""How much farther from training than training geometries from the others a renumbering may bring
them for the map to have learned it."""

LEARNED_FROM = 100
"""Training geometries that are looked at for that."""

EQUALLY_NEAR = 1e-4
"""Part of the domain distance by which that of a numbering as near as the nearest may differ: a
symmetric geometry has several, and rounding must not choose."""

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


class LearnedNumberings:
    """The numberings of a geometry between which a trained map cannot tell.

    Renumberings of the molecule count as learned where they take the training geometries to where
    the training geometries are: a map of water that saw the first bond shorter than the second
    alone has not learned their exchange.

    Args:
        molecule_map: the trained map.
    """

    def __init__(self, molecule_map: MoleculeMap):
        self.map = molecule_map
        self.numberings = Numberings(
            molecule_map.name, molecule_map.symbols, molecule_map.training_positions
        )

    def candidates(self, symbols: Sequence[str], positions: np.ndarray) -> np.ndarray:
        """Return the numberings in which the map can be asked for a geometry.

        Args:
            symbols: chemical symbols of its atoms, in any order.
            positions: shape (atoms, 3), in bohr.

        Returns:
            Which given atom each atom of the map is, shape (numberings, atoms): different ones
            after the frame has chosen among its labelings.

        Raises:
            InputError: as for `Numberings.of`.
        """
        rows = self.numberings.of(symbols, positions)
        alignment = self.map.frame.align(positions[rows])
        displaced = self._displaced(alignment.positions)
        named = np.take_along_axis(rows, alignment.labelings, axis=1)
        return np.unique(named[displaced <= displaced.min() + FARTHEST], axis=0)

    def nearest(self, candidates: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """Return which candidates to take the mean of, shape (numberings,).

        Args:
            candidates: what `candidates` returned.
            distances: domain distance of each.

        Returns:
            Flags of those nearest to training and of their renumberings that the map has learned.
        """
        flags = distances <= (1 + EQUALLY_NEAR) * distances.min()
        for row in np.argsort(candidates[flags], axis=1):
            flags |= [tuple(row[candidate]) in self._learned for candidate in candidates]
        return flags

    @cached_property
    def _learned(self) -> set[tuple[int, ...]]:
        step = -(-len(self.map.training_positions) // LEARNED_FROM)
        training = self.map.training_positions[::step]
        pairs = np.triu_indices(training.shape[1], k=1)
        ordered = np.sort(lengths := _distances(training, pairs), axis=0)
        low, high = ordered[0], ordered[-1]
        # Each training geometry is seen from the range of the others.
        others = [np.where(lengths == end, ordered[at], end) for end, at in ((low, 1), (high, -2))]
        usual = np.median(_beyond(lengths, *others))
        moved = np.median(self._displaced(training))
        learned = set()
        for row in self.numberings.automorphisms(training[0]):
            image = self.map.frame.align(training[:, row]).positions
            beyond = np.median(_beyond(_distances(image, pairs), low, high))
            near = np.median(self._displaced(image)) <= moved + FARTHEST
            if near and beyond <= LEARNED * max(1.0, usual):
                learned.add(tuple(map(int, row)))
        return learned

    def _displaced(self, aligned: np.ndarray) -> np.ndarray:
        """Distance of the farthest atom from its place in the reference, shape (S,), in bohr."""
        frame = self.map.frame
        reference = frame.positions - frame.weights @ frame.positions
        return np.linalg.norm(aligned - reference, axis=2).max(axis=1)


def _distances(positions: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    first, second = pairs
    return np.linalg.norm(positions[:, first] - positions[:, second], axis=2)


def _beyond(lengths: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """How far distances are from the middle of their ranges, in the farthest one's reach, (S,)."""
    reach = np.maximum(RANGE_EXTENSION * 0.5 * (high - low), LEAST_REACH)
    return (np.abs(lengths - 0.5 * (low + high)) / reach).max(axis=1)


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
