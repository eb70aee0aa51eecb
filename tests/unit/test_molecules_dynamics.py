"""Ab-initio and map-driven dynamics on engines and maps that cost nothing."""

import re
from dataclasses import dataclass

import ase.io
import numpy as np
import pandas as pd
import pytest
from ase import units
from papers_molecules import find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
from hkmaps.molecules.ase_dynamics import (
    thermal_velocities,
    velocities_at_minimum,
    without_rigid_motion,
)
from hkmaps.molecules.classical_dynamics import DynamicsProtocol
from hkmaps.molecules.dynamics import Checkpoint
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError
from hkmaps.molecules.map_dynamics import map_dynamics
from hkmaps.molecules.proton_transfer import (
    HALFWAY,
    proton_transfer_start,
    proton_transfer_table,
)
from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES, PROTON_TRANSFER, TRAJECTORY
from hkmaps.molecules.trajectory_files import write_trajectory
from hkmaps.reporting.measurements.trajectories import ProtonTransfer
from hkmaps.seeds import random_stream
from hkmaps.study.trajectories import Driven
from hkmaps.tables import read_table, stack, write_table
from hkmaps.tensor_files import read_tensors
from hkmaps.units import (
    ELECTRON_MASS_PER_ATOMIC_MASS,
    FEMTOSECOND_PER_ATOMIC_TIME,
    KCAL_PER_MOL_PER_HARTREE,
)

WATER, MALONALDEHYDE = find_molecule("H2O"), find_molecule("malonaldehyde")
KELVIN_PER_HARTREE = units.Hartree / units.kB
HALF_FEMTOSECOND = 0.5 / FEMTOSECOND_PER_ATOMIC_TIME
SPRING = 0.3
TRANSFER = (0, 5, 4)
"""The first oxygen of malonaldehyde, its proton and the second oxygen."""


@dataclass
class Springs:
    """An engine of springs between all atoms, whose results depend on what they start from.

    As an SCF that stops at a tolerance; `calls_left` and `failing` let it be killed or fail.
    """

    calls_left: int = 10**6
    failing: bool = False
    as_files: bool = False
    description: str = "springs"
    fourier_basis: FourierBasis = FourierBasis(20.0, 2)  # noqa: RUF009 - immutable

    def calculate(self, symbols, positions, restart=None, forces=False):
        if self.calls_left == 0:
            if self.failing:
                raise SelfConsistencyError("The SCF did not converge to 1e-9 Ha.", 7)
            raise KeyboardInterrupt
        self.calls_left -= 1
        last = np.zeros(2) if restart is None else restart
        if self.as_files and restart is not None:
            last = np.frombuffer(restart["density"])
        first, second = np.triu_indices(len(symbols), k=1)
        reference = WATER.reference_positions
        rest = np.linalg.norm(reference[first] - reference[second], axis=1)
        apart = positions[first] - positions[second]
        lengths = np.linalg.norm(apart, axis=1)
        pulls = SPRING * (lengths - rest)
        energy = 0.5 * SPRING * ((lengths - rest) ** 2).sum()
        gradient = np.zeros_like(positions)
        np.add.at(gradient, first, (pulls / lengths)[:, None] * apart)
        np.add.at(gradient, second, -(pulls / lengths)[:, None] * apart)
        state = np.array([energy, 1.0 + last[0]])
        return ReferenceCalculation(
            energy=energy + 1e-9 * last[0],
            iterations=5,
            coefficients=np.zeros(self.fourier_basis.size),
            forces=-gradient + 1e-9 * last[0],
            restart={"density": state.tobytes()} if self.as_files else state,
        )


def start(name="start"):
    stream = random_stream(0, "test", "dynamics", name)
    velocities = thermal_velocities(WATER, 300, stream)
    positions = WATER.reference_positions
    return positions, without_rigid_motion(WATER, positions, velocities)


def run(engine, steps, checkpoint=None, name="start", progress=lambda message: None):
    dynamics = ab_initio_trajectory(
        engine, WATER, *start(name), steps, HALF_FEMTOSECOND, checkpoint, progress
    )
    return dynamics.frames


def assert_same_bits(one, other):
    np.testing.assert_array_equal(stack(one["positions"]), stack(other["positions"]))
    pd.testing.assert_frame_equal(
        one.drop(columns="positions"), other.drop(columns="positions"), check_exact=True
    )


