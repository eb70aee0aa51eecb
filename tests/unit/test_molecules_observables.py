"""Observables of dynamics against limits that are known in closed form."""

import numpy as np
import pandas as pd
import pytest

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES, SPECTRA
from hkmaps.molecules.observables import (
    bond_profiles,
    bond_table,
    central_velocities,
    fluctuation_table,
    fluctuations,
    pieces,
    settled_frames,
    spectrum_table,
    vibrational_density_of_states,
)
from hkmaps.tables import read_table, write_table

STREAM = np.random.default_rng(5)
WATER = Molecule(
    "H2O",
    ("O", "H", "H"),
    np.array([[0, 0, 0], [0, 1.43, 1.11], [0, -1.43, 1.11]]),
    ((0, 1), (0, 2)),
)


def frames_table(positions, run=0, interval=1.0):
    return pd.DataFrame(
        {
            "run": run,
            "frame": np.arange(len(positions)),
            "time": interval * np.arange(len(positions)),
            "positions": list(positions.reshape(-1, positions.shape[1] * 3)),
        }
    )


def rotations(count):
    """Random rotations of determinant 1."""
    turns, _ = np.linalg.qr(STREAM.standard_normal((count, 3, 3)))
    return turns * np.linalg.det(turns)[:, None, None]


def test_a_rigid_body_that_moves_and_turns_does_not_fluctuate():
    turned = WATER.equilibrium @ rotations(50) + STREAM.standard_normal((50, 1, 3))
    assert fluctuations(WATER, turned) == pytest.approx(np.zeros(3), abs=1e-10)


