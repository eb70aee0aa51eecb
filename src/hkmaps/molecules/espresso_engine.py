"""Reference calculations by Quantum ESPRESSO: Kohn-Sham with plane waves and PAW (paper B, 2.1)."""

import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Real
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.espresso import Espresso, EspressoProfile
from ase.io.espresso import units

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.charge_density import read_charge_density
from hkmaps.molecules.engine_names import expect_espresso_functional
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError, expect_atoms
from hkmaps.molecules.paw_sets import DEBIAN_FOLDER, PAW_SETS, paw_folder, valence_electrons
from hkmaps.units import ANGSTROM_PER_BOHR

ONE_PROCESS = "env OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMPI_MCA_ess_singleton_isolated=1"
"""One thread, and no daemon that Open MPI would start beside a process on its own."""

PREFIX = "hkmaps"
SAVED = f"{PREFIX}.save"
RESTART_FILES = ("charge-density.dat", "paw.txt", "wfc1.dat")
"""What pw.x reads to start from another calculation: density, PAW occupations, orbitals."""

NUMERICAL_FAILURES = ("c_bands", "cdiaghg", "rdiaghg")
"""Routines of pw.x that stop it where its diagonalisation fails, which other settings may cure."""


@dataclass(frozen=True)
class Attempt:
    """A way to iterate to self-consistency.

    Attributes:
        name: what it is, in words.
        settings: entries of the namelist &ELECTRONS.
    """

    name: str
    settings: Mapping[str, Any]


ATTEMPTS = (
    Attempt("mixing by 0.7", {"mixing_beta": 0.7, "electron_maxstep": 60}),
    Attempt("mixing by 0.3", {"mixing_beta": 0.3, "electron_maxstep": 150}),
    Attempt(
        "mixing by 0.1 with conjugate gradients",
        {"mixing_beta": 0.1, "electron_maxstep": 300, "diagonalization": "cg"},
    ),
)
"""What is tried, in order, until one converges; only the first starts from a near geometry."""