def test_a_trajectory_has_a_frame_a_step_and_conserves_energy(tmp_path):
    trajectory = run(Springs(), 200)
    write_table(trajectory, tmp_path / "trajectory.parquet", TRAJECTORY)
    assert len(read_table(tmp_path / "trajectory.parquet", TRAJECTORY)) == 201
    np.testing.assert_allclose(trajectory["time"], HALF_FEMTOSECOND * np.arange(201))
    total = trajectory["potential_energy"] + trajectory["kinetic_energy"]
    # Velocity Verlet's energy swings within each vibration, but does not drift.
    assert np.ptp(total) < 0.05 * np.ptp(trajectory["kinetic_energy"])
    positions = stack(trajectory["positions"]).reshape(201, 3, 3)
    np.testing.assert_allclose(np.einsum("a,fax->fx", WATER.masses, positions), 0, atol=1e-11)


def test_halving_the_time_step_quarters_the_error_of_the_energy():
    def error(parts):
        trajectory = ab_initio_trajectory(
            Springs(), WATER, *start(), 40 * parts, HALF_FEMTOSECOND / parts
        ).frames
        return np.ptp(trajectory["potential_energy"] + trajectory["kinetic_energy"])

    assert error(1) / error(2) == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize("as_files", [False, True])
@pytest.mark.parametrize("calls", [1, 2, 5])
def test_a_killed_run_goes_on_to_the_bits_of_an_undisturbed_one(calls, as_files, tmp_path):
    undisturbed = run(Springs(as_files=as_files), 9)
    checkpoint = tmp_path / "dynamics.safetensors"
    with pytest.raises(KeyboardInterrupt):
        run(Springs(calls_left=calls, as_files=as_files), 9, checkpoint)
    engine, messages = Springs(as_files=as_files), []
    assert_same_bits(run(engine, 9, checkpoint, progress=messages.append), undisturbed)
    assert engine.calls_left == 10**6 - (10 - calls), "no finished step is calculated again"
    assert messages[0] == f"ab-initio dynamics of H2O: resuming after step {calls - 1}"


def test_a_finished_run_can_be_lengthened_or_read_again(tmp_path):
    checkpoint = tmp_path / "dynamics.safetensors"
    run(Springs(), 4, checkpoint)
    assert_same_bits(run(Springs(), 7, checkpoint), run(Springs(), 7))
    assert_same_bits(run(Springs(calls_left=0), 4, checkpoint), run(Springs(), 4))


def test_the_checkpoint_of_another_run_is_replaced(tmp_path):
    checkpoint = tmp_path / "dynamics.safetensors"
    run(Springs(), 3, checkpoint)
    expected = run(Springs(), 3, name="other")
    assert_same_bits(run(Springs(), 3, checkpoint, name="other"), expected)
    _, first = read_tensors(checkpoint, "checkpoint")
    run(Springs(description="other springs"), 3, checkpoint)
    assert read_tensors(checkpoint, "checkpoint")[1]["run"] != first["run"]


def test_a_damaged_checkpoint_is_named_in_a_sentence(tmp_path):
    checkpoint = tmp_path / "dynamics.safetensors"
    checkpoint.write_bytes(b"half a file")
    with pytest.raises(InputError, match=r"dynamics\.safetensors is not a saved checkpoint"):
        run(Springs(), 3, checkpoint)


@pytest.mark.parametrize("calls", [3, 1, 0], ids=["third", "first", "start"])
def test_a_calculation_that_fails_ends_dynamics_with_what_it_has(calls, tmp_path):
    engine = Springs(calls_left=calls, failing=True)
    dynamics = ab_initio_trajectory(engine, WATER, *start(), 9, HALF_FEMTOSECOND)
    assert len(dynamics.frames) == calls
    assert f"H2O at step {calls} of 9 cannot go on: The SCF" in dynamics.reason
    for table, schema in ((dynamics.frames, TRAJECTORY), (dynamics.end("a"), DYNAMICS_ENDS)):
        write_table(table, tmp_path / "table.parquet", schema)
        assert len(read_table(tmp_path / "table.parquet", schema)) == len(table)
    end = dynamics.end("a").iloc[0]
    assert (end["completed"], end["steps"], end["steps_asked"]) == (False, max(0, calls - 1), 9)


