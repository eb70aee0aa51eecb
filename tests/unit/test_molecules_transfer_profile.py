"""Free energies of a proton transfer against surfaces whose barrier is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES
from hkmaps.molecules.transfer_profile import (
    BIN,
    HARTREE_PER_KELVIN,
    barrier_table,
    correction,
    is_symmetric,
    near_bottom,
    near_top,
    profile_table,
    run_coordinates,
    transfer_frames,
    transfer_profile,
)
from hkmaps.seeds import random_stream
from hkmaps.tables import read_table, write_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

KT = 300 * HARTREE_PER_KELVIN
STRUCTURE = Path(__file__).parents[2] / "config/molecules/malonaldehyde.xyz"
SWAP = [4, 3, 2, 1, 0, 5, 8, 7, 6]
MALONALDEHYDE = Molecule.from_entry("malonaldehyde", STRUCTURE, {"tautomers": [SWAP]})
TRANSFER = [0, 5, 4]


def stream():
    return random_stream(3, "test")


def drawn(barrier, count, seed=0, tilt=0.0):
    """Coordinates of a double well with minima at ±1 bohr, of Boltzmann's distribution."""
    random = np.random.default_rng(seed)
    proposed = random.uniform(-1.8, 1.8, 40 * count)
    energy = barrier * (proposed**2 - 1) ** 2 + tilt * proposed
    kept = proposed[random.random(len(proposed)) < np.exp(-(energy + abs(tilt)) / KT)]
    return kept[:count]


def moved(coordinates, run=0):
    """Frames of malonaldehyde whose proton is at the coordinates, on the line of the oxygens."""
    positions = np.repeat(MALONALDEHYDE.reference_positions[None], len(coordinates), axis=0)
    first, second = positions[0, 0], positions[0, 4]
    way = (second - first) / np.linalg.norm(second - first)
    positions[:, 5] = 0.5 * (first + second) + 0.5 * np.asarray(coordinates)[:, None] * way
    return pd.DataFrame(
        {
            "run": run,
            "frame": np.arange(len(positions)),
            "temperature": 300.0,
            "time": np.arange(len(positions), dtype=float),
            "positions": list(positions.reshape(len(positions), -1)),
        }
    )


def test_the_barrier_of_a_double_well_is_found_within_its_spread():
    barrier = 2.0 / KCAL_PER_MOL_PER_HARTREE
    runs = [drawn(barrier, 4000, seed) for seed in range(10)]
    profile = transfer_profile(runs, 300, True, stream())
    # What is counted is the mean of exp(-F / kT) over a bin.
    inside = np.linspace(-0.5 * BIN, 0.5 * BIN, 201)
    top, bottom = (
        np.exp(-barrier * ((place + inside) ** 2 - 1) ** 2 / KT).mean()
        for place in (0, profile.coordinate[profile.bottom])
    )
    expected = KT * np.log(bottom / top)
    assert profile.barrier == pytest.approx(expected, abs=4 * profile.barrier_uncertainty)
    assert 0.005 * KT < profile.barrier_uncertainty < 0.1 * KT
    assert profile.coordinate[profile.top] == pytest.approx(0, abs=1e-12)
    assert abs(profile.coordinate[profile.bottom]) == pytest.approx(1, abs=BIN)
    assert np.array_equal(profile.free_energy, profile.free_energy[::-1])
    again = transfer_profile(runs, 300, True, stream())
    assert again.barrier_uncertainty == profile.barrier_uncertainty


def test_unequal_ends_have_a_barrier_from_the_deeper_one():
    runs = [drawn(2 * KT, 20000, tilt=-0.5 * KT)]
    profile = transfer_profile(runs, 300, False, stream())
    assert profile.coordinate[profile.bottom] == pytest.approx(1, abs=1.5 * BIN)
    assert profile.barrier == pytest.approx(2.5 * KT, rel=0.15)
    # One run says nothing of the spread over runs.
    assert np.isnan(profile.barrier_uncertainty)


def test_a_barrier_that_was_never_passed_is_infinite():
    profile = transfer_profile([np.full(9, 1.0), np.full(9, -1.1)], 300, True, stream())
    assert np.isinf(profile.barrier)
    assert np.isinf(profile.barrier_uncertainty)
    with pytest.raises(InputError, match="no frames"):
        transfer_profile([np.empty(0)], 300, True, stream())


