"""Write the structure that `recipe.sh` gives to antechamber: write_structure.py MOLECULE FILE."""

import sys

from ase import Atoms

from hkmaps.molecules.symmetric_geometries import optimised_geometry
from hkmaps.molecules.systems import find_molecule

PROTON, OXYGEN, BOND_LENGTH = 5, 0, 1.0
"""Atoms of malonaldehyde, and the length in Angstrom that makes them bonded to each other."""


def write_structure(name: str, path: str) -> None:
    """Write the reference geometry, malonaldehyde's proton at one oxygen, for `antechamber`."""
    positions = optimised_geometry(name)
    if name == "malonaldehyde":
        bridge = positions[PROTON] - positions[OXYGEN]
        positions[PROTON] = positions[OXYGEN] + BOND_LENGTH * bridge / (bridge @ bridge) ** 0.5
    atoms = Atoms(find_molecule(name).symbols, positions)
    atoms.write(path, format="gaussian-in", charge=0, mult=1)


if __name__ == "__main__":
    write_structure(*sys.argv[1:])
