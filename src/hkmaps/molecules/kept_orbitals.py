"""Numerical integration that keeps the orbitals' values on the grid from iteration to iteration."""

from collections.abc import Iterator

import numpy as np
from pyscf.dft.gen_grid import BLKSIZE
from pyscf.dft.numint import NumInt

POINTS_AT_ONCE = 80 * BLKSIZE
"""Points of a block, always the same, so that no sum depends on the memory that is free."""

LARGEST_ORDER = 1
"""Derivatives of orbitals that functionals of the density and its gradient need."""


class KeptOrbitals(NumInt):
    """PySCF's numerical integration, with atomic orbitals evaluated once a grid.

    Their values do not change from one iteration of a self-consistent field to the next, and to
    evaluate them costs as much as all that is done with them.

    Args:
        limit: bytes of orbitals that may be kept; where a grid needs more, they are evaluated anew
            in each iteration.
    """

    def __init__(self, limit: float):
        super().__init__()
        self.limit = limit
        self.forget()

    def forget(self) -> None:
        """Free the memory of what is kept."""
        self._points, self._order, self._blocks = None, None, []

    def block_loop(
        self,
        mol,
        grids,
        nao=None,
        deriv=0,
        max_memory=2000,
        non0tab=None,
        blksize=None,
        buf=None,
    ) -> Iterator[tuple]:
        """Yield orbitals, mask, weights and points of each block, as `NumInt.block_loop` does."""
        if grids.coords is None:
            grids.build(with_non0tab=True)
        nao = nao or mol.nao
        blocks = super().block_loop(
            mol, grids, nao, deriv, max_memory, non0tab, blksize or POINTS_AT_ONCE, buf
        )
        components = (deriv + 1) * (deriv + 2) * (deriv + 3) // 6
        size = components * len(grids.coords) * nao * np.dtype(float).itemsize
        if deriv > LARGEST_ORDER or size > self.limit:
            yield from blocks
            return
        if self._points is not grids.coords or self._order != deriv:
            self.forget()
            # PySCF evaluates every block in the same memory, orbital by orbital.
            self._blocks = [(np.copy(values, order="K"), *others) for values, *others in blocks]
            self._points, self._order = grids.coords, deriv
        yield from self._blocks
