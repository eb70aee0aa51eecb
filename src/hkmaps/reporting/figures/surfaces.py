"""Errors of maps over bond length and angle (Figure 2 of paper B's source)."""

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.molecules.minima_results import SPLIT
from hkmaps.reporting.style import (
    BLACK,
    DOUBLE_WIDTH,
    empty_figure,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

_LIMITS = (1e-3, 10.0)
"""Errors in kcal/mol at the ends of the scale of colours."""

_MAP_MARK = {"marker": "x", "color": BLACK, "markersize": 6, "markeredgewidth": 1.4}
_REFERENCE_MARK = {
    "marker": "o",
    "markerfacecolor": "none",
    "markeredgecolor": BLACK,
    "markersize": 7,
}


@house_style()
def surface_errors(surface: pd.DataFrame, minima: pd.DataFrame) -> Figure:
    """Draw the error of each map over bond length and angle, and where its minimum is.

    Args:
        surface: rows of `MAP_SURFACE`.
        minima: rows of `MAP_MINIMA` of the same molecule; the bond length is the mean over bonds.
    """
    if surface.empty:
        return empty_figure("No bond length and angle of H2O are drawn in this study.")
    sizes, methods = np.sort(surface["training_points"].unique()), surface["method"].unique()
    figure = new_figure(DOUBLE_WIDTH, 0.9 + 1.75 * len(methods))
    panels = figure.subplots(len(methods), len(sizes), sharex=True, sharey=True, squeeze=False)
    of_split = minima[minima["split"] == SPLIT]
    for row, method in zip(panels, methods, strict=True):
        for axes, size in zip(row, sizes, strict=True):
            chosen = (surface["method"] == method) & (surface["training_points"] == size)
            error = (surface["energy"] - surface["reference_energy"])[chosen].abs()
            table = surface[chosen].assign(error=error * KCAL_PER_MOL_PER_HARTREE)
            grid = table.pivot(index="angle", columns="bond_length", values="error")
            image = axes.pcolormesh(
                grid.columns * ANGSTROM_PER_BOHR,
                np.degrees(grid.index),
                grid.to_numpy(),
                norm=LogNorm(*_LIMITS),
                cmap="viridis",
                shading="gouraud",
                rasterized=True,
            )
            here = (of_split["method"] == method) & (of_split["training_points"] == size)
            for column, mark in (("value", _MAP_MARK), ("reference", _REFERENCE_MARK)):
                places = of_split[here].groupby("kind")[column].mean()
                if len(places):
                    length, angle = places["bond"], places["angle"]
                    axes.plot(
                        length * ANGSTROM_PER_BOHR,
                        np.degrees(angle),
                        linestyle="none",
                        clip_on=False,
                        **mark,
                    )
            axes.set_title(f"{method}, $M$ = {size}", loc="left")
    for axes in panels[-1]:
        axes.set_xlabel("bond length (Å)")
    for axes in panels[:, 0]:
        axes.set_ylabel("angle (degrees)")
    bar = figure.colorbar(image, ax=panels, extend="both", aspect=30, pad=0.015)
    bar.set_label("|error| (kcal/mol)")
    handles = [
        Line2D([], [], linestyle="none", label="minimum of the map", **_MAP_MARK),
        Line2D([], [], linestyle="none", label="of the reference", **_REFERENCE_MARK),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    label_panels(list(panels.ravel()))
    return figure
