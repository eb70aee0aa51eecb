"""Reference calculations by PySCF: Kohn-Sham with Gaussian orbitals and GTH pseudopotentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pyscf
from pyscf import dft, gto, lib
from pyscf.lib.exceptions import BasisNotFoundError
from pyscf.scf.dispersion import dftd3, parse_disp

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.density_matrix_guess import KnownDensityMatrices
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError, expect_atoms
from hkmaps.molecules.gaussian_densities import periodic_density
from hkmaps.molecules.pyscf_forces import forces as forces_of
from hkmaps.molecules.pyscf_integration import KeptOrbitals

LARGEST_TOLERANCE = 1e-3
"""Changes of the energy in Ha below which an SCF may be stopped."""

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
    # The first step of a good guess overshoots, and less so with a level shift.
    Attempt("DIIS", {"max_cycle": 50, "level_shift": 0.2, "diis_start_cycle": 0}),
    Attempt("damped DIIS with a level shift", {"max_cycle": 200, "damp": 0.3, "level_shift": 0.3}),
    Attempt("Newton's method", {"max_cycle": 100}, second_order=True),
)
"""What is tried, in order, until one converges; only the first starts from other geometries."""


@dataclass(frozen=True)
class PyscfEngine:
    """Restricted Kohn-Sham calculations of closed-shell molecules.

    A calculation starts from what is learnt of the density matrices of geometries before it, if
    there are any, and leaves no trace of it beyond the tolerance.

    Attributes:
        fourier_basis: basis of the densities that are returned.
        functional: exchange and correlation, by PySCF's name.
        orbital_basis: Gaussian basis set, by PySCF's name.
        pseudopotential: by PySCF's name; the density is that of the valence electrons.
        density_fitting: whether Coulomb integrals are fitted.
        grid_level: PySCF's level of the exchange-correlation grid, 0 to 9.
        tolerance: change of the energy in Ha at which a calculation counts as converged.

    Raises:
        InputError: the functional is unknown, or the grid level or the tolerance not allowed.
    """

    fourier_basis: FourierBasis
    functional: str = "PBE"
    orbital_basis: str = "gth-tzv2p"
    pseudopotential: str = "gth-pbe"
    density_fitting: bool = True
    grid_level: int = 3
    tolerance: float = 1e-9

    def __post_init__(self):
        if not isinstance(self.grid_level, Integral) or self.grid_level not in range(10):
            raise InputError(
                f"The grid level of the engine pyscf is {self.grid_level!r}; it must be 0 to 9."
            )
        if not (isinstance(self.tolerance, Real) and 0 < self.tolerance < LARGEST_TOLERANCE):
            raise InputError(
                f"The tolerance of the engine pyscf is {self.tolerance!r} Ha; it must be positive"
                f" and below {LARGEST_TOLERANCE:g} Ha."
            )
        _expect_functional(self.functional)

    @property
    def description(self) -> str:
        """Name, version and settings in one line."""
        fitting = "with" if self.density_fitting else "without"
        return (
            f"pyscf {pyscf.__version__}, {self.functional}, {self.orbital_basis},"
            f" {self.pseudopotential}, {fitting} density fitting, grid level {self.grid_level},"
            f" tolerance {self.tolerance:g} Ha"
        )

    def calculate(
        self,
        symbols: tuple[str, ...],
        positions: np.ndarray,
        restart: Mapping[str, np.ndarray] | None = None,
        forces: bool = False,
    ) -> ReferenceCalculation:
        """Solve one geometry on one thread.

        Args:
            symbols: element of each atom.
            positions: shape (atoms, 3), in bohr; the origin becomes the middle of the cube.
            restart: that of an earlier calculation of the same molecule, or None.
            forces: whether forces are wanted.

        Returns:
            Energy, density and, where asked, forces; `restart` holds the arrays of
            `KnownDensityMatrices`.

        Raises:
            SelfConsistencyError: none of `ATTEMPTS` converged.
            InputError: PySCF lacks an element, the basis set or the pseudopotential, or the
                molecule has an odd number of electrons.
        """
        with lib.with_omp_threads(1):
            mole = self.mole(symbols, positions)
            known = KnownDensityMatrices.from_arrays(restart)
            calculation, iterations = self._converge(mole, known)
            density_matrix = calculation.make_rdm1()
            cube = self.fourier_basis
            density = periodic_density(
                self._centred_in_cube(mole), density_matrix, cube.length, cube.frequencies
            )
            return ReferenceCalculation(
                energy=float(calculation.e_tot),
                iterations=iterations,
                coefficients=cube.coefficients(density),
                forces=forces_of(calculation) if forces else None,
                restart=known.joined_by(
                    mole.atom_coords(), calculation.get_ovlp(), np.asarray(density_matrix)
                ).arrays(),
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

    def _converge(self, mole: gto.Mole, known: KnownDensityMatrices) -> tuple[dft.rks.RKS, int]:
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
                    guess = self._guess(calculation, known)
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

    def _guess(self, calculation: dft.rks.RKS, known: KnownDensityMatrices) -> np.ndarray | None:
        """The density matrix that is learnt, or None where there is nothing to learn from."""
        if not len(known):
            return None
        positions = calculation.mol.atom_coords()
        orbitals = known.occupied_orbitals(positions, calculation.get_ovlp())
        return calculation.make_rdm1(orbitals, np.full(orbitals.shape[1], 2.0))

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
