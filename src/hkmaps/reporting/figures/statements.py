"""What paper A says in words, in figures of this study: networks, ranges, families, seeds."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.datasets.functionals import FUNCTIONALS, VARIABLES, Functional
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.family_tables import PREDICTORS
from hkmaps.reporting.markdown import STANDING_OUT, printed_mae
from hkmaps.reporting.range_tables import DIRECT, GAUGE_AWARE
from hkmaps.reporting.rules import SIGNIFICANCE
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    COLUMN_WIDTH,
    DOUBLE_WIDTH,
    ERROR_LABEL,
    GREEN,
    GREY,
    ORANGE,
    PUBLISHED_STAR,
    PURPLE,
    QUANTITY_SYMBOLS,
    SKY,
    VARIABLE_COLOURS,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

_DATA_SET_LOOKS = ((VERMILION, "o"), (BLUE, "s"), (GREEN, "D"), (PURPLE, "^"), (ORANGE, "v"))
_STAR = {"markersize": 7, "color": "white"}
_QUANTITY_MARKERS = dict(zip(QUANTITIES, "osD^", strict=True))
_OF_DENSITY_FIRST = sorted(FUNCTIONALS, key=lambda functional: functional.variable != "n")


@house_style()
def architectures(
    table: pd.DataFrame, depths: Mapping[str, pd.DataFrame], impacts: pd.DataFrame
) -> Figure:
    """Draw fully-connected against convolutional networks, depths, and what hyperparameters do.

    Args:
        table: tables/architectures.parquet.
        depths: networks/{dataset}/depths.parquet by data set.
        impacts: tables/hyperparameters.parquet.
    """
    figure = new_figure(DOUBLE_WIDTH, 3.0)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.25, 0.85, 1])
    _ratios(left, table)
    _depths(middle, depths)
    _impacts(right, impacts)
    label_panels([left, middle, right])
    return figure


def _ratios(axes: Axes, table: pd.DataFrame) -> None:
    present = set(table["functional"])
    functionals = [each for each in _OF_DENSITY_FIRST if each.label in present]
    labels = [functional.label for functional in functionals]
    datasets = list(table["dataset"].unique())
    for number, (dataset, (colour, marker)) in enumerate(
        zip(datasets, cycle(_DATA_SET_LOOKS), strict=False)
    ):
        rows = table[table["dataset"] == dataset]
        places = [labels.index(label) for label in rows["functional"]]
        dodge = 0.3 * (number - (len(datasets) - 1) / 2) / max(len(datasets) - 1, 1)
        told_apart = rows["p_value"] < SIGNIFICANCE
        for place, ratio, certain in zip(places, rows["ratio"], told_apart, strict=True):
            axes.plot(
                place + dodge,
                ratio,
                marker,
                color=colour,
                markerfacecolor=colour if certain else "white",
                markersize=4.5,
            )
    axes.axhline(1, color=BLACK, linewidth=0.7)
    axes.set_xticks(range(len(labels)), map(_symbol, functionals), rotation=90)
    axes.set(
        yscale="log",
        xlabel="functional",
        ylabel="error, fully connected / CNN",
        title="architecture",
    )
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.45), max(high, 2.2))
    plain_ticks(axes.yaxis)
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle="none", markersize=4.5, label=dataset)
        for dataset, (colour, marker) in zip(datasets, cycle(_DATA_SET_LOOKS), strict=False)
    ]
    handles.append(
        Line2D(
            [],
            [],
            color=GREY,
            marker="o",
            markerfacecolor="white",
            linestyle="none",
            markersize=4.5,
            label=f"$p$ ≥ {SIGNIFICANCE:g}",
        )
    )
    axes.legend(handles=handles, fontsize=6, loc="best")


def _depths(axes: Axes, depths: Mapping[str, pd.DataFrame]) -> None:
    shown = [
        (f"{_symbol_of(functional)}, {dataset}", rows)
        for dataset, errors in depths.items()
        for functional, rows in errors.groupby("functional", sort=False)
    ]
    for (name, rows), (colour, _) in zip(shown, cycle(_DATA_SET_LOOKS), strict=False):
        errors = rows["mae"] * MILLIHARTREE_PER_HARTREE
        axes.plot(rows["hidden_layers"], errors, "o", color=colour, markersize=2.5, alpha=0.5)
        medians = errors.groupby(rows["hidden_layers"]).median()
        axes.plot(medians.index, medians, "_-", color=colour, markersize=11, label=name)
    axes.set(yscale="log", xlabel="hidden layers", ylabel=ERROR_LABEL, title="depth")
    axes.set_xticks(sorted({layers for _, rows in shown for layers in rows["hidden_layers"]}))
    plain_ticks(axes.yaxis)
    axes.margins(x=0.15)
    axes.legend(fontsize=6)


def _impacts(axes: Axes, impacts: pd.DataFrame) -> None:
    groups = list(impacts.groupby(["dataset", "functional"], sort=False))
    order = list(
        impacts.groupby("hyperparameter")["share"].mean().sort_values(na_position="first").index
    )
    height = 0.8 / len(groups)
    for number, ((dataset, functional), rows) in enumerate(groups):
        places = [order.index(name) for name in rows["hyperparameter"]]
        shift = height * (number - (len(groups) - 1) / 2)
        axes.barh(
            np.array(places) + shift,
            rows["share"].fillna(0.0),
            height * 0.9,
            color=_DATA_SET_LOOKS[number % len(_DATA_SET_LOOKS)][0],
            label=f"{_symbol_of(functional)}, {dataset}",
        )
    axes.axvline(0, color=BLACK, linewidth=0.7)
    axes.set_yticks(range(len(order)), [name.replace("_", " ") for name in order])
    axes.set(xlabel="share of the variance\nof log$_{10}$(validation MSE)", ylabel="hyperparameter")
    axes.set_title("random search")
    axes.legend(fontsize=6, loc="lower right")


@house_style()
def output_ranges(ranges: pd.DataFrame) -> Figure:
    """Draw errors over the spread of the output, from n, from V and by the exact external energy.

    Args:
        ranges: tables/output_ranges.parquet; a panel each for atoms and diatomics.
    """
    datasets = [name for name in ("atoms", "diatomics") if name in set(ranges["dataset"])]
    shown = ranges[ranges["dataset"].isin(datasets)]
    spreads, errors = (
        MILLIHARTREE_PER_HARTREE * shown[name] for name in ("output_deviation", "mae_median")
    )
    limits = [(values.min() / 1.6, 1.6 * values.max()) for values in (spreads, errors)]
    figure = new_figure(DOUBLE_WIDTH, 3.4)
    panels = np.atleast_1d(figure.subplots(1, len(datasets), sharey=True))
    for axes, dataset in zip(panels, datasets, strict=True):
        for number in shown.index[shown["dataset"] == dataset]:
            row = shown.loc[number]
            direct = row["route"] == DIRECT
            colour = VARIABLE_COLOURS[row["variable"]] if direct else BLUE
            axes.plot(
                spreads[number],
                errors[number],
                _QUANTITY_MARKERS[row["quantity"]],
                color=colour,
                markerfacecolor=colour if direct else "white",
                markersize=6,
                zorder=3,
            )
        axes.set(xscale="log", yscale="log", xlim=limits[0], ylim=limits[1], title=dataset)
        _equal_relative_errors(axes)
        plain_ticks(axes.xaxis)
        plain_ticks(axes.yaxis)
        axes.axhline(
            CHEMICAL_ACCURACY * MILLIHARTREE_PER_HARTREE, color=BLUE, linestyle="--", linewidth=0.8
        )
        axes.set_xlabel("standard deviation of the output (mHa)")
    panels[0].set_ylabel("mean absolute error,\nmedian of the repeats (mHa)")
    handles = [
        Line2D([], [], color=BLACK, marker=marker, linestyle="none", label=QUANTITY_SYMBOLS[key])
        for key, marker in _QUANTITY_MARKERS.items()
    ]
    handles += [
        Line2D(
            [], [], color=VARIABLE_COLOURS[key], marker="o", linestyle="none", label=f"from {name}"
        )
        for key, name in VARIABLES.items()
    ]
    if (ranges["route"] == GAUGE_AWARE).any():
        handles.append(
            Line2D(
                [],
                [],
                color=BLUE,
                marker="o",
                markerfacecolor="white",
                linestyle="none",
                label="exact external energy",
            )
        )
    handles += [
        Line2D([], [], color=GREY, linewidth=0.6, label="equal relative errors"),
        Line2D([], [], color=BLUE, linestyle="--", linewidth=0.8, label="chemical accuracy"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=5)
    label_panels(list(panels))
    return figure


def _equal_relative_errors(axes: Axes) -> None:
    """Lines on which the error is one share of the output's standard deviation."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    ends = np.array([left, right])
    for exponent in range(-6, 2):
        share = 10.0**exponent
        axes.plot(ends, share * ends, color=GREY, linewidth=0.6, zorder=1)
        if low < share * right < high:
            axes.annotate(
                f"{100 * share:g} %",
                (right, share * right),
                (-2, -2),
                textcoords="offset points",
                ha="right",
                va="top",
                fontsize=6,
                color=GREY,
            )
    axes.set(xlim=(left, right), ylim=(low, high))


