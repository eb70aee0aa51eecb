"""The numberings of equal atoms that a trained map has learned.

A map learns each name of an atom on its own, so that right numberings of a geometry, as they lie
after alignment, get energies that differ by errors of the map. Their mean depends on none of them,
has the symmetry of the molecule, and errs less.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from hkmaps.geometry.frame import Alignment
from hkmaps.maps.map_uncertainty import LEAST_REACH, RANGE_EXTENSION
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.numberings import Numberings

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

    def candidates(
        self, symbols: Sequence[str], positions: np.ndarray
    ) -> tuple[np.ndarray, Alignment]:
        """Return the numberings in which the map can be asked for a geometry.

        Args:
            symbols: chemical symbols of its atoms, in any order.
            positions: shape (atoms, 3), in bohr, checked.

        Returns:
            Which given atom each atom of the map is, shape (numberings, atoms): different ones
            after the frame has chosen among its labelings. The geometry in each numbering, aligned.

        Raises:
            InputError: as for `Numberings.of`.
        """
        rows = self.numberings.of(symbols, positions)
        alignment = self.map.frame.align(positions[rows], checked=True)
        displaced = self._displaced(alignment.positions)
        near = np.flatnonzero(displaced <= displaced.min() + FARTHEST)
        named = np.take_along_axis(rows, alignment.labelings, axis=1)[near]
        named, first = np.unique(named, axis=0, return_index=True)
        # In a numbering that is named so, the frame need not choose again.
        own = np.tile(np.arange(named.shape[1]), (len(named), 1))
        return named, replace(alignment.rows(near[first]), labelings=own)

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
            image = self.map.frame.align(training[:, row], checked=True).positions
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
