"""The local part of pseudopotentials, and what it has in common with a density in a subspace.

The external potential of a calculation with pseudopotentials of S. Goedecker, M. Teter and
J. Hutter (Phys. Rev. B 54, 1703 (1996), equation 1) is the sum over atoms of

    v(r) = -Z/r erf(r / (sqrt(2) s)) + exp(-r^2 / (2 s^2)) sum_i C_i (r/s)^(2 i - 2),

and of non-local projectors, which hydrogen has none of: of H2 the integral of n v is all that the
energy owes to the nuclei, but for their repulsion.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyscf.gto.basis import load_pseudo
from pyscf.lib.exceptions import BasisNotFoundError
from scipy.special import erf

from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace

SPACING = 0.2
"""Largest distance of grid points of integrals, in bohr: the core of hydrogen's potential."""

FAR = 80.0
"""Squared distance over that of the core from which on the Gaussian is zero to rounding."""


@dataclass(frozen=True)
class LocalPotential:
    """The local pseudopotential of an element.

    Attributes:
        charge: valence charge Z, in e.
        core: s, in bohr.
        coefficients: C, in Ha.
    """

    charge: float
    core: float
    coefficients: tuple[float, ...]

    @classmethod
    def of(cls, symbol: str, pseudopotential: str) -> "LocalPotential":
        """Return that of an element.

        Args:
            symbol: its chemical symbol.
            pseudopotential: by PySCF's name, such as "gth-pbe".

        Raises:
            InputError: PySCF has none of that name.
        """
        try:
            electrons, core, _, coefficients, *_ = load_pseudo(pseudopotential, symbol)
        except (BasisNotFoundError, KeyError, RuntimeError) as error:
            raise InputError(
                f"PySCF has no pseudopotential {pseudopotential!r} of {symbol}; gth-pbe is one."
            ) from error
        return cls(float(sum(electrons)), float(core), tuple(map(float, coefficients)))

    def at(self, squared: np.ndarray) -> np.ndarray:
        """Return the potential in Ha at squared distances from the nucleus, in bohr^2."""
        distances = np.sqrt(squared)
        scaled = distances / (np.sqrt(2) * self.core)
        # erf(x)/x tends to 2/sqrt(pi).
        small = scaled < 1e-8
        ratio = erf(scaled) / np.where(small, 1.0, scaled)
        ratio[small] = 2 / np.sqrt(np.pi)
        values = -self.charge * ratio / (np.sqrt(2) * self.core)
        near = squared < FAR * self.core**2
        parts = squared[near] / self.core**2
        series = sum(c * parts**power for power, c in enumerate(self.coefficients))
        values[near] += np.exp(-parts / 2) * series
        return values


def potential_coordinates(
    subspace: DensitySubspace,
    symbols: Sequence[str],
    positions: np.ndarray,
    pseudopotential: str,
) -> np.ndarray:
    """Return the overlaps of the local potential with the components of a subspace.

    The integral of n v is the product of a density's coordinates with them.

    Args:
        subspace: what densities are coordinates in.
        symbols: element of each atom.
        positions: shape (S, atoms, 3), in bohr; the origin is the middle of the cube.
        pseudopotential: by PySCF's name.

    Returns:
        Shape (S, rank), in Ha bohr^3/2.

    Raises:
        InputError: PySCF has no such pseudopotential of an element.
    """
    basis = subspace.basis
    points = max(int(np.ceil(basis.length / SPACING)), basis.functions_per_dimension)
    components = np.stack(
        [
            basis.density_on_grid(row, points).astype(np.float32).ravel()
            for row in subspace.expand(np.eye(subspace.rank))
        ]
    )
    x = np.arange(points) * basis.length / points - basis.length / 2
    elements = {symbol: LocalPotential.of(symbol, pseudopotential) for symbol in set(symbols)}
    found = np.empty((len(positions), subspace.rank))
    for number, atoms in enumerate(positions):
        potential = np.zeros(points**3, dtype=np.float32)
        for symbol, place in zip(symbols, atoms, strict=True):
            along = [(x - centre) ** 2 for centre in place]
            squared = along[0][:, None, None] + along[1][:, None] + along[2]
            potential += elements[symbol].at(squared).ravel()
        found[number] = components @ potential
    return found * (basis.length / points) ** 3


def nuclear_repulsion(
    symbols: Sequence[str], positions: np.ndarray, pseudopotential: str
) -> np.ndarray:
    """Return the repulsion of valence charges; arguments as of `potential_coordinates`.

    Returns:
        Shape (S,), in Ha.
    """
    charges = np.array([LocalPotential.of(symbol, pseudopotential).charge for symbol in symbols])
    first, second = np.triu_indices(len(symbols), 1)
    distances = np.linalg.norm(positions[:, first] - positions[:, second], axis=-1)
    return np.sum(charges[first] * charges[second] / distances, axis=1)
