"""Dynamics by maps: its table, survival curves, and figures from made-up tables."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from hkmaps.maps.results import MAP_TESTS
from hkmaps.molecules.observable_results import (
    AB_INITIO,
    OBSERVABLES,
    PROFILES,
    SAME_START,
    SPECTRA,
)
from hkmaps.reporting.dynamics_tables import (
    DYNAMICS,
    FORCE_UNIT,
    dynamics_markdown,
    dynamics_table,
    median_survival,
    survival_curve,
)
from hkmaps.reporting.figures.dynamics import dynamics_figure
from hkmaps.reporting.figures.observables import observables_figure
from hkmaps.reporting.observable_tables import observables_markdown
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table, write_table
from hkmaps.units import (
    ANGSTROM_PER_BOHR,
    FEMTOSECOND_PER_ATOMIC_TIME,
    KCAL_PER_MOL_PER_HARTREE,
)

PICOSECOND = 1000 / FEMTOSECOND_PER_ATOMIC_TIME
POOL = "malonaldehyde/300+350K"
RUNS = [
    (POOL, "hohenberg_kohn", "ase"),
    (POOL, "kohn_sham", "stability"),
    (f"{POOL}-round0", "kohn_sham_forces", "stability"),
    (f"{POOL}-round1", "kohn_sham_forces", "stability"),
    (f"{POOL}-round1", "kohn_sham_forces", "long"),
]


def ends_table(*times, asked):
    """Runs that ended after times in ps, the others after all that was asked for."""
    times = np.array(times, dtype=float)
    return pd.DataFrame(
        {
            "run": range(len(times)),
            "temperature": 300.0,
            "completed": times >= asked,
            "time": times * PICOSECOND,
            "time_asked": asked * PICOSECOND,
        }
    )


def errors_table(size, error):
    """Errors of ±`error` kcal/mol, of forces ten times that in kcal/mol/Angstrom."""
    parts = []
    for name, scale in (("test sample", 1.0), ("ab initio", 3.0), ("driven", 2.0)):
        signs = (-1.0) ** np.arange(10)
        rows = dict.fromkeys(MAP_TESTS.column_names)
        rows |= {"training_points": size, "tested_on": name, "geometry": np.arange(10)}
        rows["reference_energy"] = np.full(10, -1.0)
        rows["predicted_energy"] = -1 + signs * scale * error / KCAL_PER_MOL_PER_HARTREE
        rows["force_error"] = np.nan if name == "ab initio" else 10 * scale * error / FORCE_UNIT
        parts.append(pd.DataFrame(rows))
    return pd.concat(parts, ignore_index=True)


def study():
    ends = [
        ends_table(0.5, 1.0, 4.0, asked=4.0),
        ends_table(0.1, 0.2, 0.3, asked=20.0),
        ends_table(2.0, 5.0, 20.0, asked=20.0),
        ends_table(20.0, 20.0, 20.0, asked=20.0),
        ends_table(100.0, 100.0, asked=100.0),
    ]
    maps = [RUNS[1][:2], RUNS[2][:2], RUNS[3][:2]]
    return ends, maps, [errors_table(1000, 0.5), errors_table(300, 0.2), errors_table(340, 0.1)]


def texts(figure):
    return "\n".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def test_survival_is_the_share_that_is_left_and_ends_where_nothing_is_known():
    times, shares = survival_curve(ends_table(1.0, 3.0, 3.0, 8.0, asked=8.0))
    assert times / PICOSECOND == pytest.approx([0, 1, 3, 8])
    assert shares == pytest.approx([1, 0.75, 0.25, 0.25])
    times, shares = survival_curve(ends_table(8.0, 8.0, asked=8.0))
    assert (times[-1] / PICOSECOND, shares[-1]) == pytest.approx((8, 1))


def test_a_run_that_was_shorter_counts_until_its_end():
    ends = pd.concat([ends_table(2.0, 2.0, asked=2.0), ends_table(1.0, 5.0, asked=9.0)])
    times, shares = survival_curve(ends)
    assert times / PICOSECOND == pytest.approx([0, 1, 5])
    assert shares == pytest.approx([1, 0.75, 0])


def test_the_median_is_none_where_more_than_half_last():
    assert median_survival(ends_table(1.0, 8.0, 8.0, asked=8.0)) is None
    half = median_survival(ends_table(1.0, 2.0, 8.0, 8.0, asked=8.0))
    assert half == pytest.approx(2 * PICOSECOND)
    # The median of all times where all runs end.
    all_end = median_survival(ends_table(1.0, 2.0, 4.0, 6.0, asked=8.0))
    assert all_end == pytest.approx(3 * PICOSECOND)


def test_the_table_has_a_row_for_each_map_and_dynamics(tmp_path):
    ends, maps, tests = study()
    known = dict(zip(maps, tests, strict=True))
    table = dynamics_table(RUNS, ends, [known.get(run[:2]) for run in RUNS])
    write_table(table, tmp_path / "dynamics.parquet", DYNAMICS)
    stored = read_table(tmp_path / "dynamics.parquet", DYNAMICS)
    assert stored["learned_from"].tolist() == ["energies"] * 2 + ["energies and forces"] * 3
    assert stored["lasted"].tolist() == [1, 0, 1, 3, 2]
    row = stored.iloc[2]
    assert (row["sample"], row["training_points"]) == ("300+350K-round0", 300)
    assert row["median"] == pytest.approx(5 * PICOSECOND)
    assert row["shortest"] == pytest.approx(2 * PICOSECOND)
    assert row["mae"] * KCAL_PER_MOL_PER_HARTREE == pytest.approx(0.4)
    assert row["force_mae"] * FORCE_UNIT == pytest.approx(4)
    assert np.isnan(stored["mae"][0])
    text = dynamics_markdown(stored)
    cells = "300+350K-round0, energies and forces | ML-KS | 300 | stability | 3 | 1 | 20 | 2 | 5"
    assert f"| {cells} | 10 | 0.4 | 0.4 | 4 |" in text
    assert "| ML-HK | - | ase | 3 | 1 | 4 | 0.5 | 1 | 0 | - | - | - |" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {14}
    assert dynamics_table([], [], []).empty


def test_the_figure_has_a_curve_for_each_map_and_errors_after_each_round(tmp_path):
    ends, maps, tests = study()
    figure = dynamics_figure(RUNS, ends, maps, tests)
    survival, energies, forces = figure.axes
    steps = [line for line in survival.get_lines() if line.get_drawstyle() == "steps-post"]
    assert len(steps) == len(RUNS)
    assert [line.get_ydata()[-1] for line in steps] == pytest.approx([1 / 3, 0, 1 / 3, 1, 1])
    assert max(line.get_xdata().max() for line in steps) == pytest.approx(100)
    assert [text.get_text() for text in energies.get_xticklabels()] == [
        "energies\n1000",
        "0\n300",
        "1\n340",
    ]
    driven = [line for line in forces.get_lines() if line.get_marker() == "D"]
    assert [line.get_ydata().tolist() for line in driven] == [
        pytest.approx([10.0]),
        pytest.approx([4.0, 2.0]),
    ]
    shown = texts(figure)
    for label in ("ML-HK as printed, friction: ase", "ML-KS from energies", "round 1, long runs"):
        assert label in shown
    assert "errors on ab initio" in shown
    save_figure(figure, tmp_path / "figure.png", tmp_path / "figure.pdf")


def test_the_figure_names_what_maps_were_tested_on_and_nothing_else():
    ends, maps, tests = study()
    tests = [table[table["tested_on"] != "ab initio"] for table in tests]
    shown = texts(dynamics_figure(RUNS, ends, maps, tests))
    assert "errors on test sample" in shown
    assert "errors on ab initio" not in shown


def profile(dynamics, quantity, unit, coordinate, values, uncertainty=None):
    row = ("malonaldehyde", dynamics, quantity, unit, coordinate, values, uncertainty)
    return dict(zip(PROFILES.column_names, row, strict=True))


def observables_tables():
    q = np.linspace(-1.1, 1.1, 23) / ANGSTROM_PER_BOHR
    free = 2 / KCAL_PER_MOL_PER_HARTREE * (q**2 - 1) ** 2
    free[0] = np.inf
    rows = [profile("stability", "free energy of proton transfer", "Ha", q, free, 0 * q)]
    lengths = np.linspace(2, 3, 50)
    rows += [
        profile(name, "bond C-H", "1/bohr", lengths, np.ones(50))
        for name in ("stability", AB_INITIO)
    ]
    barriers = dict.fromkeys(OBSERVABLES.column_names)
    barriers |= {
        "molecule": "malonaldehyde",
        "quantity": ["barrier of proton transfer on the map", "barrier of proton transfer on it"],
        "value": np.array([2.0, np.inf]) / KCAL_PER_MOL_PER_HARTREE,
        "uncertainty": [0.1 / KCAL_PER_MOL_PER_HARTREE, None],
    }
    energies = np.linspace(0, 0.02, 100)
    spectra = [
        dict(zip(SPECTRA.column_names, row, strict=True))
        for row in (
            ("ethane", name, 1000.0, 0.0, energies, np.exp(-((energies - 0.01) ** 2) / 1e-6))
            for name in (SAME_START, AB_INITIO)
        )
    ]
    return pd.DataFrame(rows), pd.DataFrame(barriers), pd.DataFrame(spectra)


def test_observables_are_a_table_with_the_published_barrier():
    _, barriers, _ = observables_tables()
    rows = barriers[:1].assign(dynamics="stability", unit="Ha", runs=20, frames=4000)
    text = observables_markdown(rows, {"malonaldehyde": 3.5})
    row = "| barrier of proton transfer on the map | stability | 2 ± 0.1 | kcal/mol | 20 | 4000 |"
    assert row in text
    assert "Published barrier: 3.5 kcal/mol." in text


def test_observables_have_a_panel_each_and_none_where_there_is_nothing(tmp_path):
    profiles, barriers, spectra = observables_tables()
    figure = observables_figure(profiles, barriers, spectra, {"malonaldehyde": 3.5})
    shown = {axes.get_title(loc="left"): axes for axes in figure.axes if axes.axison}
    assert list(shown) == [
        "(a) malonaldehyde, proton transfer",
        "(b) malonaldehyde, bonds",
        "(c) ethane, vibrations at constant energy",
    ]
    transfer = shown["(a) malonaldehyde, proton transfer"]
    assert max(abs(transfer.get_lines()[0].get_xdata())) < 1.11
    assert "on the map: 2.00 ± 0.10" in texts(figure)
    assert "published 3.5" in texts(figure)
    vibrations = shown["(c) ethane, vibrations at constant energy"].get_lines()
    peaks = [line.get_xdata()[line.get_ydata().argmax()] for line in vibrations]
    assert peaks == pytest.approx([0.01 * 219474.63] * 2, rel=0.02)
    save_figure(figure, tmp_path / "figure.png", tmp_path / "figure.pdf")
    bonds = profiles[profiles["quantity"] == "bond C-H"]
    assert len(observables_figure(bonds, OBSERVABLES.empty(), SPECTRA.empty(), {}).axes) == 2
    nothing = observables_figure(PROFILES.empty(), OBSERVABLES.empty(), SPECTRA.empty(), {})
    assert "no run lasted" in texts(nothing)