@house_style()
def families(table: pd.DataFrame) -> Figure:
    """Draw how far E[n] and A[n] stand out over near-constant shifts and over sensitivities.

    Args:
        table: tables/families.parquet; data sets without all functionals are not drawn.
    """
    figure = new_figure(DOUBLE_WIDTH, 3.0)
    panels = figure.subplots(1, len(PREDICTORS), sharey=True)
    looks = (*_DATA_SET_LOOKS, (SKY, "P"), (BLACK, "X"), (GREY, "<"))
    scales = {"near_constant_share": 100.0, "sensitivity_ratio": 1.0}
    labels = {
        "near_constant_share": "near-constant shifts among the pairs (%)",
        "sensitivity_ratio": "sensitivity of $E$[$n$], $A$[$n$]\nover that of $T$[$n$], $E_g$[$n$]",
    }
    known = table.dropna(subset=["over_potential"])
    handles = []
    for axes, predictor in zip(panels, PREDICTORS, strict=True):
        handles = [
            axes.plot(
                scales[predictor] * row[predictor],
                row["over_potential"],
                marker,
                color=colour,
                markersize=6,
                label=row["dataset"],
            )[0]
            for row, (colour, marker) in zip(known.to_dict("records"), cycle(looks), strict=False)
        ]
        axes.axhline(STANDING_OUT, color=GREY, linestyle="--", linewidth=0.8)
        axes.set(yscale="log", xlabel=labels[predictor])
        axes.margins(0.1)
    panels[-1].set_xscale("log")
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(min(low, 1.0), max(high, 10.0))
    plain_ticks(panels[0].yaxis)
    panels[0].set_ylabel("error of $E$[$n$], $A$[$n$]\nover that of $E$[$V$], $A$[$V$]")
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    label_panels(list(panels))
    return figure


