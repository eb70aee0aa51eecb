"""All claims at a glance: figures of this study."""

from collections.abc import Mapping

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

TITLES = {
    "arnstein2025": "Paper A (Arnstein 2025)",
    "bogojeski2018": "Paper B (Bogojeski 2018)",
    "arnstein2026": "Follow-up of paper A (Arnstein 2026)",
    "brockherde2017": "Source of paper B (Brockherde 2017)",
}
"""Paper -> how the page of all claims names it."""

_MARKS_IN_A_LINE = 32
_LINE_HEIGHT = 0.125

_COLUMNS = 3
_ROW_HEIGHT = 0.155
_LARGEST = 1.0  # decades; what lies beyond is drawn at the edge


@house_style()
def claims_at_a_glance(claims: pd.DataFrame, paper: str) -> Figure:
    """Draw measured over published of every claim of a paper, marked by verdict.

    Args:
        claims: the claims table.
        paper: the paper whose claims are listed, a key of `TITLES`.
    """
    rows = claims[claims["paper"] == paper].reset_index(drop=True)
    length = -(-len(rows) // _COLUMNS)
    figure = new_figure(DOUBLE_WIDTH, 1.0 + _ROW_HEIGHT * length)
    panels = figure.subplots(1, _COLUMNS, sharex=True)
    for number, axes in enumerate(panels):
        _list(axes, rows.iloc[number * length : (number + 1) * length], length)
    settings = is_setting(rows)
    count = settings.sum()
    counts = rows.loc[~settings, "verdict"].value_counts()
    handles = _verdict_handles(counts)
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    figure.supxlabel(
        f"measured / published, {TITLES[paper]}: {len(rows) - count} results and, hollow,"
        f" {count} {'setting' if count == 1 else 'settings'}\n(shaded: same order of magnitude)",
        fontsize=8,
    )
    return figure


@house_style()
def claims_by_place(claims: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Draw a mark for every claim of all papers, by the place where it is printed, on one page.

    Args:
        claims: the claims table.
        titles: paper -> its title above its claims, in order; of these every second one stands in
            the right column.
    """
    lines = {paper: _lines(claims[claims["paper"] == paper]) for paper in titles}
    columns = [list(titles)[start::2] for start in (0, 1)]
    # A line of each panel for its title and one for its distance to the next.
    lengths = [sum(len(lines[paper]) + 2.5 for paper in column) for column in columns]
    figure = new_figure(DOUBLE_WIDTH, 0.5 + _LINE_HEIGHT * max(lengths))
    for axes, column in zip(figure.subplots(1, 2), columns, strict=True):
        panels = {titles[paper]: (_share(claims, paper), lines[paper]) for paper in column}
        _marked_lines(axes, panels, max(lengths))
    verdicts = _verdict_handles(claims.loc[~is_setting(claims), "verdict"].value_counts())
    hollow = Line2D(
        *([], []),
        color=BLACK,
        marker="o",
        linestyle="none",
        markerfacecolor="white",
        label="setting",
    )
    figure.legend(handles=[*verdicts, hollow], loc="outside upper center", ncols=len(verdicts) + 1)
    return figure


def _share(claims: pd.DataFrame, paper: str) -> str:
    results = claims[(claims["paper"] == paper) & ~is_setting(claims)]
    return f"reproduced: {(results['verdict'] == REPRODUCED).sum()} of {len(results)}"


def _lines(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Place in the paper and its claims, as many a line as there is room for."""
    places = rows["location"].str.split(",").str[0]
    places = places.str[0].str.upper() + places.str[1:]
    lines = []
    for place, here in rows.groupby(places, sort=False):
        for start in range(0, len(here), _MARKS_IN_A_LINE):
            lines.append((place if start == 0 else "", here.iloc[start : start + _MARKS_IN_A_LINE]))
    return lines


def _marked_lines(
    axes: Axes, panels: Mapping[str, tuple[str, list[tuple[str, pd.DataFrame]]]], length: float
) -> None:
    height, ticks = 0.0, {}
    for title, (share, lines) in panels.items():
        axes.text(-0.5, height, title, fontsize=7.5, fontweight="bold", ha="left", va="center")
        ticks[height] = share
        height += 1.0
        for place, rows in lines:
            settings = is_setting(rows)
            for number, (verdict, setting) in enumerate(
                zip(rows["verdict"], settings, strict=True)
            ):
                colour, marker = VERDICT_MARKS[verdict]
                axes.plot(
                    number,
                    height,
                    marker,
                    color=colour,
                    markersize=3.6,
                    markeredgewidth=0.7 if setting else 0,
                    markerfacecolor="white" if setting else colour,
                )
            ticks[height] = place
            height += 1.0
        height += 1.5
    axes.set_yticks([*ticks], [*ticks.values()], fontsize=6.5)
    axes.set(xlim=(-1, _MARKS_IN_A_LINE), ylim=(length - 1.0, -0.8), xticks=[])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _verdict_handles(counts: pd.Series) -> list[Line2D]:
    return [
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


def _list(axes: Axes, rows: pd.DataFrame, length: int) -> None:
    heights = np.arange(len(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        decades = np.log10(
            rows["measured"].to_numpy(dtype=float) / rows["published"].to_numpy(dtype=float)
        )
    axes.axvspan(-ORDER_TOLERANCE, ORDER_TOLERANCE, color=GREY, alpha=0.15, linewidth=0)
    axes.axvline(0, color=BLUE, linewidth=0.6)
    settings = is_setting(rows)
    for height, ratio, verdict, setting in zip(
        heights, decades, rows["verdict"], settings, strict=True
    ):
        colour, marker = VERDICT_MARKS[verdict]
        # A number of another sign has no ratio: without a limit, as far as what differs most.
        decade = -np.inf if np.isnan(ratio) and verdict == DIFFERS else ratio
        beyond = abs(decade) > _LARGEST
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
