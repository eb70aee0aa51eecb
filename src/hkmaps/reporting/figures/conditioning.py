"""Figures 10 to 13 of paper A: near-constant shifts and the sensitivity of the functionals."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.figures.model_systems import (
    DENSITY_LABEL,
    POSITION_LABEL,
    positions,
)
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREY,
    ORANGE,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import MILLIHARTREE_PER_HARTREE

DEVIATION_LABEL = "deviation from a constant shift (Ha)"
_PAIR_COLOURS = (BLACK, ORANGE)


@house_style()
def near_constant_shift(pair: pd.Series, atoms: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw two atoms whose potentials differ by nearly a constant (paper A, Figure 10).

    Args:
        pair: the row of conditioning/atoms.parquet that is drawn.
        atoms: model_systems/atoms.parquet.
        published: rows of `read_published`, for the printed differences.
    """
    systems = [atoms.set_index("system").loc[pair[f"system_{side}"]] for side in "ab"]
    labels = [rf"$Z={row['Z']:.3g}$, $\alpha={row['alpha']:.3g}$" for row in systems]
    x = positions(systems[0])
    figure = new_figure(DOUBLE_WIDTH, 2.9)
    left, right = figure.subplots(1, 2)
    potentials = [row["potential"] for row in systems]
    _potentials(left, x, potentials, [row["total_energy"] for row in systems], labels)
    _densities(right, x, [row["density"] for row in systems], labels)
    left.legend(loc="lower right", handlelength=1.3)
    right.legend(loc="upper right", handlelength=1.3)
    left.set_title(_difference_title(pair, "fig10", published))
    right.set_title(
        rf"$\|\Delta n\| = {_scientific(pair['density_distance'])}$ bohr$^{{-1/2}}$"
        f" (published {_printed(published, 'fig10.density_distance')})\n"
        rf"vector norm $\times\,dx = {_scientific(pair['density_distance_as_printed'])}$"
    )
    inset = right.inset_axes((0.69, 0.36, 0.3, 0.3))
    inset.plot(x, 1e3 * (systems[1]["density"] - systems[0]["density"]), color=BLUE, linewidth=0.9)
    inset.set_title(r"$10^3\,\Delta n$", fontsize=7, loc="center")
    inset.tick_params(labelsize=6)
    label_panels([left, right])
    return figure


@house_style()
def sensitivities(pairs: pd.DataFrame) -> Figure:
    """Draw the sensitivity of the density functionals of all pairs (paper A, Figure 11).

    Args:
        pairs: conditioning/atoms.parquet; the selected pairs stand out.
    """
    figure = new_figure(DOUBLE_WIDTH, 4.6)
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    # Gauge-dependent quantities on the left, as in the paper.
    for axes, key in zip(panels.ravel(), ("E", "T", "A", "Eg"), strict=True):
        _cloud(axes, pairs, f"sensitivity_{key}")
        gauge = QUANTITIES[key].gauge
        axes.set_title(f"{_symbol(key)}, gauge-{gauge}")
        axes.set_yscale("log")
    selected = int(pairs["selected"].sum())
    panels[0, 1].legend(
        *_cloud_legend(panels[0, 1], selected, len(pairs)), loc="upper right", markerscale=2
    )
    figure.supxlabel(DEVIATION_LABEL, fontsize=8)
    figure.supylabel(r"sensitivity $|\Delta Q|/\|\Delta n\|$ (Ha bohr$^{1/2}$)", fontsize=8)
    label_panels(list(panels.ravel()))
    return figure


@house_style()
def two_diatomics(
    figure12: pd.DataFrame, published: pd.DataFrame, separations: tuple[float, float] = (5.0, 6.0)
) -> Figure:
    """Draw two diatomics, as paper A states them and as its numbers were made (Figure 12).

    Args:
        figure12: conditioning/figure12.parquet.
        published: rows of `read_published`, for the printed differences.
        separations: r of the two systems, in bohr, for the legend.
    """
    figure = new_figure(DOUBLE_WIDTH, 5.2)
    panels = figure.subplots(len(figure12), 2, squeeze=False)
    labels = [f"$r = {separation:g}$ bohr" for separation in separations]
    printed = _printed(published, "fig12.density_distance")
    for (left, right), (_, row) in zip(panels, figure12.iterrows(), strict=True):
        potentials, energies, densities = (
            [row[f"{name}_{side}"] for side in "ab"] for name in ("potential", "energy", "density")
        )
        _potentials(left, row["x"], potentials, energies, labels)
        _densities(right, row["x"], densities, labels)
        left.set_title(_difference_title(row, "fig12", published))
        right.set_title(
            rf"{row['variant']}: $\alpha = {row['alpha']:g}$, {row['grid_length']:g} bohr,"
            f" {row['grid_density']:g} points/bohr\n"
            rf"$\|\Delta n\| = {row['density_distance']:.3f}$ bohr$^{{-1/2}}$ (published {printed})"
            "\n"
            rf"vector norm $\times\,dx = {row['density_distance_as_printed']:.4f}$"
        )
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    label_panels(list(panels.ravel()))
    return figure


