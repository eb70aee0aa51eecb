"""What a run says of its cost before it starts."""

import pytest

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.engines import SelfConsistencyError
from hkmaps.molecules.first_calculation import expected_cost, seconds_of_first


class Engine:
    def __init__(self, error=None):
        self.error, self.calculated = error, []

    def calculate(self, symbols, positions, restart=None, forces=False):
        self.calculated.append((symbols, positions, forces))
        if self.error:
            raise self.error


@pytest.fixture
def water(tmp_path):
    path = tmp_path / "water.xyz"
    path.write_text("3\n\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n")
    return Molecule.from_entry("water", path)


def test_the_structure_is_calculated_once_and_its_time_told(water):
    engine = Engine()
    seconds = seconds_of_first(water, engine, forces=True)
    ((symbols, positions, forces),) = engine.calculated
    assert seconds >= 0 and symbols == ("O", "H", "H") and positions.shape == (3, 3) and forces
    assert expected_cost(400, "dzvp (PBE, gth-dzvp)", 0.9) == (
        "400 reference calculations by dzvp (PBE, gth-dzvp); the first took 0.9 s, so about 6"
        " core-minutes"
    )


def test_one_that_does_not_converge_tells_no_time_and_one_that_cannot_be_ends_the_run(water):
    seconds = seconds_of_first(water, Engine(SelfConsistencyError("no", 50)))
    assert "did not converge, so that no time can be told" in expected_cost(3, "dzvp", seconds)
    with pytest.raises(InputError):
        seconds_of_first(water, Engine(InputError("An odd number of electrons.")))
