"""Which choice of the study makes errors of maps smaller than the printed ones, in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hkmaps.maps.ablation_results import (
    ALL,
    ALL_AND_K_MEANS,
    AT_RANDOM,
    FROM_DYNAMICS,
    FROM_REFERENCE,
    GRID,
    HEAVY,
    IN_TIME,
    K_MEANS,
    MASSES,
    NAMES,
    SEARCH,
    STUDY,
)
from hkmaps.reporting.measurements.record import in_kcal

CHOICES = {
    NAMES: "without renaming after turns of methyls",
    MASSES: "without masses in the alignment",
    HEAVY: "with the heavy atoms alone aligned",
    SEARCH: "with k folds on a fixed grid of widths and regularisations",
    GRID: "with potentials on a grid",
    K_MEANS: "with training points by K-means",
}
"""Variant -> what it is in words, of those that lack one choice of the study."""

POINTS = {AT_RANDOM: "at random", IN_TIME: "first in time"}
"""Variant -> how its points are chosen, of those that the paper does not have either."""

NOTHING = 1.25
"""Ratio of errors below which a choice is not said to explain anything."""


def ablation_sentences(
    summary: pd.DataFrame, molecule: str, sample: str, size: int, measure: str = "mae"
) -> list[str]:
    """Say which choice makes the errors what they are, by how much.

    Args:
        summary: rows of `ABLATION_SUMMARY`.
        molecule, sample, size: what is explained.
        measure: "mae" or "maximum".

    Returns:
        Parts of a sentence; none where nothing was turned off.
    """
    here = (summary["molecule"] == molecule) & (summary["sample"] == sample)
    rows = summary[here & (summary["training_points"] == size)]
    of_reference = rows[rows["energies"] == FROM_REFERENCE].set_index("variant")
    if STUDY not in of_reference.index:
        return []
    single = rows[rows["variant"].isin(list(CHOICES))].set_index("variant")
    ratios = single[f"{measure}_ratio"].sort_values(ascending=False, kind="stable")
    found = [f"{CHOICES[variant]} {_times(ratio)}" for variant, ratio in ratios.items()]
    name = "MAE" if measure == "mae" else "largest error"
    says = f"the {name} of ML-KS is {', '.join(found)} that of the study"
    parts = []
    if len(ratios) and ratios.iloc[0] >= NOTHING:
        parts = [f"turned off one at a time, the choice that counts most comes first: {says}"]
    elif len(ratios):
        parts = [f"no choice that is turned off raises the error by a quarter or more: {says}"]
    if len(ratios) and ratios.iloc[-1] > 1 / NOTHING:
        parts.append("none makes it much smaller")
    together = {
        ALL: "with all but the heavy atoms' alignment at once",
        ALL_AND_K_MEANS: "with these and points by K-means, as the paper has it,",
    }
    for variant, words in together.items():
        if variant in of_reference.index:
            row = of_reference.loc[variant]
            parts.append(
                f"{words} {_times(row[f'{measure}_ratio'])}, {in_kcal(row[measure])} in place of"
                f" {in_kcal(of_reference.loc[STUDY, measure])}"
            )
    parts += _points(rows, measure)
    study = of_reference.loc[STUDY]
    if study["splits"] > 1:
        smallest, low, _, high, largest = map(in_kcal, study["mae_percentiles"])
        parts.append(
            f"over {study['splits']} draws of test set and training points the MAE is {smallest} to"
            f" {largest}, {low} to {high} in 8 of 10"
        )
    factor = of_reference["hohenberg_kohn"].iloc[0]
    if np.isfinite(factor):
        parts.append(f"the MAE of ML-HK is {factor:.2f} times that of ML-KS")
    return parts


def ablation_explanation(summary: pd.DataFrame | None, row: Mapping[str, Any], measure: str) -> str:
    """Return the sentence on a row of errors with its evidence, "" where nothing was turned off.

    Args:
        summary: rows of `ABLATION_SUMMARY`; None where there is no such table.
        row: molecule, sample and training_points of the errors.
        measure: "mae" or "maximum".
    """
    if summary is None:
        return ""
    place = row["molecule"], row["sample"], row["training_points"]
    parts = ablation_sentences(summary, *place, measure)
    if not parts:
        return ""
    text = "; ".join(parts)
    return f" {text[0].upper()}{text[1:]} (tables/ablation.parquet, figures/study_ablation.png)."


def _points(rows: pd.DataFrame, measure: str) -> list[str]:
    """What other training points give, and other energies of the same geometries."""
    chosen = rows[rows["variant"].isin(list(POINTS))]
    parts = []
    if len(chosen):
        found = [
            f"{_times(row[f'{measure}_ratio'])} with points {POINTS[row['variant']]}"
            for row in chosen.to_dict("records")
        ]
        of = " of the dynamics' energy" if chosen["energies"].iloc[0] == FROM_DYNAMICS else ""
        parts.append(f"the error{of} is {', '.join(found)}")
    mine = rows[rows["variant"] == STUDY].set_index("energies")[measure]
    if FROM_DYNAMICS in mine.index:
        ratio = mine[FROM_DYNAMICS] / mine[FROM_REFERENCE]
        matters = "matter" if max(ratio, 1 / ratio) >= NOTHING else "matter little"
        parts.append(
            f"energies {matters}: learned from those of the dynamics at the same geometries, in"
            f" place of the engine's, the error is {ratio:.2f} times as large"
        )
    return parts


def _times(ratio: float) -> str:
    return f"{ratio:.2f} times"
