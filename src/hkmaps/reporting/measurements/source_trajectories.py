"""What paper B's source prints of malonaldehyde along dynamics: ab initio, and driven by ML-HK."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from hkmaps.reporting.measurements.conformers import table2_id
from hkmaps.reporting.measurements.drawn_uncertainty import drawn_uncertainty
from hkmaps.reporting.measurements.record import Measurement
from hkmaps.reporting.measurements.training_sizes import other_training_size
from hkmaps.reporting.measurements.trajectories import (
    DrivenReading,
    energy_error,
    fluctuation_texts,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

LARGEST_DRIVEN = "B.fig3b.max_error"
"""The number of paper B that is one of the source, too."""

DRIVEN_TEMPERATURE = "B.fig3b.temperature"
"""A number of the same dynamics, explained by the dynamics alone."""


def source_trajectory_measurements(
    of_paper_b: Iterable[Measurement],
    ab_initio: pd.DataFrame,
    readings: Mapping[str, DrivenReading],
    trained: tuple[str, int],
    tested: bool = False,
    fluctuations: pd.DataFrame | None = None,
    draws: pd.DataFrame | None = None,
) -> list[Measurement]:
    """Return mean and largest errors along both trajectories, in kcal/mol, and the friction.

    Args:
        of_paper_b: what was measured for paper B, Table 2 and Figure 3b among it.
        ab_initio: rows of `TRAJECTORY_ENERGIES` along ab-initio dynamics.
        readings: name of a reading of the friction -> dynamics with it; Figure 3b shows the first.
        trained: pool and number of training points of the map.
        tested: whether Table 2 was measured on ab-initio dynamics: the source prints the same
            errors in its text.
        fluctuations, draws: as for `driven_measurements`.
    """
    known = {each.id: each for each in of_paper_b}
    found = []
    if tested:
        for name in ("mae", "max"):
            identity = table2_id("malonaldehyde", trained[0], "dE", name)
            if identity in known:
                found.append(replace(known[identity], id=f"C.text.malonaldehyde.AIMD.{name}"))
    else:
        found += _along_figure_3a(ab_initio, trained[1], draws)
    reading = next(iter(readings.values()))
    if LARGEST_DRIVEN in known:
        largest = known[LARGEST_DRIVEN]
        errors = energy_error(reading.energies).abs() * KCAL_PER_MOL_PER_HARTREE
        mean = None if reading.energies.empty else float(errors.mean())
        uncertainty, drawn = drawn_uncertainty(draws, "dE", "mae", mean)
        # That of the largest error has the spread of the largest.
        text = known[DRIVEN_TEMPERATURE].explanation
        found += [
            replace(
                largest,
                id="C.text.malonaldehyde.driven.mae",
                measured=mean,
                explanation=text + drawn,
                measured_uncertainty=uncertainty,
            ),
            replace(largest, id="C.text.malonaldehyde.driven.max"),
        ]
    return [*found, _friction(reading, readings, fluctuations)]


def _along_figure_3a(
    ab_initio: pd.DataFrame, training_points: int, draws: pd.DataFrame | None
) -> list[Measurement]:
    errors = energy_error(ab_initio).abs() * KCAL_PER_MOL_PER_HARTREE
    text = (
        f"On {len(errors)} frames of the ab-initio trajectory of Figure 3a, which begins with a"
        " proton on its way; the source has snapshots of a trajectory at 300 K"
        " (figures/bogojeski_fig03.png, panel a)."
    )
    size = other_training_size(training_points)
    found = []
    for name, measure, value in (("mae", "mae", errors.mean()), ("max", "maximum", errors.max())):
        uncertainty, drawn = drawn_uncertainty(draws, "dE", measure, value)
        found.append(
            Measurement(
                f"C.text.malonaldehyde.AIMD.{name}",
                value,
                text + drawn,
                uncertainty,
                other_size=size,
            )
        )
    return found


def _friction(
    reading: DrivenReading,
    readings: Mapping[str, DrivenReading],
    fluctuations: pd.DataFrame | None,
) -> Measurement:
    parts = [
        "Friction of the thermostat in Figure 3b (trajectories.driven.frictions of the config),"
        " which the source chose by how far carbons fluctuate"
    ]
    parts += fluctuation_texts(fluctuations, readings)
    return Measurement(
        "C.text.malonaldehyde.driven.friction",
        # In 1/fs, to the digits that are printed: 0.01 atomic units are 0.41341.
        round(reading.friction / 1000, 3),
        f"{'; '.join(parts)} (figures/bogojeski_fig03.png, panel b).",
    )
