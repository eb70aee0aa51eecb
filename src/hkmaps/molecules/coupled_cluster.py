"""Coupled-cluster energies of a molecule's geometries: what the density functional itself misses.

CCSD(T) with all electrons but those of the cores correlated, beside which paper B puts its
reference functional (section 2.6).
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyscf
from pyscf import cc, gto, lib, scf
from pyscf.data.elements import chemcore
from pyscf.lib.exceptions import BasisNotFoundError

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import expect_atoms
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import COUPLED_CLUSTER, REFERENCE_ENERGIES
from hkmaps.tables import stack

GEOMETRIES_PER_MESSAGE = 10
TOLERANCE = 1e-9
"""Change of the Hartree-Fock and of the CCSD energy in Ha at which each counts as converged."""


def coupled_cluster_table(
    molecule: Molecule,
    geometries: pd.DataFrame,
    orbital_basis: str,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Calculate geometries by all-electron, frozen-core CCSD(T).

    A geometry that does not converge is a row that says so, without energies.

    Args:
        molecule: the molecule, of closed shells.
        geometries: rows of `GEOMETRIES`.
        orbital_basis: all-electron Gaussian basis set, by PySCF's name, such as "cc-pvtz".
        progress: called with a line of text after every few geometries.

    Returns:
        pandas.DataFrame with the columns of `COUPLED_CLUSTER`, rows in the order of `geometries`.

    Raises:
        InputError: positions are not geometries of the molecule, or PySCF lacks the basis set.
    """
    rows = _rows(molecule, geometries, orbital_basis, progress)
    return pd.DataFrame(rows, columns=COUPLED_CLUSTER.column_names)


def reference_energies(
    molecule: Molecule,
    geometries: pd.DataFrame,
    orbital_basis: str,
    progress: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Calculate geometries as `coupled_cluster_table` does, as reference calculations of a sample.

    Returns:
        pandas.DataFrame with the columns of `REFERENCE_ENERGIES`, rows in the order of
        `geometries`, without a count of iterations.
    """
    if geometries.empty:
        return REFERENCE_ENERGIES.empty()
    rows = _rows(molecule, geometries, orbital_basis, progress)
    return pd.DataFrame(rows, columns=REFERENCE_ENERGIES.column_names)


def _rows(
    molecule: Molecule,
    geometries: pd.DataFrame,
    orbital_basis: str,
    progress: Callable[[str], None],
) -> list[dict[str, Any]]:
    """What is known of each geometry, the columns of both tables."""
    positions = expect_positions(molecule, stack(geometries["positions"]))
    rows = []
    for number, place in zip(geometries["geometry"], positions, strict=True):
        failure, start = None, time.perf_counter()
        try:
            hartree_fock, ccsd, triples = coupled_cluster_energies(
                molecule.symbols, place, orbital_basis
            )
        except ConvergenceError as error:
            hartree_fock = ccsd = triples = np.nan
            failure = str(error)
            progress(f"geometry {number} failed: {failure}")
        rows.append(
            {
                "geometry": number,
                "energy": ccsd + triples,
                "ccsd_energy": ccsd,
                "hartree_fock_energy": hartree_fock,
                "orbital_basis": orbital_basis,
                "failure": failure,
                "converged": failure is None,
                "iterations": 0,
                "seconds": time.perf_counter() - start,
                "engine": f"PySCF {pyscf.__version__}, frozen-core CCSD(T)/{orbital_basis}",
            }
        )
        if len(rows) % GEOMETRIES_PER_MESSAGE == 0 or len(rows) == len(positions):
            progress(f"{len(rows)}/{len(positions)} geometries by CCSD(T)/{orbital_basis}")
    return rows


def coupled_cluster_energies(
    symbols: tuple[str, ...], positions: np.ndarray, orbital_basis: str
) -> tuple[float, float, float]:
    """Return the Hartree-Fock energy, the CCSD energy and the triples correction, in Ha.

    Args:
        symbols: element of each atom.
        positions: shape (atoms, 3), in bohr.
        orbital_basis: as for `coupled_cluster_table`.

    Raises:
        InputError: PySCF lacks the basis set.
        ConvergenceError: Hartree-Fock or CCSD did not converge.
    """
    mole = all_electron_mole(symbols, positions, orbital_basis)
    with lib.with_omp_threads(1):
        hartree_fock = scf.RHF(mole)
        hartree_fock.chkfile = None
        hartree_fock.conv_tol = TOLERANCE
        energy = hartree_fock.kernel()
        correlated = cc.CCSD(hartree_fock, frozen=chemcore(mole))
        correlated.conv_tol = TOLERANCE
        if hartree_fock.converged:
            correlated.kernel()
        if not (hartree_fock.converged and correlated.converged):
            which = "CCSD" if hartree_fock.converged else "Hartree-Fock"
            raise ConvergenceError(
                f"{which} of {''.join(symbols)} with {orbital_basis} did not converge to"
                f" {TOLERANCE:g} Ha; the energies of coupled cluster need both."
            )
        return float(energy), float(correlated.e_tot), float(correlated.ccsd_t())


def all_electron_mole(
    symbols: tuple[str, ...], positions: np.ndarray, orbital_basis: str
) -> gto.Mole:
    """Return the PySCF molecule with all its electrons; arguments as `coupled_cluster_energies`.

    Raises:
        InputError: PySCF lacks the basis set.
    """
    try:
        return gto.M(
            atom=list(zip(symbols, expect_atoms(symbols, positions), strict=True)),
            unit="Bohr",
            basis=orbital_basis,
            verbose=0,
        )
    except (BasisNotFoundError, KeyError, RuntimeError) as error:
        raise InputError(
            f"PySCF has no basis set {orbital_basis!r} for {''.join(symbols)}; cc-pvtz is one for"
            f" all electrons ({' '.join(str(error).split())})."
        ) from error
