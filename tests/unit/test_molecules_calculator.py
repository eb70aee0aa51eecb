import copy
import io
import multiprocessing
import pickle
import sys
import warnings
from collections import Counter

import numpy as np
import pytest
from ase import Atoms, units
from ase.build import molecule
from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.fd import calculate_numerical_forces
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import read, write
from ase.optimize import BFGS
from papers_molecules import find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.fingerprints import PACKAGE
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.calculator import (
    MapCalculator,
    OutsideDomainError,
    OutsideDomainWarning,
)
from hkmaps.molecules.drawn_coordinates import drawn_geometries
from hkmaps.seeds import random_stream
from hkmaps.tables import stack

WATER = find_molecule("H2O")
BASIS = FourierBasis(20.0, 2)


def stream(name):
    return random_stream(0, "test", "calculator", name)


@pytest.fixture(scope="module")
def molecule_map():
    geometries = random_geometries(WATER, 40, seed=1)
    values = stack(geometries["coordinates"])
    strain = (values - values.mean(axis=0)) / np.ptp(values, axis=0)
    energies = -17 + 0.01 * (strain**2).sum(axis=1)
    coordinates = np.column_stack([np.ones(40), 0.1 * strain])
    rows = np.linalg.qr(stream("rows").normal(size=(BASIS.size, 4)))[0].T
    return MoleculeMap.fit(
        WATER.name,
        WATER.symbols,
        WATER.frame,
        GaussiansPotential(WATER.charges),
        stack(geometries["positions"]).reshape(40, 3, 3),
        energies,
        coordinates,
        DensitySubspace(BASIS, rows.astype(np.float32), 0.0),
    )


@pytest.fixture
def water(molecule_map):
    atoms = Atoms("OHH", WATER.reference_positions * units.Bohr)
    atoms.rattle(0.01, rng=stream("rattle"))
    atoms.calc = MapCalculator(molecule_map)
    return atoms


BOTH = [[0, 1, 2], [0, 2, 1]]
"""Numberings of water, both of which the map has learned."""


@pytest.mark.parametrize("numbering", ["any", "given"])
def test_energy_and_forces_are_the_maps_in_ase_units(water, molecule_map, numbering):
    water.calc = MapCalculator(molecule_map, numbering=numbering)
    named = water.positions[BOTH if numbering == "any" else BOTH[:1]]
    expected = molecule_map.energies(named / units.Bohr).mean() * units.Hartree
    assert water.get_potential_energy() == pytest.approx(expected, abs=1e-8)
    numerical = calculate_numerical_forces(water, eps=2e-4)
    np.testing.assert_allclose(water.get_forces(), numerical, atol=1e-5)
    assert np.abs(numerical).max() > 0.01


@pytest.mark.parametrize("numbering", ["any", "given"])
def test_a_geometry_is_checked_and_aligned_once_on_its_way_to_forces(water, numbering):
    water.calc = MapCalculator(water.calc.molecule_map, numbering=numbering)
    water.get_forces()
    entered = Counter()

    def enter(frame, event, argument):
        if event == "call" and frame.f_code.co_filename.startswith(str(PACKAGE)):
            entered[frame.f_code.co_qualname] += 1

    water.positions += 0.001
    sys.setprofile(enter)
    try:
        water.get_forces()
    finally:
        sys.setprofile(None)
    once = ("expect_finite", "expect_apart", "ReferenceFrame.align", "GaussiansPotential.compare")
    assert [entered[name] for name in once] == [1, 1, 1, 1]


def of_another_process(atoms):
    return atoms.get_potential_energy(), atoms.calc.extras


def test_results_are_those_that_ase_knows_and_others_have_a_place_of_their_own(water):
    energy, forces = water.get_potential_energy(), water.get_forces()
    assert water.get_potential_energy(force_consistent=True) == energy
    assert water.calc.results.keys() == {"energy", "free_energy", "forces"}
    assert water.calc.extras.keys() == {"domain_distance", "in_domain"}
    kept = water.copy()
    kept.calc = SinglePointCalculator(kept, **water.calc.results)
    np.testing.assert_array_equal(kept.get_forces(), forces)
    assert water.calc.export_properties()["free_energy"] == energy
    with pytest.raises(PropertyNotImplementedError, match="stress"):
        water.get_stress()
    file = io.StringIO()
    write(file, water, format="extxyz")
    again = read(io.StringIO(file.getvalue()), format="extxyz")
    assert again.get_potential_energy() == pytest.approx(energy, abs=1e-6)


def test_a_calculator_can_be_copied_and_sent_to_another_process(water):
    energy = water.get_potential_energy()
    for other in (copy.deepcopy(water), pickle.loads(pickle.dumps(water))):
        other.calc.reset()
        assert other.get_potential_energy() == energy
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(of_another_process, [water]) == [(energy, water.calc.extras)]