@house_style()
def deviation_distributions(atom_pairs: pd.DataFrame, diatomic_pairs: pd.DataFrame) -> Figure:
    """Draw how far pairs are from a constant shift, and E[n]'s sensitivity (paper A, Figure 13).

    Args:
        atom_pairs: conditioning/atoms.parquet.
        diatomic_pairs: conditioning/diatomics.parquet.
    """
    figure = new_figure(DOUBLE_WIDTH, 2.8)
    left, right = figure.subplots(1, 2)
    sets = (("atoms", atom_pairs, ORANGE), ("diatomics", diatomic_pairs, BLUE))
    for name, pairs, colour in sets:
        deviation = pairs["constant_shift_deviation"]
        sns.kdeplot(
            x=deviation,
            ax=left,
            color=colour,
            fill=True,
            alpha=0.25,
            linewidth=1.3,
            clip=(0, None),
            label=f"{name}, {len(pairs)} pairs",
        )
        right.plot(
            deviation,
            pairs["sensitivity_E"],
            ".",
            color=colour,
            markersize=2,
            alpha=0.5,
            markeredgewidth=0,
            rasterized=True,
            label=name,
        )
    left.set(xlabel=DEVIATION_LABEL, ylabel="probability density (1/Ha)", xlim=(0, None))
    left.legend(loc="upper right")
    right.set(
        xlabel=DEVIATION_LABEL,
        ylabel=r"sensitivity of $E[n]$ (Ha bohr$^{1/2}$)",
        yscale="log",
        xlim=(0, None),
    )
    legend = right.legend(loc="upper right", markerscale=5)
    for handle in legend.legend_handles:
        handle.set_alpha(1)
    label_panels([left, right])
    return figure


def _potentials(axes: Axes, x: np.ndarray, potentials, energies, labels) -> None:
    for potential, energy, colour, label in zip(
        potentials, energies, _PAIR_COLOURS, labels, strict=True
    ):
        axes.plot(x, potential, color=colour, label=label)
        axes.axhline(energy, color=colour, linestyle=":", linewidth=1)
    axes.plot(x, potentials[1] - potentials[0], "--", color=BLUE, label=r"$\Delta V$")
    axes.plot([], [], ":", color=GREY, linewidth=1, label="$E$")
    axes.set(xlabel=POSITION_LABEL, ylabel="energy (Ha)")
    axes.margins(x=0)


def _densities(axes: Axes, x: np.ndarray, densities, labels) -> None:
    for density, colour, line, label in zip(
        densities, _PAIR_COLOURS, ("-", "--"), labels, strict=True
    ):
        axes.plot(x, density, line, color=colour, label=label)
    axes.set(xlabel=POSITION_LABEL, ylabel=DENSITY_LABEL, ylim=(0, None))
    axes.margins(x=0)


def _cloud(axes: Axes, pairs: pd.DataFrame, column: str) -> None:
    selected = pairs[pairs["selected"]]
    axes.plot(
        pairs["constant_shift_deviation"],
        pairs[column],
        ".",
        color=GREY,
        markersize=2,
        alpha=0.25,
        markeredgewidth=0,
        rasterized=True,
    )
    axes.plot(
        selected["constant_shift_deviation"],
        selected[column],
        ".",
        color=BLUE,
        markersize=3,
        alpha=0.8,
        markeredgewidth=0,
        rasterized=True,
    )


def _cloud_legend(axes: Axes, selected: int, all_pairs: int) -> tuple[list, list[str]]:
    handles = [axes.plot([], [], ".", color=colour)[0] for colour in (BLUE, GREY)]
    return handles, [f"{selected} pairs drawn at random", f"all {all_pairs} pairs"]


def _difference_title(row: pd.Series, figure: str, published: pd.DataFrame) -> str:
    energy = row["difference_E"] * MILLIHARTREE_PER_HARTREE
    deviation = row["constant_shift_deviation"]
    central = row["constant_shift_deviation_as_printed"]
    return (
        rf"$|\Delta E| = {energy:.1f}$ mHa"
        f" (published {_printed(published, figure + '.total_energy_difference')})\n"
        rf"TV $= {deviation:.2f}$ Ha, by central differences {central:.2f}"
        f" (published {_printed(published, figure + '.constant_shift_deviation')})"
    )


def _printed(published: pd.DataFrame, name: str) -> str:
    text = published.set_index("id").loc[f"A.{name}", "value"]
    return f"$10^{{{text[3:]}}}$" if text.startswith("10^") else text


def _symbol(key: str) -> str:
    return {"Eg": "$E_g[n]$"}.get(key, f"${key}[n]$")


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"{mantissa}\times 10^{{{int(exponent)}}}"