@dataclass(frozen=True)
class EspressoEngine:
    """Calculations of closed-shell molecules in a periodic cube, at the gamma point, through ASE.

    The density is the one that pw.x iterates and writes: the squares of the smooth orbitals plus
    PAW's augmentation charges, which pw.x makes smooth inside the spheres. It holds all valence
    electrons and no core electrons, follows the all-electron valence density outside of the
    spheres, and does not have its cusps at the nuclei inside.

    Attributes:
        fourier_basis: basis of the densities that are returned; its cube is the calculation's.
        functional: exchange and correlation, by Quantum ESPRESSO's name; PBE is the one that the
            PAW sets are made for.
        wave_function_cutoff: largest kinetic energy of the orbitals' plane waves, in Ry.
        density_cutoff: that of the density's, in Ry; squares of orbitals need four times theirs.
        tolerance: estimated error of the energy in Ha at which an SCF counts as converged.
        pseudopotentials: folder of the files of `PAW_SETS`; None is that of the environment
            variable ESPRESSO_PSEUDO or, where it is not set, Debian's.
        command: what starts pw.x.

    Raises:
        InputError: the program is not installed, it knows no such functional, or a cutoff or the
            tolerance is not allowed.
    """

    fourier_basis: FourierBasis
    functional: str = "PBE"
    wave_function_cutoff: float = 90
    density_cutoff: float = 360
    tolerance: float = 1e-9
    pseudopotentials: str | None = None
    command: str = "pw.x"

    def __post_init__(self):
        if not _is_between(0, self.wave_function_cutoff, np.inf):
            raise InputError(
                f"The wave-function cutoff of the engine espresso is {self.wave_function_cutoff!r}"
                " Ry; it must be a positive number."
            )
        if not (
            _is_between(0, self.density_cutoff, np.inf)
            and 4 * self.wave_function_cutoff <= self.density_cutoff
        ):
            raise InputError(
                f"The density cutoff of the engine espresso is {self.density_cutoff!r} Ry; it must"
                " be at least four times the wave-function cutoff of"
                f" {self.wave_function_cutoff:g} Ry."
            )
        if not _is_between(0, self.tolerance, 1e-3):
            raise InputError(
                f"The tolerance of the engine espresso is {self.tolerance!r} Ha; it must be"
                " positive and below 0.001 Ha."
            )
        expect_espresso_functional(self.functional)
        program = next(iter(shlex.split(self.command)), "")
        if not shutil.which(program):
            raise InputError(
                f"The reference engine espresso needs Quantum ESPRESSO's pw.x, but its command"
                f" {self.command!r} is not on the path; install it, on Debian with `apt-get"
                " install quantum-espresso quantum-espresso-data`, or set the command."
            )

    @property
    def description(self) -> str:
        """Name, version and settings in one line."""
        return (
            f"Quantum ESPRESSO {_version(self.command)}, {self.functional}, PAW, cutoffs"
            f" {self.wave_function_cutoff:g} and {self.density_cutoff:g} Ry, cube of"
            f" {self.fourier_basis.length:g} bohr, tolerance {self.tolerance:g} Ha"
        )

    def calculate(
        self,
        symbols: tuple[str, ...],
        positions: np.ndarray,
        restart: Mapping[str, bytes] | None = None,
        forces: bool = False,
    ) -> ReferenceCalculation:
        """Solve one geometry in one process with one thread.

        Args:
            symbols: element of each atom.
            positions: shape (atoms, 3), in bohr; the origin becomes the middle of the cube.
            restart: that of a near geometry of the same molecule with the same settings, or None.
            forces: whether forces are wanted.

        Returns:
            Energy, density and, where asked, forces; `restart` holds `RESTART_FILES` by name.

        Raises:
            SelfConsistencyError: none of `ATTEMPTS` converged.
            InputError: an element or its PAW set is missing, the molecule has an odd number of
                electrons, or pw.x refuses its input.
        """
        positions = expect_atoms(symbols, positions)
        self._expect_closed_shell(symbols)
        edge = self.fourier_basis.length
        atoms = Atoms(
            symbols,
            # As fractions of the edge, positions do not depend on the length of a bohr.
            scaled_positions=positions / edge + 0.5,
            cell=[edge * ANGSTROM_PER_BOHR] * 3,
            pbc=True,
        )
        iterations = 0
        for attempt in ATTEMPTS:
            start = restart if attempt is ATTEMPTS[0] else None
            with TemporaryDirectory(prefix="hkmaps-espresso-") as folder:
                calculator = self._calculator(Path(folder), attempt, start, forces)
                converged = _run(calculator, atoms)
                iterations += _output(calculator).count("iteration #")
                if converged:
                    return self._calculation(calculator, iterations, forces)
        tried = ", ".join(attempt.name for attempt in ATTEMPTS)
        raise SelfConsistencyError(
            f"The SCF did not converge to {self.tolerance:g} Ha in {iterations} iterations of"
            f" {tried}.",
            iterations,
        )

    def _expect_closed_shell(self, symbols: tuple[str, ...]) -> None:
        folder = paw_folder(self.pseudopotentials)
        electrons = sum(valence_electrons(symbol, folder) for symbol in symbols)
        if electrons % 2:
            raise InputError(
                f"The molecule {''.join(symbols)} has {electrons:g} valence electrons; only closed"
                " shells, with an even number, can be calculated."
            )

    def _calculator(
        self, folder: Path, attempt: Attempt, restart: Mapping[str, bytes] | None, forces: bool
    ) -> Espresso:
        saved = folder / SAVED
        saved.mkdir()
        for name, content in (restart or {}).items():
            (saved / name).write_bytes(content)
        system = {"ecutwfc": self.wave_function_cutoff, "ecutrho": self.density_cutoff}
        if self.functional != "PBE":
            system["input_dft"] = self.functional
        electrons = {
            # Quantum ESPRESSO's energies are in Ry.
            "conv_thr": 2 * self.tolerance,
            **attempt.settings,
            **({"startingpot": "file", "startingwfc": "file"} if restart else {}),
        }
        control = {"outdir": ".", "prefix": PREFIX, "disk_io": "low", "tprnfor": forces}
        return Espresso(
            profile=EspressoProfile(
                f"{ONE_PROCESS} {self.command}", paw_folder(self.pseudopotentials)
            ),
            directory=folder,
            input_data={"control": control, "system": system, "electrons": electrons},
            pseudopotentials=PAW_SETS,
            crystal_coordinates=True,
            kpts=None,
        )

    def _calculation(
        self, calculator: Espresso, iterations: int, forces: bool
    ) -> ReferenceCalculation:
        saved, found = calculator.directory / SAVED, calculator.results
        density = read_charge_density(saved / "charge-density.dat")
        force = units["Hartree"] / units["Bohr"]
        return ReferenceCalculation(
            energy=float(found["energy"] / units["Hartree"]),
            iterations=iterations,
            coefficients=density.coefficients(self.fourier_basis),
            forces=found["forces"] / force if forces else None,
            restart={name: (saved / name).read_bytes() for name in RESTART_FILES},
        )


def _run(calculator: Espresso, atoms: Atoms) -> bool:
    """Run pw.x; whether the SCF converged.

    Raises:
        InputError: pw.x stopped for another reason than the convergence; the sentence holds its.
    """
    try:
        calculator.calculate(atoms, ["energy"], [])
    except CalledProcessError as error:
        output = _output(calculator)
        if "convergence NOT achieved" in output:
            return False
        reason = re.search(r"Error in routine +(\S+) \(.*\):\s*\n\s*(.+)", output)
        if reason is None:
            raise InputError(
                f"The command {calculator.profile.command!r} ended with the exit status"
                f" {error.returncode} and without a reason; it must be a pw.x that runs."
            ) from error
        if reason[1] in NUMERICAL_FAILURES:
            return False
        raise InputError(
            f"Quantum ESPRESSO refuses {atoms.get_chemical_formula()}: {reason[2].strip()}"
            f" (routine {reason[1]})."
        ) from error
    return True


def _output(calculator: Espresso) -> str:
    return (calculator.directory / calculator.template.outputname).read_text(
        encoding="utf-8", errors="replace"
    )


@cache
def _version(command: str) -> str:
    try:
        return EspressoProfile(f"{ONE_PROCESS} {command}", DEBIAN_FOLDER).version()
    except AssertionError as error:
        raise InputError(
            f"The command {command!r} does not print the version of a pw.x; it must start the"
            " program of Quantum ESPRESSO."
        ) from error


def _is_between(low: float, value: float, high: float) -> bool:
    """Whether a setting is a number in an open range."""
    return isinstance(value, Real) and low < value < high
