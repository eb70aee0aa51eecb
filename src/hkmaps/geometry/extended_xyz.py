"""Geometries and what is known of them as extended xyz, which ASE and its kin read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import ase.io
import numpy as np
from ase import Atoms, units
from ase.calculators.singlepoint import SinglePointCalculator
from numpy.typing import ArrayLike

from hkmaps.checks import expect_geometries
from hkmaps.errors import InputError
from hkmaps.tables import atomic_path


def write_extended_xyz(
    path: str | Path,
    symbols: Sequence[str],
    positions: ArrayLike,
    energies: ArrayLike | None = None,
    forces: ArrayLike | None = None,
    uncertainties: ArrayLike | None = None,
    extras: Mapping[str, ArrayLike] | None = None,
) -> None:
    """Write geometries in ASE's units, eV and Angstrom, whole or not at all.

    Args:
        path: the file.
        symbols: chemical symbols of the atoms.
        positions: shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha; `energy` of the file.
        forces: shape (S, atoms, 3), in Ha/bohr; `forces` of the file.
        uncertainties: standard deviations of the energies, shape (S,), in Ha;
            `energy_uncertainty` of the file.
        extras: what else is to be written of each geometry, shape (S,), by its name in the file,
            such as `in_domain`.

    Raises:
        InputError: what is given does not go with the geometries.
    """
    atoms = Atoms(list(symbols))
    _, positions = expect_geometries(atoms.numbers, positions)
    results = {"energy": (energies, units.Hartree), "forces": (forces, units.Hartree / units.Bohr)}
    known = {name: np.asarray(v) * unit for name, (v, unit) in results.items() if v is not None}
    more = {name: np.asarray(values) for name, values in (extras or {}).items()}
    if uncertainties is not None:
        more["energy_uncertainty"] = np.asarray(uncertainties) * units.Hartree
    for name, values in (known | more).items():
        wanted = positions.shape if name == "forces" else positions.shape[:1]
        if values.shape != wanted:
            raise InputError(
                f"The {name} of geometries have the shape {values.shape}; it must be {wanted}."
            )
    images = []
    for row, geometry in enumerate(positions * units.Bohr):
        atoms.positions = geometry
        image = atoms.copy()
        image.info = {name: values[row].item() for name, values in more.items()}
        image.calc = SinglePointCalculator(image, **{k: v[row] for k, v in known.items()})
        images.append(image)
    with atomic_path(path) as temporary:
        ase.io.write(temporary, images, format="extxyz")
