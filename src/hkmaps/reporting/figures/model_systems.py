"""Figures 1 to 5 of paper A: the model systems and the convergence of hydrogen."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    COLUMN_WIDTH,
    DOUBLE_WIDTH,
    GREEN,
    GREY,
    ORANGE,
    PUBLISHED_STAR,
    QUANTITY_SYMBOLS,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

POSITION_LABEL = "position $x$ (bohr)"
POTENTIAL_LABEL = "potential $V$ (Ha)"
DENSITY_LABEL = "density $n$ (1/bohr)"
GRID_DENSITY_LABEL = "grid density (points/bohr)"


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
        ("chemical accuracy", CHEMICAL_ACCURACY, VERMILION),
        ("double chemical accuracy", CHEMICAL_ACCURACY / 2, GREEN),
    )
    for label, threshold, colour in thresholds:
        limit = threshold * MILLIHARTREE_PER_HARTREE
        printed = _printed(published, f"A.fig2.{label.replace(' ', '_')}_density").value
        right.axhline(limit, color=colour, linestyle="--", label=f"{label}, {limit:.1f} mHa")
        right.plot(
            printed,
            limit,
            **PUBLISHED_STAR | {"color": colour},
            label=f"published: {printed:g} points/bohr",
        )
    right.set(xlabel=GRID_DENSITY_LABEL, ylabel="error of $E$ (mHa)")
    right.legend(loc="upper right", fontsize=7)
    # Plain numbers read better than powers of ten over one decade.
    right.yaxis.set_major_formatter(ScalarFormatter())
    right.yaxis.set_minor_formatter(NullFormatter())
    right.set_yticks([0.5, 1, 2, 5, 10])
    label_panels([left, right])
    return figure


@house_style()
def atoms_data_set(atoms: pd.DataFrame) -> Figure:
    """Draw example potentials and all parameters of the atoms (paper A, Figure 3).

    Args:
        atoms: model_systems/atoms.parquet.
    """
    figure = new_figure(DOUBLE_WIDTH, 2.6)
    left, right = figure.subplots(1, 2)
    # Shallow to deep: spread over the data set without a choice by hand.
    for split, colour, marker, name, depths in (
        ("train", BLUE, "o", "training", (0.2, 0.6, 1.0)),
        ("test", ORANGE, "s", "test", (0.0, 0.4, 0.8)),
    ):
        systems = atoms[atoms["split"] == split]
        right.plot(systems["Z"], systems["alpha"], marker, color=colour, markersize=3, label=name)
        by_depth = systems.sort_values(["Z", "alpha"], ascending=[True, False])
        for depth in depths:
            row = by_depth.iloc[round(depth * (len(by_depth) - 1))]
            left.plot(positions(row), row["potential"], color=colour)
    left.set(xlabel=POSITION_LABEL, ylabel=POTENTIAL_LABEL)
    left.margins(x=0)
    right.set(xlabel="nuclear charge $Z$", ylabel=r"softening $\alpha$ (bohr)")
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    label_panels([left, right])
    return figure


@house_style()
def diatomic_potential(diatomics: pd.DataFrame, distance: float = 4.0) -> Figure:
    """Draw the potential of one diatomic (paper A, Figure 4).

    Args:
        diatomics: model_systems/diatomics.parquet.
        distance: the diatomic of the data set with the nearest r, in bohr, is drawn.
    """
    row = diatomics.loc[(diatomics["r"] - distance).abs().idxmin()]
    figure = new_figure(COLUMN_WIDTH, 2.4)
    axes = figure.subplots()
    axes.plot(positions(row), row["potential"], color=BLACK)
    axes.set(xlabel=POSITION_LABEL, ylabel=POTENTIAL_LABEL)
    axes.set_title(
        rf"$Z = {row['Z']:g}$, $\alpha = {row['alpha']:g}$ bohr, $r = {row['r']:.3g}$ bohr"
    )
    axes.margins(x=0)
    return figure


@house_style()
def shifted_hydrogen(gauge_shift: pd.DataFrame) -> Figure:
    """Draw what a constant shift of the potential changes and what not (paper A, Figure 5).

    Args:
        gauge_shift: model_systems/gauge_shift.parquet, a row without and a row with the shift.
    """
    first, last = (row for _, row in gauge_shift.sort_values("shift").iterrows())
    shift = last["shift"] - first["shift"]
    figure = new_figure(DOUBLE_WIDTH, 2.6)
    left, middle, right = figure.subplots(1, 3)
    styles = ((first, BLACK, "-", "$V$"), (last, ORANGE, "--", f"$V + {shift:g}$ Ha"))
    for row, colour, line, label in styles:
        left.plot(row["x"], row["potential"], color=colour, label=label)
        left.axhline(row["total_energy"], color=colour, linestyle=":", label="its $E$")
        middle.plot(row["x"], row["density"], line, color=colour, label=label)
    left.set(xlabel=POSITION_LABEL, ylabel="energy (Ha)", xlim=(-8, 8))
    left.legend(loc="lower right", handlelength=1.2)
    largest = np.abs(last["density"] - first["density"]).max()
    middle.set(xlabel=POSITION_LABEL, ylabel=DENSITY_LABEL, xlim=(-8, 8))
    middle.annotate(
        f"largest\ndifference\n{largest:.0e}/bohr",
        (0.03, 0.97),
        xycoords="axes fraction",
        va="top",
        fontsize=7,
    )
    middle.legend(loc="upper right", handlelength=1.2, borderaxespad=0)
    changes = [last[quantity.column] - first[quantity.column] for quantity in QUANTITIES.values()]
    colours = [BLUE if quantity.shift else GREY for quantity in QUANTITIES.values()]
    right.axhline(0, color=BLACK, linewidth=0.7)
    right.bar([QUANTITY_SYMBOLS[key] for key in QUANTITIES], changes, color=colours, width=0.6)
    right.set(ylabel="change under the shift (Ha)", ylim=(-1.35 * shift, 1.35 * shift))
    right.set_xlabel("quantity")
    right.annotate(
        "blue: gauge-dependent", (0.99, 0.93), xycoords="axes fraction", ha="right", fontsize=7
    )
    for index, change in enumerate(changes):
        right.annotate(
            f"{change:+.2f}".replace("-0.00", "0").replace("+0.00", "0"),
            (index, change),
            (0, 3 if change > -shift / 2 else -3),
            ha="center",
            textcoords="offset points",
            fontsize=7,
            va="bottom" if change > -shift / 2 else "top",
        )
    label_panels([left, middle, right])
    return figure


def positions(row: pd.Series) -> np.ndarray:
    """Return the grid points of a system of a data set, in bohr."""
    half = row["grid_length"] / 2
    return np.linspace(-half, half, len(row["potential"]))


def _printed(published: pd.DataFrame, name: str) -> PrintedNumber:
    return PrintedNumber.from_text(published.set_index("id").loc[name, "value"])
