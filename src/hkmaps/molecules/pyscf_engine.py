"""Reference calculations by PySCF: Kohn-Sham with Gaussian orbitals and GTH pseudopotentials."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any
from unittest import mock

import numpy as np
import pyscf
from pyscf import dft, gto, lib
from pyscf.lib.exceptions import BasisNotFoundError
from pyscf.scf.dispersion import dftd3, parse_disp

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError, expect_atoms
from hkmaps.molecules.gaussian_densities import periodic_density
from hkmaps.molecules.kept_orbitals import KeptOrbitals

LARGEST_TOLERANCE = 1e-3
"""Changes of the energy in Ha below which an SCF may be stopped."""

NEAR = 0.01
"""Distance of a restart from a density of the geometry at which a coarse grid has nothing to give.

Half a femtosecond at 300 K is 0.002 to 0.004, from one conformer to another 0.02 to 0.06.
"""

KEPT_ORBITALS = 0.9e9
"""Bytes of orbitals on the grid that a calculation may keep."""


@dataclass(frozen=True)
class Attempt:
    """A way to iterate to self-consistency.

    Attributes:
        name: what it is, in words.
        settings: attributes of PySCF's SCF object.
        second_order: whether orbitals are optimised by Newton's method instead of DIIS.
    """

    name: str
    settings: Mapping[str, Any]
    second_order: bool = False


ATTEMPTS = (
    Attempt("DIIS", {"max_cycle": 50}),
    Attempt("damped DIIS with a level shift", {"max_cycle": 200, "damp": 0.3, "level_shift": 0.3}),
    Attempt("Newton's method", {"max_cycle": 100}, second_order=True),
)
"""What is tried, in order, until one converges; only the first starts from a near geometry."""


@dataclass(frozen=True)
class PyscfEngine:
    """Restricted Kohn-Sham calculations of closed-shell molecules.

    A calculation may begin on a coarse grid, whose iterations are cheap. What it converges to there
    is the guess for the grid that decides, and leaves no trace beyond the tolerance. A restart from
    a geometry as near as a step of dynamics is a better guess and needs no coarse grid.

    Attributes:
        fourier_basis: basis of the densities that are returned.
        functional: exchange and correlation, by PySCF's name.
        orbital_basis: Gaussian basis set, by PySCF's name.
        pseudopotential: by PySCF's name; the density is that of the valence electrons.
        density_fitting: whether Coulomb integrals are fitted.
        grid_level: PySCF's level of the exchange-correlation grid, 0 to 9.
        tolerance: change of the energy in Ha at which a calculation counts as converged.
        coarse_grid_level: level of the grid on which it begins, below `grid_level`; None for none.
        coarse_tolerance: change of the energy in Ha at which it leaves that grid.

    Raises:
        InputError: the functional is unknown, or a grid level or a tolerance not allowed.
    """

    fourier_basis: FourierBasis
    functional: str = "PBE"
    orbital_basis: str = "gth-tzv2p"
    pseudopotential: str = "gth-pbe"
    density_fitting: bool = True
    grid_level: int = 3
    tolerance: float = 1e-9
    coarse_grid_level: int | None = None
    coarse_tolerance: float = 1e-5

    def __post_init__(self):
        if not isinstance(self.grid_level, Integral) or self.grid_level not in range(10):
            raise InputError(
                f"The grid level of the engine pyscf is {self.grid_level!r}; it must be 0 to 9."
            )
        if self.coarse_grid_level not in (None, *range(self.grid_level)):
            raise InputError(
                f"The coarse grid level of the engine pyscf is {self.coarse_grid_level!r}; it must"
                f" be null or from 0 to below the grid level, {self.grid_level}."
            )
        for name in ("tolerance", "coarse_tolerance"):
            value = getattr(self, name)
            if not (isinstance(value, Real) and 0 < value < LARGEST_TOLERANCE):
                raise InputError(
                    f"The {name.replace('_', ' ')} of the engine pyscf is"
                    f" {getattr(self, name)!r} Ha; it must be positive and below"
                    f" {LARGEST_TOLERANCE:g} Ha."
                )
        _expect_functional(self.functional)

    @property
    def description(self) -> str:
        """Name, version and settings in one line."""
        fitting = "with" if self.density_fitting else "without"
        coarse = ""
        if self.coarse_grid_level is not None:
            coarse = (
                f", begun on grid level {self.coarse_grid_level} to {self.coarse_tolerance:g} Ha"
            )
        return (
            f"pyscf {pyscf.__version__}, {self.functional}, {self.orbital_basis},"
            f" {self.pseudopotential}, {fitting} density fitting, grid level {self.grid_level},"
            f" tolerance {self.tolerance:g} Ha{coarse}"
        )

    def calculate(
        self,
        symbols: tuple[str, ...],
        positions: np.ndarray,
        restart: np.ndarray | None = None,
        forces: bool = False,
    ) -> ReferenceCalculation:
        """Solve one geometry on one thread.

        Args:
            symbols: element of each atom.
            positions: shape (atoms, 3), in bohr; the origin becomes the middle of the cube.
            restart: density matrix of a near geometry of the same molecule, or None.
            forces: whether forces are wanted.

        Returns:
            Energy, density and, where asked, forces; `restart` is the density matrix.

        Raises:
            SelfConsistencyError: none of `ATTEMPTS` converged.
            InputError: PySCF lacks an element, the basis set or the pseudopotential, or the
                molecule has an odd number of electrons.
        """
        with lib.with_omp_threads(1):
            mole = self.mole(symbols, positions)
            calculation, iterations = self._converge(mole, restart)
            density_matrix = calculation.make_rdm1()
            cube = self.fourier_basis
            density = periodic_density(
                self._centred_in_cube(mole), density_matrix, cube.length, cube.frequencies
            )
            return ReferenceCalculation(
                energy=float(calculation.e_tot),
                iterations=iterations,
                coefficients=cube.coefficients(density),
                forces=_forces(calculation) if forces else None,
                restart=np.asarray(density_matrix),
            )

    def mole(self, symbols: tuple[str, ...], positions: np.ndarray) -> gto.Mole:
        """Return the PySCF molecule; arguments and errors as for `calculate`."""
        mole = gto.Mole(
            atom=list(zip(symbols, expect_atoms(symbols, positions), strict=True)),
            unit="Bohr",
            basis=self.orbital_basis,
            pseudo=self.pseudopotential,
            spin=None,
            verbose=0,
        )
        try:
            mole.build(dump_input=False, parse_arg=False)
        except (BasisNotFoundError, KeyError, RuntimeError) as error:
            raise InputError(
                f"PySCF cannot describe {''.join(symbols)} with the basis set"
                f" {self.orbital_basis!r} and the pseudopotential {self.pseudopotential!r}:"
                f" {' '.join(str(error).split())}."
            ) from error
        if mole.spin:
            raise InputError(
                f"The molecule {''.join(symbols)} has {mole.nelectron} valence electrons; only"
                " closed shells, with an even number, can be calculated."
            )
        return mole

    def _converge(self, mole: gto.Mole, restart: np.ndarray | None) -> tuple[dft.rks.RKS, int]:
        iterations = 0

        def count(state: dict) -> None:
            nonlocal iterations
            iterations += 1

        for attempt in ATTEMPTS:
            calculation = self._kohn_sham(mole, attempt)
            # PySCF counts cycles itself, but not those of Newton's method.
            calculation.callback = count
            guess = None
            try:
                if attempt is ATTEMPTS[0]:
                    guess = self._guess(calculation, restart)
                calculation.kernel(dm0=guess)
            except np.linalg.LinAlgError:
                # Atoms so near that orbitals are linearly dependent, as where dynamics broke.
                continue
            finally:
                calculation._numint.forget()
            if calculation.converged and np.isfinite(calculation.e_tot):
                return calculation, iterations
        tried = ", ".join(attempt.name for attempt in ATTEMPTS)
        raise SelfConsistencyError(
            f"The SCF did not converge to {self.tolerance:g} Ha in {iterations} iterations of"
            f" {tried}.",
            iterations,
        )

    def _guess(self, calculation: dft.rks.RKS, restart: np.ndarray | None) -> np.ndarray | None:
        """The density matrix on the coarse grid, or the restart where it leads nearer."""
        if self.coarse_grid_level is None or _is_near(restart, calculation.get_ovlp()):
            return restart
        coarse = calculation.copy()
        coarse.grids = dft.Grids(calculation.mol)
        coarse.grids.level = self.coarse_grid_level
        coarse.conv_tol = self.coarse_tolerance
        coarse.conv_check = False
        coarse.kernel(dm0=restart)
        return coarse.make_rdm1()

    def _kohn_sham(self, mole: gto.Mole, attempt: Attempt) -> dft.rks.RKS:
        calculation = dft.RKS(mole, xc=self.functional)
        calculation._numint = KeptOrbitals(KEPT_ORBITALS)
        if self.density_fitting:
            calculation = calculation.density_fit()
            # PySCF would evaluate the integrals anew in each iteration.
            calculation.with_df.build()
        calculation.grids.level = self.grid_level
        calculation.conv_tol = self.tolerance
        calculation.chkfile = None
        if attempt.second_order:
            calculation = calculation.newton()
        for name, value in attempt.settings.items():
            setattr(calculation, name, value)
        return calculation

    def _centred_in_cube(self, mole: gto.Mole) -> gto.Mole:
        middle = self.fourier_basis.length / 2
        return mole.set_geom_(mole.atom_coords() + middle, unit="Bohr", inplace=False)


def _expect_functional(name: str) -> None:
    """Raise `InputError` where PySCF knows no such functional, or cannot correct it."""
    try:
        known = bool(name.strip()) and dft.libxc.parse_xc(name)
        correction = known and parse_disp(name)[1]
    except (KeyError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"PySCF knows no functional {name!r}; PBE is one that it knows."
        ) from error
    if not known:
        raise InputError(f"PySCF knows no functional {name!r}; PBE is one that it knows.")
    if correction and dftd3 is None:
        raise InputError(
            f"The functional {name!r} has a correction for dispersion, for which PySCF needs the"
            " Python package pyscf-dispersion; install it, or leave the correction out, as in PBE."
        )


def _is_near(restart: np.ndarray | None, overlap: np.ndarray) -> bool:
    """Whether the density matrix of another geometry is nearly one of this, D S D = 2 D."""
    if restart is None:
        return False
    distance = np.linalg.norm(restart @ overlap @ restart / 2 - restart)
    return distance < NEAR * np.linalg.norm(restart)


def _forces(calculation: dft.rks.RKS) -> np.ndarray:
    """Return the forces in Ha/bohr, shape (atoms, 3), with the response of the grid."""
    gradients = calculation.nuc_grad_method()
    gradients.grid_response = True
    gradients.grids = _with_nuclear_charges(calculation.grids)
    with _without_projectors(calculation.mol):
        return -gradients.kernel()


def _with_nuclear_charges(grids: dft.Grids) -> dft.Grids:
    """Return the grid with a molecule whose charges are those of the elements.

    PySCF 2.14 makes its weights with the elements' atomic radii, but takes the radii for their
    derivatives by the charges, which are smaller where a pseudopotential stands for a core:
    carbon's would be beryllium's, an error of 1e-4 Ha/bohr on coarse grids.
    """
    mole = grids.mol.copy()
    mole._atm = mole._atm.copy()
    mole._atm[:, gto.CHARGE_OF] = [gto.charge(symbol) for symbol in mole.elements]
    grids = grids.copy()
    grids.mol = mole
    return grids


@contextmanager
def _without_projectors(mole: gto.Mole) -> Iterator[None]:
    """Let PySCF differentiate pseudopotentials that have no non-local projectors.

    Hydrogen's has none. Where no other element brings one, PySCF 2.14 fails with a TypeError in
    `vppnl_nuc_grad` instead of adding nothing.
    """
    projectors = any(len(pseudo) > 5 for pseudo in mole._pseudo.values())
    if projectors:
        yield
        return
    with mock.patch("pyscf.gto.pp_int.vppnl_nuc_grad", lambda mol, dm: np.zeros((mol.natm, 3))):
        yield
