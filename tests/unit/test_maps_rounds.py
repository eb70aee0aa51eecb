"""What rounds of learning choose: uncertain geometries, no two alike; frames of dynamics."""

import numpy as np
import pandas as pd
import pytest
from molecule_tables import FRAMES, sample_data
from papers_molecules import find_molecule

from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps.map_uncertainty import Novelty
from hkmaps.molecules.driven_frames import (
    HARTREE_PER_KELVIN,
    PICOSECOND,
    frame_geometries,
    frames_of_longest_run,
    spread_frames,
    thermal_frames,
)
from hkmaps.molecules.further_tests import read_further_tests
from hkmaps.molecules.results import GEOMETRIES, REFERENCE_ENERGIES
from hkmaps.tables import write_table

H2 = find_molecule("H2")


@pytest.fixture(scope="module")
def trained():
    frame = ReferenceFrame(FRAMES["H2O"], np.array([16.0, 1.0, 1.0]))
    return sample_data("H2O", 30, frame=frame).train(densities=False)


def stretched(trained, amounts):
    """The first training geometry with the first O-H bond longer by these amounts, in bohr."""
    positions = np.repeat(trained.training_positions[:1], len(amounts), axis=0)
    bond = positions[:, 1] - positions[:, 0]
    bond /= np.linalg.norm(bond, axis=1)[:, None]
    positions[:, 1] += bond * np.array(amounts)[:, None]
    return positions


def test_the_least_certain_come_first_and_no_two_alike(trained):
    positions = stretched(trained, [0.9, 0.0, 0.9001, -0.5, 0.9])
    sizes = trained.energy_uncertainties(positions)
    chosen = trained.least_certain(positions, 5, above=sizes[3] / 10)
    # Twins of the first are known once it is, and a training geometry is.
    assert sorted(chosen[:1]) in ([0], [2], [4])
    assert len(chosen) == 2 and chosen[1] == 3
    assert len(trained.least_certain(positions, 1, above=0.0)) == 1
    assert not len(trained.least_certain(positions, 5, above=2 * sizes.max()))


def test_what_is_chosen_is_what_a_map_that_learned_the_others_is_least_certain_of(trained):
    amounts = np.linspace(-0.4, 0.9, 40)
    positions = stretched(trained, amounts)
    first, second = trained.least_certain(positions, 2, above=0.0)
    known = np.concatenate([trained.training_positions, positions[first : first + 1]])
    prepared = trained.descriptor.prepare(known)
    with_first = Novelty(known, trained.descriptor.squared_distances(known, prepared))
    distances = trained.descriptor.squared_distances(positions, prepared)
    assert abs(with_first.of(positions, distances).argmax() - second) <= 1


def frames_of(*steps):
    """Frames of runs of H2 that lasted for these numbers of intervals of 0.1 ps."""
    rows = [
        {"run": run, "frame": frame, "time": 0.1 * frame * PICOSECOND}
        for run, count in enumerate(steps)
        for frame in range(count + 1)
    ]
    return pd.DataFrame(rows).assign(positions=[H2.equilibrium.ravel()] * len(rows))


def test_frames_are_spread_over_all_runs_and_the_starts_left_out():
    chosen = spread_frames(frames_of(2, 6), 4)
    assert chosen[["run", "frame"]].to_numpy().tolist() == [[0, 1], [1, 1], [1, 4], [1, 6]]
    assert len(spread_frames(frames_of(2, 6), 100)) == 8
    assert spread_frames(frames_of(0, 0), 4).empty


def test_the_run_that_lasted_longest_is_looked_at_from_its_end():
    frames = frames_of(4, 9, 9)
    ends = frames.groupby("run", as_index=False)["time"].max()
    chosen = frames_of_longest_run(frames, ends, 0.5, 100)
    assert chosen["run"].unique().tolist() == [1]
    assert chosen["frame"].tolist() == [5, 6, 7, 8, 9]
    assert frames_of_longest_run(frames_of(0), frames_of(0), 0.5, 5).empty


def test_nothing_is_learnt_from_where_a_run_was_hotter_than_its_thermostat():
    # H2 has six directions of kinetic and one of potential energy, kT / 2 each on average.
    usual = 0.5 * HARTREE_PER_KELVIN * 300
    frames = frames_of(3, 3, 1).assign(temperature=300.0, kinetic_energy=6 * usual)
    frames["potential_energy"] = usual - 1.1
    assert len(thermal_frames(H2, frames, -1.1)) == len(frames)
    # chi-squared of 7 exceeds 29.88 once in ten thousand times.
    frames.loc[(frames["run"] == 0) & (frames["frame"] == 2), "kinetic_energy"] = 29.8 * usual
    frames.loc[(frames["run"] == 1) & (frames["frame"] == 1), "potential_energy"] += 24 * usual
    kept = thermal_frames(H2, frames, -1.1)
    assert kept.groupby("run")["frame"].max().to_dict() == {0: 1, 1: 0, 2: 1}
    assert thermal_frames(H2, frames[:0], -1.1).empty


def test_frames_become_geometries_that_say_where_they_come_from(tmp_path):
    frames = frames_of(2)
    table = frame_geometries(H2, frames, "stability", first=7)
    assert table["geometry"].tolist() == [7, 8, 9]
    assert table["trajectory"].tolist() == ["stability, run 0"] * 3
    assert table["frame"].tolist() == [0, 1, 2]
    none = frame_geometries(H2, frames[:0], "stability")
    write_table(none, tmp_path / "none.parquet", GEOMETRIES)


def test_frames_of_a_trajectory_are_taken_at_even_times():
    lengths = 1.4 + 0.01 * np.arange(41)
    positions = [np.array([0, 0, 0, 0, 0, length]) for length in lengths]
    trajectory = pd.DataFrame({"frame": np.arange(41), "positions": positions})
    table = frame_geometries(H2, spread_frames(trajectory, 14).assign(run=0), "ab_initio")
    assert table["frame"].tolist() == [*range(1, 41, 3)]
    np.testing.assert_allclose(np.ravel([*table["bond_lengths"]]), lengths[table["frame"]])


def test_a_further_test_of_which_nothing_converged_is_none(tmp_path):
    pool = sample_data("H2", 3, densities=False)
    row = {"geometry": 0, "energy": -1.1, "converged": True, "iterations": 1, "seconds": 0.0}
    row = pd.DataFrame([row | {"engine": "", "failure": None, "forces": None}])
    write_table(frame_geometries(H2, frames_of(0), "a"), tmp_path / "a.parquet", GEOMETRIES)
    write_table(row, tmp_path / "known.parquet", REFERENCE_ENERGIES)
    failed = row.assign(energy=np.nan, converged=False)
    write_table(failed, tmp_path / "failed.parquet", REFERENCE_ENERGIES)
    write_table(row[:0], tmp_path / "none.parquet", REFERENCE_ENERGIES)
    names = ["known", "failed", "none"]
    paths = {"also_geometries": [tmp_path / "a.parquet"] * 3}
    paths["also_energies"] = [tmp_path / f"{name}.parquet" for name in names]
    (found,) = read_further_tests(H2, paths, names, pool)
    assert (found.sample, found.energies.tolist()) == ("known", [-1.1])
