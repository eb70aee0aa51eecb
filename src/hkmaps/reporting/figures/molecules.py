"""Paper B's Table 1 as learning curves, its Figure 1, and a predicted density (molecules)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch

from hkmaps.maps.molecule_summary import as_published
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM, SPLINE
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES, table1_id
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
"""Chemical accuracy as chemists have it, in kcal/mol."""

METHOD_LOOKS = {
    KOHN_SHAM: (BLUE, "o"),
    HOHENBERG_KOHN: (VERMILION, "D"),
    SPLINE: (GREEN, "s"),
}
"""Method -> colour and marker of the errors dE of its energies."""

# (method, error) -> colour, marker, place beside the number of points as a part of the axis.
_CURVES = {
    (KOHN_SHAM, "dE"): (*METHOD_LOOKS[KOHN_SHAM], -0.027),
    (HOHENBERG_KOHN, "dE"): (*METHOD_LOOKS[HOHENBERG_KOHN], -0.009),
    (HOHENBERG_KOHN, "dE_D"): (ORANGE, "^", 0.009),
    (SPLINE, "dE"): (*METHOD_LOOKS[SPLINE], 0.027),
}
_ERRORS = {"dE": r"$\Delta E$", "dE_D": r"$\Delta E_D$"}
_MEASURES = {"mae": "mean absolute error", "maximum": "largest absolute error"}
_ATOM_COLOURS = {"H": "white", "O": VERMILION, "C": GREY}


@house_style()
def learning_curves(errors: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw the errors of ML-KS and ML-HK against the number of training points.

    Args:
        errors: rows of `MAP_ERRORS`: a small mark is a split, the line joins the medians.
        published: rows of `read_published`, stars.
    """
    printed = published.set_index("id")["value"]
    rows = as_published(errors)
    molecules = list(rows["molecule"].unique())
    figure = new_figure(DOUBLE_WIDTH, 2.6 * len(_MEASURES))
    panels = figure.subplots(len(_MEASURES), len(molecules), squeeze=False, sharex="col")
    for column, molecule in enumerate(molecules):
        here = rows[rows["molecule"] == molecule]
        sizes = np.sort(here["training_points"].unique())
        for axes, (measure, name) in zip(panels[:, column], _MEASURES.items(), strict=True):
            for (method, quantity), (colour, marker, dodge) in _CURVES.items():
                look = colour, marker, (sizes[-1] / sizes[0]) ** dodge
                chosen = here[(here["method"] == method) & (here["quantity"] == quantity)]
                if len(chosen):
                    _curve(axes, chosen, measure, look)
                    _stars(axes, printed, chosen, measure, look)
            axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
            axes.set(xscale="log", yscale="log", ylabel=f"{name} (kcal/mol)", title=molecule)
            axes.minorticks_off()
            size_ticks(axes, sizes)
        panels[-1, column].set_xlabel("training points $M$")
    handles = [
        Line2D(
            [], [], color=colour, marker=marker, markersize=4, label=f"{method}, {_ERRORS[error]}"
        )
        for (method, error), (colour, marker, _) in _CURVES.items()
        if (rows["method"] == method).any()
    ]
    handles += [
        Line2D([], [], **PUBLISHED_STAR | {"color": "white"}, label="published"),
        Line2D([], [], color=GREY, marker=".", linestyle="none", label="one split"),
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    label_panels(list(panels.ravel()))
    return figure


def _curve(axes: Axes, rows: pd.DataFrame, measure: str, look: tuple) -> None:
    """Medians joined by a line over the single splits."""
    colour, marker, shift = look
    values = rows[["training_points", measure]].to_numpy() * [1, KCAL_PER_MOL_PER_HARTREE]
    axes.plot(
        values[:, 0] * shift,
        values[:, 1],
        ".",
        color=colour,
        markersize=3,
        alpha=0.4,
        markeredgewidth=0,
    )
    medians = rows.groupby("training_points")[measure].median() * KCAL_PER_MOL_PER_HARTREE
    axes.plot(medians.index * shift, medians, color=colour, marker=marker, markersize=4)


def _stars(axes: Axes, printed: pd.Series, rows: pd.DataFrame, measure: str, look: tuple) -> None:
    colour, _, shift = look
    molecule, method, quantity = rows[["molecule", "method", "quantity"]].iloc[0]
    names = {column: name for name, column in PRINTED_MEASURES.items()}
    for size in rows["training_points"].unique():
        identity = table1_id(molecule, size, method, quantity, names[measure])
        if identity in printed.index:
            value = PrintedNumber.from_text(printed[identity]).value
            style = PUBLISHED_STAR | {"color": colour, "markersize": 8}
            axes.plot(size * shift, value, **style)


@house_style()
def density_on_plane(predicted: pd.DataFrame) -> Figure:
    """Draw a reference density, its prediction and their difference on the molecule's plane.

    Args:
        predicted: maps/{molecule}/predicted_density.parquet.
    """
    row = predicted.iloc[0]
    figure = new_figure(DOUBLE_WIDTH, 2.4)
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    reference, found = (_plane(row, f"{name}_density") for name in ("reference", "predicted"))
    scale = Normalize(0, reference.max())
    for axes, values in zip(panels, (reference, found), strict=False):
        image = _image(axes, row, values, cmap="viridis", norm=scale)
    figure.colorbar(image, ax=panels[:2], label=r"$n$ (bohr$^{-3}$)", shrink=0.68, aspect=25)
    difference = found - reference
    largest = np.abs(difference).max()
    image = _image(
        axes := panels[2], row, difference, cmap="RdBu_r", norm=Normalize(-largest, largest)
    )
    bar = figure.colorbar(
        image, ax=axes, label=r"$\tilde{n} - n$ (bohr$^{-3}$)", shrink=0.68, aspect=25
    )
    bar.formatter.set_powerlimits((-2, 2))
    for axes, title in zip(
        panels, ("reference $n$", r"ML-HK $\tilde{n}$", "difference"), strict=True
    ):
        axes.set(title=title, xlabel="in the plane (bohr)", aspect="equal")
        _atoms(axes, row)
    panels[0].set_ylabel("in the plane (bohr)")
    label_panels(list(panels))
    return figure


def _plane(row: pd.Series, name: str) -> np.ndarray:
    size = len(row["axis"])
    return np.reshape(row[name], (size, size))


def _image(axes: Axes, row: pd.Series, values: np.ndarray, **look):
    x = row["axis"]
    extent = (x[0], x[-1], x[0], x[-1])
    return axes.imshow(values, origin="lower", extent=extent, interpolation="bilinear", **look)


def _atoms(axes: Axes, row: pd.Series) -> None:
    places = np.reshape(row["positions"], (-1, 2))
    for symbol, place in zip(row["symbols"].split(), places, strict=True):
        axes.plot(
            *place,
            "o",
            color=_ATOM_COLOURS.get(symbol, ORANGE),
            markersize=4,
            markeredgecolor=BLACK,
            markeredgewidth=0.6,
        )


@house_style()
def hohenberg_kohn_overview(predicted: pd.DataFrame) -> Figure:
    """Draw the maps between potential, density and energy with real data (paper B, Figure 1).

    Args:
        predicted: maps/{molecule}/predicted_density.parquet.
    """
    row = predicted.iloc[0]
    figure = new_figure(DOUBLE_WIDTH, 4.4)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    _maps(top, row)
    _prediction(bottom, row)
    return figure


def _maps(figure: SubFigure, row: pd.Series) -> None:
    """Panel (a): the potential, the density, the energy, and the maps between them."""
    left, gap, middle, second_gap, right = figure.subplots(1, 5, width_ratios=[1, 0.42, 1, 0.42, 1])
    for axes in (gap, second_gap):
        axes.axis("off")
    _shown_plane(left, row, "potential", "magma_r", "potential $v$")
    _shown_plane(middle, row, "predicted_density", "viridis", r"density $\tilde{n}$ (ML-HK)")
    errors = {
        KOHN_SHAM: row["ml_ks_energy"] - row["energy"],
        HOHENBERG_KOHN: row["ml_hk_energy"] - row["energy"],
    }
    values = np.array(list(errors.values())) * KCAL_PER_MOL_PER_HARTREE
    right.bar(list(errors), values, color=[_CURVES[name, "dE"][0] for name in errors], width=0.5)
    right.axhline(0, color=BLACK, linewidth=0.8)
    right.set(ylabel="error (kcal/mol)", title=f"$E$ = {row['energy']:.4f} Ha", box_aspect=1)
    left.set_title(f"(a) {left.get_title(loc='left')}", loc="left")
    misplaced = f"{100 * row['electrons_misplaced']:.2g} % of\nelectrons\nmisplaced"
    _arrow(gap, VERMILION, "HK map\n$n[v]$", misplaced)
    _arrow(second_gap, BLACK, "energy\n$E[n]$", "")
    figure.add_artist(
        ConnectionPatch(
            (0.5, -0.05),
            (0.5, -0.2),
            "axes fraction",
            "axes fraction",
            axesA=left,
            axesB=right,
            arrowstyle="-|>",
            connectionstyle="arc3,rad=0.1",
            color=BLUE,
            linewidth=1.5,
        )
    )
    middle.annotate(
        "$E[v]$: Kohn-Sham equations, or ML-KS",
        (0.5, -0.2),
        xycoords="axes fraction",
        ha="center",
        color=BLUE,
        annotation_clip=False,
    )


def _prediction(figure: SubFigure, row: pd.Series) -> None:
    """Panel (b): from the geometry to the density, by many independent regressions."""
    geometry, potential, coefficients, density = figure.subplots(1, 4, width_ratios=[1, 1, 1.25, 1])
    places = np.reshape(row["positions"], (-1, 2))
    for end in places[1:]:
        geometry.plot(*zip(places[0], end, strict=True), color=GREY, linewidth=3, zorder=1)
    for symbol, place in zip(row["symbols"].split(), places, strict=True):
        look = {"markersize": 17, "markeredgecolor": BLACK, "zorder": 2}
        geometry.plot(*place, "o", color=_ATOM_COLOURS.get(symbol, ORANGE), **look)
        geometry.annotate(symbol, place, ha="center", va="center")
    limits = row["axis"][0], row["axis"][-1]
    geometry.set(xlim=limits, ylim=limits, aspect="equal", title="(b) geometry")
    geometry.axis("off")
    _shown_plane(potential, row, "potential", "magma_r", "Gaussians potential")
    numbers = np.arange(len(row["functions"]))
    coefficients.bar(numbers, row["reference_coefficients"], color=GREY, alpha=0.5)
    coefficients.plot(numbers, row["predicted_coefficients"], "D", color=VERMILION, markersize=3)
    coefficients.axhline(0, color=BLACK, linewidth=0.8)
    coefficients.set_xticks(numbers, [f"{number:.0f}" for number in row["functions"]], rotation=90)
    coefficients.tick_params(labelsize=6)
    coefficients.set(
        title=f"{len(numbers)} of the $u^{{(l)}}[v]$ (bohr$^{{-3/2}}$)", xlabel="function $l$"
    )
    _shown_plane(density, row, "predicted_density", "viridis", "density")


def _shown_plane(axes: Axes, row: pd.Series, name: str, cmap: str, title: str) -> None:
    _image(axes, row, _plane(row, name), cmap=cmap)
    axes.set(xticks=[], yticks=[], title=title)


def _arrow(axes: Axes, colour: str, above: str, below: str) -> None:
    """Draw an arrow through an empty panel, with text above and below it."""
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (1, 0.5), (0, 0.5), xycoords="axes fraction", arrowprops=look)
    for text, height, alignment in ((above, 0.54, "bottom"), (below, 0.46, "top")):
        axes.annotate(
            text,
            (0.5, height),
            xycoords="axes fraction",
            ha="center",
            va=alignment,
            fontsize=7,
            color=colour,
        )
