"""Conformers: alignment of snapshots, pools in the order of choice, tests in that of time."""

import numpy as np
import pandas as pd
import pytest
from papers_molecules import find_molecule, force_field
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

from hkmaps.errors import InputError
from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
from hkmaps.molecules.conformers import held_out_conformers, training_pool
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, stack, write_table

CONFORMERS = [find_molecule(name) for name in ("ethane", "benzene", "malonaldehyde")]
ETHANE, BENZENE, MALONALDEHYDE = CONFORMERS
EACH = pytest.mark.parametrize("molecule", CONFORMERS, ids=lambda molecule: molecule.name)


@pytest.fixture(scope="module")
def warm_and_hot():
    """Trajectories of ethane at two temperatures, of 100 snapshots each."""
    return {
        f"{temperature}K": classical_trajectory(
            ETHANE,
            force_field("ethane"),
            DynamicsProtocol.in_femtoseconds(temperature, 500, 5000, 50, 1),
            f"{temperature}K",
            seed=1,
        )
        for temperature in (300, 400)
    }


def positions_of(table):
    return stack(table["positions"]).reshape(len(table), -1, 3)


def torsion(positions):
    """Angle from the nearest staggered geometry of each of ethane's first hydrogens, in rad."""
    about = np.arctan2(positions[:, 2:, 1], positions[:, 2:, 0])
    angles = about[:, 0] - about[:, 3] - np.pi
    return (angles + np.pi) % (2 * np.pi) - np.pi


def turned_methyl(angle):
    """Ethane, the first methyl group turned against the second."""
    positions = ETHANE.reference_positions.copy()
    turn = Rotation.from_euler("z", angle).as_matrix()
    positions[2:5] = positions[2:5] @ turn.T
    return positions


@EACH
def test_aligned_snapshots_do_not_depend_on_labels_and_orientation(molecule):
    stream = random_stream(0, "tests", "alignment", molecule.name)
    reference = molecule.reference_positions
    shape = (len(molecule.labelings), *reference.shape)
    positions = reference + stream.normal(scale=0.1, size=shape)
    turns = Rotation.random(len(positions), rng=stream).as_matrix()
    moved = positions @ turns + stream.normal(size=(len(positions), 1, 3))
    moved = np.stack(
        [one[list(labeling)] for one, labeling in zip(moved, molecule.labelings, strict=True)]
    )
    expected = molecule.frame.align(positions).positions
    np.testing.assert_allclose(molecule.frame.align(moved).positions, expected, atol=1e-9)


def test_turns_of_a_methyl_group_come_into_one_well():
    angles = np.radians(np.arange(-180, 181, 10) + 1)
    aligned = ETHANE.frame.align(np.stack([turned_methyl(angle) for angle in angles])).positions
    wells = (angles + np.pi / 3) % (2 * np.pi / 3) - np.pi / 3
    np.testing.assert_allclose(torsion(aligned), wells, atol=1e-9)


def test_snapshots_of_a_long_run_are_in_one_well_though_methyl_groups_turned():
    protocol = DynamicsProtocol.in_femtoseconds(400, 1000, 200_000, 100, 1)
    trajectory = classical_trajectory(ETHANE, force_field("ethane"), protocol, "400K", seed=1)
    unlabelled = type(ETHANE.frame)(
        ETHANE.reference_positions, ETHANE.masses, np.array(ETHANE.labelings[:1])
    )
    raw = unlabelled.align(positions_of(trajectory)).positions
    aligned = positions_of(held_out_conformers(ETHANE, {"400K": trajectory}, len(trajectory)))
    assert np.abs(torsion(raw)).max() > np.radians(100)
    assert np.abs(torsion(aligned)).max() < np.radians(75)


def test_a_pool_names_the_snapshots_that_it_was_chosen_from(warm_and_hot, tmp_path):
    pool = training_pool(ETHANE, warm_and_hot, 60, seed=1)
    assert pool["geometry"].tolist() == list(range(60))
    assert set(pool["trajectory"]) == {"300K", "400K"}
    for row in pool.itertuples():
        snapshots = warm_and_hot[row.trajectory].set_index("frame")
        snapshot = snapshots.loc[[row.frame], "positions"]
        aligned = ETHANE.frame.align(stack(snapshot).reshape(1, 8, 3)).positions
        np.testing.assert_allclose(aligned.ravel(), row.positions, atol=1e-12)
    write_table(pool, tmp_path / "geometries.parquet", GEOMETRIES)
    read = read_table(tmp_path / "geometries.parquet", GEOMETRIES)
    assert read["frame"].tolist() == pool["frame"].tolist()


