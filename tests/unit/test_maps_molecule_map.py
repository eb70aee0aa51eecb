"""A trained map of a molecule: its chain of equations, uncertainty, domain, files and refusals."""

import dataclasses

import numpy as np
import pytest
from molecule_tables import BASIS, CHARGES, geometry_table, reference_table
from scipy.spatial.transform import Rotation

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.kernels.gaussians_potential import gaussians_squared_distances
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.molecules import train_hohenberg_kohn, train_kohn_sham

SYMBOLS = ("O", "H", "H")
MASSES = np.array([16.0, 1.0, 1.0])
TRAINED, TESTS = slice(20, 60), slice(0, 20)


@pytest.fixture(scope="module")
def water():
    geometries = geometry_table("H2O", 60, 20)
    positions = np.stack(geometries["positions"]).reshape(-1, 3, 3)
    frame = ReferenceFrame(positions.mean(axis=0), MASSES, np.array([[0, 1, 2], [0, 2, 1]]))
    aligned = frame.align(positions).positions
    geometries["positions"] = list(aligned.reshape(-1, 9))
    reference = reference_table("H2O", geometries)
    data = MoleculeData.from_tables("H2O", SYMBOLS, CHARGES["H2O"], BASIS, geometries, reference)
    return data, frame, DensitySubspace.spanning(BASIS, data.coefficients)


def train(water, densities):
    data, frame, subspace = water
    of_densities = (subspace.project(data.coefficients[TRAINED]), subspace) if densities else ()
    return MoleculeMap.fit(
        "H2O",
        SYMBOLS,
        CHARGES["H2O"],
        frame,
        data.positions[TRAINED],
        data.energies[TRAINED],
        *of_densities,
    )


@pytest.fixture(scope="module")
def hohenberg_kohn(water):
    return train(water, densities=True)


@pytest.fixture(scope="module")
def kohn_sham(water):
    return train(water, densities=False)


@pytest.fixture(params=["hohenberg_kohn", "kohn_sham"])
def model(request):
    return request.getfixturevalue(request.param)


def moved(positions):
    """Another place and orientation, and the hydrogen atoms exchanged."""
    rotation = Rotation.from_euler("xyz", [0.3, -1.2, 2.5]).as_matrix()
    return (positions @ rotation + [1.0, -2.0, 0.5])[:, [0, 2, 1]], rotation


def test_energies_are_those_of_the_maps_of_aligned_geometries(water, hohenberg_kohn, kohn_sham):
    data, _, subspace = water
    rows = np.arange(60)[TRAINED]
    coordinates = subspace.project(data.coefficients)
    for found, plain in (
        (hohenberg_kohn, train_hohenberg_kohn(data, rows, coordinates)),
        (kohn_sham, train_kohn_sham(data, rows)),
    ):
        expected = plain.predict(data.charges, data.positions[TESTS])
        assert found.energies(data.positions[TESTS]) == pytest.approx(expected, abs=1e-8)
        assert np.abs(expected - data.energies[TESTS]).mean() < 1e-4
    assert (hohenberg_kohn.method, kohn_sham.method) == ("ML-HK", "ML-KS")


def test_place_orientation_and_naming_of_equal_atoms_do_not_matter(water, model):
    positions = water[0].positions[TESTS]
    elsewhere, _ = moved(positions)
    assert model.energies(elsewhere) == pytest.approx(model.energies(positions), abs=1e-9)
    assert model.domain_distance(elsewhere) == pytest.approx(model.domain_distance(positions))


def test_the_fitted_pieces_make_the_chain_of_equations(water, hohenberg_kohn, kohn_sham):
    positions, _ = moved(water[0].positions[TESTS])

    def kernels(model):
        distances = gaussians_squared_distances(
            model.charges,
            model.frame.align(positions).positions,
            model.charges,
            model.training_positions,
            model.gamma,
        )
        return np.exp(-distances / (2 * model.potential_width**2))

    energies = kernels(kohn_sham) @ kohn_sham.energy_dual_coefficients
    assert kohn_sham.energies(positions) == pytest.approx(energies, abs=1e-10)
    model = hohenberg_kohn
    densities = kernels(model) @ model.density_dual_coefficients
    assert model.coordinates(positions) == pytest.approx(densities, abs=1e-7)
    squared = ((densities[:, None] - model.training_densities) ** 2).sum(axis=2)
    energies = np.exp(-squared / (2 * model.density_width**2)) @ model.energy_dual_coefficients
    assert model.energies(positions) == pytest.approx(energies, abs=1e-7)


