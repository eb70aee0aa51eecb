"""What a better method adds to a map of water: CCSD(T) beside Hartree-Fock."""

from dataclasses import replace

import numpy as np
import pytest
from ase import Atoms, units
from papers_molecules import entries, find_molecule

from hkmaps.errors import InputError
from hkmaps.maps.difference import (
    CORRECTED,
    DIFFERENCE,
    DIFFERENCE_ERRORS,
    CorrectedMap,
    DifferenceMap,
    difference_errors,
    differences_of,
)
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.calculator import MapCalculator
from hkmaps.molecules.coupled_cluster import coupled_cluster_table
from hkmaps.molecules.drawn_coordinates import drawn_geometries
from hkmaps.tables import read_table, stack, write_table

WATER = find_molecule("H2O")
LEARNT, CALCULATED = 15, 21
KCAL_PER_MOL = units.kcal / units.mol / units.Hartree


@pytest.fixture(scope="module")
def samples():
    coordinates = entries()["H2O"]["samples"]["drawn"]["coordinates"]
    geometries = drawn_geometries(WATER, coordinates, CALCULATED, 1)
    table = coupled_cluster_table(WATER, geometries, "cc-pvdz")
    base = SampleData(
        molecule="H2O",
        sample="drawn",
        symbols=WATER.symbols,
        charges=WATER.charges,
        frame=WATER.frame,
        geometry=table["geometry"].to_numpy(),
        positions=stack(geometries["positions"]).reshape(-1, 3, 3),
        energies=table["hartree_fock_energy"].to_numpy(),
    )
    return base, replace(base, sample="ccsdt", energies=table["energy"].to_numpy())


def test_a_difference_needs_fewer_geometries_than_the_energy_itself(samples, tmp_path):
    base, better = samples
    errors = difference_errors(base, *differences_of(base, better, base), [5, LEARNT])
    write_table(errors, tmp_path / "errors.parquet", DIFFERENCE_ERRORS)
    read = read_table(tmp_path / "errors.parquet", DIFFERENCE_ERRORS)
    of_five, of_all = read.loc[read["quantity"] == DIFFERENCE, "mae"]
    corrected = read.loc[read["quantity"] == CORRECTED, "mae"].iloc[-1]
    assert of_all < 0.05 * KCAL_PER_MOL and of_all < of_five
    # What is left is the error of the map of Hartree-Fock, which knows the same few geometries.
    tested = np.arange(LEARNT, CALCULATED)
    direct = base.rows(np.arange(LEARNT)).train().energies(base.positions[tested])
    assert of_all < np.abs(direct - base.energies[tested]).mean() / 4
    assert corrected > of_all
    assert read["test_points"].tolist() == [CALCULATED - LEARNT] * 4


def test_a_map_and_a_difference_are_one_surface_for_ase(samples, tmp_path):
    base, better = samples
    differences, _ = differences_of(base, better.rows(np.arange(LEARNT)), base)
    base.train().save(tmp_path / "map")
    DifferenceMap.fit(differences).save(tmp_path / "difference")
    corrected = CorrectedMap.load(tmp_path / "map", tmp_path / "difference")
    np.testing.assert_allclose(
        corrected.energies(better.positions), better.energies, atol=0.1 * KCAL_PER_MOL
    )
    # The hydrogens come first and in the other order: which atom is which is found.
    atoms = Atoms("HHO", WATER.reference_positions[[2, 1, 0]] * units.Bohr)
    atoms.rattle(0.02, seed=1)
    atoms.calc = MapCalculator(corrected)
    step, numeric = 1e-4, np.empty((3, 3))
    forces = atoms.get_forces()
    for place in np.ndindex(3, 3):
        ends = []
        for sign in (1, -1):
            moved = atoms.copy()
            moved.positions[place] += sign * step
            moved.calc = MapCalculator(corrected)
            ends.append(moved.get_potential_energy())
        numeric[place] = (ends[1] - ends[0]) / (2 * step)
    np.testing.assert_allclose(forces, numeric, atol=1e-4)
    alone = MapCalculator(corrected.base).get_forces(atoms)
    assert np.abs(forces - alone).max() > 0.1
    both = corrected.base, corrected.difference.varying
    one, other = (each.energy_uncertainties(better.positions) for each in both)
    found = corrected.energy_uncertainties(better.positions)
    np.testing.assert_allclose(found**2, one**2 + other**2)
    assert (corrected.energy_intervals(better.positions, 0.9) > 0).all()
    assert atoms.calc.get_energy_uncertainty() > 0


def test_a_difference_is_of_geometries_that_both_methods_have(samples):
    base, better = samples
    with pytest.raises(InputError, match="No geometry of ccsdt of H2O has energies by both"):
        differences_of(base, better.rows(np.arange(4)), base.rows(np.arange(4, 8)))
    with pytest.raises(InputError, match="Geometries of ccsdt of H2O are not those of drawn"):
        differences_of(base, replace(better, positions=better.positions[::-1]), base)
    with pytest.raises(InputError, match="from 21 geometries of ccsdt of H2O, of which 21 have"):
        difference_errors(base, *differences_of(base, better, base), [CALCULATED])
