"""What a run says of its cost before it starts."""

import pytest

from hkmaps.errors import ConvergenceError, InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.first_calculation import (
    expected_cost,
    first_of_dynamics,
    first_of_engine,
    seconds_of_first,
)


@pytest.fixture
def water(tmp_path):
    path = tmp_path / "water.xyz"
    path.write_text("3\n\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n")
    return Molecule.from_entry("water", path)


def failing(error):
    raise error


def test_the_cost_is_that_of_all_calculations():
    assert expected_cost(400, "reference calculations by dzvp", 0.9) == (
        "400 reference calculations by dzvp; the first took 0.9 s, so about 6 core-minutes"
    )


def test_one_that_does_not_converge_tells_no_time_and_one_that_cannot_be_is_refused():
    seconds = seconds_of_first(lambda: failing(ConvergenceError("no")))
    assert "did not converge: no time is known" in expected_cost(3, "steps", seconds)
    with pytest.raises(InputError, match="odd"):
        seconds_of_first(lambda: failing(InputError("An odd number of electrons.")))


def test_calculations_of_a_structure_are_timed(water):
    densities = {"box_length": 20, "frequencies": 4}
    assert first_of_engine(water, "pyscf", {"orbital_basis": "gth-szv"}, densities) > 0
    assert (
        first_of_engine(water, "coupled_cluster", {"all_electron_basis": "sto-3g"}, densities) > 0
    )
    pytest.importorskip("tblite")
    assert 0 < first_of_dynamics(water) < 1
