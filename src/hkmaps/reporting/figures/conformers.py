"""Learning curves of the larger molecules, and what a reference calculation costs them."""

from collections.abc import Mapping
from itertools import count

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.maps.molecule_summary import as_published, with_usual_choices
from hkmaps.maps.results import ENERGIES, ENERGIES_AND_FORCES, HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.figures.molecules import CHEMICAL_ACCURACY_KCAL, METHOD_LOOKS
from hkmaps.reporting.measurements.conformers import pool_temperatures, table2_id
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES
from hkmaps.reporting.measurements.printed_tests import other_tests, printed_tests
from hkmaps.reporting.measurements.training_sizes import PRINTED_TRAINING_POINTS
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.style import (
    BLACK,
    COLUMN_WIDTH,
    DOUBLE_WIDTH,
    GREY,
    ORANGE,
    PUBLISHED_STAR,
    SKY,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
    size_ticks,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_CURVES = {
    (HOHENBERG_KOHN, ENERGIES): METHOD_LOOKS[HOHENBERG_KOHN],
    (KOHN_SHAM, ENERGIES): METHOD_LOOKS[KOHN_SHAM],
    (HOHENBERG_KOHN, ENERGIES_AND_FORCES): (ORANGE, "^"),
    (KOHN_SHAM, ENERGIES_AND_FORCES): (SKY, "v"),
}
"""Method and what it learned from -> colour and marker."""

_MEASURES = {
    "mae": ("mean absolute error", "-", None),
    "maximum": ("largest absolute error", (0, (3, 1.5)), "white"),
}
"""Measure -> name, line style, and colour inside of its marks (None: as outside)."""


_PANEL = ("molecule", "sample", "test")
"""What the rows of a panel have in common."""


@house_style()
def conformer_curves(
    errors: pd.DataFrame,
    published: pd.DataFrame | None = None,
    elsewhere: pd.DataFrame | None = None,
    ab_initio: Mapping[str, str] | None = None,
) -> Figure:
    """Draw dE of ML-HK and ML-KS against M: a row of panels per molecule, a column per pool.

    A further test of a pool has a panel of its own, in the first free column to the right.

    Args:
        errors: rows of `MAP_ERRORS` of all molecules; of random splits the median is drawn.
        published: rows of `read_published`: Table 2's errors of ML-HK, stars, in the panel of the
            test that they are of; None for molecules of which nothing is printed.
        elsewhere: rows of `MAP_ERRORS` on further test samples; None for none.
        ab_initio: molecule -> its test sample of ab-initio dynamics, where it has one.
    """
    rows, others = (
        None if each is None else _shown(each, published is not None)
        for each in (errors, elsewhere)
    )
    compared = printed_tests(rows, others, ab_initio or {})
    starred = set(compared[[*_PANEL]].itertuples(index=False, name=None))
    further = other_tests(rows, others, rows)
    molecules, pools = list(rows["molecule"].unique()), _pools(rows)
    places = {name: _places(rows, further, name, pools) for name in molecules}
    columns = max(len(pools), *(1 + max(each) for each in places.values()))
    narrow = columns == 1
    height = 0.8 + 1.8 * len(molecules) if not narrow else 1.1 + 2.2 * len(molecules)
    figure = new_figure(1.3 * COLUMN_WIDTH if narrow else DOUBLE_WIDTH, height)
    panels = figure.subplots(len(molecules), columns, squeeze=False, sharex=True, sharey=True)
    printed = None if published is None else published.set_index("id")["value"]
    used = []
    for line, molecule in zip(panels, molecules, strict=True):
        for column, axes in enumerate(line):
            if column not in places[molecule]:
                axes.axis("off")
                continue
            title, here = places[molecule][column]
            used.append(axes)
            axes.set_title(title, loc="left")
            _panel(axes, here)
            names = next(here[[*_PANEL]].itertuples(index=False, name=None))
            if printed is not None and names in starred:
                _stars(axes, printed, *names[:2])
            axes.tick_params(labelbottom=True, labelleft=True)
    extra = [] if printed is None else [PRINTED_TRAINING_POINTS]
    _scales(panels[0, 0], sorted({*rows["training_points"], *extra}))
    for line in panels:
        next(axes for axes in line if axes in used).set_ylabel(r"$\Delta E$ (kcal/mol)")
    for column in panels.T:
        [axes for axes in column if axes in used][-1].set_xlabel("training points $M$")
    if len(used) > 1:
        label_panels(used)
    handles = _handles(rows, printed is not None)
    figure.legend(handles=handles, loc="outside lower center", ncols=2 if narrow else 4)
    return figure


def _shown(errors: pd.DataFrame, of_paper: bool) -> pd.DataFrame:
    rows = as_published(errors) if of_paper else with_usual_choices(errors)
    return rows[rows["quantity"] == "dE"]


def _places(
    rows: pd.DataFrame, further: pd.DataFrame, molecule: str, pools: list[str]
) -> dict[int, tuple[str, pd.DataFrame]]:
    """Column -> title and rows of the panels of a molecule."""
    further = further[further["molecule"] == molecule]
    places: dict[int, tuple[str, pd.DataFrame]] = {}
    for tests in (rows[rows["molecule"] == molecule], further):
        for (pool, test), here in tests.groupby(["sample", "test"], sort=False):
            free = next(column for column in count(pools.index(pool)) if column not in places)
            where = f",\ntested on {test}" if pool in set(further["sample"]) else ""
            places[free] = (f"{molecule}, {pool}{where}", here)
    return places


def _pools(rows: pd.DataFrame) -> list[str]:
    """The pools by number of temperatures, then by temperature."""
    names = rows["sample"].unique()
    return sorted(names, key=lambda pool: (len(pool_temperatures(pool)), pool_temperatures(pool)))


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
    for map_, (colour, marker) in _CURVES.items():
        curve = _of(rows, map_).groupby("training_points")[[*_MEASURES]].median()
        for measure, (_, style, inside) in _MEASURES.items():
            axes.plot(
                curve.index,
                curve[measure] * KCAL_PER_MOL_PER_HARTREE,
                color=colour,
                marker=marker,
                markersize=4,
                linestyle=style,
                markerfacecolor=inside or colour,
            )


def _of(rows: pd.DataFrame, map_: tuple[str, str]) -> pd.DataFrame:
    method, learned_from = map_
    return rows[(rows["method"] == method) & (rows["learned_from"] == learned_from)]


def _label(method: str, learned_from: str) -> str:
    return method if learned_from == ENERGIES else f"{method}, {learned_from}"


def _stars(axes: Axes, printed: pd.Series, molecule: str, pool: str) -> None:
    names = {measure: name for name, measure in PRINTED_MEASURES.items()}
    for measure, (_, _, inside) in _MEASURES.items():
        text = printed.get(table2_id(molecule, pool, "dE", names[measure]))
        if text is not None:
            look = PUBLISHED_STAR | {"color": inside or PUBLISHED_STAR["color"]}
            axes.plot(PRINTED_TRAINING_POINTS, PrintedNumber.from_text(text).value, **look)


def _scales(axes: Axes, ticks: list[int]) -> None:
    """Logarithmic axes of all panels with numbers of training points as ticks."""
    axes.set(xscale="log", yscale="log")
    axes.margins(y=0.08)
    size_ticks(axes, ticks)
    plain_ticks(axes.yaxis, (1, 3), minor=False)


def _handles(rows: pd.DataFrame, with_stars: bool) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, marker=marker, label=_label(*map_))
        for map_, (colour, marker) in _CURVES.items()
        if len(_of(rows, map_))
    ]
    handles += [
        Line2D([], [], color=GREY, linestyle=style, label=name)
        for name, style, _ in _MEASURES.values()
    ]
    for name, _, inside in _MEASURES.values() if with_stars else ():
        look = PUBLISHED_STAR | {"color": inside or PUBLISHED_STAR["color"]}
        handles.append(Line2D([], [], **look, label=f"published, {name.split()[0]}"))
    handles.append(
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy")
    )
    return handles