def test_a_molecule_that_falls_apart_ends_dynamics_with_what_it_has():
    dynamics = ab_initio_trajectory(Springs(), WATER, *start(), 50, 40 * HALF_FEMTOSECOND)
    assert 1 <= len(dynamics.frames) < 50
    assert re.search(r"H2O at step \d+ of 50 exploded; its time step", dynamics.reason)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "both must be positive"),
        ({"time_step": 0.0}, "both must be positive"),
        ({"velocities": np.zeros((2, 3))}, "three finite numbers for each of its 3 atoms"),
        ({"positions": 0.529 * WATER.reference_positions}, "look like Angstrom"),
    ],
)
def test_a_start_that_is_none_is_refused_in_a_sentence(changes, message):
    positions, velocities = start()
    arguments = {"positions": positions, "velocities": velocities, "steps": 3, "time_step": 20.0}
    with pytest.raises(InputError, match=message):
        ab_initio_trajectory(Springs(), WATER, **arguments | changes)


def test_thermal_velocities_have_their_temperature():
    stream = random_stream(0, "test", "thermal")
    drawn = np.array([thermal_velocities(WATER, 300, stream) for _ in range(4000)])
    masses = WATER.masses * ELECTRON_MASS_PER_ATOMIC_MASS
    temperatures = masses * (drawn**2).mean(axis=(0, 2)) * KELVIN_PER_HARTREE
    np.testing.assert_allclose(temperatures, 300, rtol=0.05)


def test_at_a_minimum_vibrations_have_all_their_energy_in_velocities():
    stream, place = random_stream(0, "test", "minimum"), WATER.reference_positions
    drawn = np.array([velocities_at_minimum(WATER, place, 300, stream) for _ in range(8000)])
    masses = WATER.masses * ELECTRON_MASS_PER_ATOMIC_MASS
    of_all = (masses[:, None] * drawn**2).sum(axis=(1, 2)).mean() * KELVIN_PER_HARTREE
    # kT / 2 in each of 9 motions, and once more in each of the 3 vibrations.
    np.testing.assert_allclose(of_all, (9 + 3) * 300, rtol=0.02)


