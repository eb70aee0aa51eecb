"""Errors of ML-KS without choices of the study against the number of training points."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.maps.ablation_results import (
    ALL,
    ALL_AND_K_MEANS,
    FROM_REFERENCE,
    GRID,
    HEAVY,
    K_MEANS,
    MASSES,
    NAMES,
    SEARCH,
    STUDY,
)
from hkmaps.reporting.ablation_tables import published_mae
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREEN,
    GREY,
    ORANGE,
    PUBLISHED_STAR,
    PURPLE,
    SKY,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
    size_ticks,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_LOOKS = {
    STUDY: (BLACK, "o", "-"),
    GRID: (SKY, "x", (0, (1, 1.5))),
    SEARCH: (GREEN, "v", "--"),
    HEAVY: (GREY, "P", "-"),
    MASSES: (ORANGE, "s", "-"),
    NAMES: (BLUE, "^", "-"),
    K_MEANS: (BLACK, "d", "-."),
    ALL: (PURPLE, "D", "-"),
    ALL_AND_K_MEANS: (PURPLE, "d", "-."),
}
"""Variant -> colour, marker and line; the printed stars are vermilion."""

_COLUMNS = 3


@house_style()
def ablation_curves(summary: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw the MAE of each variant against M, one panel per pool.

    Args:
        summary: rows of `ABLATION_SUMMARY`.
        published: rows of `read_published`: printed errors, stars.
    """
    rows = summary[summary["energies"] == FROM_REFERENCE]
    printed = published.set_index("id")["value"]
    pools = list(rows.groupby(["molecule", "sample"], sort=False))
    lines = -(-len(pools) // _COLUMNS)
    figure = new_figure(DOUBLE_WIDTH, 0.9 + 2.1 * lines)
    columns = min(_COLUMNS, len(pools))
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, ((molecule, sample), here) in zip(panels, pools, strict=False):
        random = here["splits"].max() > 1
        axes.set_title(molecule if random else f"{molecule}, {sample}", loc="left")
        _panel(axes, here)
        for size in here["training_points"].unique():
            text, _ = published_mae(printed, molecule, sample, size)
            if text:
                axes.plot(size, PrintedNumber.from_text(text).value, **PUBLISHED_STAR)
        _scales(axes, sorted(here["training_points"].unique()))
    for axes in panels[len(pools) :]:
        axes.axis("off")
    for place, axes in enumerate(panels[: len(pools)]):
        if place % columns == 0:
            axes.set_ylabel("MAE (kcal/mol)")
        if place + columns >= len(pools):
            axes.set_xlabel("training points $M$")
    label_panels(list(panels[: len(pools)]))
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle=style, markersize=4, label=name)
        for name, (colour, marker, style) in _LOOKS.items()
        if name in set(rows["variant"])
    ]
    handles.append(Line2D([], [], **PUBLISHED_STAR, label="published"))
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    for variant, (colour, marker, style) in _LOOKS.items():
        curve = rows[rows["variant"] == variant].sort_values("training_points")
        axes.plot(
            curve["training_points"],
            curve["mae"] * KCAL_PER_MOL_PER_HARTREE,
            color=colour,
            marker=marker,
            linestyle=style,
            markersize=4,
        )


def _scales(axes: Axes, sizes: list[int]) -> None:
    axes.set(xscale="log", yscale="log")
    axes.margins(0.08)
    size_ticks(axes, sizes)
    plain_ticks(axes.yaxis, (1, 3), minor=False)
