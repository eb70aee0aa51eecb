"""Errors of maps of one electron in a box: Table I of paper B's source as learning curves."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.maps.box_results import (
    DENSITY_DRIVEN,
    FOURIER_BASIS,
    FUNCTIONAL_DRIVEN,
    GRID_BASIS,
    KINETIC_FUNCTIONAL,
    KPCA_BASIS,
    NORMALISED,
    TOTAL,
)
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.measurements.box import (
    PRINTED_ERRORS,
    select,
    table1_id,
)
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREEN,
    GREY,
    ORANGE,
    PUBLISHED_STAR,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
    size_ticks,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

CHEMICAL_ACCURACY_KCAL = 1.0

# Colour, marker, factor beside the number of potentials that keeps curves apart.
_LOOKS = {
    GRID_BASIS: (VERMILION, "D", 0.96),
    FOURIER_BASIS: (BLUE, "o", 1.0),
    KPCA_BASIS: (GREEN, "s", 1.04),
}
_ENERGIES = {
    (KOHN_SHAM, None, TOTAL): (GREY, "v", 1.0, "ML-KS, $\\Delta E$"),
    (HOHENBERG_KOHN, GRID_BASIS, TOTAL): (*_LOOKS[GRID_BASIS], "ML-HK (grid), $\\Delta E$"),
    (KINETIC_FUNCTIONAL, None, FUNCTIONAL_DRIVEN): (ORANGE, "^", 1.04, "$T[n]$, $\\Delta E_F$"),
}


@house_style()
def box_learning_curves(errors: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw mean absolute errors against the number of training potentials.

    Args:
        errors: rows of `BOX_ERRORS`: a small mark is a training set, a line joins the medians.
        published: rows of `read_published`, stars.
    """
    printed = published.set_index("id")["value"]
    figure = new_figure(DOUBLE_WIDTH, 3.2)
    panels = energies, densities, normalised = figure.subplots(1, 3, sharex=True)
    for key, (*look, label) in _ENERGIES.items():
        _curve(energies, errors, key, look, label)
        _stars(energies, errors, printed, key, look)
    for axes, quantity in ((densities, DENSITY_DRIVEN), (normalised, NORMALISED)):
        for basis, look in _LOOKS.items():
            key = HOHENBERG_KOHN, basis, quantity
            _curve(axes, errors, key, look, basis)
            _stars(axes, errors, printed, key, look)
    normalised.sharey(densities)
    energies.set_title("energies", loc="left")
    densities.set_title(r"$\Delta E_D$", loc="left")
    normalised.set_title(r"$\Delta E_D$ of $\tilde{n} / \int \tilde{n}$", loc="left")
    sizes = sorted(errors["training_points"].unique())
    for axes in panels:
        axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
        axes.set(xscale="log", yscale="log", xlabel="training potentials $M$")
        axes.minorticks_off()
        size_ticks(axes, sizes)
    energies.set_ylabel("mean absolute error (kcal/mol)")
    star = Line2D([], [], **PUBLISHED_STAR | {"color": "white"}, label="published")
    for axes in (energies, densities):
        handles = axes.get_legend_handles_labels()[0]
        axes.legend(handles=[*handles, star], loc="lower left", fontsize=6.5)
    label_panels(list(panels))
    return figure


def _curve(axes: Axes, errors: pd.DataFrame, key: tuple, look: tuple, label: str) -> None:
    """Medians joined by a line over the single training sets."""
    colour, marker, shift = look
    rows = select(errors, *key)
    values = rows["mae"] * KCAL_PER_MOL_PER_HARTREE
    dots = {"color": colour, "markersize": 3, "alpha": 0.4, "markeredgewidth": 0}
    axes.plot(rows["training_points"] * shift, values, ".", **dots)
    medians = values.groupby(rows["training_points"]).median()
    line = {"color": colour, "marker": marker, "markersize": 4, "label": label}
    axes.plot(medians.index * shift, medians, **line)


def _stars(axes: Axes, errors: pd.DataFrame, printed: pd.Series, key: tuple, look: tuple) -> None:
    colour, _, shift = look
    for size in errors["training_points"].unique():
        identity = table1_id(size, PRINTED_ERRORS.get(key, ""), "mae")
        if identity in printed.index:
            value = PrintedNumber.from_text(printed[identity]).value
            style = PUBLISHED_STAR | {"color": colour, "markersize": 8}
            axes.plot(size * shift, value, **style)
