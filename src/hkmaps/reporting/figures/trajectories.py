"""Paper B's Figures 2 and 3: energies of ML-HK beside the reference along trajectories."""

from collections.abc import Mapping
from itertools import cycle

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.dynamics_tables import survival_curve
from hkmaps.reporting.figures.molecules import METHOD_LOOKS
from hkmaps.reporting.measurements.conformers import table2_id
from hkmaps.reporting.measurements.trajectories import (
    DrivenReading,
    ProtonTransfer,
    energy_error,
)
from hkmaps.reporting.style import (
    BLACK,
    DOUBLE_WIDTH,
    GREY,
    SKY,
    house_style,
    label_panels,
    new_figure,
)
from hkmaps.reporting.wording import significant
from hkmaps.units import (
    ANGSTROM_PER_BOHR,
    FEMTOSECOND_PER_ATOMIC_TIME,
    KCAL_PER_MOL_PER_HARTREE,
)

_FEMTOSECONDS = ("fs", FEMTOSECOND_PER_ATOMIC_TIME)
_PICOSECONDS = ("ps", FEMTOSECOND_PER_ATOMIC_TIME / 1000)
_RED, _BLUE = METHOD_LOOKS[HOHENBERG_KOHN][0], METHOD_LOOKS[KOHN_SHAM][0]
_TRANSFER_LOOK = {"color": SKY, "alpha": 0.35, "linewidth": 0}
_EQUILIBRATION_LOOK = {"color": BLACK, "linestyle": ":", "linewidth": 0.9}
_READING_LOOKS = (
    {"color": _RED},
    {"color": _BLUE, "linestyle": (0, (4, 1.5))},
    {"color": BLACK, "linestyle": (0, (1, 1))},
)
_PICOSECONDS_FROM = 1.0  # ps; shorter trajectories are drawn in fs
_BAND_DEVIATIONS = 2.0
_MANY = 120  # from as many frames on, a mark for each would hide the line


@house_style()
def classical_trajectories(
    trajectories: Mapping[str, pd.DataFrame],
    maps: Mapping[str, tuple[str, int]],
    published: pd.DataFrame,
) -> Figure:
    """Draw energies and errors of ML-HK along classical trajectories (paper B, Figure 2).

    Args:
        trajectories: molecule -> rows of `TRAJECTORY_ENERGIES`, a column of panels each.
        maps: molecule -> pool and number of training points of its map.
        published: rows of `read_published`; Table 2's errors stand beside the measured.
    """
    printed = published.set_index("id")["value"]
    figure = new_figure(DOUBLE_WIDTH, 4.1)
    panels = figure.subplots(
        2, len(trajectories), sharex="col", squeeze=False, height_ratios=[1.2, 1]
    )
    for column, (molecule, energies) in zip(panels.T, trajectories.items(), strict=True):
        pool, training_points = maps[molecule]
        _energies(column[0], energies, _PICOSECONDS)
        column[0].set_title(f"{molecule}, $M$ = {training_points} of {pool}", loc="left")
        _errors(column[1], energies, _PICOSECONDS)
        values = [printed.get(table2_id(molecule, pool, "dE", name)) for name in ("mae", "max")]
        text = _error_text(energies)
        if all(values):
            text += f"\n(published for $M$ = 2000: {values[0]}, {values[1]})"
        column[1].set_title(text, loc="left")
        column[1].set_xlabel("time (ps)")
    label_panels(list(panels[0]))
    handles = _handles(pd.concat(trajectories.values()))
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


