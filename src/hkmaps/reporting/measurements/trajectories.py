"""What the study measured along trajectories: paper B's Figures 2 and 3."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.molecules.observable_results import AB_INITIO
from hkmaps.reporting.measurements.drawn_uncertainty import drawn_uncertainty
from hkmaps.reporting.measurements.record import Measurement, in_kcal
from hkmaps.reporting.measurements.training_sizes import other_training_size
from hkmaps.reporting.wording import percent
from hkmaps.units import (
    ANGSTROM_PER_BOHR,
    FEMTOSECOND_PER_ATOMIC_TIME,
    KCAL_PER_MOL_PER_HARTREE,
)

PRINTED_LENGTHS = {"fig2": 20.0, "fig3a": 0.25, "fig3b": 1.0}
"""Figure -> length of its trajectories in ps."""

_FIGURE2, _FIGURE3 = "figures/bogojeski_fig02.png", "figures/bogojeski_fig03.png"
_EXACT = 1e-6  # relative; times are converted from fs to atomic units and back


@dataclass(frozen=True)
class ProtonTransfer:
    """Where a trajectory passes a proton from one atom to another.

    Attributes:
        first, last: numbers of the frames between which it moves, both counted in.
    """

    first: int
    last: int

    @classmethod
    def first_of(cls, frames: pd.DataFrame) -> "ProtonTransfer | None":
        """Return the first transfer of a trajectory, None if it has none.

        Args:
            frames: rows of `PROTON_TRANSFER`.
        """
        moving = frames["transferring"].to_numpy(dtype=bool)
        if not moving.any():
            return None
        first = int(np.argmax(moving))
        later = np.flatnonzero(~moving[first:])
        last = first + int(later[0]) - 1 if len(later) else len(moving) - 1
        numbers = frames["frame"].to_numpy()
        return cls(int(numbers[first]), int(numbers[last]))


@dataclass(frozen=True, eq=False)
class DrivenReading:
    """Dynamics that ML-HK drives with one reading of the printed friction.

    Attributes:
        energies: rows of `TRAJECTORY_ENERGIES` of frames of the run that lasted longest; times are
            since its start.
        frames: rows of `MAP_FRAMES`, all runs.
        ends: rows of `DYNAMICS_ENDS`, all runs.
        friction: of the thermostat, in 1/ps.
    """

    energies: pd.DataFrame
    frames: pd.DataFrame
    ends: pd.DataFrame
    friction: float

    @property
    def longest(self) -> int:
        """Number of the run that lasted longest, the first of equals."""
        return int(self.ends["run"].to_numpy()[self.ends["time"].to_numpy().argmax()])

    @property
    def trajectory(self) -> pd.DataFrame:
        """The frames of that run."""
        return self.frames[self.frames["run"] == self.longest]


def trajectory_length(frames: pd.DataFrame) -> float:
    """Return the length of a trajectory in ps, counted from the end of its equilibration.

    Args:
        frames: rows of `TRAJECTORY` or of `TRAJECTORY_ENERGIES`; without any it has no length.
    """
    return 0.0 if frames.empty else _picoseconds(frames["time"].max())


def energy_error(energies: pd.DataFrame, method: str = HOHENBERG_KOHN) -> pd.Series:
    """Return the errors of a map along a trajectory in Ha, NaN where it was not run.

    Args:
        energies: rows of `TRAJECTORY_ENERGIES`.
        method: ML-HK or ML-KS.
    """
    column = {HOHENBERG_KOHN: "ml_hk_energy", KOHN_SHAM: "ml_ks_energy"}[method]
    return energies[column].astype(float) - energies["reference_energy"]


def classical_measurements(trajectories: Mapping[str, pd.DataFrame]) -> list[Measurement]:
    """Return the numbers of Figure 2: the shortest of the trajectories.

    Args:
        trajectories: molecule -> rows of `TRAJECTORY_ENERGIES`; empty where none was run.
    """
    if not trajectories:
        return []
    lengths = {name: trajectory_length(energies) for name, energies in trajectories.items()}
    texts = [
        f"{name} {lengths[name]:.3g} ps, {_errors(energies)}"
        for name, energies in trajectories.items()
    ]
    explanation = f"{'; '.join(texts)} ({_FIGURE2})."
    return [Measurement("B.fig2.trajectory_length", min(lengths.values()), explanation)]


def ab_initio_measurements(
    energies: pd.DataFrame,
    transfer: ProtonTransfer | None,
    end: pd.DataFrame,
    trained: tuple[str, int],
) -> list[Measurement]:
    """Return the numbers of Figure 3a: length and proton transfer of the ab-initio trajectory.

    Args:
        energies: rows of `TRAJECTORY_ENERGIES`.
        transfer: the proton transfer, None if the trajectory has none.
        end: its row of `DYNAMICS_ENDS`.
        trained: pool and number of training points of the map.
    """
    length = trajectory_length(energies)
    run = (
        f"{length:.3g} ps of ab-initio dynamics beside {_map_text(trained)},"
        f" whose {_errors(energies)}"
    )
    for reason in end["reason"].dropna():
        run += f"; it ended early: {reason.rstrip('.')}"
    place = f"({_FIGURE3}, panel a)"
    if transfer is None:
        text = f"No proton transfer in {run} {place}."
        frames = (None, None)
    else:
        frames = (transfer.first, transfer.last)
        inside = energies[energies["frame"].between(*frames)]
        times = inside["time"].agg(["min", "max"]) * FEMTOSECOND_PER_ATOMIC_TIME
        text = (
            f"The proton moves in the frames {transfer.first} to {transfer.last},"
            f" {times['min']:.1f} to {times['max']:.1f} fs after the start, during which ML-HK's"
            f" {_errors(inside)}; {run}; the study starts the trajectory with the proton on its"
            " way from one oxygen to the other and counts frames in which it belongs to neither,"
            " while the paper prints neither its start nor what it counts; frames of the paper are"
            f" 5 fs apart, here {_femtoseconds_between(energies):.3g} fs {place}."
        )
    size = _other_length(length, "fig3a")
    return [
        Measurement("B.fig3a.trajectory_length", length, f"{run} {place}."),
        Measurement("B.fig3a.transfer_first_frame", frames[0], text, other_size=size),
        Measurement("B.fig3a.transfer_last_frame", frames[1], text, other_size=size),
    ]


def ab_initio_shares(energies: pd.DataFrame, transfer: pd.DataFrame) -> str:
    """Return in words how many frames are unlike those that maps learn from, and their errors.

    Args:
        energies: rows of `TRAJECTORY_ENERGIES` along ab-initio dynamics.
        transfer: rows of `PROTON_TRANSFER` of the same trajectory.

    Returns:
        Sentences with a blank before each; none where all frames are alike.
    """
    moving = transfer.loc[transfer["transferring"].astype(bool), "frame"]
    errors = energy_error(energies).abs()
    texts = []
    for where, chosen in (
        ("between the tautomers", energies["frame"].isin(moving)),
        ("outside of the training domain", ~energies["in_domain"].astype(bool)),
    ):
        if chosen.any() and not chosen.all():
            texts.append(
                f" Of the {len(errors)} frames of ab-initio dynamics in Figure 3a {chosen.sum()}"
                f" ({percent(chosen.mean())} %) are {where}: dE of ML-HK is"
                f" {_mean_and_largest(errors[chosen])} in these and"
                f" {_mean_and_largest(errors[~chosen])} in the others ({_FIGURE3}, panel a)."
            )
    return "".join(texts)


def _mean_and_largest(errors: pd.Series) -> str:
    return f"{in_kcal(errors.mean())} in the mean and at most {in_kcal(errors.max())}"


def driven_measurements(
    readings: Mapping[str, DrivenReading],
    temperature: float,
    trained: tuple[str, int],
    fluctuations: pd.DataFrame | None = None,
    draws: pd.DataFrame | None = None,
) -> list[Measurement]:
    """Return the numbers of Figure 3b: length, temperature and largest error.

    They are those of the first reading of the friction; the text names the others. The length is
    the median over all runs of what each reached after equilibration, 0 where it ended there. The
    largest error is that of the run that lasted longest, over its last part, as long as the
    trajectory that was asked for, equilibration included where it ended early.

    Args:
        readings: name of a reading -> dynamics with it.
        temperature: temperature of the thermostat in K.
        trained: pool and number of training points of the map.
        fluctuations: rows of `OBSERVABLES`, of atoms along the ab-initio trajectory and in the
            dynamics of each reading; None where they are not known.
        draws: rows of `DRAWS`, whose spread is the uncertainty of the error; None for none.
    """
    name, reading = next(iter(readings.items()))
    ends, energies = reading.ends, reading.energies
    longest = ends.set_index("run").loc[reading.longest]
    reached, equilibration, asked = (
        _picoseconds(longest[column]) for column in ("time", "equilibration", "time_asked")
    )
    length = max(reached - equilibration, 0.0)
    lengths = (ends["time"] - ends["equilibration"]).clip(lower=0.0)
    run = f"{temperature:g} K driven by {_map_text(trained)} with {_friction_text(name, reading)}"
    if longest["completed"]:
        size = _other_length(length, "fig3b")
        text = f"{length:.3g} ps at {run}, whose {_errors(energies)}"
    else:
        covered = min(reached, asked - equilibration)
        early = max(min(reached, equilibration) - (reached - covered), 0.0)
        part = f"over {covered:.3g} ps, of them {early:.3g} ps of equilibration,"
        size = f"{part} instead of {PRINTED_LENGTHS['fig3b']:g}"
        when = reached - equilibration
        text = (
            f"The longest run at {run} ended {abs(when):.3g} ps {'after' if when > 0 else 'before'}"
            f" the end of equilibration; {part} ML-HK's {_errors(energies)}; the reason:"
            f" {str(longest['reason']).rstrip('.')}"
        )
    parts = [f"{text}; {survival_text(ends)}"]
    parts += [
        f"with {_friction_text(other, another)} {survival_text(another.ends)}, and of the longest"
        f" run {_errors(another.energies)}"
        for other, another in list(readings.items())[1:]
    ]
    parts += fluctuation_texts(fluctuations, readings)
    text = f"{'; '.join(parts)} ({_FIGURE3}, panel b)."
    differences = [other_training_size(trained[1]), size]
    largest = energy_error(energies).abs().max() * KCAL_PER_MOL_PER_HARTREE
    largest = None if energies.empty else largest
    uncertainty, drawn = drawn_uncertainty(draws, "dE", "maximum", largest)
    return [
        Measurement("B.fig3b.trajectory_length", _picoseconds(lengths.median()), text),
        Measurement("B.fig3b.temperature", temperature, text),
        Measurement(
            "B.fig3b.max_error",
            largest,
            text + drawn,
            uncertainty,
            other_size=", ".join(filter(None, differences)) or None,
        ),
    ]


def _femtoseconds_between(energies: pd.DataFrame) -> float:
    """The time between frames, in fs."""
    return float(energies["time"].diff().median() * FEMTOSECOND_PER_ATOMIC_TIME)


def _friction_text(name: str, reading: DrivenReading) -> str:
    return f"the friction {reading.friction:.3g}/ps ({name})"


def fluctuation_texts(
    fluctuations: pd.DataFrame | None, readings: Mapping[str, DrivenReading]
) -> list[str]:
    """Return in words how far carbons fluctuate, by which the source chose its friction.

    Args:
        fluctuations: as for `driven_measurements`.
        readings: likewise.

    Returns:
        One clause, which says which readings of the friction agree; none where they are not known
        in ab-initio dynamics.
    """
    if fluctuations is None:
        return []
    carbons = fluctuations[fluctuations["quantity"] == "fluctuation of C"].set_index("dynamics")
    if AB_INITIO not in carbons.index:
        return []
    known, texts, apart = carbons.loc[AB_INITIO], [], {}
    for name in readings:
        value = "an unknown amount, as no run lasted long enough,"
        if name in carbons.index:
            row = carbons.loc[name]
            value = _fluctuation_text(row)
            errors = [row["uncertainty"], known["uncertainty"]]
            if not pd.isna(errors).any():
                apart[name] = abs(row["value"] - known["value"]) / np.hypot(*errors)
        texts.append(f"{value} with {name}")
    alike = [name for name, errors in apart.items() if errors <= 2]
    if not any(name in carbons.index for name in readings):
        says = "no reading of the friction can be compared"
    elif not apart:
        says = "one run has no standard error to compare them by"
    elif not alike and len(apart) == len(readings):
        says = "no reading of the friction agrees within two standard errors"
    elif not alike:
        says = f"within two standard errors {_agree(list(apart), 'does not agree', 'do not agree')}"
    elif len(alike) == len(readings) > 1:
        says = "within two standard errors all readings agree, so that this does not decide"
    else:
        says = f"within two standard errors {_agree(alike, 'agrees', 'agree')}"
    return [
        f"carbons fluctuate by {_fluctuation_text(known)} Angstrom in ab-initio dynamics with a"
        f" thermostat and, in pieces of its length, by {', '.join(texts)}; {says}"
    ]


def _agree(names: list[str], one: str, several: str) -> str:
    return f"{' and '.join(names)} {one if len(names) == 1 else several}"


def _fluctuation_text(row: pd.Series) -> str:
    text = f"{row['value'] * ANGSTROM_PER_BOHR:.3g}"
    if pd.notna(row["uncertainty"]):
        text += f" ± {row['uncertainty'] * ANGSTROM_PER_BOHR:.1g}"
    return text


def survival_text(ends: pd.DataFrame) -> str:
    """Return in words how many runs of dynamics lasted, and when the others ended.

    Args:
        ends: rows of `DYNAMICS_ENDS` of runs that differ in their random numbers alone.
    """
    asked = _picoseconds(ends["time_asked"].max())
    early = ends[~ends["completed"].astype(bool)]["time"].map(_picoseconds)
    text = f"{len(ends) - len(early)} of {len(ends)} runs lasted for {asked:.3g} ps"
    if len(early):
        low, middle, high = early.min(), early.median(), early.max()
        several = f"the others ended after {low:.2g} to {high:.2g} ps (median {middle:.2g})"
        text += f", {several if len(early) > 1 else f'the other ended after {middle:.2g} ps'}"
    return text


def _picoseconds(time: float) -> float:
    return float(time * FEMTOSECOND_PER_ATOMIC_TIME / 1000)


def _map_text(trained: tuple[str, int]) -> str:
    pool, training_points = trained
    return f"ML-HK trained on M = {training_points} points of the pool {pool}"


def _errors(energies: pd.DataFrame) -> str:
    """Errors of ML-HK, and of ML-KS where it was run, and how many frames lie outside."""
    errors = energy_error(energies).abs()
    if energies.empty:
        return "errors are unknown, as no frame has a reference energy"
    text = (
        f"MAE is {in_kcal(errors.mean())} kcal/mol and the largest error"
        f" {in_kcal(errors.max())} on {len(errors)} frames"
    )
    others = energy_error(energies, KOHN_SHAM).abs()
    if others.notna().any():
        text += f" (ML-KS {in_kcal(others.mean())} and {in_kcal(others.max())})"
    if outside := int((~energies["in_domain"].astype(bool)).sum()):
        text += f", {outside} of {len(energies)} outside of the training domain"
    return text


def _other_length(length: float, figure: str) -> str | None:
    printed = PRINTED_LENGTHS[figure]
    if np.isclose(length, printed, rtol=_EXACT):
        return None
    return f"over {length:.3g} ps instead of {printed:g}"