@house_style()
def table1_seeds(seeds: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw the mean errors of Table 1 seed by seed beside the printed ones.

    Args:
        seeds: tables/table1_seeds.parquet.
        published: rows of `read_published`.
    """
    datasets = list(seeds["dataset"].unique())
    figure = new_figure(DOUBLE_WIDTH if len(datasets) > 1 else 1.4 * COLUMN_WIDTH, 3.0)
    panels = np.atleast_1d(figure.subplots(1, len(datasets), sharey=True))
    for axes, dataset in zip(panels, datasets, strict=True):
        rows = seeds[seeds["dataset"] == dataset]
        present = set(rows["functional"])
        functionals = [each for each in _OF_DENSITY_FIRST if each.label in present]
        for place, functional in enumerate(functionals):
            found = rows[rows["functional"] == functional.label]
            dodges = 0.5 * (np.arange(len(found)) - (len(found) - 1) / 2) / len(found)
            axes.errorbar(
                place + dodges,
                found["mae_mean"] * MILLIHARTREE_PER_HARTREE,
                found["mae_std"] * MILLIHARTREE_PER_HARTREE,
                fmt="o",
                markersize=2.5,
                linewidth=0.7,
                color=VARIABLE_COLOURS[functional.variable],
            )
            if printed := printed_mae(published, dataset, functional.label):
                star = PUBLISHED_STAR | _STAR
                axes.errorbar(
                    place + 0.38,
                    printed[0].value,
                    printed[1].value,
                    ecolor=BLACK,
                    elinewidth=0.7,
                    **star,
                )
        axes.axhline(
            CHEMICAL_ACCURACY * MILLIHARTREE_PER_HARTREE, color=BLUE, linestyle="--", linewidth=0.8
        )
        axes.set_xticks(range(len(functionals)), map(_symbol, functionals), rotation=90)
        axes.set(yscale="log", xlabel="functional", title=dataset)
        axes.set_ylim(bottom=0.4 * MILLIHARTREE_PER_HARTREE * seeds["mae_mean"].min())
    plain_ticks(panels[0].yaxis)
    panels[0].set_ylabel(ERROR_LABEL)
    handles = [
        Line2D(
            [],
            [],
            color=VARIABLE_COLOURS[key],
            marker="o",
            linestyle="none",
            markersize=3,
            label=f"seeds, from {VARIABLES[key]}",
        )
        for key in "nV"
    ]
    handles.append(Line2D([], [], **PUBLISHED_STAR | _STAR, label="published"))
    handles.append(
        Line2D([], [], color=BLUE, linestyle="--", linewidth=0.8, label="chemical accuracy")
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=4 if len(datasets) > 1 else 2)
    label_panels(list(panels))
    return figure


def _symbol(functional: Functional) -> str:
    return f"{QUANTITY_SYMBOLS[functional.quantity]}[${functional.variable}$]"


def _symbol_of(label: str) -> str:
    return _symbol(next(each for each in FUNCTIONALS if each.label == label))