@house_style()
def malonaldehyde_trajectories(
    ab_initio: pd.DataFrame,
    transfer: pd.DataFrame,
    readings: Mapping[str, DrivenReading],
    trained: tuple[str, int],
    published: pd.DataFrame,
) -> Figure:
    """Draw an ab-initio trajectory with a proton transfer, and one that ML-HK drives (Figure 3).

    Of the second it is the run that lasted longest with the first reading of the friction. Its
    times are from the start of its dynamics, so that one that ended while it equilibrated is drawn
    as any other.

    Args:
        ab_initio: rows of `TRAJECTORY_ENERGIES` along the ab-initio trajectory.
        transfer: rows of `PROTON_TRANSFER` of that trajectory.
        readings: name of a reading of the friction -> dynamics that ML-HK drives with it.
        trained: pool and number of training points of the map.
        published: rows of `read_published`; the printed largest error stands beside the measured.
    """
    printed = published.set_index("id")["value"]
    pool, training_points = trained
    title = f"dynamics, $M$ = {training_points} of {pool}"
    figure = new_figure(DOUBLE_WIDTH, 5.6)
    upper, lower = figure.subfigures(2, 1, height_ratios=[1, 0.13])
    left, right = (
        part.subplots(3, 1, height_ratios=[1.2, 1, 0.8]) for part in upper.subfigures(1, 2)
    )
    for column in (left, right):
        column[0].sharex(column[1])
        column[0].tick_params(labelbottom=False)
    left[1].sharex(left[2])
    left[1].tick_params(labelbottom=False)
    _energies(left[0], ab_initio, _FEMTOSECONDS)
    left[0].set_title(f"ab-initio {title}", loc="left")
    _errors(left[1], ab_initio, _FEMTOSECONDS)
    left[1].set_title(_error_text(ab_initio), loc="left")
    times = transfer["time"] * FEMTOSECOND_PER_ATOMIC_TIME
    _transfer_coordinate(left[2], times, transfer["coordinate"])
    found = ProtonTransfer.first_of(transfer)
    if found is not None:
        inside = times[transfer["frame"].between(found.first, found.last)]
        for axes in left:
            axes.axvspan(inside.min(), inside.max(), zorder=0, **_TRANSFER_LOOK)
        text = f"proton transfer: frames {found.first} to {found.last}"
        left[2].set_title(text, loc="left")
    first = next(iter(readings.values()))
    driven, driven_trajectory = first.energies, first.trajectory
    equilibration = first.ends["equilibration"].iloc[0]
    longest = driven_trajectory["time"].max() * _PICOSECONDS[1]
    unit = _PICOSECONDS if longest >= _PICOSECONDS_FROM else _FEMTOSECONDS
    _energies(right[0], driven, unit, driven_trajectory)
    right[0].set_title(f"ML-HK's {title}", loc="left")
    _errors(right[1], driven, unit)
    largest = printed["B.fig3b.max_error"]
    right[1].set_title(
        f"{_error_text(driven)}\n(published for $M$ = 2000: largest {largest})", loc="left"
    )
    right[1].set_xlabel(f"time since the start ({unit[0]})")
    for axes in right[:2]:
        if 0 < equilibration * unit[1] < axes.get_xlim()[1]:
            axes.axvline(equilibration * unit[1], **_EQUILIBRATION_LOOK)
    _survival(right[2], readings)
    label_panels([left[0], right[0]])
    handles = _handles(pd.concat([ab_initio, driven]), has_transfer=found is not None)
    handles.append(Line2D([], [], **_EQUILIBRATION_LOOK, label="end of equilibration"))
    lower.legend(handles=handles, loc="center", ncols=3)
    return figure


def _survival(axes: Axes, readings: Mapping[str, DrivenReading]) -> None:
    """The share of runs that are stable, with each reading, and where equilibration ends."""
    asked = 0.0
    for (name, reading), look in zip(readings.items(), cycle(_READING_LOOKS), strict=False):
        times, shares = survival_curve(reading.ends)
        completed = reading.ends["completed"].astype(bool)
        label = f"{name}, {reading.friction:.3g}/ps: {completed.sum()} of {len(completed)} lasted"
        axes.step(times * _PICOSECONDS[1], shares, where="post", label=label, **look)
        asked = max(asked, reading.ends["time_asked"].max() * _PICOSECONDS[1])
        equilibration = reading.ends["equilibration"].iloc[0] * _PICOSECONDS[1]
    # Above the curves there is room for what they are.
    axes.plot([equilibration] * 2, [0, 1], **_EQUILIBRATION_LOOK)
    axes.set(xlim=(0, 1.02 * asked), ylim=(-0.05, 1.9), yticks=[0, 0.5, 1])
    axes.set(xlabel="time since the start (ps)", ylabel="stable runs")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.legend(loc="upper right")


