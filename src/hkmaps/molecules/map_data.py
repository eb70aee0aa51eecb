"""The tables of a molecule as its maps take them."""

import os

import numpy as np

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.maps.conformers import ConformerData
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.results import DENSITY_COORDINATES
from hkmaps.molecules.results import GEOMETRIES, REFERENCE, REFERENCE_ENERGIES
from hkmaps.molecules.systems import Molecule
from hkmaps.tables import read_table, stack


def read_molecule_data(
    molecule: Molecule,
    geometries: str | os.PathLike,
    reference: str | os.PathLike,
    basis: FourierBasis,
) -> MoleculeData:
    """Read a molecule's geometries and reference calculations for its maps.

    Args:
        molecule: an entry of `MOLECULES`.
        geometries: path of a table `GEOMETRIES`.
        reference: path of a table `REFERENCE` of the same geometries.
        basis: basis of the densities in it.

    Returns:
        Energies in Ha, positions in bohr and densities of the geometries that converged.

    Raises:
        InputError: a table is missing or damaged, or the two do not go together; see
            `MoleculeData.from_tables`.
    """
    return MoleculeData.from_tables(
        molecule.name,
        molecule.symbols,
        molecule.charges,
        basis,
        read_table(geometries, GEOMETRIES),
        read_table(reference, REFERENCE),
    )


def read_conformer_data(
    molecule: Molecule,
    split: str,
    geometries: str | os.PathLike,
    energies: str | os.PathLike,
    coordinates: str | os.PathLike,
    subspace: DensitySubspace,
) -> ConformerData:
    """Read the pool or the test set of a molecule sampled by dynamics, for its maps.

    Args:
        molecule: an entry of `MOLECULES`.
        split: pool or test, whose densities are taken from `coordinates`.
        geometries: path of a table `GEOMETRIES`.
        energies: path of a table `REFERENCE_ENERGIES` of the same geometries.
        coordinates: path of a table `DENSITY_COORDINATES`.
        subspace: what the densities are coordinates in.

    Returns:
        The geometries whose calculations converged.

    Raises:
        InputError: a table is missing or damaged, or they do not go together.
    """
    positions = read_table(geometries, GEOMETRIES, ["geometry", "positions"])
    every = read_table(energies, REFERENCE_ENERGIES)
    calculated = every[every["converged"].astype(bool)]
    densities = read_table(coordinates, DENSITY_COORDINATES)
    densities = densities[densities["split"] == split]
    if not np.array_equal(densities["geometry"], calculated["geometry"]):
        raise InputError(
            f"{coordinates} holds {len(densities)} densities of the {split} of {molecule.name} and"
            f" {energies} {len(calculated)} energies; they must be of the same geometries in the"
            " same order. Delete both to have them made again."
        )
    chosen = positions.set_index("geometry").loc[calculated["geometry"], "positions"]
    return ConformerData(
        name=molecule.name,
        charges=molecule.charges,
        geometry=calculated["geometry"].to_numpy(),
        positions=stack(chosen).reshape(len(chosen), -1, 3),
        energies=calculated["energy"].to_numpy(dtype=np.float64),
        subspace=subspace,
        coordinates=stack(densities["coordinates"]),
        failed=len(every) - len(calculated),
    )
