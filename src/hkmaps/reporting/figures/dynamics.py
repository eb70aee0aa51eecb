"""How long dynamics by maps lasts, and what rounds of learning make of errors (this study)."""

from collections.abc import Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from hkmaps.maps.results import AB_INITIO, DRIVEN, TEST_SAMPLE
from hkmaps.molecules.dynamics_names import LONG, STABILITY
from hkmaps.reporting.dynamics_tables import FORCE_UNIT, learned, round_number, survival_curve
from hkmaps.reporting.figures.molecules import CHEMICAL_ACCURACY_KCAL
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREY,
    VERMILION,
    empty_figure,
    house_style,
    label_panels,
    new_figure,
    plain_ticks,
)
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME, KCAL_PER_MOL_PER_HARTREE

_SETS = {TEST_SAMPLE: (BLUE, "o"), AB_INITIO: (BLACK, "s"), DRIVEN: (VERMILION, "D")}
"""What a map is tested on -> colour and marker."""

_SET_NAMES = {DRIVEN: "dynamics of the last map"}
_PICOSECONDS = FEMTOSECOND_PER_ATOMIC_TIME / 1000
_SHORTEST = 0.01  # ps; where the logarithmic axis of times begins, at the latest
_PRINTED_STYLES = ((0, (1, 1)), (0, (4, 1, 1, 1)), (0, (5, 2)))


def survival_label(sample: str, folder: str, dynamics: str) -> str:
    """Return what a survival curve is called.

    Args:
        sample: what the map learned from, such as ethane/300+350K-round2.
        folder: of the map, such as kohn_sham_forces.
        dynamics: name of the dynamics.
    """
    method, source = learned(folder)
    number = round_number(sample)
    if dynamics not in (STABILITY, LONG):
        return f"{method} as printed, friction: {dynamics}"
    label = f"{method} from {source}" if number is None else f"round {number}"
    return f"{label}, long runs" if dynamics == LONG else label


@house_style()
def dynamics_figure(
    runs: Sequence[tuple[str, str, str]],
    ends: Sequence[pd.DataFrame],
    maps: Sequence[tuple[str, str]],
    tests: Sequence[pd.DataFrame],
) -> Figure:
    """Draw the share of runs that are stable, and errors after each round, a column per molecule.

    Args:
        runs: sample that the map learned from, folder of the map, name of the dynamics.
        ends: rows of `DYNAMICS_ENDS` of each.
        maps: sample and folder of tested maps. Errors are drawn of those whose stability is.
        tests: rows of `MAP_TESTS` of each.
    """
    drawn = [(*each, own) for each, own in zip(runs, ends, strict=True)]
    molecules = list(dict.fromkeys(sample.partition("/")[0] for sample, *_ in drawn))
    if not drawn:
        return empty_figure("no dynamics by a map was asked for")
    looks = _survival_looks([each[:3] for each in drawn])
    moving = {(sample, folder) for sample, folder, name, _ in drawn if name in (STABILITY, LONG)}
    figure = new_figure(DOUBLE_WIDTH, 6.6)
    panels = figure.subplots(3, len(molecules), squeeze=False, height_ratios=[1.2, 1, 1])
    for column, molecule in zip(panels.T, molecules, strict=True):
        own = [each for each in drawn if each[0].partition("/")[0] == molecule]
        _survival(column[0], own, looks)
        column[0].set_title(molecule, loc="left")
        tested = [
            (sample, folder, table)
            for (sample, folder), table in zip(maps, tests, strict=True)
            if sample.partition("/")[0] == molecule and (sample, folder) in moving and len(table)
        ]
        _errors(column[1], tested, "energy")
        _errors(column[2], tested, "force")
    panels[0, 0].set_ylabel("share of stable runs")
    panels[1, 0].set_ylabel("error of energies (kcal/mol)")
    panels[2, 0].set_ylabel(r"MAE of forces (kcal/mol/$\mathrm{\AA}$)")
    for axes in panels[2]:
        axes.set_xlabel("after round, of $M$ geometries")
    label_panels(list(panels[0]))
    tested_on = set().union(*(table["tested_on"] for table in tests))
    handles = _handles(looks, [name for name in _SETS if name in tested_on])
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _survival_looks(runs: Sequence[tuple[str, str, str]]) -> dict[str, dict]:
    """Label of a curve -> its look; later rounds are thinner, so that none hides another."""
    rounds = sorted({number for sample, *_ in runs if (number := round_number(sample)) is not None})
    # Dark to light, but not as light as paper: told apart with every kind of colour vision.
    colours = mpl.colormaps["viridis"]([0.9 * n / max(1, len(rounds) - 1) for n in range(99)])
    printed = iter(_PRINTED_STYLES * len(runs))
    looks = {}
    for sample, folder, dynamics in sorted(runs, key=_place_in_legend):
        label, number = survival_label(sample, folder, dynamics), round_number(sample)
        if label in looks:
            continue
        if number is not None:
            place = rounds.index(number)
            looks[label] = {
                "color": colours[place],
                "linewidth": 3.4 - 2.2 * place / max(1, len(rounds) - 1),
                "zorder": 2 + 0.1 * place,
            }
            if dynamics == LONG:
                looks[label] |= {"linestyle": (0, (2, 1)), "linewidth": 1.2}
        elif dynamics == STABILITY:
            looks[label] = {"color": GREY, "linewidth": 1.6}
        else:
            looks[label] = {"color": BLACK, "linewidth": 1.1, "linestyle": next(printed)}
    return looks


