import warnings

import numpy as np
import pytest
from ase import Atoms, units
from ase.calculators.fd import calculate_numerical_forces

from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.fourier import FourierBasis
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.calculator import (
    HohenbergKohnCalculator,
    OutsideDomainError,
    OutsideDomainWarning,
)
from hkmaps.molecules.systems import MOLECULES
from hkmaps.seeds import random_stream

WATER = MOLECULES["H2O"]
BASIS = FourierBasis(20.0, 2)


def stream(name):
    return random_stream(0, "test", "calculator", name)


@pytest.fixture(scope="module")
def molecule_map():
    intervals = np.array([(c.low, c.high) for c in WATER.coordinates]).T
    values = stream("training").uniform(*intervals, size=(40, 3))
    strain = (values - intervals.mean(axis=0)) / (intervals[1] - intervals[0])
    energies = -17 + 0.01 * (strain**2).sum(axis=1)
    coordinates = np.column_stack([np.ones(40), 0.1 * strain])
    rows = np.linalg.qr(stream("rows").normal(size=(BASIS.size, 4)))[0].T
    return MoleculeMap.fit(
        WATER.name,
        WATER.symbols,
        WATER.charges,
        WATER.frame,
        WATER.place(values),
        energies,
        coordinates,
        DensitySubspace(BASIS, rows.astype(np.float32), 0.0),
    )


@pytest.fixture
def water(molecule_map):
    atoms = Atoms("OHH", WATER.reference_positions * units.Bohr)
    atoms.rattle(0.01, rng=stream("rattle"))
    atoms.calc = HohenbergKohnCalculator(molecule_map)
    return atoms


def test_energy_and_forces_are_the_maps_in_ase_units(water, molecule_map):
    expected = molecule_map.energies(water.positions[None] / units.Bohr)[0] * units.Hartree
    assert water.get_potential_energy() == pytest.approx(expected, abs=1e-8)
    numerical = calculate_numerical_forces(water, eps=2e-4)
    np.testing.assert_allclose(water.get_forces(), numerical, atol=1e-5)
    assert np.abs(numerical).max() > 0.01


def test_a_saved_map_calculates_the_same_in_one_line(water, molecule_map, tmp_path):
    molecule_map.save(tmp_path)
    copy = water.copy()
    copy.calc = HohenbergKohnCalculator.from_folder(tmp_path)
    assert copy.get_potential_energy() == water.get_potential_energy()
    np.testing.assert_array_equal(copy.get_forces(), water.get_forces())


def test_a_geometry_inside_is_marked_so_and_not_warned_of(water):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        water.get_forces()
    assert water.calc.results["in_domain"] is True
    assert water.calc.results["domain_distance"] <= 1


def test_each_excursion_from_the_domain_is_warned_of_once_and_marked_always(water):
    inside, outside = water.positions.copy(), water.positions * 1.3
    for _ in range(2):
        water.positions = outside
        with pytest.warns(OutsideDomainWarning, match="outside the domain of this map of H2O"):
            water.get_potential_energy()
        for step in (1e-3, 2e-3):
            water.positions = outside * (1 + step)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                water.get_potential_energy()
            assert water.calc.results["in_domain"] is False
            assert water.calc.results["domain_distance"] > 1
        water.positions = inside
        water.get_potential_energy()
        assert water.calc.results["in_domain"] is True


def test_a_geometry_outside_can_be_an_error_that_leaves_no_result(water, molecule_map):
    water.calc = HohenbergKohnCalculator(molecule_map, outside="raise")
    water.get_potential_energy()
    water.positions *= 1.3
    with pytest.raises(OutsideDomainError, match="times as far from the training geometries"):
        water.get_potential_energy()
    assert water.calc.results == {}


def test_uncertainty_on_request_grows_away_from_training(water, molecule_map):
    water.get_potential_energy()
    assert "energy_uncertainty" not in water.calc.results
    near = water.calc.get_energy_uncertainty(water)
    variance = molecule_map.energy_variances(water.positions[None] / units.Bohr)[0]
    assert near == pytest.approx(np.sqrt(variance) * units.Hartree)
    water.positions *= 1.3
    with pytest.warns(OutsideDomainWarning):
        assert water.calc.get_energy_uncertainty(water) > 10 * near


def test_the_density_goes_with_the_atoms(water, molecule_map):
    points = stream("points").normal(size=(6, 3))
    expected = molecule_map.density(water.positions[None] / units.Bohr, points / units.Bohr)[0]
    water.get_potential_energy()
    density = water.calc.get_density(points)
    np.testing.assert_allclose(density, expected / units.Bohr**3)
    moved = water.copy()
    moved.rotate(40, "z", center=(0, 0, 0))
    moved.translate([1.0, 2.0, 3.0])
    frame = Atoms("H6", points)
    frame.rotate(40, "z", center=(0, 0, 0))
    turned = water.calc.get_density(frame.positions + np.array([1.0, 2.0, 3.0]), moved)
    np.testing.assert_allclose(turned, density, rtol=1e-9)


@pytest.mark.parametrize(
    ("atoms", "message"),
    [
        (Atoms("HOH", np.eye(3)), "H O H.*map of H2O takes them in the order O H H"),
        (Atoms("OH", np.eye(3)[:2]), "The atoms are O H; the map of H2O holds for its atoms alone"),
        (Atoms("OHS", np.eye(3)), "The atoms are O H S; the map of H2O"),
        (Atoms("OHH", np.zeros((3, 3))), "must be at least 0.01 bohr apart"),
        (Atoms("OHH", np.eye(3), cell=[9, 9, 9], pbc=True), "one molecule in vacuum"),
    ],
)
def test_other_atoms_are_refused_in_one_sentence(atoms, message, molecule_map):
    atoms.calc = HohenbergKohnCalculator(molecule_map)
    with pytest.raises(InputError, match=message) as error:
        atoms.get_potential_energy()
    assert str(error.value).count(".") - str(error.value).count("0.01") == 1


def test_what_to_do_outside_must_be_known(molecule_map):
    with pytest.raises(InputError, match="'ignore'; it must be one of warn, raise"):
        HohenbergKohnCalculator(molecule_map, outside="ignore")