@pytest.mark.parametrize("name", ["H2", "malonaldehyde"])
def test_velocities_without_rigid_motion_have_no_momenta_and_keep_the_rest(name):
    molecule = find_molecule(name)
    positions = molecule.reference_positions + 0.3
    velocities = thermal_velocities(molecule, 300, random_stream(0, "test", "rigid"))
    internal = without_rigid_motion(molecule, positions, velocities)
    momenta = molecule.masses[:, None] * internal
    np.testing.assert_allclose(momenta.sum(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(np.cross(positions, momenta).sum(axis=0), 0, atol=1e-15)
    first, second = np.triu_indices(len(positions), k=1)
    bonds = positions[first] - positions[second]
    rates = [((v[first] - v[second]) * bonds).sum(axis=1) for v in (velocities, internal)]
    np.testing.assert_allclose(*rates, atol=1e-15)


def proton_trajectory(coordinates):
    """Malonaldehyde whose proton moves along the line between its oxygens."""
    positions = np.tile(MALONALDEHYDE.reference_positions, (len(coordinates), 1, 1))
    way = positions[0, 4] - positions[0, 0]
    middle = 0.5 * (positions[0, 0] + positions[0, 4])
    # Half the difference of two lengths is the distance from the middle, on the line itself.
    shifts = 0.5 * np.array(coordinates)[:, None] * way / np.linalg.norm(way)
    positions[:, 5] = middle + shifts
    frames = np.arange(len(coordinates))
    return pd.DataFrame(
        {
            "frame": frames,
            "time": 20.0 * frames,
            "positions": list(positions.reshape(len(frames), -1)),
            "potential_energy": 0.0,
            "kinetic_energy": 0.0,
        }
    )


@pytest.mark.parametrize(
    ("coordinates", "expected"),
    [
        ([-2, -1.5, -0.5, 0.1, 0.5, 1.5, 2], (2, 4)),
        ([2, 0.9, 0.1, -0.5, -2], (2, 3)),
        ([-2, -1, -0.2, -0.1, -1, -2], None),
        ([-2, 0.1, -2, -0.1, 0.3, 2], (3, 4)),
        ([-2, -1, 1, 2], (1, 2)),
        ([-2, -0.1, 0.1], None),
    ],
    ids=["there", "and back", "it returns", "second try", "in one frame", "unfinished"],
)
def test_a_transfer_is_found_between_the_sides(coordinates, expected, tmp_path):
    lengths = np.array(coordinates) * HALFWAY * 1.2
    table = proton_transfer_table(MALONALDEHYDE, TRANSFER, proton_trajectory(lengths))
    write_table(table, tmp_path / "transfer.parquet", PROTON_TRANSFER)
    np.testing.assert_allclose(table["coordinate"], lengths, atol=1e-12)
    found = ProtonTransfer.first_of(table)
    assert (found and (found.first, found.last)) == expected


def test_the_start_has_the_proton_at_the_first_oxygen_on_its_way_to_the_second():
    positions, velocities = proton_transfer_start(MALONALDEHYDE, TRANSFER, 300, seed=0)
    donor, acceptor = positions[[0, 4]]
    table = proton_transfer_table(
        MALONALDEHYDE, TRANSFER, proton_trajectory([0.0]).assign(positions=[positions.ravel()])
    )
    assert table["coordinate"].item() < -HALFWAY
    way = (acceptor - donor) / np.linalg.norm(acceptor - donor)
    speed = (velocities[5] - velocities[[0, 4]].mean(axis=0)) @ way
    mass = MALONALDEHYDE.masses[5] * ELECTRON_MASS_PER_ATOMIC_MASS
    assert 0.5 * mass * speed**2 * KCAL_PER_MOL_PER_HARTREE == pytest.approx(5, rel=0.3)
    other = proton_transfer_start(MALONALDEHYDE, TRANSFER, 300, seed=1)[1]
    assert np.abs(other - velocities).max() > 1e-4


@pytest.mark.parametrize("transfer", [(0, 1, 4), (0, 5, 0), (0, 5, 9), (0, 5)])
def test_a_transfer_is_of_a_hydrogen_between_two_other_atoms(transfer):
    with pytest.raises(InputError, match=r"three different atoms of 0 to 8, the second .* hydro"):
        proton_transfer_start(MALONALDEHYDE, transfer, 300, seed=0)


def springs_map_of(count, gradients=False):
    geometries = random_geometries(WATER, count, seed=1, wider=1.5)
    positions = stack(geometries["positions"]).reshape(count, 3, 3)
    found = [Springs().calculate(WATER.symbols, place) for place in positions]
    return MoleculeMap.fit(
        "H2O",
        WATER.symbols,
        WATER.frame,
        GaussiansPotential(WATER.charges),
        positions,
        [each.energy for each in found],
        gradients=np.array([-each.forces for each in found]) if gradients else None,
    )


@pytest.fixture(scope="module")
def springs_map():
    """ML-KS of water's springs, from geometries wider than those of room temperature."""
    return springs_map_of(80)


@pytest.fixture(scope="module")
def forces_map():
    """The same from energies and forces."""
    return springs_map_of(30, gradients=True)


def protocol(length, friction=0.02, step=0.5, equilibration=20.0, interval=5.0):
    """Friction in 1/fs: enough to reach the temperature within the short runs of tests."""
    return DynamicsProtocol.in_femtoseconds(150.0, equilibration, length, interval, step, friction)


def test_map_driven_dynamics_holds_the_temperature_of_each_run(forces_map, tmp_path):
    temperatures = [100.0] * 4 + [200.0] * 4
    coupled = protocol(300.0, friction=0.1)
    dynamics = map_dynamics(forces_map, WATER, coupled, temperatures, "driven", seed=0)
    ends, frames = dynamics.ends, dynamics.frames
    assert ends["completed"].all() and (ends["steps"] == 640).all()
    assert ends["temperature"].tolist() == temperatures
    assert ends["run"].tolist() == list(range(8)) and (ends["trajectory"] == "driven").all()
    assert (ends["frames"] == 65).all()
    np.testing.assert_allclose(ends["equilibration"] * FEMTOSECOND_PER_ATOMIC_TIME, 20)
    for table, schema in ((ends, DYNAMICS_ENDS), (frames, MAP_FRAMES)):
        write_table(table, tmp_path / "table.parquet", schema)
        assert len(read_table(tmp_path / "table.parquet", schema)) == len(table)
    of_first = frames[frames["run"] == 0]
    np.testing.assert_allclose(
        of_first["time"] * FEMTOSECOND_PER_ATOMIC_TIME, 5.0 * np.arange(65), atol=1e-9
    )
    later = frames[frames["time"] * FEMTOSECOND_PER_ATOMIC_TIME > 30]
    found = later.groupby("temperature")["kinetic_energy"].mean() / (4.5 / KELVIN_PER_HARTREE)
    np.testing.assert_allclose(found, found.index, rtol=0.15)


def test_frames_say_what_the_map_says_of_them(forces_map):
    dynamics = map_dynamics(forces_map, WATER, protocol(30.0), [150, 600], "a", seed=0)
    frames = dynamics.frames
    positions = stack(frames["positions"]).reshape(len(frames), 3, 3)
    np.testing.assert_allclose(
        forces_map.energies(positions), frames["potential_energy"], atol=1e-9
    )
    uncertainties = forces_map.energy_uncertainties(positions)
    np.testing.assert_allclose(frames["energy_uncertainty"], uncertainties)
    np.testing.assert_allclose(frames["domain_distance"], forces_map.domain_distance(positions))
    masses = WATER.masses[:, None] * ELECTRON_MASS_PER_ATOMIC_MASS
    velocities = stack(frames["velocities"]).reshape(len(frames), 3, 3)
    kinetic = 0.5 * (masses * velocities**2).sum(axis=(1, 2))
    np.testing.assert_allclose(kinetic, frames["kinetic_energy"], rtol=1e-6)
    without = map_dynamics(
        forces_map, WATER, protocol(30.0), [150, 600], "a", seed=0, uncertainty_of_frames=False
    ).frames
    assert without["energy_uncertainty"].isna().all()
    assert_same_bits(without[TRAJECTORY.column_names], frames[TRAJECTORY.column_names])


def test_map_driven_dynamics_is_the_same_bits_for_a_name_and_seed(springs_map):
    runs = [
        map_dynamics(springs_map, WATER, protocol(30.0), [150, 150], name, seed).frames
        for name, seed in (("a", 0), ("a", 0), ("b", 0), ("a", 1))
    ]
    pd.testing.assert_frame_equal(runs[0], runs[1], check_exact=True)
    for other in runs[2:]:
        assert np.abs(stack(other["positions"]) - stack(runs[0]["positions"])).max() > 1e-3
    of_runs = [stack(each["positions"]) for _, each in runs[0].groupby("run")]
    assert np.abs(of_runs[0] - of_runs[1]).max() > 1e-3


def test_killed_dynamics_by_a_map_goes_on_to_the_same_bits(springs_map, tmp_path):
    def run(checkpoint=None, progress=lambda message: None):
        saved = checkpoint and Checkpoint(checkpoint, seconds=0)
        temperatures = [150, 50_000, 300]
        return map_dynamics(
            springs_map, WATER, protocol(30.0), temperatures, "a", 0, None, True, saved, progress
        )

    def kill(message):
        if "60/100 steps" in message:
            raise KeyboardInterrupt

    undisturbed, checkpoint, messages = run(), tmp_path / "dynamics.safetensors", []
    with pytest.raises(KeyboardInterrupt):
        run(checkpoint, kill)
    resumed = run(checkpoint, messages.append)
    assert messages[0] == "dynamics of H2O a by ML-KS: resuming after step 60"
    pd.testing.assert_frame_equal(resumed.frames, undisturbed.frames, check_exact=True)
    pd.testing.assert_frame_equal(resumed.ends, undisturbed.ends, check_exact=True)


def test_the_checkpoint_of_another_map_is_replaced(springs_map, forces_map, tmp_path):
    def run(learned):
        messages = []
        saved = Checkpoint(tmp_path / "dynamics.safetensors")
        map_dynamics(
            learned,
            WATER,
            protocol(30.0),
            [150],
            "a",
            seed=0,
            starts=[WATER.equilibrium],
            checkpoint=saved,
            progress=messages.append,
        )
        return any("resuming" in message for message in messages)

    assert [run(springs_map), run(springs_map), run(forces_map)] == [False, True, False]


def test_without_friction_dynamics_by_a_map_of_forces_conserves_energy(forces_map):
    newtonian = protocol(400.0, friction=0.0, equilibration=0.0, interval=0.5)
    frames = map_dynamics(forces_map, WATER, newtonian, [75, 150], "a", seed=0).frames
    for _, each in frames.groupby("run"):
        total = each["potential_energy"] + each["kinetic_energy"]
        assert np.ptp(total) < 0.05 * np.ptp(each["kinetic_energy"])
        assert abs(total[-100:].mean() - total[:100].mean()) < 1e-5


def test_a_run_that_breaks_ends_alone_and_keeps_what_came_before(springs_map):
    said, temperatures = [], [150, 50_000, 150]
    dynamics = map_dynamics(
        springs_map, WATER, protocol(60.0), temperatures, "hot", seed=0, progress=said.append
    )
    ends = dynamics.ends
    assert ends["completed"].tolist() == [True, False, True]
    reason = ends.loc[1, "reason"]
    sentence = r"The dynamics of H2O hot by ML-KS, run 1, at step \d+ of 160 broke a bond: atoms"
    assert re.match(sentence, reason) and reason in said
    assert 0 < ends.loc[1, "steps"] < 160
    frames = dynamics.frames[dynamics.frames["run"] == 1]
    assert len(frames) == ends.loc[1, "frames"] == 1 + ends.loc[1, "steps"] // 10


def test_where_all_runs_break_at_once_there_are_ends_and_no_frames(springs_map, tmp_path):
    stretched = WATER.equilibrium.copy()
    stretched[1] *= 1.53
    dynamics = map_dynamics(
        springs_map, WATER, protocol(30.0), [150], "a", seed=0, starts=[stretched]
    )
    for table, schema in ((dynamics.ends, DYNAMICS_ENDS), (dynamics.frames, MAP_FRAMES)):
        write_table(table, tmp_path / "table.parquet", schema)
    assert dynamics.ends["steps"].tolist() == [0] and dynamics.frames.empty


def test_runs_start_where_they_are_told(springs_map):
    starts = springs_map.training_positions[[3, 5]]
    frames = map_dynamics(
        springs_map, WATER, protocol(30.0), [150, 150], "a", seed=0, starts=starts
    ).frames
    firsts = frames[frames["frame"] == 0]
    np.testing.assert_allclose(firsts["potential_energy"], springs_map.energies(starts))
    by_default = map_dynamics(springs_map, WATER, protocol(30.0), [150], "a", seed=0).frames
    least = springs_map.energies(springs_map.training_positions).min()
    assert by_default["potential_energy"][0] == pytest.approx(least)


@pytest.mark.parametrize("ending", [".traj", ".xyz"])
def test_frames_are_written_as_a_trajectory_of_ase(ending, springs_map, tmp_path):
    frames = map_dynamics(springs_map, WATER, protocol(30.0), [150, 300], "a", seed=0).frames
    path = tmp_path / f"driven{ending}"
    write_trajectory(path, WATER, frames)
    images = ase.io.read(path, ":")
    assert len(images) == len(frames)
    for image, (_, row) in zip(images, frames.iterrows(), strict=True):
        assert image.get_potential_energy() == pytest.approx(
            row["potential_energy"] * units.Hartree, abs=1e-7
        )
        assert image.get_kinetic_energy() == pytest.approx(
            row["kinetic_energy"] * units.Hartree, abs=1e-7
        )
        assert image.info["run"] == row["run"] and image.info["temperature"] == row["temperature"]
        assert image.info["time"] == pytest.approx(row["time"] * FEMTOSECOND_PER_ATOMIC_TIME)


def test_a_trajectory_of_ase_has_a_format_that_is_known(tmp_path):
    with pytest.raises(InputError, match=r"ending '\.pdb'; it must be one of \.traj, \.xyz"):
        write_trajectory(tmp_path / "driven.pdb", WATER, MAP_FRAMES.empty())


def test_a_map_moves_its_own_molecule_only(springs_map):
    with pytest.raises(InputError, match="A map of H2O was to move malonaldehyde"):
        map_dynamics(springs_map, MALONALDEHYDE, protocol(30.0), [150], "a", seed=0)


@pytest.mark.parametrize(
    ("temperatures", "starts", "message"),
    [
        ([150, 150], [WATER.equilibrium], "2 temperatures was given 1 geometries to start from"),
        ([150, -1], None, "The temperature of dynamics is -1; it must be a positive number"),
        ([], None, "at least one"),
        ([150], [WATER.equilibrium[:2]], "each must hold 9 values"),
    ],
)
def test_runs_that_cannot_begin_are_refused(temperatures, starts, message, springs_map):
    with pytest.raises(InputError, match=message):
        map_dynamics(springs_map, WATER, protocol(30.0), temperatures, "a", 0, starts)


def test_the_papers_friction_is_read_in_hartrees_unit_and_in_that_of_ase():
    readings = Driven().frictions
    assert readings["printed"] == pytest.approx(0.01 * 1000 / FEMTOSECOND_PER_ATOMIC_TIME, rel=1e-4)
    assert readings["ase"] == pytest.approx(0.01 * 1000 * units.fs, rel=1e-4)
