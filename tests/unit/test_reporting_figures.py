"""Figures say what they show: labels, units, the printed values; files are the same each time."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from reporting_tables import PAIR, SETTINGS, study_tables

from hkmaps.conditioning.pairs import pair_table
from hkmaps.datasets.functionals import VARIABLES
from hkmaps.reporting.claims import decide
from hkmaps.reporting.figures import (
    claims,
    conditioning,
    convergence,
    model_systems,
    networks,
    schematics,
    statements,
)
from hkmaps.reporting.measurements.paper_a import measure_paper_a
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import (
    DOUBLE_WIDTH,
    QUANTITY_SYMBOLS,
    house_style,
    new_figure,
    save_figure,
)

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")
CONVERGED = {"atoms": "atoms-converged", "diatomics": "diatomics-converged"}


@pytest.fixture(scope="module")
def tables():
    return study_tables()


@pytest.fixture(scope="module")
def figures(tables):
    pair = tables.atom_pairs.loc[PAIR]
    decided = decide(PUBLISHED, measure_paper_a(tables, SETTINGS, pair))
    diatomic_pairs = pair_table(tables.diatomics, 2, 1, "diatomics")
    errors = (tables.table1, PUBLISHED)
    return {
        "fig01": model_systems.hydrogen(tables.gauge_shift),
        "fig02": model_systems.hydrogen_convergence(tables.convergence, PUBLISHED),
        "fig03": model_systems.atoms_data_set(tables.atoms),
        "fig04": model_systems.diatomic_potential(tables.diatomics),
        "fig05": model_systems.shifted_hydrogen(tables.gauge_shift),
        "fig06": schematics.neural_network(tables.gauge_shift),
        "fig07": schematics.convolutional_network(tables.architecture),
        "fig08": networks.grid_search(tables.search, PUBLISHED, "A[V], atoms"),
        "fig09": networks.functional_errors(*errors, "atoms"),
        "fig10": conditioning.near_constant_shift(pair, tables.atoms, PUBLISHED),
        "fig11": conditioning.sensitivities(tables.atom_pairs),
        "fig12": conditioning.two_diatomics(tables.figure12, PUBLISHED),
        "fig13": conditioning.deviation_distributions(tables.atom_pairs, diatomic_pairs),
        "fig14": networks.functional_errors(*errors, "diatomics"),
        "convergence_plane": convergence.convergence_plane(tables.atoms, 8e-4),
        "system_size": convergence.system_size(tables.convergence, PUBLISHED),
        "converged": networks.converged_errors(tables.table1, CONVERGED),
        "architectures": statements.architectures(
            tables.statements.architectures,
            {"atoms": tables.statements.depths},
            tables.statements.impacts,
        ),
        "output_ranges": statements.output_ranges(tables.statements.ranges),
        "families": statements.families(tables.statements.families),
        "table1_seeds": statements.table1_seeds(tables.table1_seeds, PUBLISHED),
        "claims": claims.claims_at_a_glance(decided, "arnstein2025"),
        "all_claims": claims.claims_by_place(decided, claims.TITLES),
    }


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def series(axes, marker: str) -> list[tuple[float, float]]:
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.get_lines()
        if line.get_marker() == marker
    ]


def test_every_claim_of_every_paper_has_a_mark_on_one_page():
    decided = decide(
        PUBLISHED, pd.DataFrame(columns=["id", "measured", "explanation", "measured_uncertainty"])
    )
    figure = claims.claims_by_place(decided, claims.TITLES)
    assert set(claims.TITLES) == set(PUBLISHED["paper"])
    assert sum(len(series(axes, ".")) for axes in figure.axes) == len(PUBLISHED)
    assert figure.get_size_inches()[1] < 9


def test_the_claims_of_the_other_paper_are_listed_one_a_line():
    measured = {"id": "B.table1.H2.M5.ML-HK.dE_D.mae", "measured": 0.36, "explanation": "(maps/H2)"}
    decided = decide(PUBLISHED, pd.DataFrame([measured]).assign(measured_uncertainty=None))
    figure = claims.claims_at_a_glance(decided, "bogojeski2018")
    labels = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert len(labels) == PUBLISHED["id"].str.startswith("B.").sum()
    (place,) = [axes for axes in figure.axes if series(axes, "s")]
    ((decades, height),) = series(place, "s")
    assert decades == pytest.approx(np.log10(2))
    assert place.get_yticklabels()[int(height)].get_text() == "table1.H2.M5.ML-HK.dE$_D$.mae"


def test_every_panel_of_data_names_its_axes(figures):
    for name, figure in figures.items():
        if name in ("fig07", "claims", "all_claims"):
            continue
        shared = bool(figure.get_supxlabel())
        for axes in figure.axes:
            if not axes.axison or shared or axes.get_label() == "<colorbar>":
                continue
            first_column = axes.get_subplotspec() is None or axes.get_subplotspec().is_first_col()
            assert axes.get_xlabel(), name
            assert axes.get_ylabel() or not first_column, name


def test_figures_fit_the_page(figures):
    for name, figure in figures.items():
        assert figure.get_figwidth() <= DOUBLE_WIDTH, name
        assert figure.get_figheight() < 9, name


def test_figure_2_marks_the_printed_densities(figures):
    right = figures["fig02"].axes[1]
    stars = series(right, "*")
    assert [x for x, _ in stars] == [5, 7]
    assert [y for _, y in stars] == pytest.approx([1.6, 0.8])
    assert "published: 5 points/bohr" in texts(figures["fig02"])


def test_the_system_size_marks_the_printed_length(figures):
    assert series(figures["system_size"].axes[0], "*") == [(10.0, pytest.approx(0.8))]


def test_figure_8_marks_both_choices(figures):
    axes = figures["fig08"].axes[0]
    columns = [label.get_text() for label in axes.get_xticklabels()]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    (star,), (circle,) = series(axes, "*"), series(axes, "o")
    assert (columns[int(star[0])], rows[int(star[1])]) == ("0.00256", "50")
    assert (columns[int(circle[0])], rows[int(circle[1])]) == ("0.00128", "50")


def test_figure_8_without_the_published_cell_marks_ours_alone(tables):
    search = tables.search[tables.search["learning_rate"] < 0.002]
    axes = networks.grid_search(search, PUBLISHED, "A[V], atoms").axes[0]
    assert not series(axes, "*")
    assert len(series(axes, "o")) == 1


@pytest.mark.parametrize(("name", "values"), [("fig09", (38, 36)), ("fig14", (1.2, 0.79))])
def test_errors_stand_beside_the_printed_ones(figures, name, values):
    printed = [y for _, y in series(figures[name].axes[0], "D")]
    assert len(printed) == 8
    assert set(values) < set(printed)
    assert len(series(figures[name].axes[0], "_")) >= 8  # medians


@pytest.mark.parametrize(
    ("kept", "ticks", "legend"),
    [
        (["E[V]", "A[V]", "T[V]", "Eg[V]", "A[n]", "T[n]", "Eg[n]"], "EATG", "nV"),
        (["T[n]", "Eg[V]"], "TG", "nV"),
        (["A[V]"], "A", "V"),
    ],
)
def test_functionals_that_are_left_out_have_no_bars(tables, kept, ticks, legend):
    table1 = tables.table1[tables.table1["functional"].isin(kept)]
    figure = networks.functional_errors(table1, PUBLISHED, "diatomics")
    (axes,) = figure.axes
    means = table1[table1["dataset"] == "diatomics"]["mae_mean"]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx(1000 * means)
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == [QUANTITY_SYMBOLS["Eg" if tick == "G" else tick] for tick in ticks]
    shown = [VARIABLES[key] in texts(figure) for key in ("n", "V")]
    assert shown == [key in legend for key in ("n", "V")]
    for axes in networks.converged_errors(table1, CONVERGED).axes:
        assert len(axes.patches) == 2 * len(kept)
        assert len(axes.get_xticks()) == len(kept)


def test_ratios_of_networks_are_filled_where_they_are_told_apart(figures):
    axes = figures["architectures"].axes[0]
    points = [line for line in axes.get_lines() if line.get_marker() in "os"]
    filled = {
        round(float(line.get_ydata()[0]), 3): line.get_markerfacecolor() != "white"
        for line in points
        if len(line.get_xdata()) == 1
    }
    assert filled == {2.0: True, 0.3: True}


def test_the_remedy_is_drawn_below_the_direct_errors(figures):
    lines = [
        line for line in figures["output_ranges"].axes[0].get_lines() if len(line.get_xdata()) == 1
    ]
    hollow = [float(line.get_ydata()[0]) for line in lines if line.get_markerfacecolor() == "white"]
    assert hollow == pytest.approx([0.7, 1.5])
    assert len(lines) == 10


def test_families_without_all_functionals_are_not_drawn(tables):
    few = tables.statements.families.assign(over_potential=np.nan)
    few.loc[0, "over_potential"] = 7.0
    for rows, count in ((few, 1), (few[1:], 0)):
        figure = statements.families(rows)
        figure.draw_without_rendering()
        for axes in figure.axes:
            assert sum(len(line.get_xdata()) == 1 for line in axes.get_lines()) == count


def test_dead_networks_are_shown(figures):
    assert "1 dead" in texts(figures["fig14"])
    assert "dead" not in texts(figures["fig09"])


def test_figures_10_and_12_print_the_published_numbers(figures):
    assert "published 218" in texts(figures["fig10"])
    assert "published $10^{-3}$" in texts(figures["fig10"])
    assert "published 40" in texts(figures["fig12"])
    assert "as stated" in texts(figures["fig12"])
    assert "as printed" in texts(figures["fig12"])


def test_figure_7_shows_the_sizes(figures):
    text = texts(figures["fig07"])
    assert "20 filters\n8 x 10" in text
    assert "flatten\n3080" in text
    assert "386,071 in all" in text


def test_the_claims_are_counted(figures):
    text = texts(figures["claims"])
    settings = PUBLISHED["comparison"] == "setting"
    of_a = PUBLISHED["paper"] == "arnstein2025"
    assert f"Paper A (Arnstein 2025): {(of_a & ~settings).sum()} results" in text
    assert f"{(of_a & settings).sum()} settings" in text
    assert "table1.atoms.E[n]" in text


def test_saving_gives_equal_files_without_a_date(tmp_path):
    for number in (1, 2):
        with house_style():
            figure = new_figure()
            figure.subplots().plot(np.arange(3), label="$x$")
        save_figure(figure, tmp_path / f"{number}.png", tmp_path / f"{number}.pdf")
    for kind in ("png", "pdf"):
        first, second = ((tmp_path / f"{number}.{kind}").read_bytes() for number in (1, 2))
        assert first == second
    assert b"CreationDate" not in first
    assert b"/Type3" not in first  # text is TrueType, which editors and printers take


def test_captions_exist_for_every_figure():
    folder = Path(__file__).parents[2] / "workflow" / "report"
    names = {path.stem for path in folder.glob("*.rst")}
    assert {f"arnstein_fig{number:02d}" for number in range(1, 15)} <= names
    for path in folder.glob("*.rst"):
        assert "``" in path.read_text(), f"{path.name} names no table"
