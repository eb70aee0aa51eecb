"""Cost and accuracy of engines: what tight settings decide, and what they do not."""

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.engine_accuracy import engine_accuracy_table
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError, reference_engine
from hkmaps.molecules.results import ENGINE_ACCURACY, TIGHT
from hkmaps.tables import read_table, write_table

BASIS = FourierBasis(20.0, 8)
WATER = find_molecule("H2O")
GEOMETRIES = random_geometries(WATER, 4, seed=3)
KILOCALORIE = 1 / 627.5


class SpringEngine:
    """Springs of a stiffness, a zero of the energy and a length of a density; `fails` are calls."""

    fourier_basis = BASIS

    def __init__(self, stiffness=1.0, zero=0.0, density=1.0, fails=()):
        self.description = f"springs, stiffness {stiffness}"
        self.stiffness, self.zero, self.density = stiffness, zero, density
        self.fails, self.calls = fails, 0

    def calculate(self, symbols, positions, restart=None, forces=False):
        self.calls += 1
        if self.calls in self.fails:
            raise SelfConsistencyError("The springs swing after 9 iterations.", 9)
        energy = self.zero + self.stiffness * (positions**2).sum()
        coefficients = np.full(BASIS.size, self.density)
        return ReferenceCalculation(energy, 3, coefficients, None, None)


def test_an_error_that_all_geometries_share_is_none():
    engines = {"shifted": SpringEngine(zero=7.0), "stiff": SpringEngine(stiffness=3.0, density=1.1)}
    table = engine_accuracy_table(WATER, GEOMETRIES, engines, SpringEngine())
    assert table["settings"].tolist() == [TIGHT, "shifted", "stiff"]
    assert table["energy_error"].tolist()[:2] == [0, pytest.approx(0, abs=1e-14)]
    np.testing.assert_allclose(table["density_error"], [0, 0, 0.1], atol=1e-6)
    # The stiff springs' error is twice the energy of the others.
    energies = np.array([(positions**2).sum() for positions in GEOMETRIES["positions"]])
    pairs = 2 * np.abs(energies[:, None] - energies)[np.triu_indices(4, k=1)]
    assert table["energy_error"].iloc[2] == pytest.approx(pairs.mean())
    assert table["largest_energy_error"].iloc[2] == pytest.approx(pairs.max())


def test_a_loose_tolerance_keeps_the_accuracy_of_its_grid_and_a_coarse_grid_does_not(tmp_path):
    common = {"orbital_basis": "gth-dzvp", "tolerance": 1e-6}
    engines = {
        "loose": reference_engine("pyscf", BASIS, common),
        "coarse": reference_engine("pyscf", BASIS, common | {"grid_level": 0}),
    }
    tight = reference_engine("pyscf", BASIS, common | {"tolerance": 1e-9})
    table = engine_accuracy_table(WATER, GEOMETRIES, engines, tight)
    write_table(table, tmp_path / "accuracy.parquet", ENGINE_ACCURACY)
    rows = read_table(tmp_path / "accuracy.parquet", ENGINE_ACCURACY).set_index("settings")
    assert rows.loc["loose", "largest_energy_error"] < 0.002 * KILOCALORIE
    assert rows.loc["loose", "density_error"] < 1e-4
    assert rows.loc["coarse", "energy_error"] > 0.02 * KILOCALORIE
    assert (rows["geometries"] == 4).all()


def test_what_cannot_be_compared_is_refused():
    def table(count=4, **engines):
        return engine_accuracy_table(WATER, GEOMETRIES[:count], engines, SpringEngine())

    with pytest.raises(InputError, match="with 1 geometries of H2O; it takes at least 2"):
        table(count=1, loose=SpringEngine())
    with pytest.raises(InputError, match="cannot be called 'tight'"):
        table(tight=SpringEngine())
    other = SpringEngine()
    other.fourier_basis = FourierBasis(20.0, 4)
    with pytest.raises(InputError, match="one Fourier basis in common"):
        table(other=other)


def test_geometries_that_do_not_converge_do_not_count(tmp_path):
    engines = {"some": SpringEngine(zero=7.0, fails=[1]), "none": SpringEngine(fails=range(5))}
    table = engine_accuracy_table(WATER, GEOMETRIES, engines, SpringEngine())
    write_table(table, tmp_path / "accuracy.parquet", ENGINE_ACCURACY)
    rows = read_table(tmp_path / "accuracy.parquet", ENGINE_ACCURACY).set_index("settings")
    assert rows[["geometries", "failed"]].to_numpy().tolist() == [[4, 0], [3, 1], [0, 4]]
    assert rows.loc["some", "energy_error"] == pytest.approx(0, abs=1e-14)
    assert rows.loc["none", ["energy_error", "density_error"]].isna().all()
