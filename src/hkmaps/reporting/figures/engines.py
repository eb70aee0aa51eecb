"""What settings of a reference engine cost, and how accurate they are: a figure of this study."""

from collections.abc import Mapping
from itertools import cycle, islice

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

ERROR_GOAL_KCAL = 0.02
"""Largest mean absolute error of energy differences that the study allows, in kcal/mol."""

_COLOURS, _MARKERS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, GREY), "osD^v"
_MARKS = list(islice(zip(cycle(_COLOURS), cycle(_MARKERS)), len(_COLOURS) * len(_MARKERS)))
_REFERENCE_MARK = (BLACK, "P")
_FLOOR_RATIO = 3.0  # the exact settings stand this much below the least error, or below the goal


@house_style()
def engine_accuracy(accuracy: pd.DataFrame, cost_goals: Mapping[str, float]) -> Figure:
    """Draw errors of energy differences against the cost of a single point, a panel per molecule.

    Args:
        accuracy: rows of `ENGINE_ACCURACY`.
        cost_goals: molecule -> the wall time in s that a single point may take at most.
    """
    molecules = list(accuracy["molecule"].unique())
    ordinary = [name for name in accuracy["settings"].unique() if name != TIGHT]
    marks = dict(zip(ordinary, _MARKS, strict=False)) | {TIGHT: _REFERENCE_MARK}
    errors = accuracy["energy_error"] * KCAL_PER_MOL_PER_HARTREE
    floor = np.nanmin([errors[errors > 0].min(), ERROR_GOAL_KCAL]) / _FLOOR_RATIO
    rows = accuracy.assign(shown=errors.clip(lower=floor))
    figure = new_figure(DOUBLE_WIDTH, 2.7 + 0.16 * -(-len(marks) // 2))
    panels = figure.subplots(1, len(molecules), sharey=True, squeeze=False)[0]
    for axes, molecule in zip(panels, molecules, strict=True):
        _panel(axes, rows[rows["molecule"] == molecule], marks)
        axes.axhline(ERROR_GOAL_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
        title = molecule
        if molecule in cost_goals:
            axes.axvline(cost_goals[molecule], color=BLACK, linestyle="--", linewidth=0.9)
            title += f", goal {cost_goals[molecule]:g} s"
        axes.set_title(title, loc="left")
        axes.set_xlabel("seconds per single point")
    panels[0].set_ylabel("MAE of energy differences (kcal/mol)")
    label_panels(list(panels))
    figure.legend(handles=_handles(marks), loc="outside lower center", ncols=2)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, tuple[str, str]]) -> None:
    for row in rows.to_dict("records"):
        colour, marker = marks[row["settings"]]
        place = row["seconds"], row["shown"]
        axes.plot(*place, marker, color=colour, markersize=5, clip_on=False, zorder=3)
        if row["settings"] == CHOSEN:
            look = {"markersize": 10, "markerfacecolor": "none", "markeredgecolor": BLACK}
            axes.plot(*place, "o", **look, zorder=2)
    axes.set(xscale="log", yscale="log")
    axes.margins(0.12)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(_plain))
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))


def _plain(value: float, _: int) -> str:
    return f"{value:g}"


def _handles(marks: Mapping[str, tuple[str, str]]) -> list[Line2D]:
    handles = []
    for settings, (colour, marker) in marks.items():
        name = f"{settings} (error 0 by definition)" if settings == TIGHT else settings
        handles.append(Line2D([], [], color=colour, marker=marker, linestyle="none", label=name))
    look = {"linestyle": "none", "marker": "o", "markersize": 8, "markerfacecolor": "none"}
    handles += [
        Line2D([], [], **look, markeredgecolor=BLACK, label="settings of the study"),
        Line2D([], [], color=BLACK, linestyle=":", label=f"goal: {ERROR_GOAL_KCAL:g} kcal/mol"),
        Line2D([], [], color=BLACK, linestyle="--", label="goal: cost on one core"),
    ]
    return handles
