"""When the dynamics of a molecule has broken: bonds far from their reference lengths."""

import numpy as np

from hkmaps.geometry.molecule import Molecule
from hkmaps.units import ANGSTROM_PER_BOHR

LARGEST_STRAIN = 0.5 / ANGSTROM_PER_BOHR
"""By how much a bond of stable dynamics may differ from its reference length, in bohr.

Source: X. Fu et al., arXiv 2210.07237 (2022), section 4: 0.5 Angstrom.
"""


class StabilityTest:
    """Whether all bonds of a molecule have about their reference lengths.

    Args:
        molecule: with its `stability_bonds`.
        largest: by how much a bond may differ, in bohr.
    """

    def __init__(self, molecule: Molecule, largest: float = LARGEST_STRAIN):
        self.pairs, self.lengths, groups = molecule.stability_bonds
        self.largest = largest
        self._first, self._second = self.pairs.T
        self._starts = np.flatnonzero(np.diff(groups, prepend=-1))

    def broken(self, positions: np.ndarray) -> dict[int, str]:
        """Return what is broken in geometries, by their row; those that are whole are not in it.

        Args:
            positions: shape (S, atoms, 3), in bohr.
        """
        if not len(self.pairs):
            return {}
        apart = positions[:, self._first] - positions[:, self._second]
        lengths = np.sqrt(np.einsum("spx,spx->sp", apart, apart))
        strains = np.abs(lengths - self.lengths)
        # What is bonded to either of two atoms is judged by the better of them.
        least = np.minimum.reduceat(strains, self._starts, axis=1)
        worst = least.argmax(axis=1)
        rows = np.flatnonzero(least[np.arange(len(least)), worst] > self.largest)
        return {int(row): self._sentence(strains[row], lengths[row], worst[row]) for row in rows}

    def _sentence(self, strains: np.ndarray, lengths: np.ndarray, group: int) -> str:
        start = self._starts[group]
        end = self._starts[group + 1] if group + 1 < len(self._starts) else len(strains)
        pair = start + int(strains[start:end].argmin())
        first, second = map(int, self.pairs[pair])
        return (
            f"broke a bond: atoms {first} and {second} are {lengths[pair]:.3g} bohr apart, where"
            f" {self.lengths[pair]:.3g} is usual and {self.largest:.3g} more or less is allowed."
        )