def test_the_ends_of_a_transfer_are_equal_where_a_tautomer_swaps_them():
    assert is_symmetric(MALONALDEHYDE, TRANSFER)
    alone = Molecule.from_entry("malonaldehyde", STRUCTURE)
    assert not is_symmetric(alone, TRANSFER)


def test_frames_are_taken_at_the_top_and_at_the_minimum_of_all_runs(tmp_path):
    frames = pd.concat([moved(drawn(KT, 3000, seed), seed) for seed in range(3)])
    runs = run_coordinates(MALONALDEHYDE, TRANSFER, frames)
    assert runs[1] == pytest.approx(drawn(KT, 3000, 1))
    chosen = transfer_frames(MALONALDEHYDE, TRANSFER, frames, 40)
    assert not chosen[["run", "frame"]].duplicated().any()
    profile = transfer_profile(runs, 300, True, stream())
    coordinates = np.array(
        [runs[row.run][row.frame] for row in chosen[["run", "frame"]].itertuples()]
    )
    assert near_top(profile, coordinates)[:20].all()
    assert near_bottom(profile, coordinates, True)[20:].all()
    assert (coordinates[20:] > 0).any() and (coordinates[20:] < 0).any()
    for half in (chosen[:20], chosen[20:]):
        assert set(half["run"]) == {0, 1, 2}
    assert transfer_frames(MALONALDEHYDE, TRANSFER, frames[:0], 40).empty
    write_table(
        profile_table(MALONALDEHYDE, "stability", profile), tmp_path / "p.parquet", PROFILES
    )
    stored = read_table(tmp_path / "p.parquet", PROFILES)
    assert len(stored["values"][0]) == len(profile.coordinate)


def test_few_passages_leave_few_frames_at_the_top():
    frames = moved([1.0] * 50 + [0.0] + [-1.0] * 50)
    chosen = transfer_frames(MALONALDEHYDE, TRANSFER, frames, 20)
    assert chosen["frame"].iloc[0] == 50
    assert len(chosen) == 11


def test_an_equal_shift_at_all_frames_changes_no_barrier(tmp_path):
    profile = transfer_profile([drawn(KT, 2000)], 300, True, stream())
    same = correction(np.full(10, 7.0), 300, stream())
    assert (same.exponential, same.cumulant) == pytest.approx((7.0, 7.0))
    assert same.exponential_uncertainty == pytest.approx(0, abs=1e-12)
    table = barrier_table(MALONALDEHYDE, "stability", profile, (1, 2000), same, same)
    write_table(table, tmp_path / "barriers.parquet", OBSERVABLES)
    stored = read_table(tmp_path / "barriers.parquet", OBSERVABLES)
    assert stored["value"].to_numpy() == pytest.approx([profile.barrier] * 3)
    assert stored["frames"].tolist() == [2000, 20, 20]
    assert len(barrier_table(MALONALDEHYDE, "stability", profile, (1, 2000), same, None)) == 1


def test_normal_differences_lower_the_free_energy_by_half_their_variance_over_kt():
    differences = np.random.default_rng(1).normal(0.003, 0.5 * KT, 20000)
    found = correction(differences, 300, stream())
    expected = 0.003 - (0.5 * KT) ** 2 / (2 * KT)
    assert found.exponential == pytest.approx(expected, abs=4 * found.exponential_uncertainty)
    assert found.cumulant == pytest.approx(expected, abs=4 * found.cumulant_uncertainty)
    assert found.exponential_uncertainty < 0.02 * KT
    assert correction(np.empty(0), 300, stream()) is None


def test_the_reference_barrier_is_recovered_from_dynamics_on_another_surface():
    """Dynamics on a barrier of kT, with differences to one of 2 kT, gives that of 2 kT."""
    runs = [drawn(KT, 8000, seed) for seed in range(5)]
    profile = transfer_profile(runs, 300, True, stream())
    q = np.concatenate(runs)
    differences = KT * (q**2 - 1) ** 2
    parts = near_top(profile, q), near_bottom(profile, q, True)
    corrections = [correction(differences[part], 300, stream()) for part in parts]
    table = barrier_table(MALONALDEHYDE, "map", profile, (5, len(q)), *corrections)
    expected = transfer_profile([drawn(2 * KT, 40000, 9)], 300, True, stream()).barrier
    assert table["value"][1] == pytest.approx(expected, abs=0.1 * KT)
    assert table["value"][2] == pytest.approx(expected, abs=0.1 * KT)
