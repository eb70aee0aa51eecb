"""All claims at a glance: a figure of this study."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.reporting.claims import is_setting
from hkmaps.reporting.rules import (
    DIFFERS,
    NOT_RUN,
    ORDER_REPRODUCED,
    ORDER_TOLERANCE,
    REPRODUCED,
)
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    house_style,
    new_figure,
)

VERDICT_MARKS = {
    REPRODUCED: (GREEN, "o"),
    ORDER_REPRODUCED: (ORANGE, "s"),
    DIFFERS: (VERMILION, "X"),
    NOT_RUN: (GREY, "."),
}
"""Verdict -> colour and marker."""

_COLUMNS = 3
_ROW_HEIGHT = 0.155
_LARGEST = 1.0  # decades; what lies beyond is drawn at the edge


@house_style()
def claims_at_a_glance(claims: pd.DataFrame, paper: str) -> Figure:
    """Draw measured over published of every claim of a paper, marked by verdict.

    Args:
        claims: the claims table.
        paper: the paper whose claims are listed; those of the others are counted.
    """
    rows = claims[claims["paper"] == paper].reset_index(drop=True)
    length = -(-len(rows) // _COLUMNS)
    figure = new_figure(DOUBLE_WIDTH, 1.0 + _ROW_HEIGHT * length)
    panels = figure.subplots(1, _COLUMNS, sharex=True)
    for number, axes in enumerate(panels):
        _list(axes, rows.iloc[number * length : (number + 1) * length], length)
    settings = is_setting(rows)
    counts = rows.loc[~settings, "verdict"].value_counts()
    handles = [
        Line2D(
            [],
            [],
            color=colour,
            marker=marker,
            linestyle="none",
            label=f"{verdict}: {counts.get(verdict, 0)}",
        )
        for verdict, (colour, marker) in VERDICT_MARKS.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    others = len(claims) - len(rows)
    figure.supxlabel(
        f"measured / published, {len(rows) - settings.sum()} results of {paper} and, hollow,"
        f" {settings.sum()} settings\n(shaded: same order of magnitude; {others} claims of other"
        " papers are not drawn)",
        fontsize=8,
    )
    return figure


def _list(axes: Axes, rows: pd.DataFrame, length: int) -> None:
    heights = np.arange(len(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        decades = np.log10(
            rows["measured"].to_numpy(dtype=float) / rows["published"].to_numpy(dtype=float)
        )
    axes.axvspan(-ORDER_TOLERANCE, ORDER_TOLERANCE, color=GREY, alpha=0.15, linewidth=0)
    axes.axvline(0, color=BLUE, linewidth=0.6)
    settings = is_setting(rows)
    for height, decade, verdict, setting in zip(
        heights, decades, rows["verdict"], settings, strict=True
    ):
        colour, marker = VERDICT_MARKS[verdict]
        beyond = not np.isnan(decade) and abs(decade) > _LARGEST
        place = 0.0 if np.isnan(decade) else float(np.clip(decade, -_LARGEST, _LARGEST))
        axes.plot(
            place,
            height,
            marker,
            color=colour,
            markersize=4,
            markeredgewidth=0.8 if setting else 0,
            markerfacecolor="white" if setting else colour,
        )
        if beyond:
            axes.annotate(
                ">" if decade > 0 else "<",
                (place, height),
                (5 * np.sign(decade), 0),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=6,
                color=BLACK,
            )
    labels = rows["id"].str.split(".", n=1).str[1].str.replace("_", " ")
    for long, short in {
        "dE D": "dE$_D$",
        "dE F": "dE$_F$",
        " by the model": " model",
        "ML-HK ": "HK ",
        "malonaldehyde": "malonald",
    }.items():
        labels = labels.str.replace(long, short)
    axes.set_yticks(heights, labels, fontsize=5.4)
    axes.set(ylim=(length - 0.4, -0.6), xlim=(-1.25 * _LARGEST, 1.25 * _LARGEST))
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["0.1", "0.3", "1", "3", "10"])
    axes.grid(axis="y", linewidth=0.25, color=GREY, alpha=0.5)
    axes.tick_params(axis="x", labelsize=6.5)
    axes.tick_params(axis="y", length=0)
