"""Errors of a density on the plane of a molecule (Figure 4 of paper B's source)."""

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from hkmaps.reporting.style import (
    DOUBLE_WIDTH,
    empty_figure,
    house_style,
    label_panels,
    new_figure,
)

_TITLES = {
    "basis": "Fourier basis",
    "map": "ML-HK, $M$ = {size}",
    "functional": "reference against LDA",
}
_DECADES = 5


@house_style()
def density_errors(plane: pd.DataFrame) -> Figure:
    """Draw what basis, map and functional do to the density, on one scale.

    Args:
        plane: rows of `DENSITY_PLANE`, of which the first is drawn.
    """
    if plane.empty:
        return empty_figure("A reference calculation of the plane's geometry did not converge.")
    row = plane.iloc[0]
    x = row["axis"]
    extent = (x[0], x[-1], x[0], x[-1])
    figure = new_figure(DOUBLE_WIDTH, 2.75)
    panels = figure.subplots(1, len(_TITLES), sharex=True, sharey=True)
    errors = {name: np.abs(row[f"{name}_error"]).reshape(len(x), -1) for name in _TITLES}
    largest = 10.0 ** np.ceil(np.log10(max(error.max() for error in errors.values())))
    scale = LogNorm(largest * 10.0**-_DECADES, largest)
    for axes, (name, title) in zip(panels, _TITLES.items(), strict=True):
        # What is exactly zero is below the scale, too.
        shown = np.maximum(errors[name], np.finfo(float).tiny)
        image = axes.imshow(
            shown,
            origin="lower",
            extent=extent,
            norm=scale,
            cmap="inferno",
            interpolation="bilinear",
        )
        places = np.reshape(row["positions"], (-1, 2))
        axes.plot(*places.T, "o", color="white", markersize=2.5, markeredgewidth=0)
        nmae = 100 * row[f"{name}_nmae"]
        axes.set_title(f"{title.format(size=row['training_points'])}", loc="left")
        axes.annotate(
            f"NMAE {nmae:.2g} %",
            (0.03, 0.03),
            xycoords="axes fraction",
            color="white",
            fontsize=7,
        )
        axes.set(xlabel="in the plane (bohr)", aspect="equal")
    panels[0].set_ylabel("in the plane (bohr)")
    bar = figure.colorbar(image, ax=panels, extend="min", shrink=0.7, aspect=22, pad=0.015)
    bar.set_label("|error| of $n$ (bohr$^{-3}$)")
    label_panels(list(panels))
    return figure