def test_a_stretch_fluctuates_by_its_amplitude_shared_by_inverse_mass():
    # H2 with one atom heavier: the centre of mass stays, amplitudes are as inverse masses.
    molecule = Molecule("HF", ("H", "F"), np.array([[0, 0, 0], [0, 0, 1.7]]), ((0, 1),))
    stretch = 0.1 * np.cos(2 * np.pi * np.arange(400) / 40)
    positions = np.zeros((400, 2, 3))
    positions[:, 1, 2] = 1.7 + stretch
    moved = positions @ rotations(400)
    shares = molecule.masses[::-1] / molecule.masses.sum()
    assert fluctuations(molecule, moved) == pytest.approx(0.1 / np.sqrt(2) * shares)
    table = fluctuation_table(molecule, "map", [[moved[:200]], [moved[200:]]])
    assert table["quantity"].tolist() == ["fluctuation of H", "fluctuation of F"]
    assert table["value"].to_numpy() == pytest.approx(0.1 / np.sqrt(2) * shares)
    assert table["uncertainty"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_frames_before_the_first_tenth_and_of_broken_runs_do_not_count():
    positions = np.zeros((11, 2, 3))
    frames = pd.concat([frames_table(positions, run) for run in (0, 1)])
    ends = pd.DataFrame({"run": [0, 1], "completed": [True, False], "time_asked": [10.0, 10.0]})
    settled = settled_frames(frames, ends)
    assert set(settled["run"]) == {0}
    assert settled["frame"].tolist() == list(range(2, 11))


def test_runs_are_cut_into_equal_pieces_without_their_start_and_their_break():
    lengths = (21, 21, 6, 6)
    frames = [frames_table(np.zeros((count, 3, 3)), run) for run, count in enumerate(lengths)]
    ends = pd.DataFrame({"run": range(4), "completed": [True, False, True, False]})
    found = pieces(WATER, pd.concat(frames), ends, 5.0)
    assert [[len(piece) for piece in of_run] for of_run in found] == [[5] * 3, [5] * 2, [5]]


def test_lengths_of_bonds_have_one_histogram_for_all_dynamics(tmp_path):
    positions = np.repeat(WATER.equilibrium[None], 4000, axis=0)
    lengths = STREAM.normal(1.8, 0.05, (4000, 2))
    way = WATER.equilibrium[1:] / np.linalg.norm(WATER.equilibrium[1:], axis=1)[:, None]
    positions[:, 1:] = lengths[:, :, None] * way
    table = bond_table(WATER, "map", [positions[:1000], positions[1000:]])
    (row,) = table.to_dict("records")
    assert (row["quantity"], row["runs"], row["frames"]) == ("bond H-O", 2, 4000)
    assert row["value"] == pytest.approx(lengths.mean())
    assert row["deviation"] == pytest.approx(lengths.std())
    profiles = bond_profiles(WATER, {"map": positions, "ab initio": positions[:500] * 1.01})
    write_table(profiles, tmp_path / "profiles.parquet", PROFILES)
    stored = read_table(tmp_path / "profiles.parquet", PROFILES)
    assert stored["dynamics"].tolist() == ["map", "ab initio"]
    first, second = stored.to_dict("records")
    assert np.array_equal(first["coordinate"], second["coordinate"])
    width = np.diff(first["coordinate"])[0]
    for profile in (first, second):
        assert width * np.sum(profile["values"]) == pytest.approx(1)
    mean = width * np.sum(first["coordinate"] * first["values"])
    assert mean == pytest.approx(lengths.mean(), abs=width / 10)


def test_without_frames_there_are_no_observables():
    for table, schema in (
        (bond_table(WATER, "map", []), OBSERVABLES),
        (fluctuation_table(WATER, "map", []), OBSERVABLES),
        (bond_profiles(WATER, {"map": np.empty((0, 3, 3))}), PROFILES),
        (spectrum_table(WATER, "map", frames_table(np.empty((0, 3, 3)))), SPECTRA),
    ):
        assert table.empty
        assert list(table) == schema.column_names


def test_the_spectrum_of_an_oscillator_is_its_line_and_holds_all_states():
    energy, interval = 0.012, 20.0
    times = interval * np.arange(4001)
    velocities = np.zeros((len(times), 2, 3))
    velocities[:, 0, 0] = np.cos(energy * times)
    energies, density = vibrational_density_of_states(velocities, np.ones(2), interval, 6)
    assert np.trapezoid(density, energies) == pytest.approx(6)
    assert energies[density.argmax()] == pytest.approx(energy, rel=2e-3)
    near = np.abs(energies - energy) < 4 * np.pi / times[-1]
    assert np.trapezoid(density[near], energies[near]) == pytest.approx(6, rel=0.02)


def test_vibrations_count_by_their_kinetic_energy():
    # Mass 4 at half the speed of mass 1 has the same energy.
    times = 20.0 * np.arange(8001)
    velocities = np.zeros((len(times), 2, 3))
    velocities[:, 0, 1] = np.sin(0.005 * times)
    velocities[:, 1, 2] = 0.5 * np.sin(0.015 * times + 1)
    energies, density = vibrational_density_of_states(velocities, np.array([1.0, 4.0]), 20.0, 6)
    low = energies < 0.01
    assert np.trapezoid(density[low], energies[low]) == pytest.approx(3, rel=0.01)


def test_central_differences_are_the_velocities_of_velocity_verlet():
    step, positions, velocities = 0.3, [np.array([[1.0, 0.2, 0.0]])], [np.array([[0.0, 0.1, 0.3]])]
    for _ in range(20):
        half = velocities[-1] - 0.5 * step * positions[-1] ** 3
        positions.append(positions[-1] + step * half)
        velocities.append(half - 0.5 * step * positions[-1] ** 3)
    found = central_velocities(np.array(positions), step)
    assert found == pytest.approx(np.array(velocities[1:-1]), abs=1e-13)


def test_a_spectrum_comes_from_a_trajectory_and_its_drift_with_it(tmp_path):
    times = 20.0 * np.arange(600)
    positions = np.zeros((600, 3, 3))
    positions[:, 1, 0] = np.sin(0.02 * times)
    trajectory = frames_table(positions, interval=20.0).assign(
        potential_energy=np.linspace(-1, -0.99, 600), kinetic_energy=0.1
    )
    table = spectrum_table(WATER, "ab initio", trajectory)
    write_table(table, tmp_path / "spectra.parquet", SPECTRA)
    (row,) = read_table(tmp_path / "spectra.parquet", SPECTRA).to_dict("records")
    assert row["energy"][np.argmax(row["density"])] == pytest.approx(0.02, rel=0.01)
    assert row["energy_drift"] == pytest.approx(0.01)
    assert np.trapezoid(row["density"], row["energy"]) == pytest.approx(3)


def test_a_density_of_states_takes_motion():
    for velocities in (np.ones((3, 2, 3)), np.zeros((9, 2, 3))):
        with pytest.raises(InputError, match="it takes at least 4, in which atoms move"):
            vibrational_density_of_states(velocities, np.ones(2), 1.0, 6)
