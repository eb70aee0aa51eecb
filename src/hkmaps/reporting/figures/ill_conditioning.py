"""Both papers and the follow-up in one figure: error against conditioning, and the remedy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hkmaps.exact.quantities import QUANTITIES
from hkmaps.maps.density_noise_results import TOTAL_ENERGY, UNIVERSAL, WHITE
from hkmaps.maps.nested_results import FROM_UNIVERSAL, INVERSE, SOLVE
from hkmaps.maps.results import GAUGE_AWARE_PREFIX, KRR
from hkmaps.reporting.follow_up_tables import NOTEBOOK_DATA_SET, notebooks_noise
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    ERROR_LABEL,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.units import CHEMICAL_ACCURACY, MILLIHARTREE_PER_HARTREE

DOUBLE_WELLS = "double-wells"
"""The data set whose noise is drawn beside that of the notebooks, where there is one."""

# Gauge-dependent, depends on the electron that is added -> name and colour.
_CLASSES = {
    (False, False): ("neither", BLUE),
    (True, False): ("gauge-dependent", VERMILION),
    (True, True): ("both", ORANGE),
    (False, True): ("of the added electron", PURPLE),
}
_MARKERS = "os^DvPX<>"
_PAPER_A_OF_NEXT = ("A", "Eg")
_EXPECTED_LINE = {"color": GREY, "linestyle": "--", "linewidth": 0.9, "zorder": 1}
_ACCURACY_LINE = {"color": BLACK, "linestyle": ":", "linewidth": 0.9, "zorder": 1}


@dataclass(frozen=True)
class _Functional:
    """A functional of the density: class, conditioning, and errors without and with noise, in Ha.

    Attributes:
        dataset: data set.
        label: its name.
        kind: gauge-dependent, and of the electron that is added.
        quotient: largest quotient of all pairs, in Ha bohr^1/2, of molecules Ha bohr^3/2.
        errors: mean absolute errors without noise and with that of the notebooks.
        remedied: the same from gauge-invariant functionals and the integral of n V, or None.
    """

    dataset: str
    label: str
    kind: tuple[bool, bool]
    quotient: float
    errors: tuple[float, float]
    remedied: tuple[float, float] | None


@house_style()
def error_against_conditioning(
    nested: pd.DataFrame,
    quotients: pd.DataFrame,
    noise: pd.DataFrame,
    pairs: Mapping[str, pd.DataFrame],
    molecules: pd.DataFrame,
) -> Figure:
    """Draw errors of functionals of n over their largest quotient, and over noise.

    Args:
        nested: rows of `NESTED_ERRORS`, of the follow-up's data sets.
        quotients: rows of `LIPSCHITZ_QUOTIENTS`, of the same ones.
        noise: rows of `NOISE_RESPONSE`, of data sets of paper A; those by kernel ridge regression
            are drawn.
        pairs: rows of `PAIRS` by data set of paper A.
        molecules: rows of `DENSITY_NOISE`, of molecules of paper B; white noise whose norm is
            nearest to that in one dimension is drawn.
    """
    norm = _noise_norm(noise)
    functionals = [
        *_of_paper_a(noise, pairs),
        *_of_follow_up(nested, quotients),
        *_of_molecules(molecules, norm),
    ]
    datasets = list(dict.fromkeys(each.dataset for each in functionals))
    markers = dict(zip(datasets, cycle(_MARKERS), strict=False))
    figure = new_figure(DOUBLE_WIDTH, 6.2)
    panels = figure.subplots(2, 2, sharey="row")
    sizes = nested.loc[nested["noise"] > 0, "noise"].unique()
    for number, axes in enumerate(panels[0]):
        for each in functionals:
            _functional(axes, each, number, markers[each.dataset])
        axes.axhline(CHEMICAL_ACCURACY * MILLIHARTREE_PER_HARTREE, **_ACCURACY_LINE)
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel(r"largest $|Q_a-Q_b|/\|n_a-n_b\|$ (atomic units)")
    panels[0, 0].set_title("without noise")
    panels[0, 1].set_title(
        f"noise of {_power(notebooks_noise(sizes))} bohr$^{{-1}}$ on each value of $n$"
    )
    _over_noise(panels[1, 0], nested, NOTEBOOK_DATA_SET, ("E1", "F1"))
    _over_noise(panels[1, 1], nested, DOUBLE_WELLS, ("G2", "G1"))
    for axes in panels[:, 0]:
        axes.set_ylabel(ERROR_LABEL)
    _expected(panels[0, 1], norm)
    figure.legend(handles=_handles(functionals, markers), loc="outside lower center", ncols=3)
    label_panels([axes for axes in panels.ravel() if axes.axison])
    return figure


def _of_paper_a(noise: pd.DataFrame, pairs: Mapping[str, pd.DataFrame]) -> Iterator[_Functional]:
    for dataset, compared in pairs.items():
        rows = noise[noise["dataset"] == dataset]
        for key, quantity in QUANTITIES.items():
            errors = _without_and_with(rows[(rows["quantity"] == key) & (rows["method"] == KRR)])
            remedy = rows[(rows["quantity"] == key) & (rows["method"] == GAUGE_AWARE_PREFIX + KRR)]
            if errors is not None:
                yield _Functional(
                    dataset,
                    f"{key}[n]",
                    (quantity.gauge == "dependent", key in _PAPER_A_OF_NEXT),
                    compared[f"sensitivity_{key}"].max(),
                    errors,
                    _without_and_with(remedy),
                )


def _of_follow_up(nested: pd.DataFrame, quotients: pd.DataFrame) -> Iterator[_Functional]:
    rows = nested.set_index(["dataset", "functional", "method"]).sort_index()
    for row in quotients[quotients["variable"] == "n"].to_dict("records"):
        key = (row["dataset"], row["functional"])
        remedy = (*key, FROM_UNIVERSAL)
        yield _Functional(
            *key,
            (row["gauge_dependent"], row["of_next"]),
            row["largest"],
            _without_and_with(rows.loc[(*key, SOLVE)]),
            _without_and_with(rows.loc[remedy]) if remedy in rows.index else None,
        )


def _of_molecules(molecules: pd.DataFrame, norm: float) -> Iterator[_Functional]:
    """E[n] of each molecule, without noise and with white noise of about a norm."""
    white = molecules[molecules["noise"] == WHITE]
    for molecule, rows in white.groupby("molecule", sort=False):
        means = rows.groupby(["route", "noise_norm"])["mae"].mean()
        norms = rows["noise_norm"].unique()
        if 0 not in norms or len(norms) == 1:
            continue
        nearest = min(norms[norms > 0], key=lambda each: abs(np.log(each / norm)))
        yield _Functional(
            molecule,
            TOTAL_ENERGY,
            (True, False),
            rows["quotient"].iloc[0],
            *((means[route, 0.0], means[route, nearest]) for route in (TOTAL_ENERGY, UNIVERSAL)),
        )


def _without_and_with(rows: pd.DataFrame) -> tuple[float, float] | None:
    """Mean errors without noise and with the size nearest to that of the notebooks."""
    means = rows.groupby("noise")["mae"].mean()
    noisy = means.index[means.index > 0]
    if 0 not in means.index or noisy.empty:
        return None
    return means[0], means[notebooks_noise(noisy)]


def _functional(axes: Axes, each: _Functional, number: int, marker: str) -> None:
    """A functional, and what the remedy makes of it."""
    _, colour = _CLASSES[each.kind]
    error = each.errors[number] * MILLIHARTREE_PER_HARTREE
    style = {"color": colour, "marker": marker, "markersize": 5, "zorder": 3}
    axes.plot(each.quotient, error, linestyle="none", **style)
    # Where the functional is as well conditioned as what it would be made of, there is no remedy.
    if each.remedied is not None and (each.kind[0] or each.remedied[number] < each.errors[number]):
        remedied = each.remedied[number] * MILLIHARTREE_PER_HARTREE
        axes.plot([each.quotient] * 2, [error, remedied], color=colour, linewidth=0.6, zorder=2)
        axes.plot(each.quotient, remedied, linestyle="none", markerfacecolor="white", **style)


def _noise_norm(noise: pd.DataFrame) -> float:
    """The L2 norm of the noise nearest to that of the notebooks, on the densities of paper A."""
    noisy = noise[noise["noise"] > 0]
    return noisy.loc[
        noisy["noise"] == notebooks_noise(noisy["noise"].unique()), "noise_norm"
    ].mean()


def _expected(axes: Axes, norm: float) -> None:
    """The error where the noise is the difference of the two systems of the largest quotient."""
    limits = np.array(axes.get_xlim())
    axes.plot(limits, limits * norm * MILLIHARTREE_PER_HARTREE, **_EXPECTED_LINE)
    axes.set_xlim(limits)


def _over_noise(
    axes: Axes, nested: pd.DataFrame, dataset: str, quantities: tuple[str, str]
) -> None:
    """Errors of a functional over noise, of the remedies, and of a well-conditioned one."""
    first, second = quantities
    rows = nested[nested["dataset"] == dataset]
    if rows.empty:  # a config may leave the data set out
        axes.set_axis_off()
        return
    lines = (
        (f"{first}[n]", INVERSE, VERMILION, "--", "by the inverse"),
        (f"{first}[n]", SOLVE, VERMILION, "-", ""),
        (f"{second}[n]", SOLVE, BLUE, "-", ""),
        (f"{first}[n]", FROM_UNIVERSAL, GREEN, "-", "from $F$"),
        (f"{first}[V]", SOLVE, GREY, "-", ""),
    )
    for label, method, colour, style, words in lines:
        chosen = rows[(rows["functional"] == label) & (rows["method"] == method)]
        means = chosen.groupby("noise")["mae"].mean() * MILLIHARTREE_PER_HARTREE
        noisy = means[means.index > 0]
        name = f"{_symbol(label)} {words}".rstrip()
        axes.plot(noisy.index, noisy, style, color=colour, marker="o", markersize=3, label=name)
        if 0 in means.index:
            axes.plot(
                *(0.0, means[0]),
                ">",
                color=colour,
                markersize=4.5,
                clip_on=False,
                zorder=4,
                markerfacecolor="white" if style == "--" else colour,
                transform=axes.get_yaxis_transform(),
            )
    axes.axhline(CHEMICAL_ACCURACY * MILLIHARTREE_PER_HARTREE, **_ACCURACY_LINE)
    axes.set(xscale="log", yscale="log", title=dataset)
    axes.set_xlabel(r"noise on each value of $n$ (bohr$^{-1}$) or $V$ (Ha)")
    axes.legend(loc="upper left", handlelength=2.8, labelspacing=0.25)


def _symbol(label: str) -> str:
    """The name of a functional as a figure writes it."""
    quantity, _, variable = label.rstrip("]").partition("[")
    return f"${quantity[0]}_{quantity[1:]}[{variable}]$"


def _power(size: float) -> str:
    mantissa, exponent = f"{size:.0e}".split("e")
    power = f"10^{{{int(exponent)}}}"
    return f"${power}$" if mantissa == "1" else f"${mantissa}\\times{power}$"


def _handles(functionals: list[_Functional], markers: Mapping[str, str]) -> list[Line2D]:
    present = {each.kind for each in functionals}
    classes = [
        Line2D([], [], color=colour, marker="o", markersize=5, linestyle="none", label=name)
        for kind, (name, colour) in _CLASSES.items()
        if kind in present
    ]
    data_sets = [
        Line2D([], [], color=GREY, marker=marker, markersize=5, linestyle="none", label=name)
        for name, marker in markers.items()
    ]
    others = [
        Line2D(
            *([], []),
            color=GREY,
            marker="o",
            markersize=5,
            markerfacecolor="white",
            label="from invariant functionals and $\\int nV$",
        ),
        Line2D([], [], color=BLACK, marker=">", linestyle="none", label="without noise"),
        Line2D([], [], **_ACCURACY_LINE, label="chemical accuracy"),
        Line2D([], [], **_EXPECTED_LINE, label=r"quotient $\times$ norm of the noise"),
    ]
    # A column each: legends fill one column after the other.
    columns, nothing = (classes, data_sets, others), Line2D([], [], linestyle="none", label=" ")
    rows = max(map(len, columns))
    return [handle for column in columns for handle in [*column, *[nothing] * rows][:rows]]
