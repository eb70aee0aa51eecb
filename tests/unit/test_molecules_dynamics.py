"""Ab-initio and map-driven dynamics on engines and maps that cost nothing."""

import re
from dataclasses import dataclass

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
from hkmaps.molecules.ase_dynamics import thermal_velocities, without_rigid_motion
from hkmaps.molecules.classical_dynamics import DynamicsProtocol
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError
from hkmaps.molecules.map_dynamics import ASE_FRICTION, map_trajectory, spread_frames
from hkmaps.molecules.proton_transfer import (
    HALFWAY,
    proton_transfer_start,
    proton_transfer_table,
)
from hkmaps.molecules.results import DYNAMICS_ENDS, PROTON_TRANSFER, TRAJECTORY
from hkmaps.reporting.measurements.trajectories import ProtonTransfer
from hkmaps.seeds import random_stream
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


@pytest.fixture(scope="module")
def springs_map():
    """ML-KS of water's springs, from geometries wider than those of room temperature."""
    geometries = random_geometries(WATER, 80, seed=1, wider=1.5)
    positions = stack(geometries["positions"]).reshape(80, 3, 3)
    energies = [Springs().calculate(WATER.symbols, place).energy for place in positions]
    return MoleculeMap.fit(
        "H2O",
        WATER.symbols,
        WATER.frame,
        GaussiansPotential(WATER.charges),
        positions,
        energies,
    )


def protocol(length, temperature=150.0, friction=0.02, step=0.5, equilibration=20.0, interval=5.0):
    """Friction in 1/fs: enough to reach the temperature within the short runs of tests."""
    return DynamicsProtocol.in_femtoseconds(
        temperature, equilibration, length, interval, step, friction
    )


def test_map_driven_dynamics_holds_its_temperature(springs_map, tmp_path):
    strongly_coupled = protocol(500.0, friction=0.1)
    dynamics = map_trajectory(springs_map, WATER, strongly_coupled, "a", seed=0)
    assert dynamics.completed and dynamics.steps == dynamics.steps_asked == 1040
    trajectory = dynamics.frames
    assert len(trajectory) == 100
    np.testing.assert_allclose(
        trajectory["time"] * FEMTOSECOND_PER_ATOMIC_TIME, 5.0 * np.arange(1, 101)
    )
    write_table(trajectory, tmp_path / "trajectory.parquet", TRAJECTORY)
    temperature = trajectory["kinetic_energy"].mean() / (4.5 / KELVIN_PER_HARTREE)
    assert temperature == pytest.approx(150, rel=0.2)
    positions = stack(trajectory["positions"]).reshape(100, 3, 3)
    np.testing.assert_allclose(
        springs_map.energies(positions), trajectory["potential_energy"], atol=1e-9
    )


def test_map_driven_dynamics_is_the_same_bits_for_a_name_and_seed(springs_map):
    runs = [
        map_trajectory(springs_map, WATER, protocol(30.0), name, seed).frames
        for name, seed in (("a", 0), ("a", 0), ("b", 0), ("a", 1))
    ]
    assert_same_bits(runs[0], runs[1])
    for other in runs[2:]:
        assert np.abs(stack(other["positions"]) - stack(runs[0]["positions"])).max() > 1e-3


def test_without_friction_map_driven_dynamics_conserves_energy(springs_map):
    positions, velocities = start()
    trajectory = map_trajectory(
        springs_map,
        WATER,
        protocol(200.0, friction=0.0, equilibration=0.0, interval=0.5),
        "conserving",
        seed=0,
        positions=positions,
        velocities=0.5 * velocities,
    ).frames
    total = trajectory["potential_energy"] + trajectory["kinetic_energy"]
    assert np.ptp(total) < 0.05 * np.ptp(trajectory["kinetic_energy"])


@pytest.mark.parametrize(
    ("temperature", "farthest", "why"),
    [(5000.0, 2.0, "left the domain of its map"), (50000.0, 1e9, "exploded")],
)
def test_dynamics_that_ends_early_keeps_what_came_before(springs_map, temperature, farthest, why):
    hot = protocol(500.0, temperature=temperature, interval=0.5)
    said = []
    dynamics = map_trajectory(
        springs_map, WATER, hot, "hot", seed=0, farthest=farthest, progress=said.append
    )
    assert (
        re.search(rf"after \d+ of 1040 steps {why}", dynamics.reason)
        and said[-1] == dynamics.reason
    )
    frames = dynamics.frames
    assert 1 < len(frames) == dynamics.steps + 1 < 1040
    steps = frames["time"] * FEMTOSECOND_PER_ATOMIC_TIME / 0.5
    np.testing.assert_allclose(steps, np.arange(len(frames)) - 40)


def test_dynamics_that_ends_at_its_first_step_has_its_start(springs_map, tmp_path):
    hottest = protocol(500.0, temperature=1e8)
    dynamics = map_trajectory(springs_map, WATER, hottest, "hottest", seed=0)
    write_table(dynamics.frames, tmp_path / "trajectory.parquet", TRAJECTORY)
    start = dynamics.frames.iloc[0]
    assert (len(dynamics.frames), dynamics.steps) == (1, 0)
    energies = springs_map.energies(springs_map.training_positions)
    assert start["potential_energy"] == pytest.approx(energies.min())
    assert start["time"] == pytest.approx(-20 / FEMTOSECOND_PER_ATOMIC_TIME)
    assert spread_frames(dynamics.frames, 100)["frame"].tolist() == [0]


def test_frames_are_spread_evenly_and_end_with_the_last():
    frames = pd.DataFrame({"frame": np.arange(11)})
    assert spread_frames(frames, 3)["frame"].tolist() == [4, 7, 10]
    assert spread_frames(frames, 50)["frame"].tolist() == list(range(11))


def test_a_map_moves_its_own_molecule_only(springs_map):
    with pytest.raises(InputError, match="A map of H2O was to move malonaldehyde"):
        map_trajectory(springs_map, MALONALDEHYDE, protocol(30.0), "a", seed=0)


def test_the_papers_friction_is_that_of_ase():
    relaxation = FEMTOSECOND_PER_ATOMIC_TIME / ASE_FRICTION
    assert relaxation == pytest.approx(1018, rel=1e-3)
