"""How errors of a molecule's density become errors of its energy (this study)."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.maps.density_noise_results import (
    CONSERVING,
    EULER,
    ROUTES,
    TOTAL_ENERGY,
    UNIVERSAL,
    WHITE,
)
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREEN,
    VERMILION,
    empty_figure,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_LOOKS = {
    TOTAL_ENERGY: (VERMILION, "D", "$E[n]$"),
    UNIVERSAL: (BLUE, "o", r"$F[n] + \int n v$"),
    EULER: (GREEN, "s", r"$F[n] + \int n v$, learned with $\delta F/\delta n = -v$"),
}
_LINES = {WHITE: ("-", "white noise"), CONSERVING: ("--", "electrons conserved")}
_CHEMICAL_ACCURACY = 1.0


@house_style()
def density_noise_curves(noise: pd.DataFrame) -> Figure:
    """Draw the error of the energy against that of the density, by what is learned.

    Args:
        noise: rows of `DENSITY_NOISE`, a panel per molecule.
    """
    if noise.empty:
        return empty_figure("No potential of a molecule is known in this study.")
    molecules = list(noise["molecule"].unique())
    figure = new_figure(DOUBLE_WIDTH, 3.1)
    panels = figure.subplots(1, len(molecules), sharey=True, squeeze=False)[0]
    for axes, molecule in zip(panels, molecules, strict=True):
        here = noise[(noise["molecule"] == molecule) & (noise["size"] > 0)]
        for (route, kind), rows in here.groupby(["route", "noise"]):
            colour, marker, _ = _LOOKS[route]
            means = rows.groupby("size")["mae"].mean() * KCAL_PER_MOL_PER_HARTREE
            axes.plot(
                100 * means.index,
                means,
                color=colour,
                linestyle=_LINES[kind][0],
                marker=marker,
                markersize=3.5,
                markerfacecolor=colour if kind == WHITE else "white",
            )
        axes.axhline(_CHEMICAL_ACCURACY, color=BLACK, linestyle=":", linewidth=0.9)
        points = noise.loc[noise["molecule"] == molecule, "training_points"].iloc[0]
        axes.set_title(f"{molecule}, $M$ = {points}", loc="left")
        axes.set(xscale="log", yscale="log", xlabel="norm of the noise (% of that of $n$)")
    panels[0].set_ylabel("mean absolute error (kcal/mol)")
    shown = set(noise["route"])
    handles = [
        Line2D([], [], color=_LOOKS[route][0], marker=_LOOKS[route][1], markersize=4, label=label)
        for route, label in ((route, _LOOKS[route][2]) for route in ROUTES)
        if route in shown
    ]
    handles += [
        Line2D([], [], color=BLACK, linestyle=style, label=label)
        for style, label in _LINES.values()
    ]
    handles.append(
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy")
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    label_panels(list(panels))
    return figure
