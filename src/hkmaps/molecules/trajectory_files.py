"""Frames of dynamics as a trajectory of ASE, which its viewer and many other programs read."""

from pathlib import Path

import ase.io
import pandas as pd
from ase import Atoms, units
from ase.calculators.singlepoint import SinglePointCalculator

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import expect_positions
from hkmaps.tables import atomic_path, stack
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

FORMATS = {".traj": "traj", ".xyz": "extxyz", ".extxyz": "extxyz"}
"""End of a file's name -> format of ASE."""


def write_trajectory(path: str | Path, molecule: Molecule, frames: pd.DataFrame) -> None:
    """Write frames in ASE's units, eV and Angstrom, whole or not at all.

    Each image has the energy, the velocities, and in `info` its `run` and `frame`, the `time` in
    fs, the `temperature` in K, the `energy_uncertainty` in eV and the `domain_distance`.

    Args:
        path: the file; `.traj` is ASE's own format, `.xyz` and `.extxyz` are extended xyz.
        molecule: what the frames are of.
        frames: rows of `MAP_FRAMES`, or of one of its runs.

    Raises:
        InputError: the file's name ends otherwise, or the frames are not of the molecule.
    """
    path = Path(path)
    if path.suffix not in FORMATS:
        raise InputError(
            f"The trajectory {path} has the ending {path.suffix!r}; it must be one of"
            f" {', '.join(FORMATS)}."
        )
    unit_of = {
        "run": 1,
        "frame": 1,
        "temperature": 1.0,
        "energy_uncertainty": units.Hartree,
        "domain_distance": 1.0,
    }
    atoms = Atoms(molecule.symbols, molecule.equilibrium, masses=molecule.masses)
    images = []
    if len(frames):
        positions = expect_positions(molecule, stack(frames["positions"]))
        velocities = stack(frames["velocities"]).reshape(positions.shape)
        rows = frames.drop(columns=["positions", "velocities"]).to_dict("records")
        for row, place, velocity in zip(rows, positions, velocities, strict=True):
            image = atoms.copy()
            image.positions = place * units.Bohr
            image.set_velocities(velocity * (units.Bohr / units.AUT))
            image.info = {name: row[name] * unit for name, unit in unit_of.items()}
            image.info["time"] = row["time"] * FEMTOSECOND_PER_ATOMIC_TIME
            energy = row["potential_energy"] * units.Hartree
            image.calc = SinglePointCalculator(image, energy=energy)
            images.append(image)
    with atomic_path(path) as temporary:
        ase.io.write(temporary, images, format=FORMATS[path.suffix])
