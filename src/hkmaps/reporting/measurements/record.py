"""One measured number of a claim, with the sentence that explains it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

from hkmaps.reporting.wording import significant
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE, MILLIHARTREE_PER_HARTREE


@dataclass(frozen=True)
class Measurement:
    """What the study measured for one printed number.

    Attributes:
        id: the printed number's id in config/published.csv.
        measured: the measured number, in the unit of the printed one.
        explanation: what stands behind it and where to see it, made from the numbers.
        measured_uncertainty: standard deviation over repeats, if any.
        measured_repeats: the repeats behind it.
        ratio: for ranks, the validation MSE of the published cell over that of the winner.
        other_size: how the size that was run differs from the printed one, such as "at M = 200
            instead of 2000"; None where it is the printed one.
    """

    id: str
    measured: float | None
    explanation: str = ""
    measured_uncertainty: float | None = None
    measured_repeats: int | None = None
    ratio: float | None = None
    other_size: str | None = None


def measurement_frame(measurements: Iterable[Measurement]) -> pd.DataFrame:
    """Return measurements as the table that `hkmaps.reporting.claims.decide` takes."""
    rows = [asdict(measurement) for measurement in measurements]
    return pd.DataFrame(rows, columns=[field.name for field in fields(Measurement)])


def in_mha(energy: float) -> str:
    """Return an energy in Ha as the text of its value in mHa, three significant digits."""
    return f"{energy * MILLIHARTREE_PER_HARTREE:.3g}"


def in_kcal(energy: float) -> str:
    """Return an energy in Ha as the text of its value in kcal/mol, two significant digits."""
    return significant(energy * KCAL_PER_MOL_PER_HARTREE)


def in_kcal_apart(first: float, second: float) -> tuple[str, str]:
    """Return two energies in Ha as texts in kcal/mol that show which one is smaller.

    Three significant digits, or as many more as it takes to tell them apart.
    """
    for digits in range(3, 16):
        texts = tuple(
            f"{energy * KCAL_PER_MOL_PER_HARTREE:.{digits}g}" for energy in (first, second)
        )
        if texts[0] != texts[1] or first == second:
            break
    return texts
