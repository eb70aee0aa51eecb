"""Shim while callers move to `hkmaps.geometry.molecule`."""

from functools import cache
from pathlib import Path

import yaml

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.units import ANGSTROM_PER_BOHR

ANGSTROM = 1 / ANGSTROM_PER_BOHR
ISOTOPES = {"D": "H"}
REPOSITORY = Path(__file__).parents[3]


@cache
def find_molecule(name: str) -> Molecule:
    entries = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())["molecules"]
    if name not in entries:
        raise InputError(f"There is no molecule called {name!r}; there are {', '.join(entries)}.")
    return Molecule.from_entry(name, REPOSITORY / entries[name]["structure"], entries[name])
