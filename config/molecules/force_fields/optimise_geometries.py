"""Find the reference geometry of a molecule within its symmetry: optimise_geometries.py MOLECULE.

It is the minimum of PBE with GTH pseudopotentials in the basis gth-dzvp. Each function of
coordinates is linear and homogeneous. Needs hkmaps.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ase.io import read
from pyscf import dft, gto
from scipy.optimize import minimize

from hkmaps.units import ANGSTROM_PER_BOHR

LARGEST_GRADIENT = 3e-4
"""Derivative of the energy by any coordinate at the minimum, in Ha/Angstrom."""


def staggered_ethane(coordinates: np.ndarray) -> np.ndarray:
    """Return ethane of symmetry D3d, its carbons on the z axis.

    Args:
        coordinates: height of a carbon above the middle, and distance from the axis and height of
            its hydrogens, shape (3,), in any unit of length.

    Returns:
        Positions of C, C, the hydrogens of the first and those of the second, shape (8, 3).
    """
    carbon, radius, height = coordinates
    angles = 2 * np.pi / 3 * np.arange(3)
    methyl = np.column_stack([radius * np.cos(angles), radius * np.sin(angles), np.full(3, height)])
    carbons = np.array([[0.0, 0.0, carbon], [0.0, 0.0, -carbon]])
    return np.concatenate([carbons, methyl, -methyl])


def hexagonal_benzene(coordinates: np.ndarray) -> np.ndarray:
    """Return benzene of symmetry D6h in the xy plane.

    Args:
        coordinates: radii of the rings of carbons and of hydrogens, shape (2,), in any unit of
            length.

    Returns:
        Positions of the carbons around the ring, then of their hydrogens, shape (12, 3).
    """
    angles = np.pi / 3 * np.arange(6)
    ring = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(6)])
    return np.concatenate([radius * ring for radius in coordinates])


def bridged_malonaldehyde(coordinates: np.ndarray) -> np.ndarray:
    """Return malonaldehyde of symmetry C2v in the xy plane, its proton midway between the oxygens.

    Args:
        coordinates: x and y of oxygen, of the carbon beside it and of its hydrogen, then y of the
            middle carbon, of its hydrogen and of the proton, shape (9,), in any unit of length.

    Returns:
        Positions of O, C, C, C, O along the chain, the proton, and the hydrogens of the three
        carbons, shape (9, 3).
    """
    *pairs, carbon, hydrogen, proton = coordinates
    oxygen, outer, outer_hydrogen = np.reshape(pairs, (3, 2))
    mirror = np.array([-1.0, 1.0])
    plane = [oxygen, outer, [0.0, carbon], mirror * outer, mirror * oxygen]
    plane += [[0.0, proton], outer_hydrogen, [0.0, hydrogen], mirror * outer_hydrogen]
    return np.column_stack([np.array(plane), np.zeros(9)])


SymmetricGeometry = Callable[[np.ndarray], np.ndarray]
"""Positions, shape (atoms, 3), from the coordinates that a symmetry leaves."""

OPTIMISED: dict[str, tuple[SymmetricGeometry, tuple[float, ...]]] = {
    "ethane": (staggered_ethane, (0.76873, 1.03376, 1.17473)),
    "benzene": (hexagonal_benzene, (1.4114, 2.51329)),
    "malonaldehyde": (
        bridged_malonaldehyde,
        (1.19677, 1.19376, 1.20142, -0.10143, 2.19575, -0.59862, -0.85001, -1.94719, 1.42382),
    ),
}
"""Function and optimised coordinates, in Angstrom, of each molecule."""


def optimise(name: str) -> np.ndarray:
    """Return the coordinates, in Angstrom, that minimise the energy of PBE in the basis gth-dzvp.

    Raises:
        RuntimeError: the minimum was not found.
    """
    place, start = OPTIMISED[name]
    # The geometry is linear in the coordinates.
    slopes = np.array([place(direction) for direction in np.eye(len(start))])
    symbols = read(Path(__file__).parents[1] / f"{name}.xyz").get_chemical_symbols()

    def energy_and_gradient(coordinates):
        atoms = list(zip(symbols, place(coordinates), strict=True))
        molecule = gto.M(atom=atoms, basis="gth-dzvp", pseudo="gth-pbe", verbose=0)
        field = dft.RKS(molecule, xc="PBE").density_fit()
        field.conv_tol = 1e-9
        energy = field.kernel()
        gradient = field.nuc_grad_method().kernel() / ANGSTROM_PER_BOHR
        return energy, np.einsum("cax,ax->c", slopes, gradient)

    found = minimize(energy_and_gradient, start, jac=True, options={"gtol": LARGEST_GRADIENT})
    if not found.success:
        raise RuntimeError(f"The geometry of {name} did not converge: {found.message}")
    return found.x


if __name__ == "__main__":
    print(np.round(optimise(sys.argv[1]), 5).tolist())
