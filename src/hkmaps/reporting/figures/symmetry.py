"""What the symmetry of molecules is worth to their maps (this study)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.maps.symmetric_results import AVERAGED, KERNELS, PLAIN, SYMMETRIC
from hkmaps.reporting.figures.molecules import CHEMICAL_ACCURACY_KCAL
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREY,
    ORANGE,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
    size_ticks,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_LOOKS = {PLAIN: (BLUE, "o"), AVERAGED: (ORANGE, "^"), SYMMETRIC: (VERMILION, "D")}
_SPREAD = {"color": GREY, "linestyle": "--", "marker": "x", "markersize": 3.5}
_PANELS_PER_ROW = 2


@house_style()
def symmetric_curves(errors: pd.DataFrame) -> Figure:
    """Draw errors of ML-KS with and without symmetry against M, a panel per molecule.

    Args:
        errors: rows of `SYMMETRIC_ERRORS`; of random splits the medians are drawn.
    """
    pools = list(errors.groupby(["molecule", "sample"], sort=False))
    lines = -(-len(pools) // _PANELS_PER_ROW)
    figure = new_figure(DOUBLE_WIDTH, 0.7 + 2.3 * lines)
    panels = figure.subplots(lines, min(len(pools), _PANELS_PER_ROW), squeeze=False).ravel()
    for axes, ((molecule, _), rows) in zip(panels, pools, strict=False):
        for kernel, here in rows.groupby("kernel"):
            medians = here.groupby("training_points")[["mae", "asymmetry"]].median()
            medians *= KCAL_PER_MOL_PER_HARTREE
            colour, marker = _LOOKS[kernel]
            axes.plot(medians.index, medians["mae"], color=colour, marker=marker, markersize=4)
            if kernel == PLAIN:
                axes.plot(medians.index, medians["asymmetry"], **_SPREAD)
        axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
        axes.set_title(f"{molecule}, |G| = {rows['operations'].iloc[0]}", loc="left")
        _scales(axes, sorted(rows["training_points"].unique()))
    for axes in panels[len(pools) :]:
        axes.axis("off")
    for axes in panels[::_PANELS_PER_ROW]:
        axes.set_ylabel("mean absolute error (kcal/mol)")
    handles = [
        Line2D([], [], color=_LOOKS[kernel][0], marker=_LOOKS[kernel][1], markersize=4, label=label)
        for kernel, label in zip(KERNELS, ("ML-KS", AVERAGED, SYMMETRIC), strict=True)
    ]
    handles.append(Line2D([], [], **_SPREAD, label="spread of ML-KS over images"))
    handles.append(
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy")
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    label_panels(list(panels[: len(pools)]))
    return figure


def _scales(axes: Axes, sizes: list[int]) -> None:
    axes.set(xscale="log", yscale="log", xlabel="training points $M$")
    size_ticks(axes, sizes)
    # A panel of less than a decade needs more than its powers of ten.
    low, high = np.log10(axes.get_ylim())
    subs = (1.0, 3.0) if high - low > 1 else (1.0, 2.0, 3.0, 5.0, 7.0)
    plain_ticks(axes.yaxis, subs, minor=False)
