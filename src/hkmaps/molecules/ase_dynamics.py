"""A molecule in motion: in ASE's units, at a temperature, without rigid motion."""

import numpy as np
from ase import Atoms, units

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import expect_positions


def moving_atoms(molecule: Molecule, positions: np.ndarray, velocities: np.ndarray) -> Atoms:
    """Return a molecule in motion, as ASE has it.

    Args:
        molecule: what the geometries are of.
        positions: shape (atoms, 3), in bohr.
        velocities: shape (atoms, 3), in bohr Ha/hbar.

    Raises:
        InputError: the positions are not a geometry of the molecule, or the velocities have
            another shape or are not finite.
    """
    (positions,) = expect_positions(molecule, np.asarray(positions)[None])
    velocities = np.asarray(velocities, dtype=np.float64)
    if velocities.shape != positions.shape or not np.isfinite(velocities).all():
        raise InputError(
            f"The velocities of {molecule.name} have the shape {velocities.shape}; there must be"
            f" three finite numbers for each of its {len(positions)} atoms."
        )
    atoms = Atoms(molecule.symbols, positions * units.Bohr, masses=molecule.masses)
    atoms.set_velocities(velocities * units.Bohr / units.AUT)
    return atoms


def thermal_velocities(
    molecule: Molecule, temperature: float, stream: np.random.Generator
) -> np.ndarray:
    """Draw velocities from the Maxwell-Boltzmann distribution.

    Args:
        molecule: what the geometries are of.
        temperature: in K.
        stream: where random numbers come from.

    Returns:
        Shape (atoms, 3), in bohr Ha/hbar.
    """
    spread = np.sqrt(units.kB * temperature / molecule.masses) * units.AUT / units.Bohr
    return spread[:, None] * stream.standard_normal((len(spread), 3))


def velocities_at_minimum(
    molecule: Molecule, positions: np.ndarray, temperature: float, stream: np.random.Generator
) -> np.ndarray:
    """Draw velocities with which a molecule at a minimum has the energy of a temperature.

    In equilibrium half of the energy of harmonic vibrations is potential energy. At a minimum there
    is none, so that vibrations have twice their thermal kinetic energy; translation and rotation
    have their own.

    Args:
        molecule: what the geometry is of.
        positions: the minimum, shape (atoms, 3), in bohr.
        temperature: in K.
        stream: where random numbers come from.

    Returns:
        Shape (atoms, 3), in bohr Ha/hbar.
    """
    velocities = thermal_velocities(molecule, temperature, stream)
    vibrations = without_rigid_motion(molecule, positions, velocities)
    return velocities + (np.sqrt(2) - 1) * vibrations


def without_rigid_motion(
    molecule: Molecule, positions: np.ndarray, velocities: np.ndarray
) -> np.ndarray:
    """Return velocities less those of the molecule's translation and rotation as a rigid body.

    Args:
        molecule: what the geometries are of.
        positions: shape (atoms, 3), in any unit.
        velocities: shape (atoms, 3).

    Returns:
        Shape (atoms, 3), in the unit of `velocities`: total momentum and angular momentum vanish.
    """
    centred = positions - molecule.masses @ positions / molecule.masses.sum()
    turns = np.cross(np.eye(3)[:, None], centred)
    shifts = np.broadcast_to(np.eye(3)[:, None], turns.shape)
    weights = np.sqrt(molecule.masses)[:, None]
    rigid = (np.concatenate([shifts, turns]) * weights).reshape(6, -1)
    # Least squares: a linear molecule has a turn that moves nothing.
    amounts, *_ = np.linalg.lstsq(rigid.T, (velocities * weights).ravel(), rcond=1e-10)
    return velocities - (amounts @ rigid).reshape(velocities.shape) / weights
