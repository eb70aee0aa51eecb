"""A trained map of a molecule: its chain of equations, uncertainty, domain, files and refusals."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from molecule_tables import BASIS, FRAMES, sample_data
from scipy.spatial.transform import Rotation

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps import molecule_map
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import MoleculeMap

SYMBOLS = ("O", "H", "H")
MASSES = np.array([16.0, 1.0, 1.0])
TRAINED, TESTS = slice(20, 60), slice(0, 20)
KNOWN = {
    "ML-HK": [-0.9602686297, -0.9523315748, -0.9562700799],
    "ML-KS": [-0.9602685960, -0.9523301432, -0.9562699659],
}


@pytest.fixture(scope="module")
def water():
    # A reference without symmetry, so that the frame can tell the hydrogen atoms.
    labelings = np.array([[0, 1, 2], [0, 2, 1]])
    reference = np.add(FRAMES["H2O"], [[0, 0, 0], [0, 0.1, 0], [0, 0, 0]])
    frame = ReferenceFrame(reference, MASSES, labelings)
    return sample_data("H2O", 60, frame=frame)


@pytest.fixture(scope="module")
def hohenberg_kohn(water):
    return water.rows(TRAINED).train()


@pytest.fixture(scope="module")
def kohn_sham(water):
    return water.rows(TRAINED).train(densities=False)


@pytest.fixture(params=["hohenberg_kohn", "kohn_sham"])
def model(request):
    return request.getfixturevalue(request.param)


def moved(positions):
    """Another place and orientation, and the hydrogen atoms exchanged."""
    rotation = Rotation.from_euler("xyz", [0.3, -1.2, 2.5]).as_matrix()
    return (positions @ rotation + [1.0, -2.0, 0.5])[:, [0, 2, 1]], rotation


def test_energies_are_learnt_and_known_to_the_last_digits(water, hohenberg_kohn, kohn_sham):
    positions, exact = water.positions[TESTS], water.energies[TESTS]
    # Of the same regressions before they became one object.
    for found, energies in ((hohenberg_kohn, KNOWN["ML-HK"]), (kohn_sham, KNOWN["ML-KS"])):
        assert found.energies(positions)[:3] == pytest.approx(energies, abs=1e-8)
        assert np.abs(found.energies(positions) - exact).mean() < 1e-4
    assert (hohenberg_kohn.method, kohn_sham.method) == ("ML-HK", "ML-KS")


def test_many_geometries_are_taken_in_blocks(water, model, monkeypatch):
    positions = np.concatenate([water.positions] * 3)
    together = model.energies_and_gradients(positions)
    monkeypatch.setattr(molecule_map, "TERMS_AT_ONCE", 7 * 3 * 40 * 3)
    np.testing.assert_allclose(model.energies(positions), together.energies, atol=1e-10)
    apart = model.energies_and_gradients(positions)
    np.testing.assert_allclose(apart.gradients, together.gradients, atol=1e-7)


def test_what_align_returned_is_taken_for_the_geometries(water, model):
    positions, _ = moved(water.positions[TESTS])
    aligned = model.align(positions)
    np.testing.assert_array_equal(model.energies(aligned), model.energies(positions))
    found, expected = (model.energies_and_gradients(given) for given in (aligned, positions))
    np.testing.assert_array_equal(found.gradients, expected.gradients)


def test_a_map_can_be_copied_and_pickled(water, model):
    expected = model.energies(water.positions)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other.energies(water.positions), expected)


def test_place_orientation_and_naming_of_equal_atoms_do_not_matter(water, model):
    positions = water.positions[TESTS]
    elsewhere, _ = moved(positions)
    assert model.energies(elsewhere) == pytest.approx(model.energies(positions), abs=1e-9)
    assert model.domain_distance(elsewhere) == pytest.approx(model.domain_distance(positions))


def test_the_fitted_pieces_make_the_chain_of_equations(water, hohenberg_kohn, kohn_sham):
    positions, _ = moved(water.positions[TESTS])

    def kernels(model):
        aligned, training = model.align(positions).positions, model.training_positions
        own = model.descriptor.inner_products
        norms = [own(values, values).diagonal() for values in (aligned, training)]
        distances = norms[0][:, None] + norms[1] - 2 * own(aligned, training)
        return np.exp(-distances / (2 * (model.density_map or model.energy_map).width ** 2))

    energies = kernels(kohn_sham) @ kohn_sham.energy_dual_coefficients
    assert kohn_sham.energies(positions) == pytest.approx(energies, abs=1e-10)
    model = hohenberg_kohn
    densities = kernels(model) @ model.density_dual_coefficients
    assert model.coordinates(positions) == pytest.approx(densities, abs=1e-7)
    squared = ((densities[:, None] - model.training_densities) ** 2).sum(axis=2)
    energies = np.exp(-squared / (2 * model.energy_map.width**2)) @ model.energy_dual_coefficients
    assert model.energies(positions) == pytest.approx(energies, abs=1e-7)


def test_the_density_belongs_to_the_geometry_as_it_is_given(water, hohenberg_kohn):
    positions = water.positions[:1]
    points = positions[0] + [[0, 0, 0.1], [0.2, 0, 0], [0, 0.1, 0]]
    here = hohenberg_kohn.density(positions, points)[0]
    coefficients = water.subspace.expand(water.coordinates[:1])
    exact = BASIS.density(coefficients[0], points + BASIS.length / 2)
    assert here == pytest.approx(exact, rel=1e-3)
    assert here[0] > 3 * here[1] > 0
    elsewhere, rotation = moved(positions)
    there = hohenberg_kohn.density(elsewhere, points @ rotation + [1.0, -2.0, 0.5])[0]
    assert there == pytest.approx(here, rel=1e-8)
    electrons = BASIS.electron_count(hohenberg_kohn.coefficients(elsewhere))
    assert electrons == pytest.approx(BASIS.electron_count(coefficients), rel=1e-5)


def test_uncertainties_are_of_the_size_of_the_errors(water):
    for densities in (False, True):
        few = water.rows(slice(20, 32)).train(densities)
        positions = water.positions[TESTS]
        deviations = few.energy_uncertainties(positions)
        errors = few.energies(positions) - water.energies[TESTS]
        assert 0.2 < np.sqrt((errors**2 / deviations**2).mean()) < 5
        assert few.energy_uncertainties(water.positions[20:32]).max() < np.median(deviations)
        assert few.energy_uncertainties(1.5 * positions).min() > 10 * deviations.max()


def test_the_energy_of_a_density_is_known(water, hohenberg_kohn):
    predicted = hohenberg_kohn.coordinates(water.positions[TESTS])
    expected = hohenberg_kohn.energies(water.positions[TESTS])
    assert hohenberg_kohn.energies_of_densities(predicted) == pytest.approx(expected, abs=1e-9)
    other = hohenberg_kohn.refit_energy_map(water.coordinates[TRAINED], water.energies[TRAINED])
    assert (hohenberg_kohn.energy_training, other.energy_training) == ("predicted", "reference")
    exact = other.energies_of_densities(water.coordinates[TESTS])
    assert np.abs(exact - water.energies[TESTS]).mean() < 1e-4
    np.testing.assert_array_equal(other.coordinates(water.positions[TESTS]), predicted)


def test_the_domain_is_that_of_the_training_geometries(water, model):
    positions = water.positions
    assert model.in_domain(positions[TESTS]).mean() > 0.8
    assert model.in_domain(positions[TRAINED]).all()
    deviations = positions[TRAINED] - positions[TRAINED].mean(axis=0)
    sizes = np.linalg.norm(deviations, axis=(1, 2))
    twice = positions[TRAINED].mean(axis=0) + 2 * deviations[sizes > 0.75 * sizes.max()]
    assert len(twice) >= 5
    assert not model.in_domain(twice).any()
    assert (model.domain_distance(twice) > 1).all()
    confused = positions[TESTS][:, [1, 0, 2]]
    assert not model.in_domain(confused).any()


def test_a_saved_map_predicts_the_same_bits(water, model, tmp_path):
    model.save(tmp_path / "map")
    loaded = MoleculeMap.load(tmp_path / "map")
    positions, _ = moved(water.positions[TESTS])
    for predict in ("energies", "energy_uncertainties", "domain_distance"):
        found, expected = (getattr(which, predict)(positions) for which in (loaded, model))
        np.testing.assert_array_equal(found, expected)
    assert (loaded.name, loaded.symbols, loaded.method) == ("H2O", SYMBOLS, model.method)
    if model.subspace is not None:
        np.testing.assert_array_equal(loaded.coefficients(positions), model.coefficients(positions))


def test_a_map_beside_its_own_subspace_leaves_that_file_alone(hohenberg_kohn, tmp_path):
    path = tmp_path / "density_subspace.safetensors"
    hohenberg_kohn.subspace.save(path)
    before = path.stat().st_mtime_ns
    hohenberg_kohn.save(tmp_path)
    assert path.stat().st_mtime_ns == before
    assert MoleculeMap.load(tmp_path).method == hohenberg_kohn.method


def test_files_that_are_no_map_are_refused(water, hohenberg_kohn, kohn_sham, tmp_path):
    with pytest.raises(InputError, match=r"map\.safetensors, where there is no file"):
        MoleculeMap.load(tmp_path)
    hohenberg_kohn.save(tmp_path)
    subspace = tmp_path / "density_subspace.safetensors"
    other = DensitySubspace.spanning(BASIS, water.subspace.expand(water.coordinates), 1e-3)
    other.save(subspace)
    with pytest.raises(InputError, match="is not the density subspace that the map of H2O"):
        MoleculeMap.load(tmp_path)
    subspace.unlink()
    with pytest.raises(InputError, match=r"density_subspace\.safetensors, where there is no file"):
        MoleculeMap.load(tmp_path)
    kohn_sham.save(tmp_path / "kohn_sham")
    path = tmp_path / "kohn_sham" / "map.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match=r"map\.safetensors .* is damaged"):
        MoleculeMap.load(tmp_path / "kohn_sham")
    other.save(path)
    with pytest.raises(InputError, match=r"map\.safetensors .* is damaged"):
        MoleculeMap.load(tmp_path / "kohn_sham")


def test_another_molecule_is_refused(model):
    model.expect_symbols(["O", "H", "H"])
    with pytest.raises(InputError, match=r"in the order H O H; the map of H2O.* order O H H,"):
        model.expect_symbols(["H", "O", "H"])
    with pytest.raises(InputError, match=r"atoms are C O; the map of H2O holds for .* alone"):
        model.expect_symbols(["C", "O"])


def test_geometries_that_cannot_be_are_refused(water, model):
    positions = water.positions[:2].copy()
    with pytest.raises(InputError, match=r"shape \(2, 2, 3\); it must be \(geometries, 3, 3\)"):
        model.energies(positions[:, :2])
    with pytest.raises(InputError, match=r"shape \(3, 3\); it must be \(geometries, 3, 3\)"):
        model.energies(positions[0])
    positions[1, 2] = positions[1, 1]
    for method in (model.energies, model.energy_uncertainties, model.in_domain):
        with pytest.raises(InputError, match="Two atoms of geometry 1 are 0 bohr apart"):
            method(positions)
    positions[0, 0, 0] = np.nan
    with pytest.raises(InputError, match=r"holds nan at index \(0, 0, 0\)"):
        model.energies(positions)
    if model.method == "ML-HK":
        with pytest.raises(InputError, match=r"shape \(4, 2\); it must be \(points, 3\)"):
            model.density(water.positions[:1], np.zeros((4, 2)))


def test_training_data_that_do_not_go_together_are_refused(water, kohn_sham):
    descriptor = GaussiansPotential(water.charges)

    def fit(symbols=SYMBOLS, energies=water.energies, frame=water.frame, **densities):
        known = "H2O", symbols, frame, descriptor
        return MoleculeMap.fit(*known, water.positions, energies, **densities)

    with pytest.raises(InputError, match="only one of the two was given"):
        fit(coordinates=water.coordinates)
    rank = water.subspace.rank
    with pytest.raises(InputError, match=rf"\(60, 2\); it must be \(60, {rank}\)"):
        fit(coordinates=water.coordinates[:, :2], subspace=water.subspace)
    with pytest.raises(InputError, match=r"symbols of H2O has the shape \(2,\)"):
        fit(symbols=("O", "H"))
    with pytest.raises(InputError, match=r"energies of H2O has the shape \(59,\)"):
        fit(energies=water.energies[1:])
    with pytest.raises(InputError, match="energy of H2O holds nan"):
        fit(energies=np.where(np.arange(60) == 4, np.nan, water.energies))
    with pytest.raises(InputError, match=r"masses of H2O has the shape \(2,\)"):
        fit(frame=ReferenceFrame(water.frame.positions[:2], MASSES[:2]))
    with pytest.raises(InputError, match="predicts energies alone; densities need ML-HK"):
        kohn_sham.coefficients(water.positions)
    with pytest.raises(dataclasses.FrozenInstanceError):
        kohn_sham.name = "D2O"


@pytest.mark.parametrize("densities", [False, True])
def test_a_training_set_that_teaches_nothing_is_refused(water, densities):
    with pytest.raises(InputError, match="n_samples = 1; kernel ridge regression needs at least 2"):
        water.rows(slice(0, 1)).train(densities)
    with pytest.raises(InputError, match="geometries 1 and 3 have the same potential"):
        water.rows([0, 1, 2, 1]).train(densities)
    exchanged = dataclasses.replace(water, positions=water.positions.copy())
    exchanged.positions[6] = water.positions[4, [0, 2, 1]]
    with pytest.raises(InputError, match="geometries 4 and 6 have the same potential"):
        exchanged.rows(slice(0, 9)).train(densities)
    with pytest.raises(InputError, match="Two atoms of geometry 0 are 0 bohr apart"):
        dataclasses.replace(water, positions=0 * water.positions).train(densities)
