"""Minima of maps: Powell's method, internal coordinates, and the minimum of the reference."""

import numpy as np
import pytest
from papers_molecules import entries, find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.drawn_coordinates import drawn_geometries
from hkmaps.molecules.engines import SelfConsistencyError
from hkmaps.molecules.minima import map_minima, minimum_by_powell
from hkmaps.molecules.minima_results import MAP_MINIMA, REFERENCE_MINIMUM
from hkmaps.molecules.pyscf_engine import PyscfEngine
from hkmaps.molecules.reference_minimum import (
    InternalCoordinates,
    Minimum,
    found_minimum,
    reference_minimum,
    reference_minimum_table,
)
from hkmaps.molecules.sampling import k_means
from hkmaps.tables import read_table, stack, write_table

WATER, H2 = find_molecule("H2O"), find_molecule("H2")


def coordinates_of(molecule):
    return entries()[molecule.name]["samples"]["drawn"]["coordinates"]


@pytest.fixture(scope="module")
def internal():
    return InternalCoordinates(WATER, coordinates_of(WATER))


def spring(internal, centre):
    """A harmonic energy in internal coordinates that couples bonds and angle."""
    stiffness = np.array([[0.5, 0.05, 0.1], [0.05, 0.5, 0.1], [0.1, 0.1, 0.2]])

    def energy(positions):
        moved = internal.values(positions) - centre
        return -76.0 + 0.5 * moved @ stiffness @ moved

    return energy


def test_internal_coordinates_are_those_of_the_sample(internal):
    drawn = drawn_geometries(WATER, coordinates_of(WATER), 4, seed=1)
    for values, positions in zip(
        stack(drawn["coordinates"]), stack(drawn["positions"]).reshape(4, 3, 3), strict=True
    ):
        assert internal.values(positions) == pytest.approx(values, abs=1e-9)
        assert internal.values(internal.positions(values)) == pytest.approx(values, abs=1e-9)


def test_powell_finds_the_minimum_of_coupled_springs(internal):
    low, high = internal.intervals
    centre = low + np.array([0.2, 0.7, 0.4]) * (high - low)
    found = minimum_by_powell(internal, spring(internal, centre))
    assert found.values == pytest.approx(centre, abs=1e-6)
    assert found.energy == pytest.approx(-76.0, abs=1e-12)
    assert found.evaluations > 10


def test_a_minimum_elsewhere_ends_at_the_edge(internal):
    low, high = internal.intervals
    found = minimum_by_powell(internal, spring(internal, high + 0.3 * (high - low)))
    assert found.values == pytest.approx(high, abs=1e-5)


def test_forces_and_energies_have_one_minimum():
    """BFGS by forces and Powell's method by energies, on one reference energy."""
    internal = InternalCoordinates(H2, coordinates_of(H2))
    engine = PyscfEngine(FourierBasis(20.0, 4), orbital_basis="gth-dzvp")
    by_forces = reference_minimum(H2, engine, internal)
    by_energies = minimum_by_powell(
        internal, lambda positions: engine.calculate(H2.symbols, positions).energy
    )
    assert by_forces.values == pytest.approx(by_energies.values, abs=1e-5)
    assert by_forces.energy == pytest.approx(by_energies.energy, abs=1e-9)


def test_a_minimum_that_is_not_found_is_a_table_without_rows(tmp_path, monkeypatch):
    def calculate(engine, symbols, positions, *others, **settings):
        raise SelfConsistencyError("The SCF did not converge.", 50)

    monkeypatch.setattr(PyscfEngine, "calculate", calculate)
    said, engine = [], PyscfEngine(FourierBasis(20.0, 4), orbital_basis="gth-dzvp")
    found = found_minimum(H2, engine, InternalCoordinates(H2, coordinates_of(H2)), said.append)
    write_table(found, tmp_path / "minimum.parquet", REFERENCE_MINIMUM)
    assert found.empty and said == ["The SCF did not converge."]


def test_minima_of_maps_approach_that_of_what_they_learn(internal, tmp_path):
    low, high = internal.intervals
    centre = low + np.array([0.45, 0.45, 0.6]) * (high - low)
    energy = spring(internal, centre)
    positions = stack(random_geometries(WATER, 70, seed=5)["positions"]).reshape(-1, 3, 3)
    pool = SampleData(
        molecule="H2O",
        sample="drawn",
        symbols=WATER.symbols,
        charges=WATER.charges,
        frame=WATER.frame,
        geometry=np.arange(70),
        positions=positions,
        energies=np.array([energy(each) for each in positions]),
    )
    exact = reference_minimum_table(internal, Minimum(centre, -76.0, 1))
    minima = map_minima(pool, internal, exact, 10, [10, 40], k_means, 2025, range(2))
    write_table(minima, tmp_path / "minima.parquet", MAP_MINIMA)
    rows = read_table(tmp_path / "minima.parquet", MAP_MINIMA)
    assert set(rows["method"]) == {"ML-KS"}
    assert len(rows) == 2 * 2 * 3
    assert not rows["at_edge"][rows["training_points"] == 40].any()
    errors = (rows["value"] - rows["reference"]).abs().groupby(rows["training_points"]).max()
    assert errors[40] < errors[10] / 3
    assert errors[40] < 2e-3
