"""What paper B's source prints of malonaldehyde along dynamics: ab initio, and driven by ML-HK."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from hkmaps.reporting.measurements.record import Measurement
from hkmaps.reporting.measurements.training_sizes import other_training_size
from hkmaps.reporting.measurements.trajectories import energy_error
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

LARGEST_DRIVEN = "B.fig3b.max_error"
"""The number of paper B that is one of the source, too."""


def source_trajectory_measurements(
    of_paper_b: Iterable[Measurement],
    ab_initio: pd.DataFrame,
    driven: pd.DataFrame,
    training_points: int,
) -> list[Measurement]:
    """Return mean and largest errors along both trajectories, in kcal/mol.

    Args:
        of_paper_b: what was measured for paper B, its Figure 3b among it.
        ab_initio: rows of `TRAJECTORY_ENERGIES` along ab-initio dynamics.
        driven: likewise of the run that Figure 3b shows.
        training_points: those of the map.
    """
    errors = energy_error(ab_initio).abs() * KCAL_PER_MOL_PER_HARTREE
    text = (
        f"On {len(errors)} frames of the ab-initio trajectory of Figure 3a, which begins with a"
        " proton on its way; the source has snapshots of a trajectory at 300 K"
        " (figures/bogojeski_fig03.png, panel a)."
    )
    size = other_training_size(training_points)
    found = [
        Measurement(f"C.text.malonaldehyde.AIMD.{name}", value, text, other_size=size)
        for name, value in (("mae", errors.mean()), ("max", errors.max()))
    ]
    for largest in of_paper_b:
        if largest.id == LARGEST_DRIVEN:
            errors = energy_error(driven).abs() * KCAL_PER_MOL_PER_HARTREE
            mean = None if driven.empty else float(errors.mean())
            found += [
                replace(largest, id="C.text.malonaldehyde.driven.mae", measured=mean),
                replace(largest, id="C.text.malonaldehyde.driven.max"),
            ]
    return found
