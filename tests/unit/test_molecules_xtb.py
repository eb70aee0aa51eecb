"""Dynamics by GFN2-xTB: what a trajectory holds, determinism, and errors in one sentence."""

import re
import sys

import numpy as np
import pandas as pd
import pytest
from ase.build import molecule as g2_molecule

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule, bonded_pairs
from hkmaps.molecules.dynamics import Checkpoint
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.geometries import bond_lengths, expect_positions
from hkmaps.molecules.relaxation import relaxed_positions
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.molecules.xtb import xtb_calculator
from hkmaps.molecules.xtb_dynamics import xtb_trajectory
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import ANGSTROM_PER_BOHR, FEMTOSECOND_PER_ATOMIC_TIME

SHORT = DynamicsProtocol.in_femtoseconds(300, 25, 100, 10, 1)


def from_g2(name):
    atoms = g2_molecule(name)
    symbols, positions = atoms.get_chemical_symbols(), atoms.positions / ANGSTROM_PER_BOHR
    return Molecule(name, tuple(symbols), positions, tuple(bonded_pairs(symbols, positions)))


METHANOL = from_g2("CH3OH")


def test_a_trajectory_holds_snapshots_in_atomic_units(tmp_path):
    messages = []
    trajectory = xtb_trajectory(METHANOL, SHORT, "300K", seed=1, progress=messages.append)
    times = trajectory["time"] * FEMTOSECOND_PER_ATOMIC_TIME
    np.testing.assert_allclose(times, np.arange(10, 110, 10))
    expect_positions(METHANOL, stack(trajectory["positions"]))
    # The total energy of GFN2-xTB, of the valence electrons alone.
    assert trajectory["potential_energy"].between(-8.23, -8.19).all()
    assert re.fullmatch(
        r"dynamics of CH3OH 300K by GFN2-xTB: 125/125 steps, .+ steps/s, 0:00:00 left",
        messages[-1],
    )
    write_table(trajectory, tmp_path / "trajectory.parquet", TRAJECTORY)
    assert len(read_table(tmp_path / "trajectory.parquet", TRAJECTORY)) == 10


def test_a_trajectory_is_the_same_bits_and_a_longer_one_begins_with_it():
    short = stack(xtb_trajectory(METHANOL, SHORT, "300K", seed=1)["positions"])
    longer = DynamicsProtocol.in_femtoseconds(300, 25, 150, 10, 1)
    again = stack(xtb_trajectory(METHANOL, longer, "300K", seed=1)["positions"])
    np.testing.assert_array_equal(again[:10], short)
    for name, seed in (("350K", 1), ("300K", 2)):
        other = stack(xtb_trajectory(METHANOL, SHORT, name, seed)["positions"])
        assert np.abs(other - short).max() > 1e-2


@pytest.mark.parametrize("friction", [1e-3, 0.0])
def test_a_killed_trajectory_goes_on_to_the_bits_of_an_undisturbed_one(friction, tmp_path):
    protocol = DynamicsProtocol.in_femtoseconds(300, 25, 100, 10, 1, friction)
    checkpoint, messages = Checkpoint(tmp_path / "dynamics.safetensors", seconds=0), []

    def kill(message):
        if "72/125" in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        xtb_trajectory(METHANOL, protocol, "300K", 1, checkpoint, kill)
    found = xtb_trajectory(METHANOL, protocol, "300K", 1, checkpoint, messages.append)
    assert messages[0] == "dynamics of CH3OH 300K by GFN2-xTB: resuming after step 72"
    expected = xtb_trajectory(METHANOL, protocol, "300K", seed=1)
    np.testing.assert_array_equal(stack(found["positions"]), stack(expected["positions"]))
    pd.testing.assert_frame_equal(
        found.drop(columns="positions"), expected.drop(columns="positions"), check_exact=True
    )


def test_the_relaxed_geometry_is_that_of_the_method():
    water = from_g2("H2O")
    positions = relaxed_positions(water, xtb_calculator(water))
    lengths = bond_lengths(water, positions[None])[0] * ANGSTROM_PER_BOHR
    # Bannwarth et al., J. Chem. Theory Comput. 15, 1652 (2019): as in experiment, 0.96 Angstrom.
    np.testing.assert_allclose(lengths, 0.96, atol=0.005)


def test_dynamics_that_explodes_ends_with_one_sentence():
    wild = DynamicsProtocol.in_femtoseconds(300, 400, 400, 40, 20)
    with pytest.raises(
        ConvergenceError, match=r"The dynamics of CH3OH .* at step \d+ of 40"
    ) as error:
        xtb_trajectory(METHANOL, wild, "300K", seed=1)
    assert str(error.value).count(". ") == 0


def test_molecules_that_it_does_not_take_are_refused():
    with pytest.raises(InputError, match="CH3, which has 9 electrons when neutral; it must be an"):
        xtb_calculator(from_g2("CH3"))
    heavy = Molecule("NoH2", ("No", "H", "H"), np.diag([0.0, 4, 4]), ((0, 1), (0, 2)))
    with pytest.raises(InputError, match="relaxation of NoH2 cannot begin: No support for element"):
        xtb_trajectory(heavy, SHORT, "300K", seed=1)


def test_where_tblite_is_missing_one_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tblite.ase", None)
    with pytest.raises(InputError, match=r"needs tblite, .*pip install .*--editable '\.\[xtb\]'"):
        xtb_trajectory(METHANOL, SHORT, "300K", seed=1)
