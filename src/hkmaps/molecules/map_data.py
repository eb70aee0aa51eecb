"""The tables of a molecule as its maps take them."""

import os

from hkmaps.maps.fourier import FourierBasis
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.molecules.systems import Molecule
from hkmaps.tables import read_table


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
