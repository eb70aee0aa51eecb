"""Errors of the maps of conformers and energies along a trajectory."""

import dataclasses

import numpy as np
import pytest
from molecule_tables import BASIS, CHARGES, drawn, geometry_table, reference_table

from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps.conformers import ConformerData, conformer_errors, trajectory_energies
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.molecules import molecule_errors
from hkmaps.maps.results import CONFORMER_ERRORS, TRAJECTORY_ENERGIES
from hkmaps.tables import read_table, write_table

SEED, POOL = 5, "300K"
FRAME = ReferenceFrame([[0.6, 0, 0], [-0.5, 1.4, 0], [-0.5, -1.4, 0]], [16.0, 1.0, 1.0])


def sample(name, count, seed):
    geometries = geometry_table(name, count, 0, seed)
    reference = reference_table(name, geometries)
    symbols = {"H2": "HH", "H2O": "OHH"}[name]
    return MoleculeData.from_tables(name, symbols, CHARGES[name], BASIS, geometries, reference)


@pytest.fixture(scope="module")
def water():
    return sample("H2O", 40, 1), sample("H2O", 15, 2)


@pytest.fixture(scope="module")
def conformers(water):
    subspace = DensitySubspace.spanning(BASIS, (data.coefficients for data in water))
    return [ConformerData.in_subspace(data, subspace) for data in water]


@pytest.fixture(scope="module")
def errors(conformers):
    return conformer_errors(*conformers, POOL, [10, 40], drawn, SEED)


@pytest.fixture(scope="module")
def maps(conformers):
    pool = conformers[0]
    data = pool.name, "OHH", pool.charges, FRAME, pool.positions, pool.energies
    return MoleculeMap.fit(*data, pool.coordinates, pool.subspace), MoleculeMap.fit(*data)


def test_the_table_of_errors_is_complete_and_can_be_written(errors, tmp_path):
    write_table(errors, tmp_path / "errors.parquet", CONFORMER_ERRORS)
    table = read_table(tmp_path / "errors.parquet", CONFORMER_ERRORS)
    assert set(table["pool"]) == {POOL}
    for _, cell in table.groupby("training_points"):
        training = cell["energy_training"].fillna("")
        kinds = zip(cell["method"], training, cell["quantity"], strict=True)
        assert list(kinds) == [
            ("ML-KS", "", "dE"),
            *(
                ("ML-HK", densities, quantity)
                for densities in ("predicted", "reference")
                for quantity in ("dE", "dE_F", "dE_D")
            ),
        ]
        densities = cell[cell["method"] == "ML-HK"]
        assert densities[["electrons_misplaced", "density_width"]].notna().all(axis=None)


def test_errors_are_those_of_maps_of_all_coefficients(water, errors):
    both = dataclasses.replace(
        water[0],
        **{
            name: np.concatenate([getattr(data, name) for data in water])
            for name in ("positions", "energies", "coefficients", "bond_lengths")
        },
        geometry=np.arange(55),
        is_test=np.arange(55) >= 40,
    )
    expected = molecule_errors(both, [40], [0], drawn, SEED)
    found = errors[errors["training_points"] == 40].reset_index(drop=True)
    for column in ("mae", "maximum"):
        assert found[column].to_numpy() == pytest.approx(expected[column], abs=1e-6)
    assert found["electrons_misplaced"].to_numpy() == pytest.approx(
        expected["electrons_misplaced"], abs=1e-6, nan_ok=True
    )


def test_errors_fall_with_more_training_points(errors):
    for _, rows in errors[errors["quantity"] == "dE"].groupby("method"):
        few, many = (rows[rows["training_points"] == size]["mae"].max() for size in (10, 40))
        assert many < 0.5 * few


def test_failed_calculations_shrink_the_largest_size_alone(conformers, errors):
    pool, test = conformers
    left = dataclasses.replace(
        pool,
        failed=3,
        geometry=pool.geometry[:37],
        positions=pool.positions[:37],
        energies=pool.energies[:37],
        coordinates=pool.coordinates[:37],
    )
    found = conformer_errors(left, test, POOL, [10, 40], drawn, SEED)
    assert found["training_points"].unique().tolist() == [10, 37]
    with pytest.raises(InputError, match=r"40 training points .* as many as the pool has, 37"):
        conformer_errors(dataclasses.replace(left, failed=2), test, POOL, [40], drawn, SEED)


def test_a_size_and_a_pool_have_random_numbers_of_their_own(conformers, errors):
    alone = conformer_errors(*conformers, POOL, [10], drawn, SEED)
    assert alone.equals(errors[errors["training_points"] == 10].reset_index(drop=True))
    other = conformer_errors(*conformers, "300+350K", [10], drawn, SEED)
    assert (other["mae"] != alone["mae"]).all()


def test_energies_along_a_trajectory(conformers, maps, tmp_path):
    test = conformers[1]
    times, energies = np.linspace(0, 100, 15), test.energies
    table = trajectory_energies(maps[0], test.positions, times, energies, maps[1])
    write_table(table, tmp_path / "energies.parquet", TRAJECTORY_ENERGIES)
    table = read_table(tmp_path / "energies.parquet", TRAJECTORY_ENERGIES)
    assert table["frame"].tolist() == list(range(15))
    assert table["time"].to_numpy() == pytest.approx(times)
    for column, model in zip(("predicted_energy", "kohn_sham_energy"), maps, strict=True):
        assert table[column].to_numpy() == pytest.approx(model.energies(test.positions))
        assert table[column].to_numpy() == pytest.approx(energies, abs=1e-3)
    assert (table["energy_uncertainty"] > 0).all()
    far = trajectory_energies(maps[0], 1.3 * test.positions, times, energies, frames=times * 0 + 7)
    assert far["kohn_sham_energy"].isna().all()
    assert not far["in_domain"].any()
    assert far["energy_uncertainty"].min() > table["energy_uncertainty"].max()


def test_samples_that_do_not_go_together_are_refused(water, conformers, maps):
    pool, test = conformers
    other = DensitySubspace.spanning(BASIS, water[1].coefficients)
    with pytest.raises(InputError, match=r"of the pool 300K and .* in different subspaces"):
        conformer_errors(pool, ConformerData.in_subspace(water[1], other), POOL, [9], drawn, SEED)
    hydrogen = ConformerData.in_subspace(sample("H2", 3, 1), pool.subspace)
    with pytest.raises(InputError, match="of H2O and the test set of H2, with other atoms"):
        conformer_errors(pool, hydrogen, POOL, [9], drawn, SEED)
    with pytest.raises(InputError, match=r"41 training points are asked for of H2O.*has, 40"):
        conformer_errors(pool, test, POOL, [41], drawn, SEED)
    with pytest.raises(InputError, match=r"coordinates of H2O has the shape \(15, 2\)"):
        dataclasses.replace(test, coordinates=test.coordinates[:, :2])
    with pytest.raises(InputError, match="energies of ML-HK is ML-KS"):
        trajectory_energies(maps[1], test.positions, test.energies, test.energies)
    with pytest.raises(InputError, match=r"array of times has the shape \(2,\)"):
        trajectory_energies(maps[0], test.positions, [0, 1], test.energies)
