"""Reference tables: what a chunk does with an engine, and with one that fails."""

import numpy as np
import pandas as pd
import pytest
from papers_molecules import find_molecule, random_geometries

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError
from hkmaps.molecules.reference import (
    PRECISIONS,
    count_calculations,
    reference_table,
    restart_order,
)
from hkmaps.molecules.results import REFERENCE, REFERENCE_CALCULATIONS
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import ANGSTROM_PER_BOHR

H2 = find_molecule("H2")
GEOMETRIES = random_geometries(H2, 30, seed=5).iloc[10:22]
LENGTHS = stack(GEOMETRIES["bond_lengths"])[:, 0]


class SpringEngine:
    """Springs with an energy of length squared; `fails` are geometries that do not converge."""

    description = "springs"
    fourier_basis = FourierBasis(20.0, 1)

    def __init__(self, fails=()):
        self.fails = [LENGTHS[row] for row in fails]
        self.calls = []

    def calculate(self, symbols, positions, restart=None, forces=False):
        assert symbols == ("H", "H")
        length = np.linalg.norm(positions[1] - positions[0])
        self.calls.append((length, restart))
        if np.isclose(length, self.fails).any():
            raise SelfConsistencyError("The springs swing after 9 iterations.", 9)
        return ReferenceCalculation(length**2, 3, np.full(8, length), None, length)


def test_rows_are_those_of_the_geometries_in_their_order():
    table = reference_table(H2, GEOMETRIES, SpringEngine())
    assert table["geometry"].tolist() == list(range(10, 22))
    np.testing.assert_allclose(table["energy"], LENGTHS**2)
    np.testing.assert_allclose(stack(table["coefficients"])[:, 3], LENGTHS, rtol=1e-6)
    assert table["converged"].all()
    assert set(table["iterations"]) == {3}
    assert set(table["engine"]) == {"springs"}


@pytest.mark.parametrize("precision", ["single", "double"])
def test_coefficients_are_kept_in_the_precision_that_is_asked_for(precision, tmp_path):
    table = reference_table(H2, GEOMETRIES, SpringEngine(fails=[4]), precision=precision)
    write_table(table, tmp_path / "reference.parquet", REFERENCE)
    kept = stack(read_table(tmp_path / "reference.parquet", REFERENCE)["coefficients"])
    expected = np.where(np.arange(12) == 4, np.nan, LENGTHS).astype(PRECISIONS[precision])
    assert kept.dtype == PRECISIONS[precision]
    np.testing.assert_array_equal(kept[:, 3], expected)
    with pytest.raises(InputError, match=r"precision of the coefficients is 'half'; .* single, do"):
        reference_table(H2, GEOMETRIES, SpringEngine(), precision="half")


def test_each_calculation_starts_from_the_one_before():
    engine = SpringEngine()
    reference_table(H2, GEOMETRIES, engine)
    lengths, restarts = zip(*engine.calls, strict=True)
    assert restarts == (None, *lengths[:-1])
    steps = np.abs(np.diff(lengths))
    assert steps.sum() == pytest.approx(np.ptp(LENGTHS))


def test_the_order_of_many_geometries_is_a_short_path():
    positions = stack(random_geometries(find_molecule("H2O"), 60, seed=5)["positions"])
    order = restart_order(positions.reshape(60, 3, 3))
    assert sorted(order) == list(range(60))
    as_drawn = np.linalg.norm(np.diff(positions, axis=0), axis=1).sum()
    sorted_path = np.linalg.norm(np.diff(positions[order], axis=0), axis=1).sum()
    assert sorted_path < 0.6 * as_drawn


def test_a_failure_is_recorded_and_the_next_starts_from_what_converged(tmp_path):
    engine, messages = SpringEngine(fails=[4]), []
    table = reference_table(H2, GEOMETRIES, engine, messages.append)
    failed = next(i for i, (length, _) in enumerate(engine.calls) if length == LENGTHS[4])
    assert engine.calls[failed + 1][1] == engine.calls[failed - 1][0]
    assert messages[0] == "geometry 14 failed: The springs swing after 9 iterations."
    write_table(table, tmp_path / "reference.parquet", REFERENCE)
    read = read_table(tmp_path / "reference.parquet", REFERENCE)
    row = read.iloc[4]
    assert not row["converged"]
    assert np.isnan(row["energy"])
    assert np.isnan(row["coefficients"]).all()
    assert (row["iterations"], row["failure"]) == (9, "The springs swing after 9 iterations.")
    assert read["converged"].sum() == len(read) - 1
    assert read["failure"].notna().sum() == 1


def test_failures_are_counted_with_the_first_reason(tmp_path):
    table = reference_table(H2, GEOMETRIES, SpringEngine(fails=[4, 7]))
    counts = count_calculations({"H2": table, "H2/empty": table[:0]}, allowed_failures=1)
    write_table(counts, tmp_path / "counts.parquet", REFERENCE_CALCULATIONS)
    first, empty = counts.to_dict("records")
    assert (first["geometries"], first["failed"], first["allowed_failures"]) == (12, 2, 1)
    assert first["failure"] == "geometry 14: The springs swing after 9 iterations."
    assert (empty["geometries"], empty["failed"]) == (0, 0) and pd.isna(empty["failure"])


def test_no_geometries_give_a_table_without_rows(tmp_path):
    table = reference_table(H2, GEOMETRIES[:0], SpringEngine())
    write_table(table, tmp_path / "reference.parquet", REFERENCE)
    assert read_table(tmp_path / "reference.parquet", REFERENCE).empty


def test_progress_is_reported():
    messages = []
    reference_table(H2, GEOMETRIES, SpringEngine(), messages.append)
    assert [message.split(",")[0] for message in messages] == [
        "10/12 geometries",
        "12/12 geometries",
    ]


def test_positions_in_angstrom_are_refused_before_anything_is_calculated():
    engine = SpringEngine()
    wrong = GEOMETRIES.assign(positions=GEOMETRIES["positions"] * ANGSTROM_PER_BOHR)
    with pytest.raises(InputError, match="look like Angstrom"):
        reference_table(H2, wrong, engine)
    assert engine.calls == []
