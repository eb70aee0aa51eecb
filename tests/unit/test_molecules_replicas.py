"""The driver of dynamics: replicas that move together, end alone, and go on after a kill."""

import re

import numpy as np
import pandas as pd
import pytest
from ase import Atoms, units
from ase.calculators.emt import EMT
from ase.md.verlet import VelocityVerlet
from papers_molecules import find_molecule

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.molecules.ase_dynamics import thermal_velocities
from hkmaps.molecules.dynamics import Checkpoint, Start, move
from hkmaps.molecules.moving_forces import CalculatorForces, Forces
from hkmaps.molecules.stability_test import StabilityTest
from hkmaps.seeds import random_stream
from hkmaps.tables import stack
from hkmaps.units import ANGSTROM_PER_BOHR, FEMTOSECOND_PER_ATOMIC_TIME

WATER, MALONALDEHYDE = find_molecule("H2O"), find_molecule("malonaldehyde")
STEP = 0.5 / FEMTOSECOND_PER_ATOMIC_TIME
FRICTION = 0.1 * FEMTOSECOND_PER_ATOMIC_TIME


class Springs(Forces):
    """Springs between all atoms of water, each replica's bits its own.

    `calls_left` lets it be killed; where `fails` it does not converge.
    """

    identity = "springs"

    def __init__(self, calls_left=10**6, fails=lambda positions: False):
        self.calls_left, self.fails = calls_left, fails
        self.largest_batch = 0

    def __call__(self, positions):
        if self.calls_left == 0:
            raise KeyboardInterrupt
        self.calls_left -= 1
        self.largest_batch = max(self.largest_batch, len(positions))
        if any(self.fails(each) for each in positions):
            raise ConvergenceError("The SCF did not converge.")
        first, second = np.triu_indices(3, k=1)
        reference = WATER.equilibrium * units.Bohr
        rest = np.linalg.norm(reference[first] - reference[second], axis=1)
        apart = positions[:, first] - positions[:, second]
        lengths = np.sqrt((apart**2).sum(axis=2))
        pulls = 10 * (lengths - rest)
        forces = np.zeros_like(positions)
        for pair, (i, j) in enumerate(zip(first, second, strict=True)):
            pull = (pulls[:, pair] / lengths[:, pair])[:, None] * apart[:, pair]
            forces[:, i] -= pull
            forces[:, j] += pull
        return (0.5 * pulls * (lengths - rest)).sum(axis=1), forces


class EverySeventh(Checkpoint):
    """A checkpoint after every seventh step, whatever the time."""

    steps = 0

    def is_due(self):
        self.steps += 1
        return self.steps % 7 == 0


def start(run, temperature=300.0, faster=1.0):
    stream = random_stream(0, "test", "replicas", run)
    velocities = faster * thermal_velocities(WATER, temperature, stream)
    return Start(WATER.reference_positions, velocities, temperature, stream)


def moved(starts, steps=30, forces=None, checkpoint=None, progress=lambda message: None):
    return move(
        WATER,
        forces or Springs(),
        starts,
        STEP,
        steps,
        range(0, steps + 1, 3),
        "dynamics of water",
        FRICTION,
        StabilityTest(WATER),
        checkpoint=checkpoint,
        progress=progress,
    )


def assert_same_bits(one, other):
    for column in ("positions", "velocities"):
        np.testing.assert_array_equal(stack(one.frames[column]), stack(other.frames[column]))
    plain = ["frame", "time", "potential_energy", "kinetic_energy"]
    pd.testing.assert_frame_equal(one.frames[plain], other.frames[plain], check_exact=True)
    assert (one.steps, one.reason) == (other.steps, other.reason)


def test_replicas_together_move_as_each_does_alone():
    forces = Springs()
    together = moved([start(run, 300 + 100 * run) for run in range(3)], forces=forces)
    assert forces.largest_batch == 3
    for run, dynamics in enumerate(together):
        assert len(dynamics.frames) == 11 and dynamics.completed
        assert_same_bits(dynamics, moved([start(run, 300 + 100 * run)])[0])
    first, second = (stack(each.frames["positions"]) for each in together[:2])
    assert np.abs(first - second).max() > 1e-2


def test_a_replica_that_breaks_ends_alone_with_its_sentence():
    said, why = [], r"broke a bond: atoms 0 and \d are .* apart, where .* or less is allowed\.$"
    runs = [start(0), start(1, 20_000), start(2)]
    broken = moved(runs, progress=said.append)
    sentence = rf"The dynamics of water, run 1, at step \d+ of 30 {why}"
    assert re.match(sentence, broken[1].reason) and broken[1].reason in said
    assert 0 < broken[1].steps < 30
    assert len(broken[1].frames) == 1 + broken[1].steps // 3
    for run in (0, 2):
        assert_same_bits(broken[run], moved([start(run)])[0])
    assert re.search(r"30/30 steps, .* steps/s, 0:00:00 left, 2 of 3 runs move$", said[-1])


def test_a_replica_whose_forces_fail_ends_alone():
    def is_stretched(positions):
        lengths = np.linalg.norm(positions[1:] - positions[0], axis=1)
        return lengths.max() > 1.2

    runs = moved([start(0), start(1, 4000), start(2)], forces=Springs(fails=is_stretched))
    assert re.search(
        r"run 1, at step \d+ of 30 cannot go on: The SCF did not converge\.", runs[1].reason
    )
    for run in (0, 2):
        assert_same_bits(runs[run], moved([start(run)])[0])


