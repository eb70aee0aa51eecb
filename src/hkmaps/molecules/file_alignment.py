"""How the geometries of a file lie to each other, and to this study's alignment.

Densities in a cube cannot be turned without loss, so geometries that have them stay where they are.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.geometry.molecule import Molecule

UNALIGNED = (0.3, 3.0)
"""Geometries are taken for not aligned with each other if their atoms are farther than this many
bohr from their mean places, and this many times farther than after aligning."""

ALIGNMENTS = 3
"""Times that geometries are aligned with their mean to find it."""


def expect_aligned(molecule: Molecule, positions: np.ndarray, path: Path) -> None:
    """Raise `InputError` unless geometries have one place and orientation, by any convention.

    Args:
        molecule: what the geometries are of.
        positions: geometries of a file, shape (S, atoms, 3), in bohr.
        path: the file.
    """
    aligned = _aligned_with_mean(molecule, positions)
    given, least = (_deviation(values) for values in (positions, aligned))
    if given > max(UNALIGNED[0], UNALIGNED[1] * least):
        raise InputError(
            f"The geometries of {path} are not aligned with each other: their atoms are"
            f" {given:.2g} bohr from their mean places (root mean square), {least:.2g} bohr after"
            " turning and shifting; densities cannot be turned, so they must come in one"
            " orientation."
        )


def alignment_report(molecule: Molecule, positions: np.ndarray) -> str:
    """Say in a sentence how far geometries are from where this study's alignment puts them.

    Args:
        molecule: what the geometries are of.
        positions: geometries of a file, shape (S, atoms, 3), in bohr.
    """
    alignment = molecule.frame.align(positions)
    centred = positions - (molecule.frame.weights @ positions)[:, None]
    relabelled = np.take_along_axis(centred, alignment.labelings[:, :, None], axis=1)
    common = Rotation.from_matrix(alignment.rotations).mean().as_matrix()
    distances = np.linalg.norm(relabelled @ common - alignment.positions, axis=2)
    offsets = np.linalg.norm(molecule.frame.weights @ positions, axis=1)
    renamed = int((alignment.labelings != np.arange(len(molecule.symbols))).any(axis=1).sum())
    return (
        f"The geometries stay as the file has them: one rotation aside, their atoms are"
        f" {np.sqrt((distances**2).mean()):.3g} bohr (root mean square, at most"
        f" {distances.max():.3g}) from where this study's alignment would put them, their centres"
        f" of mass up to {offsets.max():.3g} bohr from the middle of the cube, and in {renamed} of"
        f" {len(positions)} it would rename atoms."
    )


def frame_of_files(molecule: Molecule, positions: np.ndarray) -> ReferenceFrame:
    """Return the frame whose reference is the mean of a file's geometries, which turns them least.

    Args:
        molecule: what the geometries are of.
        positions: geometries of a file, shape (S, atoms, 3), in bohr.
    """
    return ReferenceFrame(positions.mean(axis=0), molecule.masses)


def _aligned_with_mean(molecule: Molecule, positions: np.ndarray) -> np.ndarray:
    """Geometries turned and shifted to the least mass-weighted distance from their mean."""
    frame = frame_of_files(molecule, positions)
    aligned = positions
    for _ in range(ALIGNMENTS):
        aligned = frame.align(positions).positions
        frame = replace(frame, positions=aligned.mean(axis=0))
    return aligned


def _deviation(positions: np.ndarray) -> float:
    """Root mean square of the atoms' distances from their mean places."""
    return float(np.sqrt(((positions - positions.mean(axis=0)) ** 2).sum(axis=2).mean()))
