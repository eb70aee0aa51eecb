"""Figures 8, 9 and 14 of paper A: grid search and errors of the functionals."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hkmaps.datasets.functionals import VARIABLES
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.learned import functional_rows, learned_functionals
from hkmaps.reporting.markdown import printed_mae
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    COLUMN_WIDTH,
    DOUBLE_WIDTH,
    ERROR_LABEL,
    GREY,
    PUBLISHED_STAR,
    QUANTITY_SYMBOLS,
    SKY,
    VARIABLE_COLOURS,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

_BAR = 0.36
_CHEMICAL_ACCURACY = CHEMICAL_ACCURACY * MILLIHARTREE_PER_HARTREE


@house_style()
def grid_search(search: pd.DataFrame, published: pd.DataFrame, title: str) -> Figure:
    """Draw the validation error over learning rate and batch size (paper A, Figure 8).

    Args:
        search: networks/{dataset}/{functional}/grid_search.parquet; a cell shows the mean of its
            runs' minima.
        published: rows of `read_published`, for the printed choice.
        title: what was searched, such as "A[V], atoms".
    """
    cells = search.pivot_table(
        index="batch_size", columns="learning_rate", values="minimum_validation_mse"
    ).sort_index(ascending=False)
    figure = new_figure(COLUMN_WIDTH, 2.9)
    axes = figure.subplots()
    sns.heatmap(
        cells,
        ax=axes,
        norm=LogNorm(cells.min().min(), cells.max().max()),
        cmap="viridis_r",
        annot=True,
        fmt=".1e",
        annot_kws={"fontsize": 5.5},
        linewidths=0.5,
        cbar_kws={"label": "minimum validation MSE (Ha$^2$)"},
    )
    values = published.set_index("id")["value"]
    printed = (
        float(values["A.fig8.best_batch_size"]),
        float(values["A.fig8.best_learning_rate"]),
    )
    winner = cells.stack().idxmin()
    handles = []
    if (centre := _cell_centre(cells, printed)) is not None:
        star = PUBLISHED_STAR | {"color": "red"}
        handles += axes.plot(centre[0] - 0.3, centre[1] - 0.28, **star, label="published choice")
    centre = _cell_centre(cells, winner)
    handles += axes.plot(
        centre[0] + 0.3,
        centre[1] - 0.28,
        "o",
        color="white",
        markeredgecolor=BLACK,
        markersize=6,
        label="best of this study",
    )
    axes.set_xticklabels([f"{rate:.5f}" for rate in cells.columns], rotation=30, ha="right")
    axes.set_yticklabels([f"{size:g}" for size in cells.index], rotation=0)
    axes.set(xlabel="learning rate", ylabel="batch size", title=title)
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


@house_style()
def functional_errors(table1: pd.DataFrame, published: pd.DataFrame, dataset: str) -> Figure:
    """Draw the errors of the functionals beside the printed ones (paper A, Figures 9, 14).

    Args:
        table1: tables/table1.parquet.
        published: rows of `read_published`.
        dataset: the data set that is drawn.
    """
    rows = functional_rows(table1, dataset)
    functionals = learned_functionals(table1)
    quantities = [key for key in QUANTITIES if key in {each.quantity for each in functionals}]
    figure = new_figure(1.45 * COLUMN_WIDTH, 3.0)
    axes = figure.subplots()
    for functional in functionals:
        side = -1 if functional.variable == "n" else 1
        position = quantities.index(functional.quantity) + side * _BAR / 2
        row = rows.loc[functional.label]
        mean, deviation, median = (
            row[name] * MILLIHARTREE_PER_HARTREE for name in ("mae_mean", "mae_std", "mae_median")
        )
        axes.bar(
            position,
            mean,
            _BAR * 0.92,
            color=VARIABLE_COLOURS[functional.variable],
            yerr=deviation,
            error_kw={"linewidth": 0.9},
        )
        axes.plot(position, median, "_", color=BLACK, markersize=9, markeredgewidth=1.2)
        if row["dead"]:
            axes.annotate(
                f"{row['dead']} dead",
                (position, mean + deviation),
                (0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=6,
            )
        if printed := printed_mae(published, dataset, functional.label):
            axes.errorbar(
                position + 0.11,
                printed[0].value,
                printed[1].value,
                fmt="D",
                color=BLACK,
                markerfacecolor="white",
                markersize=3.5,
                linewidth=0.7,
                capsize=1.5,
            )
    _chemical_accuracy(axes)
    axes.set_yscale("log")
    axes.set_ylim(*_limits(rows))
    axes.set_xticks(range(len(quantities)), [QUANTITY_SYMBOLS[key] for key in quantities])
    axes.set(xlabel="predicted quantity", ylabel=ERROR_LABEL, title=dataset)
    handles = [
        Patch(color=VARIABLE_COLOURS[key], label=f"from {VARIABLES[key]} ${key}(x)$")
        for key in ("n", "V")
        if key in {each.variable for each in functionals}
    ]
    handles += [
        Line2D([], [], color=BLACK, marker="_", linestyle="none", markersize=9, label="median"),
        Line2D(
            [],
            [],
            color=BLACK,
            marker="D",
            markerfacecolor="white",
            linestyle="none",
            markersize=3.5,
            label="published",
        ),
        Line2D([], [], color=BLUE, linestyle="--", label="chemical accuracy"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


@house_style()
def converged_errors(table1: pd.DataFrame, families: dict[str, str]) -> Figure:
    """Draw the errors on the published and on the converged data sets side by side.

    Args:
        table1: tables/table1.parquet.
        families: published data set -> the converged one that stands beside it.
    """
    figure = new_figure(DOUBLE_WIDTH, 3.0)
    panels = np.atleast_1d(figure.subplots(1, len(families), sharey=True))
    functionals = learned_functionals(table1)
    for axes, (name, converged) in zip(panels, families.items(), strict=True):
        for dataset, side, colour in ((name, -1, GREY), (converged, 1, SKY)):
            rows = functional_rows(table1, dataset)
            means = rows["mae_mean"] * MILLIHARTREE_PER_HARTREE
            axes.bar(
                np.arange(len(functionals)) + side * _BAR / 2,
                means,
                _BAR * 0.92,
                color=colour,
                yerr=rows["mae_std"] * MILLIHARTREE_PER_HARTREE,
                error_kw={"linewidth": 0.9},
            )
            axes.plot(
                np.arange(len(functionals)) + side * _BAR / 2,
                rows["mae_median"] * MILLIHARTREE_PER_HARTREE,
                "_",
                color=BLACK,
                markersize=8,
                markeredgewidth=1.2,
            )
        _chemical_accuracy(axes)
        symbols = [f"{QUANTITY_SYMBOLS[f.quantity]}[${f.variable}$]" for f in functionals]
        axes.set_xticks(range(len(functionals)), symbols)
        axes.set(xlabel="functional", title=name)
    panels[0].set_yscale("log")
    panels[0].set_ylim(*_limits(table1))
    panels[0].set_ylabel(ERROR_LABEL)
    handles = [
        Patch(color=GREY, label="published grid"),
        Patch(color=SKY, label="converged grid, second electron bound"),
        Line2D([], [], color=BLACK, marker="_", linestyle="none", markersize=8, label="median"),
        Line2D([], [], color=BLUE, linestyle="--", label="chemical accuracy"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    label_panels(list(panels))
    return figure


def _chemical_accuracy(axes: Axes) -> None:
    axes.axhline(_CHEMICAL_ACCURACY, color=BLUE, linestyle="--", zorder=2.5)


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Limits of a logarithmic axis with room for the printed values beside the measured ones."""
    lowest, highest = rows["mae_min"].min(), (rows["mae_mean"] + rows["mae_std"]).max()
    return (
        min(0.5 * lowest * MILLIHARTREE_PER_HARTREE, 0.05),
        max(2.0 * highest * MILLIHARTREE_PER_HARTREE, 60.0),
    )


def _cell_centre(cells: pd.DataFrame, choice: tuple[float, float]) -> tuple[float, float] | None:
    """Position of the cell (batch size, learning rate) in a heat map, None where it has none."""
    batch_size, learning_rate = choice
    if batch_size not in cells.index or learning_rate not in cells.columns:
        return None
    return (
        cells.columns.get_loc(learning_rate) + 0.5,
        cells.index.get_loc(batch_size) + 0.5,
    )