def test_a_saved_map_calculates_the_same_in_one_line(water, molecule_map, tmp_path):
    molecule_map.save(tmp_path)
    copy = water.copy()
    copy.calc = MapCalculator.from_folder(tmp_path)
    assert copy.get_potential_energy() == water.get_potential_energy()
    np.testing.assert_array_equal(copy.get_forces(), water.get_forces())


def test_a_geometry_inside_is_marked_so_and_not_warned_of(water):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        water.get_forces()
    assert water.calc.extras["in_domain"] is True
    assert water.calc.extras["domain_distance"] <= 1


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
            assert water.calc.extras["in_domain"] is False
            assert water.calc.extras["domain_distance"] > 1
        water.positions = inside
        water.get_potential_energy()
        assert water.calc.extras["in_domain"] is True


def test_a_geometry_outside_can_be_an_error_that_leaves_no_result(water, molecule_map):
    water.calc = MapCalculator(molecule_map, outside="raise")
    water.get_potential_energy()
    water.positions *= 1.3
    with pytest.raises(OutsideDomainError, match="times as far from the training geometries"):
        water.get_potential_energy()
    assert water.calc.results == water.calc.extras == {}


def test_uncertainty_on_request_grows_away_from_training(water, molecule_map):
    water.get_potential_energy()
    assert "energy_uncertainty" not in water.calc.extras
    near = water.calc.get_energy_uncertainty(water)
    assert water.calc.extras["energy_uncertainty"] == near
    deviations = molecule_map.energy_uncertainties(water.positions[BOTH] / units.Bohr)
    assert near == pytest.approx(np.sqrt(np.mean(deviations**2)) * units.Hartree)
    water.positions *= 1.3
    with pytest.warns(OutsideDomainWarning):
        assert water.calc.get_energy_uncertainty(water) > 10 * near


def test_the_density_goes_with_the_atoms(water, molecule_map):
    points = stream("points").normal(size=(6, 3))
    named = water.positions[BOTH] / units.Bohr
    expected = molecule_map.density(named, points / units.Bohr).mean(axis=0)
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
        (Atoms("OHH", np.eye(3) * [1, 1, 2.5]), "do not have the bonds of H2O, O0-H1 O0-H2"),
        (Atoms("OH", np.eye(3)[:2]), "The atoms are O H; the map of H2O holds for its atoms alone"),
        (Atoms("OHS", np.eye(3)), "The atoms are O H S; the map of H2O"),
        (Atoms("OHH", np.zeros((3, 3))), "must be at least 0.01 bohr apart"),
        (Atoms("OHH", np.eye(3), cell=[9, 9, 9], pbc=True), "one molecule in vacuum"),
    ],
)
def test_other_atoms_are_refused_in_one_sentence(atoms, message, molecule_map):
    atoms.calc = MapCalculator(molecule_map)
    with pytest.raises(InputError, match=message) as error:
        atoms.get_potential_energy()
    assert ". " not in str(error.value) and str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [("outside", "ignore", "warn, raise"), ("numbering", "sorted", "any, given")],
)
def test_options_must_be_known(option, value, allowed, molecule_map):
    with pytest.raises(InputError, match=f"'{value}'; it must be one of {allowed}"):
        MapCalculator(molecule_map, **{option: value})


def test_the_maps_own_numbering_can_be_asked_for(molecule_map):
    atoms = Atoms("HOH", np.eye(3))
    atoms.calc = MapCalculator(molecule_map, numbering="given")
    with pytest.raises(InputError, match=r"H O H.*map of H2O takes them in the order O H H"):
        atoms.get_potential_energy()


def springs(frame, positions):
    """Energies (S,) of springs to the reference geometry, which have the molecule's symmetry."""
    moved = frame.align(positions).positions - frame.positions + frame.weights @ frame.positions
    return 0.1 * (moved**2).sum(axis=(1, 2))


def thermal_map(name, atoms, labelings=None, count=60):
    """A map of a molecule that was trained on noise about the geometry of `atoms`."""
    places = atoms.positions / units.Bohr
    noise = stream(name).normal(scale=0.06, size=(count, *places.shape))
    frame = ReferenceFrame(places, atoms.get_masses(), labelings)
    positions = frame.align(places + noise).positions
    symbols, descriptor = atoms.get_chemical_symbols(), GaussiansPotential(atoms.numbers)
    return MoleculeMap.fit(name, symbols, frame, descriptor, positions, springs(frame, positions))


def study_map(name):
    known = find_molecule(name)
    atoms = Atoms(known.symbols, known.reference_positions * units.Bohr, masses=known.masses)
    return thermal_map(name, atoms, known.frame.labelings)


NAMED = [("ethane", "C2H6"), ("benzene", "C6H6"), ("H2O", "H2O"), ("malonaldehyde", None)]
"""Molecules of the study, and what ASE calls them; those without a name are in our order."""


