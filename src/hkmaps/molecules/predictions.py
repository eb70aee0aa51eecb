"""What a map predicts, in files that other programs read: extended xyz, Gaussian cube files."""

from pathlib import Path

import numpy as np
from ase import units
from numpy.typing import ArrayLike

from hkmaps.densities.grids import write_density_cube
from hkmaps.geometry.extended_xyz import write_extended_xyz
from hkmaps.maps.molecule_map import MoleculeMap


def write_predictions(
    molecule_map: MoleculeMap,
    positions: ArrayLike,
    path: str | Path,
    reference_energies: ArrayLike | None = None,
) -> None:
    """Write energies, forces, uncertainties and whether they are in the domain as extended xyz.

    Args:
        molecule_map: the trained map.
        positions: geometries, shape (S, atoms, 3), in bohr.
        path: the file; its units are eV and Angstrom.
        reference_energies: those that the map should have found, shape (S,), in Ha;
            `reference_energy` of the file, NaN where a calculation failed.

    Raises:
        InputError: the positions are no geometries of the molecule, or have other reference
            energies than one each.
    """
    aligned = molecule_map.align(positions)
    points = molecule_map.energies_and_gradients(aligned)
    extras = {"in_domain": points.domain_distances <= 1, "domain_distance": points.domain_distances}
    if reference_energies is not None:
        extras["reference_energy"] = np.asarray(reference_energies) * units.Hartree
    write_extended_xyz(
        path,
        molecule_map.symbols,
        positions,
        points.energies,
        -points.gradients,
        molecule_map.energy_uncertainties(aligned),
        extras,
    )


def write_predicted_density(
    molecule_map: MoleculeMap,
    geometry: ArrayLike,
    path: str | Path,
    spacing: float = 0.2,
    margin: float = 6.0,
) -> None:
    """Write the predicted density of the valence electrons as a Gaussian cube file.

    Args:
        molecule_map: the trained map, ML-HK.
        geometry: shape (atoms, 3), in bohr.
        path: the file.
        spacing: distance of neighbouring points, in bohr.
        margin: least distance of the atoms from the faces, in bohr.

    Raises:
        InputError: the map has no densities, the geometry is none of the molecule, or points so
            far apart or so few would lose more than 1 % of the electrons.
    """
    positions = np.asarray(geometry)[None]
    (coefficients,) = molecule_map.coefficients(positions)
    write_density_cube(
        Path(path),
        molecule_map.symbols,
        positions[0],
        lambda points: molecule_map.density(positions, points)[0],
        float(molecule_map.subspace.basis.electron_count(coefficients)),
        spacing,
        margin,
    )
