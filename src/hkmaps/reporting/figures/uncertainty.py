"""How far the uncertainty that maps predict of their energies holds (this study)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hkmaps.maps.results import AB_INITIO, DRIVEN, SHARES, TEST_SAMPLE
from hkmaps.reporting.figures.molecules import CHEMICAL_ACCURACY_KCAL
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
    empty_figure,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_LOOKS = {TEST_SAMPLE: (BLUE, "o"), AB_INITIO: (GREEN, "s"), DRIVEN: (VERMILION, "^")}
"""Set of frames -> colour and mark."""

_OTHER_LOOKS = ((PURPLE, "D"), (ORANGE, "v"), (SKY, "P"), (GREY, "X"))
"""Those of sets by other names, in turn."""

_DRAWN_FRAMES = 200
"""Frames of a set that are drawn, evenly spaced."""

_LEAST_PART = 1e-3
"""Errors below this part of the smallest standard deviation are drawn there."""

_MAP = ["molecule", "sample", "method", "learned_from", "training_points"]


@house_style()
def uncertainty_figure(calibration: pd.DataFrame, tests: pd.DataFrame) -> Figure:
    """Draw shares of errors within their intervals, and errors beside standard deviations.

    Args:
        calibration: rows of `MAP_CALIBRATION`.
        tests: rows of `MAP_TESTS` of the same maps and sets.
    """
    maps = list(calibration.groupby(_MAP, sort=False))
    if not maps:
        return empty_figure("no frame was calculated to test a map on")
    looks = _looks(calibration["tested_on"].unique())
    figure = new_figure(DOUBLE_WIDTH, 2.9 * len(maps))
    panels = figure.subplots(len(maps), 2, squeeze=False)
    drawn = dict(list(tests.groupby(_MAP, sort=False)))
    for (left, right), (names, rows) in zip(panels, maps, strict=True):
        molecule, _, method, learned, points = names
        left.set_title(f"{molecule}, {method} from {learned}", loc="left")
        right.set_title(f"$M$ = {points}", loc="left")
        _shares(left, rows, looks)
        _errors(right, drawn[names], looks)
    label_panels(list(panels.flat))
    return figure


def _looks(names: np.ndarray) -> dict[str, tuple[str, str]]:
    others = [name for name in names if name not in _LOOKS]
    return _LOOKS | {
        name: _OTHER_LOOKS[place % len(_OTHER_LOOKS)] for place, name in enumerate(others)
    }


def _shares(axes: Axes, rows: pd.DataFrame, looks: dict[str, tuple[str, str]]) -> None:
    nominal = 100 * np.array(SHARES)
    axes.plot([0, 100], [0, 100], color=BLACK, linewidth=0.9)
    for row in rows.to_dict("records"):
        colour, marker = looks[row["tested_on"]]
        found = [100 * row[f"within_{share:.0f}"] for share in nominal]
        area = row["area_under_curve"]
        found_large = "" if pd.isna(area) else f" ({area:.2f})"
        label = f"{row['tested_on']}, {row['count']}{found_large}"
        axes.plot(nominal, found, color=colour, marker=marker, markersize=4, label=label)
    lowest = 100 * rows[[f"within_{share:.0f}" for share in nominal]].min().min()
    ends = max(0.0, min(45.0, lowest - 5)), 102
    axes.set(xlim=(45, 102), ylim=ends)
    axes.set_xticks(nominal, [f"{share:.0f}" for share in nominal])
    axes.set(xlabel="interval should hold (%)", ylabel="interval holds (%)")
    axes.legend(loc="best")


def _errors(axes: Axes, frames: pd.DataFrame, looks: dict[str, tuple[str, str]]) -> None:
    deviations = frames["energy_uncertainty"] * KCAL_PER_MOL_PER_HARTREE
    sizes = (
        frames["predicted_energy"] - frames["reference_energy"]
    ).abs() * KCAL_PER_MOL_PER_HARTREE
    ends = np.array([0.7 * deviations.min(), 1.4 * deviations.max()])
    axes.plot(ends, ends, color=BLACK, linewidth=0.9)
    ratio = (frames["interval_99"] / frames["energy_uncertainty"]).median()
    axes.plot(ends, ratio * ends, color=BLACK, linewidth=0.9, linestyle="--")
    axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linewidth=0.9, linestyle=":")
    least = _LEAST_PART * deviations.min()
    for name, here in frames.groupby("tested_on", sort=False):
        colour, marker = looks[name]
        places = np.unique(np.linspace(0, len(here) - 1, _DRAWN_FRAMES).round().astype(int))
        chosen = here.index[places]
        axes.plot(
            deviations[chosen],
            np.maximum(sizes[chosen], least),
            color=colour,
            marker=marker,
            markersize=2.5,
            markeredgewidth=0,
            linestyle="none",
            alpha=0.6,
        )
    axes.set(xscale="log", yscale="log", xlim=ends)
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis, (1,))
    axes.set(xlabel="standard deviation (kcal/mol)", ylabel="|error| (kcal/mol)")
