"""What the study costs, step by step: a figure of this study."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hkmaps.reporting.cost import BYTES_PER_MEBIBYTE, SECONDS_PER_HOUR, cost_by_step
from hkmaps.reporting.style import (
    BLUE,
    DOUBLE_WIDTH,
    GREY,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
)

_ROW_HEIGHT = 0.16
_DOTS = {"linestyle": "none", "markersize": 4.5}


@house_style()
def study_cost(cost: pd.DataFrame) -> Figure:
    """Draw core-hours, the longest job and the largest memory of every step.

    Args:
        cost: rows of `COST`; steps without any measured job are left out.
    """
    steps = cost_by_step(cost)
    steps = steps[steps["measured"] > 0]
    heights = np.arange(len(steps))
    figure = new_figure(DOUBLE_WIDTH, 1.1 + _ROW_HEIGHT * len(steps))
    hours, memory = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    longest = steps["longest"] / SECONDS_PER_HOUR
    hours.hlines(heights, longest, steps["core_hours"], color=GREY, linewidth=0.8)
    hours.plot(steps["core_hours"], heights, "o", color=BLUE, label="all jobs", **_DOTS)
    # One job is its own longest: the smaller mark lies inside of the larger one.
    look = _DOTS | {"markersize": 3}
    hours.plot(longest, heights, "D", color=VERMILION, label="longest job", **look)
    hours.set(xscale="log", xlabel="core-hours")
    hours.legend(loc="lower right")
    names = [f"{row.step} ({row.jobs})" for row in steps.itertuples()]
    hours.set_yticks(heights, names, fontsize=7)
    hours.set_ylabel("step (jobs)")
    hours.set_ylim(len(steps) - 0.4, -0.6)
    largest = steps["max_rss"].astype(float) / BYTES_PER_MEBIBYTE
    memory.plot(largest, heights, "o", color=BLUE, **_DOTS)
    memory.set(xscale="log", xlabel="largest memory of a job (MiB)")
    plain_ticks(memory.xaxis, minor=False)
    for axes in (hours, memory):
        axes.grid(axis="both", linewidth=0.25, color=GREY, alpha=0.5)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.06)
    label_panels([hours, memory])
    return figure