@pytest.mark.parametrize("size", [0.0, 0.025], ids=["symmetric", "displaced"])
@pytest.mark.parametrize(("name", "formula"), NAMED)
def test_no_result_depends_on_the_numbering_of_the_atoms(name, formula, size):
    molecule_map = study_map(name)
    places = find_molecule(name).reference_positions * units.Bohr
    atoms = molecule(formula) if formula else Atoms(molecule_map.symbols, places)
    atoms.rattle(size, rng=stream("rattle"))
    atoms.calc = MapCalculator(molecule_map, outside="raise")
    energy, forces = atoms.get_potential_energy(), atoms.get_forces()
    assert 0 <= energy < 0.6
    distance, uncertainty = (
        atoms.calc.extras["domain_distance"],
        atoms.calc.get_energy_uncertainty(),
    )
    orders = stream("orders")
    for _ in range(8):
        order = orders.permutation(len(atoms))
        other = atoms[order]
        other.calc = MapCalculator(molecule_map, outside="raise")
        assert other.get_potential_energy() == pytest.approx(energy, abs=1e-6)
        np.testing.assert_allclose(other.get_forces(), forces[order], atol=1e-5)
        assert other.calc.extras["domain_distance"] == pytest.approx(distance, rel=1e-6)
        assert other.calc.get_energy_uncertainty() == pytest.approx(uncertainty, rel=1e-4)


def test_a_mirror_image_of_a_methyl_groups_names_is_the_same_molecule():
    molecule_map = study_map("ethane")
    atoms = Atoms(molecule_map.symbols, molecule_map.training_positions[3] * units.Bohr)
    atoms.calc = MapCalculator(molecule_map, outside="raise")
    energy, forces = atoms.get_potential_energy(), atoms.get_forces()
    for order in ([0, 1, 3, 2, 4, 5, 6, 7], [0, 1, 3, 2, 4, 6, 5, 7], [0, 1, 6, 5, 7, 2, 3, 4]):
        other = atoms[order]
        other.calc = MapCalculator(molecule_map, outside="raise")
        assert other.get_potential_energy() == pytest.approx(energy, abs=1e-6)
        np.testing.assert_allclose(other.get_forces(), forces[order], atol=1e-5)
    # Without matching, the frame cannot undo it.
    assert molecule_map.domain_distance(atoms.positions[None, [0, 1, 3, 2, 4, 5, 6, 7]])[0] > 1.5


def test_a_molecule_that_is_symmetric_relaxes_to_a_symmetric_one():
    molecule_map = study_map("ethane")
    energies = []
    for seed in range(2):
        atoms = molecule("C2H6")
        atoms.rattle(0.02, seed=seed)
        atoms.calc = MapCalculator(molecule_map, outside="raise")
        assert BFGS(atoms, logfile=None).run(fmax=0.002, steps=200)
        energies.append(atoms.get_potential_energy())
    assert energies[0] == pytest.approx(energies[1], abs=1e-4)


def test_a_numbering_that_was_not_learned_is_not_part_of_the_mean():
    """Training has the first bond of water shorter than the second throughout."""
    drawn = [
        {"atoms": [0, 1], "low": 0.90, "high": 0.95},
        {"atoms": [0, 2], "low": 1.00, "high": 1.06},
        {"atoms": [1, 0, 2], "low": 97.0, "high": 109.0},
    ]
    shorter = stack(drawn_geometries(WATER, drawn, 40, seed=1)["positions"]).reshape(40, 3, 3)
    known = "H2O", WATER.symbols, WATER.frame, GaussiansPotential(WATER.charges)
    trained = MoleculeMap.fit(*known, shorter, springs(WATER.frame, shorter))
    for geometry in shorter[:5]:
        for order in BOTH:
            atoms = Atoms("OHH", geometry[order] * units.Bohr)
            atoms.calc = MapCalculator(trained)
            expected = trained.energies(geometry[None])[0] * units.Hartree
            assert atoms.get_potential_energy() == pytest.approx(expected, abs=1e-8)


def test_an_isomer_is_refused():
    ether, ethanol = molecule("CH3OCH3"), molecule("CH3CH2OH")
    ethanol.calc = MapCalculator(thermal_map("dimethyl ether", ether))
    with pytest.raises(InputError, match="do not have the bonds of dimethyl ether, C0-O1"):
        ethanol.get_potential_energy()


def test_the_mirror_image_of_a_chiral_molecule_is_refused():
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)
    lengths = np.array([1.09, 1.36, 1.76, 1.94])
    atoms = Atoms("CHFClBr", np.vstack([np.zeros(3), corners * lengths[:, None]]))
    calculator = MapCalculator(thermal_map("CHFClBr", atoms), outside="raise")
    atoms.calc = calculator
    energy = atoms.get_potential_energy()
    renumbered, mirrored = atoms[[3, 0, 4, 2, 1]], atoms.copy()
    renumbered.calc = mirrored.calc = calculator
    assert renumbered.get_potential_energy() == pytest.approx(energy, abs=1e-8)
    mirrored.positions[:, 0] *= -1
    with pytest.raises(InputError, match=r"the other handedness .* mirror image"):
        mirrored.get_potential_energy()