def _place_in_legend(run: tuple[str, str, str]) -> tuple[int, int]:
    """As printed, from energies alone, rounds, long runs."""
    sample, _, dynamics = run
    number = round_number(sample)
    if dynamics == LONG:
        return 3, 0
    if dynamics != STABILITY:
        return 0, 0
    return (1, 0) if number is None else (2, number)


def _survival(axes: Axes, runs: Sequence[tuple], looks: dict[str, dict]) -> None:
    first = _SHORTEST
    for sample, folder, dynamics, ends in runs:
        times, shares = survival_curve(ends)
        times = times * _PICOSECONDS
        broken = times[1:][times[1:] > 0]
        first = min([first, *broken])
        # A logarithmic axis has no 0: the curve comes from its left end.
        times[0] = 1e-9
        look = looks[survival_label(sample, folder, dynamics)]
        axes.step(times, shares, where="post", **look)
        if shares[-1] > 0:
            end = {"color": look["color"], "zorder": look.get("zorder", 2)}
            axes.plot(times[-1], shares[-1], "|", markersize=7, markeredgewidth=1.2, **end)
    axes.set_xscale("log")
    last = max(ends["time_asked"].max() for *_, ends in runs) * _PICOSECONDS
    axes.set(xlim=(0.7 * first, 1.4 * last), ylim=(-0.04, 1.06), xlabel="time (ps)")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _errors(axes: Axes, tested: Sequence[tuple[str, str, pd.DataFrame]], of: str) -> None:
    """Errors of the maps of rounds, and left of them those of maps from energies alone."""
    columns, labels = {}, {}
    for sample, _, table in tested:
        number = round_number(sample)
        place = -1 if number is None else number
        size = table["training_points"].iloc[0]
        labels[place] = f"{'energies' if number is None else number}\n{size}"
        for name, rows in table.groupby("tested_on"):
            errors = (rows["predicted_energy"] - rows["reference_energy"]).abs()
            if of == "force":
                mean, most = rows["force_error"].astype(float).mean() * FORCE_UNIT, None
            else:
                mean, most = (
                    value * KCAL_PER_MOL_PER_HARTREE for value in (errors.mean(), errors.max())
                )
            columns.setdefault(name, []).append((place, mean, most))
    for name, points in columns.items():
        colour, marker = _SETS[name]
        # What learned from energies alone is no round before the first.
        for part in (
            [each for each in points if (each[0] < 0) == alone] for alone in (True, False)
        ):
            known = sorted(each for each in part if pd.notna(each[1]))
            if not known:
                continue
            places, means, mosts = zip(*known, strict=True)
            axes.plot(places, means, color=colour, marker=marker)
            if of == "energy":
                look = {"linestyle": (0, (1, 1.5)), "linewidth": 1.0, "markerfacecolor": "white"}
                axes.plot(places, mosts, color=colour, marker=marker, **look)
    axes.set_yscale("log")
    if of == "energy":
        axes.axhline(CHEMICAL_ACCURACY_KCAL, color=BLACK, linestyle=":", linewidth=0.9)
    axes.set_xticks(sorted(labels), [labels[place] for place in sorted(labels)])
    axes.margins(0.1)
    plain_ticks(axes.yaxis, numticks=12)


def _handles(looks: dict[str, dict], tested_on: Sequence[str]) -> list[Line2D]:
    handles = [Line2D([], [], label=label, **look) for label, look in looks.items()]
    for name in tested_on:
        colour, marker = _SETS[name]
        label = f"errors on {_SET_NAMES.get(name, name)}"
        handles.append(Line2D([], [], color=colour, marker=marker, label=label))
    look = {"linestyle": (0, (1, 1.5)), "linewidth": 1.0, "markerfacecolor": "white", "marker": "o"}
    handles.append(Line2D([], [], color=BLACK, label="the largest of them", **look))
    handles.append(
        Line2D([], [], color=BLACK, linestyle=":", linewidth=0.9, label="chemical accuracy")
    )
    return handles
