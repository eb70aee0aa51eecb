"""Classical dynamics: what a trajectory holds, determinism, and errors in one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from papers_molecules import find_molecule, force_field

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME

# An older processor, as far as the libraries of mathematics and linear algebra choose their code.
OTHER_PROCESSOR = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
    "OPENBLAS_CORETYPE": "Nehalem",
}
ETHANE, MALONALDEHYDE = find_molecule("ethane"), find_molecule("malonaldehyde")
SHORT = DynamicsProtocol.in_femtoseconds(300, 25, 100, 10, 1)


def moved(molecule, *arguments, **options):
    return classical_trajectory(molecule, force_field(molecule.name), *arguments, **options)


def positions_of(*arguments, **options):
    return stack(moved(*arguments, **options)["positions"])


def test_a_trajectory_holds_snapshots_in_atomic_units(tmp_path):
    messages = []
    trajectory = moved(ETHANE, SHORT, "300K", seed=1, progress=messages.append)
    assert trajectory["frame"].tolist() == list(range(10))
    times = trajectory["time"] * FEMTOSECOND_PER_ATOMIC_TIME
    np.testing.assert_allclose(times, np.arange(10, 110, 10))
    expect_positions(ETHANE, stack(trajectory["positions"]))
    assert messages[-1] == "ethane 300K, tautomer 0: 10 of 10 snapshots"
    write_table(trajectory, tmp_path / "trajectory.parquet", TRAJECTORY)
    read = read_table(tmp_path / "trajectory.parquet", TRAJECTORY)
    np.testing.assert_array_equal(stack(read["positions"]), stack(trajectory["positions"]))


def test_a_trajectory_is_the_same_bits_whatever_ran_before_it():
    first = positions_of(MALONALDEHYDE, SHORT, "300K", seed=1)
    # An odd number of random numbers in between, which OpenMM draws in pairs.
    positions_of(ETHANE, DynamicsProtocol.in_femtoseconds(300, 3, 1, 1, 1), "other", seed=2)
    positions_of(MALONALDEHYDE, DynamicsProtocol.in_femtoseconds(300, 0, 1, 1, 1), "odd", seed=2)
    np.testing.assert_array_equal(positions_of(MALONALDEHYDE, SHORT, "300K", seed=1), first)


def test_drawn_geometries_are_the_same_on_another_processor():
    script = Path(__file__).with_name("other_processor.py")
    children = [
        subprocess.Popen(
            [sys.executable, script],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings},
            stdout=subprocess.PIPE,
        )
        for settings in ({}, OTHER_PROCESSOR)
    ]
    this, other = (json.loads(child.communicate()[0]) for child in children)
    if any(a == b for a, b in zip(this.pop("last_bits"), other.pop("last_bits"), strict=True)):
        pytest.skip("the libraries of this machine cannot be made to round otherwise")
    # Chaos: not for nothing.
    assert this.pop("unrounded") != other.pop("unrounded")
    for mine, theirs in zip(this.pop("positions"), other.pop("positions"), strict=True):
        np.testing.assert_allclose(theirs, mine, rtol=0, atol=1e-13)
    assert other == this


def test_trajectories_of_other_names_seeds_and_tautomers_are_others():
    trajectories = [
        positions_of(MALONALDEHYDE, SHORT, name, seed, tautomer)
        for name, seed, tautomer in (("a", 1, 0), ("b", 1, 0), ("a", 2, 0), ("a", 1, 1))
    ]
    # Of the second tautomer by the names of the first, so that only the random numbers differ.
    trajectories[3] = trajectories[3].reshape(10, 9, 3)[:, MALONALDEHYDE.tautomers[1]]
    lengths = [
        np.linalg.norm(np.diff(trajectory.reshape(10, 9, 3)[:, :2], axis=1), axis=2)
        for trajectory in trajectories
    ]
    for number, one in enumerate(lengths):
        for other in lengths[number + 1 :]:
            assert np.abs(one - other).max() > 1e-3


def test_the_second_tautomer_has_its_proton_at_the_other_oxygen():
    for tautomer, (near, far) in enumerate(((0, 4), (4, 0))):
        atoms = positions_of(MALONALDEHYDE, SHORT, "300K", 1, tautomer).reshape(10, 9, 3)
        lengths = np.linalg.norm(atoms[:, [near, far]] - atoms[:, [5]], axis=2)
        assert lengths[:, 0].max() < 2.2
        assert lengths[:, 1].min() > 2.6


def test_an_exploding_trajectory_ends_with_one_sentence():
    wild = DynamicsProtocol.in_femtoseconds(300, 1000, 1000, 100, 20)
    with pytest.raises(ConvergenceError, match="ethane 300K, tautomer 0 after") as error:
        moved(ETHANE, wild, "300K", seed=1)
    assert "with a time step of 20 fs" in str(error.value)
    assert str(error.value).count(". ") == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0}, "temperature of dynamics is 0; it must be a positive number"),
        ({"temperature": float("nan")}, "temperature of dynamics is nan"),
        ({"time_step": -1}, "time_step of dynamics is -"),
        ({"equilibration": -1}, "equilibration of dynamics is -.*; it must be 0 or a positive"),
        ({"interval": 2.5}, "interval of dynamics is 2.5 times the time_step"),
        ({"length": 105}, "length of dynamics is 10.5 times the interval"),
        ({"length": 0}, "length of dynamics is 0.0; it must be a positive number"),
    ],
)
def test_a_protocol_that_cannot_be_followed_is_refused(change, message):
    times = {"equilibration": 20, "length": 100, "interval": 10, "time_step": 1}
    with pytest.raises(InputError, match=message):
        DynamicsProtocol.in_femtoseconds(**{"temperature": 300, **times, **change})


def test_a_tautomer_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="tautomer 1 of ethane was asked for; it has 1"):
        moved(ETHANE, SHORT, "300K", seed=1, tautomer=1)


def test_a_force_field_must_be_a_file_of_the_same_atoms(tmp_path):
    with pytest.raises(InputError, match=r"ethane is to be read from nowhere\.prmtop, where there"):
        classical_trajectory(ETHANE, "nowhere.prmtop", SHORT, "300K", seed=1)
    with pytest.raises(
        InputError, match=r"benzene\.prmtop has the atoms C C .* those of ethane in"
    ):
        classical_trajectory(ETHANE, force_field("benzene"), SHORT, "300K", seed=1)
    damaged = tmp_path / "damaged.prmtop"
    damaged.write_text("%VERSION\n")
    with pytest.raises(InputError, match=r"damaged\.prmtop cannot be read as a prmtop of Amber"):
        classical_trajectory(ETHANE, damaged, SHORT, "300K", seed=1)
