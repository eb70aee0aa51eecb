"""The energy of H2O over its bond length and its angle."""

from types import SimpleNamespace

import numpy as np
import pytest
from papers_molecules import entries, find_molecule

from hkmaps.errors import InputError
from hkmaps.molecules.energy_surface import reference_surface, spans_surface, surface_values
from hkmaps.molecules.engines import SelfConsistencyError
from hkmaps.molecules.minima_results import ENERGY_SURFACE
from hkmaps.molecules.reference_minimum import InternalCoordinates
from hkmaps.tables import read_table, write_table

WATER, H2 = find_molecule("H2O"), find_molecule("H2")


def internal(molecule):
    return InternalCoordinates(
        molecule, entries()[molecule.name]["samples"]["drawn"]["coordinates"]
    )


def test_bonds_are_equal_and_ends_are_those_of_the_sample(tmp_path):
    coordinates, starts = internal(WATER), []

    def calculate(symbols, positions, restart):
        starts.append(restart)
        lengths = np.linalg.norm(positions[1:] - positions[0], axis=1)
        assert lengths[0] == pytest.approx(lengths[1], abs=1e-12)
        return SimpleNamespace(energy=float(lengths.sum()), restart=len(starts))

    engine = SimpleNamespace(calculate=calculate)
    surface = reference_surface(WATER, engine, coordinates, 3)
    write_table(surface, tmp_path / "surface.parquet", ENERGY_SURFACE)
    rows = read_table(tmp_path / "surface.parquet", ENERGY_SURFACE)
    assert rows["energy"].to_numpy() == pytest.approx(2 * rows["bond_length"])
    low, high = coordinates.intervals
    assert rows["bond_length"].iloc[[0, -1]].tolist() == pytest.approx([low[0], high[0]])
    assert rows["angle"].iloc[[0, 1, 2]].tolist() == pytest.approx(np.linspace(low[2], high[2], 3))
    # Each calculation starts from its neighbour.
    assert starts == [None, *range(1, 9)]


def test_a_geometry_that_does_not_converge_leaves_no_surface():
    said, energies = [], iter([-76.0, -76.1])

    def calculate(symbols, positions, restart):
        for energy in energies:
            return SimpleNamespace(energy=energy, restart=None)
        raise SelfConsistencyError("The SCF did not converge.", 50)

    engine = SimpleNamespace(calculate=calculate)
    assert reference_surface(WATER, engine, internal(WATER), 3, said.append).empty
    assert said == ["no surface, for geometry 2 does not converge: The SCF did not converge."]


def test_one_bond_alone_has_no_surface():
    assert spans_surface(internal(WATER))
    assert not spans_surface(internal(H2))
    assert not spans_surface(InternalCoordinates(WATER, []))
    with pytest.raises(InputError, match="the coordinates are the bond of atoms 0, 1"):
        surface_values(internal(H2), 3)
