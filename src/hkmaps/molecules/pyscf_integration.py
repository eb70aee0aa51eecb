"""Numerical integration for PySCF that keeps the orbitals' values and uses few matrix products."""

from collections.abc import Iterator

import numpy as np
from pyscf.dft.gen_grid import BLKSIZE
from pyscf.dft.numint import NumInt

POINTS_AT_ONCE = 80 * BLKSIZE
"""Points of a block, always the same, so that no sum depends on the memory that is free."""

LARGEST_ORDER = 1
"""Derivatives of orbitals that functionals of the density and its gradient need."""

COMPONENTS = {"LDA": 1, "GGA": 4}
"""Values at a point that functionals of these kinds take: the density, and its gradient."""


class KeptOrbitals(NumInt):
    """PySCF's numerical integration, with atomic orbitals evaluated once a grid.

    Their values do not change from one iteration of a self-consistent field to the next, and to
    evaluate them costs as much as all that is done with them. Of that, densities from occupied
    orbitals and dense products take half the time of PySCF's sparse ones, for molecules of the size
    of benzene.

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

    def nr_rks(
        self,
        mol,
        grids,
        xc_code,
        dms,
        relativity=0,
        hermi=1,
        max_memory=2000,
        verbose=None,
    ) -> tuple[float, float, np.ndarray]:
        """Return electrons, energy and potential matrix, as `NumInt.nr_rks` does."""
        kind = self._xc_type(xc_code)
        orbitals = occupied_orbitals(dms)
        if orbitals is None or kind not in COMPONENTS:
            return super().nr_rks(mol, grids, xc_code, dms, relativity, hermi, max_memory, verbose)
        electrons, energy, half = 0.0, 0.0, np.zeros((mol.nao, mol.nao))
        order = 0 if kind == "LDA" else 1
        for values, _, weights, _ in self.block_loop(mol, grids, mol.nao, order, max_memory):
            functions = by_function(values)
            density, per_electron, slopes = self.density_and_slopes(
                xc_code, functions, orbitals, kind
            )
            electrons += weights @ density
            energy += weights @ (density * per_electron)
            slopes *= weights
            # The potential matrix is this one and its transpose.
            slopes[0] /= 2
            half += functions[0] @ weighted(functions, slopes).T
        return electrons, energy, half + half.T

    def density_and_slopes(
        self, xc_code: str, values: np.ndarray, orbitals: np.ndarray, kind: str
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the density, its energy per electron and how the energy density changes with it.

        Args:
            xc_code: the functional.
            values: atomic orbitals, and their gradients where `kind` needs them, shape (1 or more,
                functions, points).
            orbitals: shape (functions, occupied), each with its two electrons.
            kind: a key of `COMPONENTS`.

        Returns:
            Shapes (points,), (points,) and (components, points); the last are the derivatives by
            the density and by the components of its gradient.
        """
        molecular = orbitals.T @ values[: COMPONENTS[kind]]
        density = 2 * np.einsum("kip,ip->kp", molecular, molecular[0])
        density[1:] *= 2
        per_electron, slopes = self.eval_xc_eff(
            xc_code, density if kind == "GGA" else density[0], deriv=1, xctype=kind
        )[:2]
        return density[0], per_electron, slopes


def occupied_orbitals(density_matrix: np.ndarray) -> np.ndarray | None:
    """Return the orbitals that a density matrix of PySCF names, where each has two electrons."""
    occupations = getattr(density_matrix, "mo_occ", None)
    if np.ndim(density_matrix) != 2 or occupations is None:
        return None
    occupied = occupations > 0
    return density_matrix.mo_coeff[:, occupied] if np.all(occupations[occupied] == 2) else None


def by_function(values: np.ndarray) -> np.ndarray:
    """Return PySCF's values of atomic orbitals, shape (components, functions, points)."""
    return np.swapaxes(values[None] if values.ndim == 2 else values, 1, 2)


def weighted(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the sum over the components k of values[k] * weights[k], shape (functions, points)."""
    total = values[0] * weights[0]
    for component, weight in zip(values[1:], weights[1:], strict=False):
        total += component * weight
    return total