def test_a_larger_pool_begins_with_the_smaller_one(warm_and_hot):
    small, large = (training_pool(ETHANE, warm_and_hot, count, seed=1) for count in (20, 70))
    pd.testing.assert_frame_equal(large[:20], small)
    assert len(np.unique(stack(large["positions"]), axis=0)) == 70


def test_every_beginning_of_a_pool_covers_the_snapshots_better_than_random_ones(warm_and_hot):
    everything = pd.concat(warm_and_hot.values())
    aligned = ETHANE.frame.align(positions_of(everything)).positions.reshape(len(everything), -1)
    chosen = stack(training_pool(ETHANE, warm_and_hot, 40, seed=1)["positions"])
    stream = random_stream(0, "tests", "random pools")
    for count in (10, 20, 40):
        random = [aligned[stream.choice(len(aligned), count, replace=False)] for _ in range(20)]
        farthest, *others = (
            (cdist(aligned, points).min(axis=1) ** 2).mean() for points in (chosen[:count], *random)
        )
        assert farthest < np.mean(others)


def test_a_pool_follows_from_the_seed(warm_and_hot):
    first, again, other = (training_pool(ETHANE, warm_and_hot, 30, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert positions_of(first).tolist() != positions_of(other).tolist()


def test_a_pool_of_malonaldehyde_has_both_tautomers():
    protocol = DynamicsProtocol.in_femtoseconds(300, 500, 2000, 50, 1)
    runs = {
        f"300K_{tautomer}": classical_trajectory(
            MALONALDEHYDE, force_field("malonaldehyde"), protocol, "300K", 1, tautomer
        )
        for tautomer in (0, 1)
    }
    pool, test = (
        training_pool(MALONALDEHYDE, runs, 20, 1),
        held_out_conformers(MALONALDEHYDE, runs, 20),
    )
    mean, *others = positions_of(training_pool(MALONALDEHYDE, runs, 21, 1, average=True))
    # Between the tautomers, and all else as it was.
    assert np.ptp(np.linalg.norm(mean[5] - mean[[0, 4]], axis=1)) < 0.2
    np.testing.assert_array_equal(others, positions_of(pool))
    for table in (pool, test):
        atoms = positions_of(table)
        first, second = (np.linalg.norm(atoms[:, 5] - atoms[:, o], axis=1) for o in (0, 4))
        assert ((first < second) == (table["trajectory"] == "300K_0")).all()
        assert 0 < (first < second).sum() < 20


def test_held_out_conformers_are_in_the_order_of_time(warm_and_hot):
    test = held_out_conformers(ETHANE, warm_and_hot, 60)
    assert test["frame"].tolist() == [*range(30), *range(30)]
    assert test["trajectory"].tolist() == ["300K"] * 30 + ["400K"] * 30


@pytest.mark.parametrize("count", [0, 3, 202])
def test_held_out_conformers_need_equal_parts_of_what_there_is(warm_and_hot, count):
    with pytest.raises(InputError, match=f"test set of {count} .* 2 trajectories, .* has 100"):
        held_out_conformers(ETHANE, warm_and_hot, count)


def test_pools_that_cannot_be_chosen_are_refused(warm_and_hot):
    with pytest.raises(InputError, match="200 different snapshots; a pool of 201"):
        training_pool(ETHANE, warm_and_hot, 201, seed=1)
    with pytest.raises(InputError, match="No trajectory of ethane"):
        training_pool(ETHANE, {}, 1, seed=1)
    with pytest.raises(InputError, match="The trajectory 300K of ethane has no snapshot"):
        training_pool(ETHANE, {"300K": warm_and_hot["300K"][:0]}, 1, seed=1)
    with pytest.raises(InputError, match="geometries of benzene have the shape"):
        training_pool(BENZENE, warm_and_hot, 1, seed=1)
