"""Geometries about one geometry: along normal modes at a temperature, or at random."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from ase import Atoms, units
from ase.calculators.calculator import Calculator
from ase.data import covalent_radii
from ase.vibrations import Vibrations
from scipy.linalg import null_space

from hkmaps.checks import expect_count, expect_number
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import expect_positions, geometry_table
from hkmaps.molecules.relaxation import relaxed_positions
from hkmaps.molecules.xtb import calculating, one_thread, xtb_calculator
from hkmaps.seeds import random_stream
from hkmaps.units import ANGSTROM_PER_BOHR

STEP = 0.01
"""Displacement of an atom for the finite differences of forces, in Angstrom."""

SOFTEST = 200.0
"""Wavenumber in 1/cm that softer modes are taken to have.

A methyl group that turns by more than 15 degrees along a straight line would stretch its bonds more
than heat does.
"""

CLOSEST = 0.6
"""Sum of covalent radii, times this, below which two atoms collide."""

_HBAR = units._hbar * units.J * units.s
"""In the units of ASE."""


def normal_mode_geometries(
    molecule: Molecule,
    temperature: float,
    count: int,
    seed: int,
    calculator: Calculator | None = None,
    name: str = "",
) -> pd.DataFrame:
    """Draw geometries from the classical Boltzmann distribution of harmonic normal modes.

    Modes are those of the minimum beside the reference geometry, without translations and
    rotations. A mode that is softer than 200 1/cm is drawn as if it were not, and one of imaginary
    frequency, at a saddle point, by the absolute value of its frequency. More geometries of the
    same seed begin with the same ones.

    Args:
        molecule: the molecule.
        temperature: in K.
        count: number of geometries.
        seed: the study's seed.
        calculator: what gives energies and forces; GFN2-xTB where None.
        name: the sample's name; samples of different names are independent.

    Returns:
        pandas.DataFrame with the columns of `GEOMETRIES`, aligned, all of the pool.

    Raises:
        InputError: the temperature is so high that atoms collide or bonds break, the calculator
            does not take the molecule, or tblite is needed and not installed.
        ConvergenceError: no minimum is found, or a calculation failed.
    """
    temperature = expect_number(temperature, "temperature of normal modes", "K")
    count = expect_count(count, "number of geometries by normal modes")
    calculator = xtb_calculator(molecule) if calculator is None else calculator
    minimum = relaxed_positions(molecule, calculator)
    spread = _thermal_spread(molecule, minimum, hessian(molecule, minimum, calculator), temperature)
    stream = random_stream(seed, "molecules", molecule.name, "normal modes", name)
    # Products row by row: those of matrices round a row otherwise where there are more of them.
    shifts = np.array([row @ spread for row in stream.standard_normal((count, len(spread)))])
    positions = minimum + shifts.reshape(count, -1, 3)
    return _table(molecule, positions, f"Normal modes at {temperature:g} K", "temperature")


def displaced_geometries(
    molecule: Molecule, width: float, count: int, seed: int, name: str = ""
) -> pd.DataFrame:
    """Draw geometries in which each atom is displaced from the reference geometry at random.

    More geometries of the same seed begin with the same ones.

    Args:
        molecule: the molecule.
        width: standard deviation of each coordinate of each atom, in Angstrom.
        count: number of geometries.
        seed: the study's seed.
        name: the sample's name; samples of different names are independent.

    Returns:
        pandas.DataFrame with the columns of `GEOMETRIES`, aligned, all of the pool.

    Raises:
        InputError: the width is so large that atoms collide or bonds break.
    """
    width = expect_number(width, "width of random displacements", "Angstrom")
    count = expect_count(count, "number of displaced geometries")
    reference = molecule.reference_positions
    stream = random_stream(seed, "molecules", molecule.name, "displacements", name)
    shifts = width / ANGSTROM_PER_BOHR * stream.standard_normal((count, *reference.shape))
    what = f"Random displacements by {width:g} Angstrom"
    return _table(molecule, reference + shifts, what, "width")


def hessian(molecule: Molecule, positions: np.ndarray, calculator: Calculator) -> np.ndarray:
    """Return the second derivatives of the energy, by central differences of forces.

    Args:
        molecule: the molecule.
        positions: shape (atoms, 3), in bohr.
        calculator: what gives the forces.

    Returns:
        Shape (3 atoms, 3 atoms), symmetric, in Ha/bohr^2.

    Raises:
        InputError: the calculator does not take the molecule.
        ConvergenceError: a calculation failed.
    """
    atoms = Atoms(molecule.symbols, positions * units.Bohr, calculator=calculator)
    # ASE keeps the forces of each displacement in files.
    with TemporaryDirectory() as folder, one_thread(), calculating(f"Modes of {molecule.name}"):
        vibrations = Vibrations(atoms, name=str(Path(folder) / "forces"), delta=STEP)
        vibrations.run()
        found = vibrations.get_vibrations().get_hessian_2d()
    return found * units.Bohr**2 / units.Hartree


def _thermal_spread(
    molecule: Molecule, positions: np.ndarray, second: np.ndarray, temperature: float
) -> np.ndarray:
    """Matrix (3 atoms, 3 atoms) that turns standard normal numbers into displacements in bohr.

    It is the symmetric root in mass-weighted coordinates, which no sign or order of modes changes.
    """
    roots = np.repeat(np.sqrt(molecule.masses), 3)
    shifts = np.broadcast_to(np.eye(3)[:, None], (3, len(positions), 3))
    turns = np.cross(np.eye(3)[:, None], positions - molecule.masses @ positions / roots.dot(roots))
    inner = null_space(np.concatenate([shifts, turns]).reshape(6, -1) * roots, rcond=1e-6)
    weighted = second * (units.Hartree / units.Bohr**2) / np.outer(roots, roots)
    values, modes = np.linalg.eigh(inner.T @ weighted @ inner)
    values = np.maximum(np.abs(values), (SOFTEST * units.invcm / _HBAR) ** 2)
    modes = inner @ modes
    spread = (modes * np.sqrt(units.kB * temperature / values)) @ modes.T
    return spread / roots / units.Bohr


def _table(molecule: Molecule, positions: np.ndarray, what: str, setting: str) -> pd.DataFrame:
    """Rows of `GEOMETRIES`, or a sentence where a geometry is no such molecule."""
    try:
        _expect_no_collision(molecule, expect_positions(molecule, positions))
    except InputError as error:
        raise InputError(
            f"{what} break {molecule.name}; the {setting} must be smaller"
            f" ({str(error).rstrip('.')})."
        ) from error
    return geometry_table(molecule, molecule.frame.align(positions).positions)


def _expect_no_collision(molecule: Molecule, positions: np.ndarray) -> None:
    first, second = np.triu_indices(len(molecule.symbols), k=1)
    radii = covalent_radii[molecule.atomic_numbers] / ANGSTROM_PER_BOHR
    least = CLOSEST * (radii[first] + radii[second])
    distances = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
    close = np.argwhere(distances < least)
    if len(close):
        geometry, pair = map(int, close[0])
        raise InputError(
            f"Atoms {first[pair]} and {second[pair]} of geometry {geometry} are"
            f" {distances[geometry, pair]:.3g} bohr apart, less than {least[pair]:.3g} bohr."
        )