def _energies(
    axes: Axes,
    energies: pd.DataFrame,
    unit: tuple[str, float],
    trajectory: pd.DataFrame | None = None,
) -> None:
    """Energies of the reference and of ML-HK, from the mean of the reference.

    Where all frames of the `trajectory` that ML-HK drives are given, they are a line, and the
    reference are marks.
    """
    factor = unit[1]
    known = energies if trajectory is None or len(energies) else trajectory
    origin = known["potential_energy" if known is trajectory else "reference_energy"].mean()
    look = {"linewidth": 1.1}
    line = {"linestyle": (0, (3, 1.2))}
    predicted = energies[["time", "ml_hk_energy"]].to_numpy()
    if trajectory is not None:
        look = {"linestyle": "none", "marker": "o", "markersize": 2.5, "zorder": 3}
        line = {}
        predicted = trajectory[["time", "potential_energy"]].to_numpy()
    reference = (energies["reference_energy"] - origin) * KCAL_PER_MOL_PER_HARTREE
    axes.plot(energies["time"] * factor, reference, color=BLACK, **look)
    values = (predicted[:, 1] - origin) * KCAL_PER_MOL_PER_HARTREE
    axes.plot(predicted[:, 0] * factor, values, color=_RED, linewidth=0.9, **line)
    axes.set_ylabel("$E$ (kcal/mol)")


def _errors(axes: Axes, energies: pd.DataFrame, unit: tuple[str, float]) -> None:
    """Errors of both maps, the predicted uncertainty about zero, and frames outside the domain."""
    times = energies["time"] * unit[1]
    band = _BAND_DEVIATIONS * energies["energy_uncertainty"] * KCAL_PER_MOL_PER_HARTREE
    axes.fill_between(times, -band, band, color=GREY, alpha=0.3, linewidth=0)
    axes.axhline(0, color=BLACK, linewidth=0.7)
    others = energy_error(energies, KOHN_SHAM) * KCAL_PER_MOL_PER_HARTREE
    if others.notna().any():
        axes.plot(times, others, color=_BLUE, linewidth=0.8, linestyle=(0, (3, 1.2)))
    values = energy_error(energies) * KCAL_PER_MOL_PER_HARTREE
    marker = {"marker": ".", "markersize": 3} if len(energies) < _MANY else {}
    axes.plot(times, values, color=_RED, linewidth=0.9, **marker)
    outside = ~energies["in_domain"].astype(bool)
    axes.plot(times[outside], values[outside], "x", color=BLACK, markersize=4, zorder=3)
    axes.set_ylabel("error (kcal/mol)")


def _error_text(energies: pd.DataFrame) -> str:
    if energies.empty:
        return "no frame has a reference energy"
    size = energy_error(energies).abs() * KCAL_PER_MOL_PER_HARTREE
    return f"ML-HK: MAE {significant(size.mean())}, largest {significant(size.max())} kcal/mol"


def _transfer_coordinate(axes: Axes, times: pd.Series, coordinate: pd.Series) -> None:
    axes.plot(times, coordinate * ANGSTROM_PER_BOHR, color=BLACK, linewidth=0.9)
    axes.axhline(0, color=BLACK, linewidth=0.7)
    axes.set(xlabel="time (fs)", ylabel=r"$d_\mathrm{O1H} - d_\mathrm{O2H}$ (Å)")


def _handles(rows: pd.DataFrame, has_transfer: bool = False) -> list[Artist]:
    """What a legend explains: the marks that the rows have."""
    handles = [
        Line2D([], [], color=BLACK, label="reference"),
        Line2D([], [], color=_RED, label="ML-HK"),
    ]
    if rows["ml_ks_energy"].notna().any():
        handles.append(Line2D([], [], color=_BLUE, linestyle=(0, (3, 1.2)), label="ML-KS"))
    band = f"±{_BAND_DEVIATIONS:g} predicted standard deviations"
    handles.append(Patch(color=GREY, alpha=0.3, linewidth=0, label=band))
    if not rows["in_domain"].astype(bool).all():
        look = {"linestyle": "none", "marker": "x", "markersize": 4, "color": BLACK}
        handles.append(Line2D([], [], **look, label="outside of the training domain"))
    if has_transfer:
        handles.append(Patch(**_TRANSFER_LOOK, label="proton transfer"))
    return handles
