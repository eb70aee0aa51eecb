"""What a reference calculation buys where its forces are learned as well (this study)."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.maps.results import (
    ENERGIES,
    ENERGIES_AND_FORCES,
    HOHENBERG_KOHN,
    KOHN_SHAM,
)
from hkmaps.reporting.dynamics_tables import FORCE_UNIT
from hkmaps.reporting.figures.molecules import CHEMICAL_ACCURACY_KCAL, METHOD_LOOKS
from hkmaps.reporting.force_tables import compared_errors
from hkmaps.reporting.style import (
    BLACK,
    DOUBLE_WIDTH,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
    size_ticks,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_LINES = {ENERGIES: ((0, (3, 1.5)), "white"), ENERGIES_AND_FORCES: ("-", None)}
"""What is learned from -> line style, and colour inside of its marks (None: as outside)."""


@house_style()
def forces_figure(
    errors: pd.DataFrame, costs: Mapping[tuple[str, str], dict[str, float]]
) -> Figure:
    """Draw errors of energies and forces of maps from energies, and from energies and forces.

    Args:
        errors: rows of `MAP_ERRORS` of samples whose forces are known.
        costs: molecule and sample -> what `calculation_costs` returns.
    """
    rows = compared_errors(errors)
    samples = list(costs)
    figure = new_figure(DOUBLE_WIDTH, 0.7 + 1.75 * len(samples))
    panels = figure.subplots(len(samples), 3, squeeze=False, sharex="col")
    for line, (molecule, sample) in zip(panels, samples, strict=True):
        here = rows[(rows["molecule"] == molecule) & (rows["sample"] == sample)]
        seconds = here["learned_from"].map(costs[molecule, sample])
        drawn = {
            "training_points": here["training_points"],
            "core_seconds": here["training_points"] * seconds,
        }
        of_energy = here["mae"] * KCAL_PER_MOL_PER_HARTREE
        of_force = here["force_mae"] * FORCE_UNIT
        line[0].set_title(f"{molecule}, {sample}", loc="left")
        for axes, across, up in (
            (line[0], drawn["training_points"], of_energy),
            (line[1], drawn["core_seconds"], of_energy),
            (line[2], drawn["training_points"], of_force),
        ):
            _curves(axes, here, across, up)
        for axes in line[::2]:
            # Panels of a column share their axis.
            size_ticks(axes, rows["training_points"])
        for axes in line[:2]:
            axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
        line[0].set_ylabel(r"MAE of $\Delta E$ (kcal/mol)")
        line[2].set_ylabel(r"MAE of forces (kcal/mol/$\mathrm{\AA}$)")
    for axes, label in zip(
        panels[-1],
        ("training points $M$", "reference calculations (core-seconds)", "training points $M$"),
        strict=True,
    ):
        axes.set_xlabel(label)
    label_panels(list(panels.flat))
    figure.legend(handles=_handles(), loc="outside lower center", ncols=5)
    return figure


def _curves(axes: Axes, rows: pd.DataFrame, across: pd.Series, up: pd.Series) -> None:
    for method in (KOHN_SHAM, HOHENBERG_KOHN):
        colour, marker = METHOD_LOOKS[method]
        for learned, (style, inside) in _LINES.items():
            chosen = (rows["method"] == method) & (rows["learned_from"] == learned)
            axes.plot(
                across[chosen],
                up[chosen],
                color=colour,
                marker=marker,
                markersize=4,
                linestyle=style,
                markerfacecolor=inside or colour,
            )
    axes.set(xscale="log", yscale="log")
    axes.margins(0.08)
    plain_ticks(axes.xaxis, subs=(1, 3))
    plain_ticks(axes.yaxis)


def _handles() -> list[Line2D]:
    handles = [
        Line2D([], [], color=METHOD_LOOKS[name][0], marker=METHOD_LOOKS[name][1], label=name)
        for name in (KOHN_SHAM, HOHENBERG_KOHN)
    ]
    handles += [
        Line2D([], [], color=BLACK, linestyle=style, label=f"from {learned}")
        for learned, (style, _) in _LINES.items()
    ]
    handles.append(
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy")
    )
    return handles