def test_the_density_belongs_to_the_geometry_as_it_is_given(water, hohenberg_kohn):
    positions = water[0].positions[:1]
    points = positions[0] + [[0, 0, 0.1], [0.2, 0, 0], [0, 0.1, 0]]
    here = hohenberg_kohn.density(positions, points)[0]
    exact = BASIS.density(water[0].coefficients[0].astype(float), points + BASIS.length / 2)
    assert here == pytest.approx(exact, rel=1e-3)
    assert here[0] > 3 * here[1] > 0
    elsewhere, rotation = moved(positions)
    there = hohenberg_kohn.density(elsewhere, points @ rotation + [1.0, -2.0, 0.5])[0]
    assert there == pytest.approx(here, rel=1e-8)
    electrons = BASIS.electron_count(hohenberg_kohn.coefficients(elsewhere))
    assert electrons == pytest.approx(BASIS.electron_count(water[0].coefficients[:1]), rel=1e-5)


def test_uncertainties_are_of_the_size_of_the_errors(water):
    data, frame, subspace = water
    coordinates = subspace.project(data.coefficients)
    for of_densities in ((), (coordinates[20:32], subspace)):
        few = MoleculeMap.fit(
            "H2O",
            SYMBOLS,
            CHARGES["H2O"],
            frame,
            data.positions[20:32],
            data.energies[20:32],
            *of_densities,
        )
        variances = few.energy_variances(data.positions[TESTS])
        errors = few.energies(data.positions[TESTS]) - data.energies[TESTS]
        assert 0.2 < np.sqrt((errors**2 / variances).mean()) < 5
        known = few.energy_variances(data.positions[20:32])
        assert known.max() < np.median(variances)
        far = few.energy_variances(1.5 * data.positions[TESTS])
        assert far.min() > 100 * variances.max()


def test_the_domain_is_that_of_the_training_geometries(water, model):
    positions = water[0].positions
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
    positions, _ = moved(water[0].positions[TESTS])
    for predict in ("energies", "energy_variances", "domain_distance"):
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
    other = DensitySubspace.spanning(BASIS, water[0].coefficients, 1e-3)
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
    positions = water[0].positions[:2].copy()
    with pytest.raises(InputError, match=r"shape \(2, 2, 3\); it must be \(geometries, 3, 3\)"):
        model.energies(positions[:, :2])
    with pytest.raises(InputError, match=r"shape \(3, 3\); it must be \(geometries, 3, 3\)"):
        model.energies(positions[0])
    positions[1, 2] = positions[1, 1]
    for method in (model.energies, model.energy_variances, model.in_domain):
        with pytest.raises(InputError, match="Two atoms of geometry 1 are 0 bohr apart"):
            method(positions)
    positions[0, 0, 0] = np.nan
    with pytest.raises(InputError, match=r"holds nan at index \(0, 0, 0\)"):
        model.energies(positions)
    if model.method == "ML-HK":
        with pytest.raises(InputError, match=r"shape \(4, 2\); it must be \(points, 3\)"):
            model.density(water[0].positions[:1], np.zeros((4, 2)))


def test_training_data_that_do_not_go_together_are_refused(water, kohn_sham):
    data, frame, subspace = water
    coordinates = subspace.project(data.coefficients)

    def fit(symbols=SYMBOLS, energies=data.energies, frame=frame, **densities):
        return MoleculeMap.fit(
            "H2O", symbols, data.charges, frame, data.positions, energies, **densities
        )

    with pytest.raises(InputError, match="only one of the two was given"):
        fit(coordinates=coordinates)
    with pytest.raises(InputError, match=rf"\(60, 2\); it must be \(60, {subspace.rank}\)"):
        fit(coordinates=coordinates[:, :2], subspace=subspace)
    with pytest.raises(InputError, match=r"symbols of H2O has the shape \(2,\)"):
        fit(symbols=("O", "H"))
    with pytest.raises(InputError, match="energy of H2O holds nan"):
        fit(energies=np.where(np.arange(60) == 4, np.nan, data.energies))
    with pytest.raises(InputError, match=r"must be .* in this reference frame"):
        fit(frame=ReferenceFrame(frame.positions[:2], MASSES[:2]))
    with pytest.raises(InputError, match="predicts energies alone; densities need ML-HK"):
        kohn_sham.coefficients(data.positions)
    with pytest.raises(dataclasses.FrozenInstanceError):
        kohn_sham.name = "D2O"
