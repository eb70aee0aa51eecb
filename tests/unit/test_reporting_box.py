"""Table I of paper B's source: what is measured for it, its table and its figure."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.reporting.box_tables import brockherde_table1_markdown
from hkmaps.reporting.claims import decide
from hkmaps.reporting.figures.box import box_learning_curves
from hkmaps.reporting.measurements.box import PRINTED_ERRORS, PRINTED_SIZES, box_measurements
from hkmaps.reporting.measurements.record import measurement_frame
from hkmaps.reporting.published import read_published
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")
TABLE1 = PUBLISHED[PUBLISHED["id"].str.startswith("C.table1.")]

MAPS = [
    ("ML-KS", None, "dE"),
    *PRINTED_ERRORS,
    *(("ML-HK", basis, "dE") for basis in ("Fourier", "KPCA")),
    *(("ML-HK", basis, "dE_D of the normalised density") for basis in ("grid", "Fourier", "KPCA")),
]


@pytest.fixture(scope="module")
def errors():
    """Three training sets; a map's errors are 1, 2 and 4 times its number, over M."""
    rows = [
        {
            "training_set": number,
            "training_points": size,
            "method": method,
            "basis": basis,
            "quantity": quantity,
            "test_points": 7,
            "mae": (place + 1) * 2.0**number / size,
            "maximum": 3 * (place + 1) * 2.0**number / size,
            "nmae": None if basis is None else 0.01,
            "electron_error": None if basis is None else 1e-3,
            "width_over_median": 64.0 if basis == "KPCA" else None,
        }
        for number in range(3)
        for size in PRINTED_SIZES
        for place, (method, basis, quantity) in enumerate(MAPS)
    ]
    return pd.DataFrame(rows, columns=BOX_ERRORS.column_names)


def test_every_number_is_measured_or_has_a_reason(errors):
    measured = measurement_frame(box_measurements(errors))
    assert sorted(measured["id"]) == sorted(TABLE1["id"])
    values = measured.set_index("id")
    # T[n] at exact densities stands second, the median over the sets is twice the first.
    expected = 2 * 2 / 50 * KCAL_PER_MOL_PER_HARTREE
    assert values.loc["C.table1.M50.ML-OF.dE_F.mae", "measured"] == pytest.approx(expected)
    assert values.loc["C.table1.M50.ML-OF.dE_F.max", "measured"] == pytest.approx(3 * expected)
    left = values[values["measured"].isna()]
    assert set(left.index) == {
        f"C.table1.M{size}.ML-OF.{error}.{measure}"
        for size in PRINTED_SIZES
        for error in ("dE", "dE_D")
        for measure in ("mae", "max")
    }
    assert left["explanation"].str.contains("another method").all()
    # Whatever a run measures, a verdict finds the explanation that it needs.
    far = measured["measured"].where(measured["measured"].isna(), 1e9)
    decided = decide(TABLE1, measured.assign(measured=far, measured_uncertainty=None))
    assert set(decided["verdict"]) == {"differs", "not run"}


def test_a_study_of_other_sizes_leaves_claims_open(errors):
    few = errors.assign(training_points=errors["training_points"] + 1)
    measured = measurement_frame(box_measurements(few))
    assert measured["measured"].isna().all()


def test_the_table_and_the_figure_hold_what_is_printed(errors):
    text = brockherde_table1_markdown(errors, PUBLISHED)
    assert "| 50 | ML-HK, KPCA | dE_D | 0.011 |" in text
    figure = box_learning_curves(errors, PUBLISHED)
    stars = [line for axes in figure.axes for line in axes.get_lines() if line.get_marker() == "*"]
    values = np.sort([float(line.get_ydata()[0]) for line in stars])
    shown = ("dE.mae", "ML-HK_grid.dE_D.mae", "Fourier.dE_D.mae", "KPCA.dE_D.mae", "dE_F.mae")
    rows = TABLE1[TABLE1["id"].str.endswith(shown) & ~TABLE1["id"].str.contains("ML-OF.dE.mae")]
    assert values == pytest.approx(np.sort(rows["value"].astype(float)))
