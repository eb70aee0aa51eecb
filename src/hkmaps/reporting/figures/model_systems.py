"""Figures 1 to 5 of paper A: the model systems and the convergence of hydrogen."""

import pandas as pd
from matplotlib.figure import Figure

from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    COLUMN_WIDTH,
    DOUBLE_WIDTH,
    GREEN,
    PUBLISHED_STAR,
    VERMILION,
    house_style,
    label_line,
    label_panels,
    new_figure,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

POSITION_LABEL = "position $x$ (bohr)"
POTENTIAL_LABEL = "potential $V$ (Ha)"
DENSITY_LABEL = "density $n$ (1/bohr)"
GRID_DENSITY_LABEL = "grid density (points/bohr)"

_PARAMETERS = {"Z": "$Z$", "alpha": r"$\alpha$", "r": "$r$"}


@house_style()
def hydrogen(gauge_shift: pd.DataFrame) -> Figure:
    """Draw the hydrogen model: potential and ground-state energy (paper A, Figure 1).

    Args:
        gauge_shift: model_systems/gauge_shift.parquet, of which the row without a shift is drawn.
    """
    row = gauge_shift[gauge_shift["shift"] == 0].iloc[0]
    energy = row["total_energy"]
    figure = new_figure(COLUMN_WIDTH, 2.4)
    axes = figure.subplots()
    axes.plot(row["x"], row["potential"], color=BLACK, label=r"$V(x) = -1/(|x| + 1)$")
    axes.axhline(energy, color=BLUE, linestyle="--", label=f"$E = {energy:.4f}$ Ha")
    axes.set(xlabel=POSITION_LABEL, ylabel="energy (Ha)", ylim=(None, 0.05))
    axes.margins(x=0)
    axes.legend(loc="lower right")
    return figure


@house_style()
def hydrogen_convergence(convergence: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw hydrogen's energy and its error against the grid density (paper A, Figure 2).

    Args:
        convergence: model_systems/convergence.parquet, of which the study "density" is drawn.
        published: rows of `read_published`, for the printed densities that suffice.
    """
    rows = convergence[convergence["study"] == "density"].sort_values("grid_density")
    density = rows["grid_density"]
    figure = new_figure(DOUBLE_WIDTH, 2.6)
    left, right = figure.subplots(1, 2)
    left.plot(density, rows["energy"], "o-", color=BLUE, label="measured")
    left.axhline(rows["reference_energy"].iloc[0], color=BLACK, linestyle="--", label="exact")
    left.set(xlabel=GRID_DENSITY_LABEL, ylabel="total energy $E$ (Ha)")
    left.legend(loc="upper right")
    errors = rows["error_per_particle"].abs() * MILLIHARTREE_PER_HARTREE
    right.semilogy(density, errors, "o-", color=BLUE, label="measured")
    thresholds = (
        ("chemical_accuracy_density", CHEMICAL_ACCURACY, VERMILION, "chemical accuracy"),
        ("double_chemical_accuracy_density", CHEMICAL_ACCURACY / 2, GREEN, "half of it"),
    )
    for name, threshold, colour, label in thresholds:
        limit = threshold * MILLIHARTREE_PER_HARTREE
        printed = _printed(published, f"A.fig2.{name}").value
        right.axhline(limit, color=colour, linestyle="--")
        label_line(right, limit, f"{label}, {limit:.1f} mHa", colour)
        right.plot(printed, limit, **PUBLISHED_STAR | {"color": colour},
                   label=f"published: {printed:g} points/bohr")  # fmt: skip
    right.set(xlabel=GRID_DENSITY_LABEL, ylabel="error of $E$ (mHa)")
    right.legend(loc="lower left")
    label_panels([left, right])
    return figure


def _printed(published: pd.DataFrame, name: str) -> PrintedNumber:
    return PrintedNumber.from_text(published.set_index("id").loc[name, "value"])
