"""What dynamics by maps shows of molecules, beside the reference (this study)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy import constants

from hkmaps.molecules.observable_results import AB_INITIO, SAME_START
from hkmaps.reporting.style import (
    BLACK,
    BLUE,
    DOUBLE_WIDTH,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    empty_figure,
    house_style,
    label_line,
    label_panels,
    new_figure,
)
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

WAVENUMBER_PER_HARTREE = (
    constants.physical_constants["hartree-inverse meter relationship"][0] * constants.centi
)
"""Of light whose quantum has the energy, in 1/cm."""

HIGHEST_WAVENUMBER = 3600.0
"""Where the axis of vibrations ends, in 1/cm: above all stretches of hydrogen."""

_BOND_COLOURS = (VERMILION, BLUE, GREEN, PURPLE, ORANGE)
_BARRIER_COLOURS = (VERMILION, BLUE, SKY)
_HIGHEST_SHOWN = 5.0  # kcal/mol; above is the legend
_FARTHEST_SHOWN = 1.3  # Angstrom
_DASHED = (0, (3, 1.2))
_DOTTED = (0, (1, 1.2))
_STYLES = {AB_INITIO: _DASHED, SAME_START: _DOTTED}


@house_style()
def observables_figure(
    profiles: pd.DataFrame,
    observables: pd.DataFrame,
    spectra: pd.DataFrame,
    published_barriers: Mapping[str, float],
) -> Figure:
    """Draw free energies of proton transfers, distributions of bonds and vibrations.

    What a study has no rows of has no panel.

    Args:
        profiles: rows of `PROFILES`.
        observables: rows of `OBSERVABLES`.
        spectra: rows of `SPECTRA`.
        published_barriers: molecule -> free-energy barrier of its proton transfer in kcal/mol, of
            molecules that have one.
    """
    is_bond = profiles["quantity"].str.startswith("bond ").astype(bool)
    draws = []
    for molecule, rows in profiles[~is_bond].groupby("molecule", sort=False):
        draws.append((_free_energy, molecule, rows, observables, published_barriers))
    for molecule, rows in profiles[is_bond].groupby("molecule", sort=False):
        draws.append((_bonds, molecule, rows))
    for molecule, rows in spectra.groupby("molecule", sort=False):
        draws.append((_vibrations, molecule, rows))
    lines = -(-len(draws) // 2)
    if not draws:
        return empty_figure("no run lasted")
    figure = new_figure(DOUBLE_WIDTH, 0.3 + 2.3 * lines)
    panels = list(figure.subplots(lines, 2, squeeze=False).flat)
    for axes, (draw, *arguments) in zip(panels, draws, strict=False):
        draw(axes, *arguments)
    for axes in panels[len(draws) :]:
        axes.set_axis_off()
    label_panels(panels[: len(draws)])
    return figure


def _free_energy(
    axes: Axes,
    molecule: str,
    profiles: pd.DataFrame,
    observables: pd.DataFrame,
    published_barriers: Mapping[str, float],
) -> None:
    """The free energy of each dynamics, its barrier on either surface and the published one."""
    for colour, row in zip(_BOND_COLOURS, profiles.to_dict("records"), strict=False):
        places = np.asarray(row["coordinate"]) * ANGSTROM_PER_BOHR
        values = np.asarray(row["values"]) * KCAL_PER_MOL_PER_HARTREE
        known = values <= _HIGHEST_SHOWN
        axes.plot(places[known], values[known], color=colour, label="map")
        if row["uncertainty"] is not None:
            spread = np.asarray(row["uncertainty"]) * KCAL_PER_MOL_PER_HARTREE
            band = known & np.isfinite(spread)
            low, high = values - 2 * spread, values + 2 * spread
            axes.fill_between(
                places[band], low[band], high[band], color=colour, alpha=0.25, linewidth=0
            )
    barriers = observables[
        (observables["molecule"] == molecule) & observables["quantity"].str.startswith("barrier ")
    ]
    for place, row in enumerate(barriers.to_dict("records")):
        value, spread = (
            KCAL_PER_MOL_PER_HARTREE * (np.nan if row[name] is None else row[name])
            for name in ("value", "uncertainty")
        )
        if not np.isfinite(value):
            continue
        label = row["quantity"].partition(" transfer ")[2]
        error = spread if np.isfinite(spread) else None
        text = f"{label}: {value:.2f}" + ("" if error is None else f" ± {error:.2f}")
        axes.errorbar(
            0.03 * (place - 1),
            value,
            error,
            color=_BARRIER_COLOURS[place % len(_BARRIER_COLOURS)],
            marker="osD"[place % 3],
            markersize=4,
            zorder=3,
            label=text,
        )
    if (published := published_barriers.get(molecule)) is not None:
        axes.axhline(published, color=BLACK, linestyle=":", linewidth=0.9)
        label_line(axes, published, f"published {published:g}", BLACK)
    axes.set(xlabel=r"$d_\mathrm{O1H} - d_\mathrm{O2H}$ (Å)", ylabel="free energy (kcal/mol)")
    axes.set(xlim=(-_FARTHEST_SHOWN, _FARTHEST_SHOWN), ylim=(-0.2, 8.2))
    axes.legend(loc="upper center")
    axes.set_title(f"{molecule}, proton transfer", loc="left")


def _bonds(axes: Axes, molecule: str, profiles: pd.DataFrame) -> None:
    """Distributions of bond lengths: a colour a kind of bond, a line style a dynamics."""
    kinds = list(dict.fromkeys(profiles["quantity"]))
    colours = dict(zip(kinds, _BOND_COLOURS * len(kinds), strict=False))
    for row in profiles.to_dict("records"):
        axes.plot(
            np.asarray(row["coordinate"]) * ANGSTROM_PER_BOHR,
            np.asarray(row["values"]) / ANGSTROM_PER_BOHR,
            color=colours[row["quantity"]],
            linestyle=_STYLES.get(row["dynamics"], "-"),
            linewidth=1.2,
        )
    handles = [
        Line2D([], [], color=colour, label=kind.removeprefix("bond "))
        for kind, colour in colours.items()
    ]
    for name in dict.fromkeys(profiles["dynamics"]):
        label = name if name in _STYLES else "map, thermostat"
        handles.append(Line2D([], [], color=GREY, linestyle=_STYLES.get(name, "-"), label=label))
    axes.set(xlabel="bond length (Å)", ylabel="probability density (1/Å)")
    axes.set_ylim(0, 1.5 * axes.get_ylim()[1])
    axes.legend(handles=handles, loc="upper center", ncols=2)
    axes.set_title(f"{molecule}, bonds", loc="left")


def _vibrations(axes: Axes, molecule: str, spectra: pd.DataFrame) -> None:
    """Densities of states in states per 100/cm, where lines are some tens wide."""
    looks = {AB_INITIO: {"color": BLACK, "linewidth": 1.4, "label": AB_INITIO}}
    usual = {
        "color": VERMILION,
        "linewidth": 1.0,
        "linestyle": _DASHED,
        "label": "map",
        "zorder": 3,
    }
    for row in spectra.to_dict("records"):
        places = np.asarray(row["energy"]) * WAVENUMBER_PER_HARTREE
        values = 100 * np.asarray(row["density"]) / WAVENUMBER_PER_HARTREE
        shown = places <= HIGHEST_WAVENUMBER
        look = looks.get(row["dynamics"], usual)
        axes.plot(places[shown], values[shown], **look)
    axes.set(
        xlabel=r"wavenumber (cm$^{-1}$)",
        ylabel=r"states per 100 cm$^{-1}$",
        xlim=(0, HIGHEST_WAVENUMBER),
    )
    # Between vibrations of the skeleton and stretches of hydrogen there is nothing.
    axes.legend(loc="upper left", bbox_to_anchor=(0.47, 1.0))
    axes.set_title(f"{molecule}, vibrations at constant energy", loc="left")
