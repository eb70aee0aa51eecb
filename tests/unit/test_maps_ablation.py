"""Errors of ML-KS without the choices of the study."""

from pathlib import Path

import numpy as np
import pytest
from molecule_tables import equally_spaced, sample_data
from scipy.spatial.distance import pdist

from hkmaps.descriptors.gaussians_potential import GaussiansPotential, grid_inner_products
from hkmaps.descriptors.gridded_potential import GriddedPotential
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.ablation import Dynamics, Snapshots, Substitutes, ablation
from hkmaps.maps.ablation_results import (
    ABLATION,
    ALL,
    ALL_AND_K_MEANS,
    AT_RANDOM,
    FROM_DYNAMICS,
    FROM_REFERENCE,
    GRID,
    IN_TIME,
    K_MEANS,
    NAMES,
    STUDY,
)
from hkmaps.maps.map_errors import map_errors
from hkmaps.maps.results import KOHN_SHAM
from hkmaps.maps.sample_data import SampleData
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, write_table

REPOSITORY = Path(__file__).parents[2]
SEED = 7
ROUNDING = 1e-9  # Ha; positions are aligned once more
SUBSTITUTES = Substitutes(5, [0.3, 1, 3, 10], [1e-10, 1e-7, 1e-4], 0.15)


@pytest.fixture(scope="module")
def ethane():
    """Ethane that vibrates about its reference, whose methyls have turned by thirds."""
    molecule = Molecule.from_entry("ethane", REPOSITORY / "config/molecules/ethane.xyz")
    stream = random_stream(SEED, "turning methyls")
    # In few directions, so that few points say all of it.
    amounts, directions = stream.normal(size=(130, 2)), stream.normal(size=(2, 8, 3))
    moved = np.einsum("sd,dac->sac", amounts, directions)
    places = molecule.reference_positions + 0.05 * moved
    # An energy that does not know the atoms' names: springs between all pairs of equal atoms.
    springs = [((pdist(place[2:]) - 3.5) ** 2).sum() for place in places]
    bonds = [((pdist(place[:2]) - 2.9) ** 2).sum() for place in places]
    energies = 0.02 * np.array(springs) + 0.1 * np.array(bonds)
    turns = stream.choice(len(molecule.labelings), len(places))
    named = np.array(
        [place[list(molecule.labelings[turn])] for place, turn in zip(places, turns, strict=True)]
    )

    def sample(name, rows):
        return SampleData(
            "ethane",
            name,
            molecule.symbols,
            molecule.charges,
            molecule.frame,
            np.arange(len(named[rows])),
            molecule.frame.align(named[rows]).positions,
            energies[rows],
        )

    pool, test = slice(0, 100), slice(100, None)
    snapshots = [Snapshots(named[rows], energies[rows]) for rows in (pool, test)]
    return sample("pool", pool), sample("test", test), Dynamics(*snapshots, snapshots[0])


@pytest.fixture(scope="module")
def of_dynamics(ethane):
    pool, test, dynamics = ethane
    return ablation(pool, test, [50, 100], None, SEED, SUBSTITUTES, {}, dynamics=dynamics)


def mae(table, variant, size=100, energies=FROM_REFERENCE):
    rows = table[(table["variant"] == variant) & (table["energies"] == energies)]
    return rows.loc[rows["training_points"] == size, "mae"].item()


def test_with_nothing_turned_off_errors_are_those_of_the_study(of_dynamics, ethane):
    known = map_errors(*ethane[:2], [50, 100], None, SEED)
    for size, expected in zip(known["training_points"], known["mae"], strict=True):
        assert mae(of_dynamics, STUDY, size) == pytest.approx(expected, abs=ROUNDING)
    h2 = sample_data("H2", 30)
    table = ablation(h2, 10, [5], equally_spaced, SEED, SUBSTITUTES, {}, range(2))
    known = map_errors(h2, 10, [5], equally_spaced, SEED, range(2))
    known = known[known["method"] == KOHN_SHAM]
    mine = table[table["variant"] == STUDY]
    assert mine["mae"].to_numpy() == pytest.approx(known["mae"].to_numpy(), abs=ROUNDING)
    assert set(table["variant"]) >= {ALL, AT_RANDOM} and NAMES not in set(table["variant"])


def test_the_whole_of_the_paper_has_its_points_too():
    choices = {K_MEANS: equally_spaced}  # those of the study, so that no other points matter
    table = ablation(sample_data("H2", 30), 10, [5], equally_spaced, SEED, SUBSTITUTES, choices)
    assert mae(table, ALL_AND_K_MEANS, 5) == mae(table, ALL, 5)


def test_names_that_turn_with_the_methyls_raise_the_error(of_dynamics):
    assert mae(of_dynamics, NAMES) > 2 * mae(of_dynamics, STUDY)
    assert mae(of_dynamics, ALL) > 2 * mae(of_dynamics, STUDY)


def test_a_fine_grid_changes_nothing(of_dynamics):
    assert mae(of_dynamics, GRID) == pytest.approx(mae(of_dynamics, STUDY), abs=ROUNDING)


def test_energies_of_the_dynamics_have_the_points_of_the_study_and_others(of_dynamics):
    # Here both energies are the same, and the pool is all snapshots in the order of time.
    for variant in (STUDY, IN_TIME):
        found = mae(of_dynamics, variant, 50, FROM_DYNAMICS)
        assert found == pytest.approx(mae(of_dynamics, STUDY, 50), abs=ROUNDING)
    other = mae(of_dynamics, AT_RANDOM, 50, FROM_DYNAMICS)
    assert other != pytest.approx(mae(of_dynamics, STUDY, 50), rel=1e-2)


def test_the_table_is_as_its_schema_says(of_dynamics, tmp_path):
    write_table(of_dynamics, tmp_path / "ablation.parquet", ABLATION)
    assert len(read_table(tmp_path / "ablation.parquet", ABLATION)) == len(of_dynamics)


@pytest.mark.parametrize("spacing", [0.15, 0.9])
def test_distances_are_sums_over_the_points_of_the_grid(spacing):
    charges, stream = np.array([8.0, 1.0]), random_stream(SEED, "grid")
    places = stream.normal(size=(4, 2, 3))
    wide = GaussiansPotential(charges, 0.5)
    potentials = wide.on_grid(places, 14.0, spacing)
    products = grid_inner_products(potentials, potentials, spacing)
    norms = np.diag(products)
    gridded = GriddedPotential(charges, 0.5, spacing, 14.0)
    found = gridded.squared_distances(places[:3], gridded.prepare(places))
    expected = norms[:3, None] + norms - 2 * products[:3]
    np.testing.assert_allclose(found, expected, atol=1e-12 * norms.max())
    analytic = wide.squared_distances(places[:3], wide.prepare(places))
    assert (np.abs(found - analytic).max() < 1e-10) == (spacing < 0.5)


def test_atoms_stay_inside_the_grid():
    gridded = GriddedPotential(np.ones(1), 0.5, 0.2, 8.0)
    with pytest.raises(InputError, match=r"has a coordinate of 3 bohr; .* at most 1 bohr"):
        gridded.prepare(np.full((1, 1, 3), 3.0))
