"""Table II of paper B's source: what is measured for it, and its table."""

from pathlib import Path

import pandas as pd
import pytest

from hkmaps.molecules.minima_results import MAP_MINIMA
from hkmaps.reporting.claims import decide
from hkmaps.reporting.measurements.minima import PRINTED_SIZES, minimum_measurements
from hkmaps.reporting.measurements.record import measurement_frame
from hkmaps.reporting.minima_tables import brockherde_table2_markdown
from hkmaps.reporting.published import read_published
from hkmaps.units import ANGSTROM_PER_BOHR

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")
TABLE2 = PUBLISHED[PUBLISHED["id"].str.startswith("C.table2.")]
COORDINATES = {"H2": {"0-1": "bond"}, "H2O": {"0-1": "bond", "0-2": "bond", "1-0-2": "angle"}}


@pytest.fixture(scope="module")
def minima():
    """Bonds are off by 1/M, one of H2O's by 3/M to the other side; the angle by 2/M rad."""
    offsets = {"0-1": 1.0, "0-2": -3.0, "1-0-2": 2.0}
    rows = [
        dict.fromkeys(MAP_MINIMA.column_names)
        | {"molecule": molecule, "sample": "drawn", "split": split, "training_points": size}
        | {"method": method, "kind": kind, "atoms": atoms, "reference": 1.8}
        | {"value": 1.8 + offsets[atoms] * (1 + split) / size, "at_edge": size == 5 and split == 0}
        for molecule, sizes in PRINTED_SIZES.items()
        for size in sizes
        for method in ("ML-KS", "ML-HK")
        for split in range(3)
        for atoms, kind in COORDINATES[molecule].items()
    ]
    return pd.DataFrame(rows)


def test_every_number_is_measured_as_the_mean_over_equal_bonds(minima):
    measured = measurement_frame(minimum_measurements(minima))
    assert sorted(measured["id"]) == sorted(TABLE2["id"])
    values = measured.set_index("id")["measured"]
    assert values["C.table2.H2.M10.ML-HK.dR0"] == pytest.approx(20 * ANGSTROM_PER_BOHR)
    assert values["C.table2.H2O.M10.ML-HK.dR0"] == pytest.approx(40 * ANGSTROM_PER_BOHR)
    assert values["C.table2.H2O.M20.ML-KS.dtheta0"] == pytest.approx(11.459, rel=1e-4)
    edges = measured["explanation"].str.contains("in 1 splits the minimum is at an edge")
    assert set(measured["id"][edges].str.split(".").str[3]) == {"M5"}
    decided = decide(TABLE2, measured.assign(measured=1e9, measured_uncertainty=None))
    assert set(decided["verdict"]) == {"differs"}


def test_the_table_has_the_measured_beside_the_printed(minima):
    text = brockherde_table2_markdown(minima, PUBLISHED)
    assert "| 20 | ML-HK | angle | degrees | 0.066 | 11 ± 4 | 17 | 0 | 3 |" in text
    assert "| 5 | ML-KS | bond | pm | 2.2 | 21 ± 7 | 32 | 1 | 3 |" in text
    assert "Minimum of the reference: bond 95.25 pm, angle 103.13 degrees." in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {10}
