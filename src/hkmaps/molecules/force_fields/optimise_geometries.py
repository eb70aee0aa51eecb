"""Find the coordinates of `hkmaps.molecules.symmetric_geometries` again: give a molecule's name."""

import sys

import numpy as np
from pyscf import dft, gto
from scipy.optimize import minimize

from hkmaps.molecules.symmetric_geometries import OPTIMISED
from hkmaps.molecules.systems import find_molecule
from hkmaps.units import ANGSTROM_PER_BOHR

LARGEST_GRADIENT = 3e-4
"""Derivative of the energy by any coordinate at the minimum, in Ha/Angstrom."""


def optimise(name: str) -> np.ndarray:
    """Return the coordinates, in Angstrom, that minimise the energy of PBE in the basis gth-dzvp.

    Raises:
        RuntimeError: the minimum was not found.
    """
    place, start = OPTIMISED[name]
    # The geometry is linear in the coordinates.
    slopes = np.array([place(direction) for direction in np.eye(len(start))])
    symbols = find_molecule(name).symbols

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