def test_atoms_that_meet_end_a_replica_as_an_explosion():
    positions = WATER.reference_positions
    towards = (positions[1] - positions[0]) / np.linalg.norm(positions[1] - positions[0])
    velocities = np.zeros((3, 3))
    velocities[0] = np.linalg.norm(positions[1] - positions[0]) / STEP * towards
    meeting = Start(positions, velocities)
    (dynamics,) = move(WATER, Springs(), [meeting], STEP, 5, range(6), "dynamics of water")
    assert re.match(
        r"The dynamics of water at step \d of 5 exploded; its time step", dynamics.reason
    )


@pytest.mark.parametrize("calls", [4, 8, 17, 25])
def test_killed_replicas_go_on_to_the_bits_of_undisturbed_ones(calls, tmp_path):
    def runs():
        return [start(0), start(1, 20_000), start(2)]

    undisturbed = moved(runs())
    assert not undisturbed[1].completed
    path, messages = tmp_path / "dynamics.safetensors", []
    with pytest.raises(KeyboardInterrupt):
        moved(runs(), forces=Springs(calls_left=calls), checkpoint=EverySeventh(path))
    forces = Springs()
    resumed = moved(runs(), 30, forces, EverySeventh(path), messages.append)
    for one, other in zip(resumed, undisturbed, strict=True):
        assert_same_bits(one, other)
    first = 7 * (calls // 7) - 1
    if first >= 0:
        assert messages[0] == f"dynamics of water: resuming after step {first}"
    assert forces.calls_left == 10**6 - (30 - first), "no step is made twice"


def test_finished_replicas_are_lengthened_or_read_again(tmp_path):
    path = tmp_path / "dynamics.safetensors"
    moved([start(0), start(1)], 12, checkpoint=Checkpoint(path))
    longer = moved([start(0), start(1)], 30, checkpoint=Checkpoint(path))
    read = moved([start(0), start(1)], 12, Springs(calls_left=0), Checkpoint(path))
    for run in (0, 1):
        assert_same_bits(longer[run], moved([start(run)])[0])
        assert_same_bits(read[run], moved([start(run)], 12)[0])


def test_a_checkpoint_of_other_replicas_is_replaced(tmp_path):
    path = tmp_path / "dynamics.safetensors"
    moved([start(0)], 12, checkpoint=Checkpoint(path))
    for other in ([start(1)], [start(0), start(1)], [start(0, 310)]):
        messages = []
        moved(other, 12, checkpoint=Checkpoint(path), progress=messages.append)
        assert not any("resuming" in message for message in messages)


def test_each_replica_has_the_temperature_of_its_thermostat():
    temperatures = [100.0] * 20 + [200.0] * 20
    runs = moved([start(run, t) for run, t in enumerate(temperatures)], 450)
    kinetic = np.array([each.frames["kinetic_energy"][30:].mean() for each in runs])
    found = kinetic * units.Hartree / units.kB / 4.5
    np.testing.assert_allclose(found[:20].mean(), 100, rtol=0.06)
    np.testing.assert_allclose(found[20:].mean(), 200, rtol=0.06)


def test_any_calculator_of_ase_moves_a_molecule_as_in_ase():
    stream = random_stream(0, "test", "replicas", "ase")
    velocities = thermal_velocities(WATER, 300, stream)
    begin = Start(WATER.reference_positions, velocities)
    forces = CalculatorForces(EMT(), WATER)
    (dynamics,) = move(WATER, forces, [begin], STEP, 8, range(9), "dynamics of water")
    positions = WATER.reference_positions * units.Bohr
    atoms = Atoms(WATER.symbols, positions, masses=WATER.masses, calculator=EMT())
    atoms.set_velocities(velocities * units.Bohr / units.AUT)
    VelocityVerlet(atoms, STEP * units.AUT).run(8)
    centred = (atoms.positions - atoms.get_center_of_mass()) / units.Bohr
    last = dynamics.frames.iloc[-1]
    # ASE rounds the centre of mass as the processor likes.
    np.testing.assert_allclose(last["positions"].reshape(3, 3), centred, rtol=0, atol=1e-15)
    assert last["potential_energy"] == atoms.get_potential_energy() / units.Hartree
    found = last["velocities"].reshape(3, 3) * units.Bohr / units.AUT
    np.testing.assert_allclose(found, atoms.get_velocities(), rtol=1e-14)


def test_replicas_need_starts_that_are_alike():
    newtonian = Start(WATER.reference_positions, np.zeros((3, 3)))
    for starts in ([], [start(0), newtonian]):
        with pytest.raises(InputError, match="all or none of them with a thermostat"):
            moved(starts)


def proton_at(coordinate, far=0.0):
    """Malonaldehyde, its proton so many Angstrom from the middle of the oxygens, or out of line."""
    positions = MALONALDEHYDE.reference_positions.copy()
    way = positions[4] - positions[0]
    middle = 0.5 * (positions[0] + positions[4])
    positions[5] = middle + coordinate / ANGSTROM_PER_BOHR * way / np.linalg.norm(way)
    positions[5, 2] += far / ANGSTROM_PER_BOHR
    return positions


def test_a_proton_that_is_passed_on_breaks_nothing_and_one_that_leaves_does():
    geometries = np.array([proton_at(-0.3), proton_at(0.0), proton_at(0.3), proton_at(0.0, 1.2)])
    broken = StabilityTest(MALONALDEHYDE).broken(geometries)
    assert [*broken] == [3]
    assert re.match(r"broke a bond: atoms 5 and [04] are 3\.20? bohr apart, where 1\.83", broken[3])


def test_a_bond_breaks_where_it_is_half_an_angstrom_off():
    positions = np.tile(WATER.reference_positions, (3, 1, 1))
    way = positions[0, 1] - positions[0, 0]
    way /= np.linalg.norm(way) * ANGSTROM_PER_BOHR
    positions[:, 1] += np.array([0.49, 0.51, -0.51])[:, None] * way
    assert [*StabilityTest(WATER).broken(positions)] == [1, 2]
