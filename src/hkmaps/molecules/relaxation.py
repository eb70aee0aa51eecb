"""The minimum of a molecule's energy, by any calculator of ASE."""

import numpy as np
from ase import units
from ase.calculators.calculator import Calculator
from ase.optimize import BFGS

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.ase_dynamics import moving_atoms
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.xtb import calculating, one_thread

LARGEST_FORCE = 1e-3
"""Largest force on an atom of a relaxed geometry, in eV/Angstrom."""

LARGEST_NUMBER_OF_STEPS = 500


def relaxed_positions(molecule: Molecule, calculator: Calculator) -> np.ndarray:
    """Return the geometry of least energy that BFGS reaches from the reference geometry.

    Where symmetry forbids all forces out of a saddle point, it stays there.

    Args:
        molecule: the molecule.
        calculator: what gives its energy and forces.

    Returns:
        Shape (atoms, 3), in bohr.

    Raises:
        InputError: the calculator does not take the molecule.
        ConvergenceError: no such geometry is found, or bonds break on the way.
    """
    reference = molecule.reference_positions
    atoms = moving_atoms(molecule, reference, np.zeros_like(reference))
    atoms.calc = calculator
    with one_thread(), calculating(f"The relaxation of {molecule.name}"):
        relaxed = BFGS(atoms, logfile=None).run(LARGEST_FORCE, LARGEST_NUMBER_OF_STEPS)
    if not relaxed:
        raise ConvergenceError(
            f"The relaxation of {molecule.name} does not end within {LARGEST_NUMBER_OF_STEPS}"
            " steps; its structure must be nearer to a minimum."
        )
    try:
        (positions,) = expect_positions(molecule, atoms.positions[None] / units.Bohr)
    except InputError as error:
        raise ConvergenceError(
            f"The relaxation of {molecule.name} makes another molecule of it"
            f" ({str(error).rstrip('.')})."
        ) from error
    return positions
