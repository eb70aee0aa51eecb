"""Learning curves of the larger molecules, and what a reference calculation costs them."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from hkmaps.maps.molecule_summary import as_published
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.figures.molecules import CHEMICAL_ACCURACY_KCAL, METHOD_LOOKS
from hkmaps.reporting.measurements.conformers import pool_temperatures, table2_id
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES
from hkmaps.reporting.measurements.training_sizes import PRINTED_TRAINING_POINTS
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.style import (
    BLACK,
    DOUBLE_WIDTH,
    GREY,
    PUBLISHED_STAR,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_METHODS = (HOHENBERG_KOHN, KOHN_SHAM)
_MEASURES = {
    "mae": ("mean absolute error", "-", None),
    "maximum": ("largest absolute error", (0, (3, 1.5)), "white"),
}
"""Measure -> name, line style, and colour inside of its marks (None: as outside)."""


@house_style()
def conformer_curves(errors: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw dE of ML-HK and ML-KS against M: a row of panels a molecule, a column a pool.

    Args:
        errors: rows of `MAP_ERRORS` of all molecules.
        published: rows of `read_published`: Table 2's errors of ML-HK, stars.
    """
    rows = as_published(errors)
    rows = rows[rows["quantity"] == "dE"]
    molecules, pools = list(rows["molecule"].unique()), _pools(rows)
    figure = new_figure(DOUBLE_WIDTH, 0.8 + 1.8 * len(molecules))
    panels = figure.subplots(len(molecules), len(pools), squeeze=False, sharex=True, sharey=True)
    printed = published.set_index("id")["value"]
    used = []
    for line, molecule in zip(panels, molecules, strict=True):
        for axes, pool in zip(line, pools, strict=True):
            here = rows[(rows["molecule"] == molecule) & (rows["sample"] == pool)]
            if here.empty:
                axes.axis("off")
                continue
            used.append(axes)
            axes.set_title(f"{molecule}, {pool}", loc="left")
            _panel(axes, here)
            _stars(axes, printed, molecule, pool)
            axes.tick_params(labelbottom=True, labelleft=True)
    _scales(panels[0, 0], rows["training_points"])
    for line in panels:
        next(axes for axes in line if axes in used).set_ylabel(r"$\Delta E$ (kcal/mol)")
    for column in panels.T:
        [axes for axes in column if axes in used][-1].set_xlabel("training points $M$")
    label_panels(used)
    figure.legend(handles=_handles(rows), loc="outside lower center", ncols=4)
    return figure


def _pools(rows: pd.DataFrame) -> list[str]:
    """The pools by number of temperatures, then by temperature."""
    names = rows["sample"].unique()
    return sorted(names, key=lambda pool: (len(pool_temperatures(pool)), pool_temperatures(pool)))


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
    for method in _METHODS:
        colour, marker = METHOD_LOOKS[method]
        curve = rows[rows["method"] == method].sort_values("training_points")
        for measure, (_, style, inside) in _MEASURES.items():
            axes.plot(
                curve["training_points"],
                curve[measure] * KCAL_PER_MOL_PER_HARTREE,
                color=colour,
                marker=marker,
                markersize=4,
                linestyle=style,
                markerfacecolor=inside or colour,
            )


def _stars(axes: Axes, printed: pd.Series, molecule: str, pool: str) -> None:
    names = {measure: name for name, measure in PRINTED_MEASURES.items()}
    for measure, (_, _, inside) in _MEASURES.items():
        text = printed.get(table2_id(molecule, pool, "dE", names[measure]))
        if text is not None:
            look = PUBLISHED_STAR | {"color": inside or PUBLISHED_STAR["color"]}
            axes.plot(PRINTED_TRAINING_POINTS, PrintedNumber.from_text(text).value, **look)


def _scales(axes: Axes, sizes: pd.Series) -> None:
    """Logarithmic axes of all panels, with the sizes that were run and the printed one as ticks."""
    axes.set(xscale="log", yscale="log")
    axes.margins(y=0.08)
    ticks = sorted({*sizes, PRINTED_TRAINING_POINTS})
    # Labels of sizes nearer to each other than this ratio would overlap.
    followers = [*ticks[1:], np.inf]
    shown = [size for size, after in zip(ticks, followers, strict=True) if after > 1.3 * size]
    axes.set_xticks(shown, [str(size) for size in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _handles(rows: pd.DataFrame) -> list[Line2D]:
    handles = [
        Line2D([], [], color=METHOD_LOOKS[name][0], marker=METHOD_LOOKS[name][1], label=name)
        for name in _METHODS
        if (rows["method"] == name).any()
    ]
    handles += [
        Line2D([], [], color=GREY, linestyle=style, label=name)
        for name, style, _ in _MEASURES.values()
    ]
    for name, _, inside in _MEASURES.values():
        look = PUBLISHED_STAR | {"color": inside or PUBLISHED_STAR["color"]}
        handles.append(Line2D([], [], **look, label=f"published, {name.split()[0]}"))
    handles.append(
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy")
    )
    return handles
