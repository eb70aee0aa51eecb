"""The papers' molecules as the published config has them, their force fields, and geometries."""

from functools import cache
from pathlib import Path

import yaml

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.drawn_coordinates import drawn_geometries

REPOSITORY = Path(__file__).parents[1]


@cache
def entries():
    return yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())["molecules"]


@cache
def find_molecule(name):
    entry = entries()[name]
    return Molecule.from_entry(name, REPOSITORY / entry["structure"], entry)


def force_field(name):
    """The file of the parameters of ethane, benzene or malonaldehyde."""
    return REPOSITORY / entries()[name]["force_field"]


def random_geometries(molecule, count, seed, wider=1.0):
    """Geometries of H2 or H2O as published, or of wider intervals."""
    coordinates = [
        {
            "atoms": each["atoms"],
            "low": each["low"] - (wider - 1) * (each["high"] - each["low"]) / 2,
            "high": each["high"] + (wider - 1) * (each["high"] - each["low"]) / 2,
        }
        for each in entries()[molecule.name]["samples"]["drawn"]["coordinates"]
    ]
    return drawn_geometries(molecule, coordinates, count, seed)
