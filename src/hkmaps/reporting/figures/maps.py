"""Kernel maps beside the networks of paper A, and how both respond to noise (this study)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.exact.quantities import QUANTITIES
from hkmaps.maps.results import GAUGE_AWARE_PREFIX, HOHENBERG_KOHN, KRR
from hkmaps.reporting.learned import learned_functionals
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    ERROR_LABEL,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    QUANTITY_SYMBOLS,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

CNN = "CNN"
_CHEMICAL_ACCURACY = CHEMICAL_ACCURACY * MILLIHARTREE_PER_HARTREE

_ACCURACY_LINE = {"color": BLACK, "linestyle": ":", "linewidth": 0.9, "zorder": 1}
# Method -> colour and marker: the gauge-aware route is hollow.
_LOOKS = {
    CNN: (VERMILION, "s", VERMILION),
    KRR: (BLUE, "o", BLUE),
    HOHENBERG_KOHN: (PURPLE, "D", PURPLE),
    GAUGE_AWARE_PREFIX + CNN: (ORANGE, "s", "white"),
    GAUGE_AWARE_PREFIX + KRR: (GREEN, "o", "white"),
    GAUGE_AWARE_PREFIX + HOHENBERG_KOHN: (PURPLE, "D", "white"),
}
_DODGE = {
    CNN: 0.0,
    **dict.fromkeys((KRR, GAUGE_AWARE_PREFIX + KRR), -0.2),
    **dict.fromkeys((HOHENBERG_KOHN, GAUGE_AWARE_PREFIX + HOHENBERG_KOHN), 0.2),
}
"""Where a method's markers stand beside the functional's position."""


@house_style()
def noise_response(noise: pd.DataFrame, pairs: pd.DataFrame, dataset: str) -> Figure:
    """Draw the error of learned density functionals against the noise of their input.

    Args:
        noise: maps/{dataset}/noise_response.parquet; a point is the mean over its draws.
        pairs: conditioning/{dataset}.parquet, for the sensitivities of paper A.
        dataset: the data set that is drawn.
    """
    rows = noise[noise["dataset"] == dataset]
    figure = new_figure(DOUBLE_WIDTH, 5.4)
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    norms = np.sort(rows.loc[rows["noise"] > 0, "noise_norm"])
    limits = norms[0] / 1.5, norms[-1] * 1.5
    # Gauge-dependent quantities on the left, as in paper A's Figure 11.
    for axes, key in zip(panels.ravel(), ("E", "T", "A", "Eg"), strict=True):
        _sensitivities(axes, pairs[f"sensitivity_{key}"], limits)
        for method, (colour, marker, face) in _LOOKS.items():
            chosen = rows[(rows["quantity"] == key) & (rows["method"] == method)]
            if not chosen.empty:
                _response(axes, chosen, colour, marker, face)
        axes.axhline(_CHEMICAL_ACCURACY, **_ACCURACY_LINE)
        axes.set_title(f"{QUANTITY_SYMBOLS[key]}$[n]$, gauge-{QUANTITIES[key].gauge}")
        axes.set(xscale="log", yscale="log", xlim=limits)
    for axes in panels[1]:
        axes.set_xlabel(r"L$^2$ norm of the noise added to $n$ (bohr$^{-1/2}$)")
    for axes in panels[:, 0]:
        axes.set_ylabel(f"{dataset}, {ERROR_LABEL}")
    handles = _method_handles(rows, linestyle="-")
    handles += [
        Line2D([], [], color=BLACK, marker=">", linestyle="none", label="without noise"),
        Line2D([], [], color=BLACK, linestyle="--", linewidth=0.8, label="change by the noise"),
        Line2D(
            [],
            [],
            color=GREY,
            linewidth=5,
            alpha=0.35,
            label=r"sensitivity $\times$ norm, all pairs",
        ),
        Line2D([], [], color=GREY, label="median of the pairs"),
        Line2D([], [], **_ACCURACY_LINE, label="chemical accuracy"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    label_panels(list(panels.ravel()))
    return figure


def _sensitivities(axes: Axes, sensitivities: pd.Series, limits: tuple[float, float]) -> None:
    """Error = sensitivity x distance: the range over the pairs, and the median."""
    x = np.array(limits)
    lowest, median, highest = (
        sensitivities.quantile(part) * x * MILLIHARTREE_PER_HARTREE for part in (0.0, 0.5, 1.0)
    )
    axes.fill_between(x, lowest, highest, color=GREY, alpha=0.2, linewidth=0)
    axes.plot(x, median, color=GREY)


def _response(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, face: str) -> None:
    """Error and change by the noise; the error without noise is the arrow at the left edge."""
    means = rows.groupby("noise")[["noise_norm", "mae", "response"]].mean()
    means[["mae", "response"]] *= MILLIHARTREE_PER_HARTREE
    noisy = means[means.index > 0]
    axes.plot(
        noisy["noise_norm"],
        noisy["mae"],
        color=colour,
        marker=marker,
        markerfacecolor=face,
        zorder=3,
    )
    axes.plot(noisy["noise_norm"], noisy["response"], "--", color=colour, linewidth=0.8, zorder=2)
    if 0 in means.index:
        axes.plot(
            0.0,
            means.loc[0, "mae"],
            ">",
            color=colour,
            markerfacecolor=face,
            markersize=5,
            clip_on=False,
            zorder=4,
            transform=axes.get_yaxis_transform(),
        )


@house_style()
def functional_methods(table1: pd.DataFrame, errors: pd.DataFrame, datasets: list[str]) -> Figure:
    """Draw the errors of the functionals that networks have learned, by every method.

    Args:
        table1: tables/table1.parquet, the networks; a point is the mean over the repeats.
        errors: rows of `FUNCTIONAL_ERRORS`; ML-HK as trained on predicted densities.
        datasets: the data sets that are drawn, a panel each.
    """
    figure = new_figure(DOUBLE_WIDTH, 3.6)
    panels = np.atleast_1d(figure.subplots(1, len(datasets), sharey=True))
    # Functionals of the density first, as in the paper's figures.
    learned = learned_functionals(table1)
    functionals = sorted(learned, key=lambda functional: functional.variable != "n")
    of_density = sum(functional.variable == "n" for functional in functionals)
    labels = [functional.label for functional in functionals]
    shown = errors[errors["energy_training"].fillna("predicted") == "predicted"]
    networks = table1.rename(columns={"mae_mean": "mae"}).assign(method=CNN)
    rows = pd.concat([networks[["dataset", "method", "functional", "mae"]], shown])
    rows = rows[rows["functional"].isin(labels)]
    for axes, dataset in zip(panels, datasets, strict=True):
        here = rows[rows["dataset"] == dataset]
        for method, dodge in _DODGE.items():
            colour, marker, face = _LOOKS[method]
            chosen = here[here["method"] == method]
            axes.plot(
                [labels.index(label) + dodge for label in chosen["functional"]],
                chosen["mae"] * MILLIHARTREE_PER_HARTREE,
                linestyle="none",
                color=colour,
                marker=marker,
                markerfacecolor=face,
                markersize=4.5,
            )
        axes.axhline(_CHEMICAL_ACCURACY, **_ACCURACY_LINE)
        for position in range(1, len(labels)):
            axes.axvline(
                position - 0.5, color=GREY, linewidth=0.3 if position != of_density else 1.0
            )
        symbols = [f"{QUANTITY_SYMBOLS[f.quantity]}[${f.variable}$]" for f in functionals]
        axes.set_xticks(range(len(labels)), symbols)
        axes.tick_params(axis="x", length=0)
        axes.set(yscale="log", xlim=(-0.5, len(labels) - 0.5), xlabel="functional", title=dataset)
    panels[0].set_ylabel(ERROR_LABEL)
    handles = _method_handles(rows, linestyle="none")
    handles.append(Line2D([], [], **_ACCURACY_LINE, label="chemical accuracy"))
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    label_panels(list(panels))
    return figure


def _method_handles(rows: pd.DataFrame, linestyle: str) -> list[Line2D]:
    """Legend entries of the methods that the rows hold."""
    present = set(rows["method"])
    return [
        Line2D(
            [],
            [],
            linestyle=linestyle,
            color=colour,
            marker=marker,
            markerfacecolor=face,
            label=method,
        )
        for method, (colour, marker, face) in _LOOKS.items()
        if method in present
    ]
