"""Write the structure that `recipe.sh` gives to antechamber: write_structure.py MOLECULE FILE."""

import sys
from pathlib import Path

from ase.io import read

MOLECULES = Path(__file__).parents[1]
PROTON, OXYGEN, BOND_LENGTH = 5, 0, 1.0
"""Atoms of malonaldehyde, and the length in Angstrom that makes them bonded to each other."""


def write_structure(name: str, path: str) -> None:
    """Write the reference geometry, malonaldehyde's proton at one oxygen, for `antechamber`."""
    atoms = read(MOLECULES / f"{name}.xyz")
    if name == "malonaldehyde":
        atoms.set_distance(OXYGEN, PROTON, BOND_LENGTH, fix=0)
    atoms.write(path, format="gaussian-in", charge=0, mult=1)


if __name__ == "__main__":
    write_structure(*sys.argv[1:])
