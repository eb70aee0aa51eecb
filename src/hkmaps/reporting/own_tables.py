"""Errors of the maps of one's own molecule, summed up as Markdown."""

import pandas as pd

from hkmaps.maps.molecule_summary import with_usual_choices
from hkmaps.maps.results import (
    ENERGIES,
    ENERGIES_AND_FORCES,
    HOHENBERG_KOHN,
    KOHN_SHAM,
    RANDOM_SPLIT,
)
from hkmaps.reporting.dynamics_tables import FORCE_UNIT
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.record import in_kcal
from hkmaps.reporting.wording import percent, significant

_SHOWN = (
    (HOHENBERG_KOHN, ENERGIES, "dE"),
    (HOHENBERG_KOHN, ENERGIES, "dE_D"),
    (HOHENBERG_KOHN, ENERGIES_AND_FORCES, "dE"),
    (KOHN_SHAM, ENERGIES, "dE"),
    (KOHN_SHAM, ENERGIES_AND_FORCES, "dE"),
)
_MAP = ["training_points", "method", "learned_from", "quantity"]


def own_errors_markdown(errors: pd.DataFrame) -> str:
    """Return the errors of a molecule's maps, a section a pool, and which map errs least.

    Args:
        errors: rows of `MAP_ERRORS` of one molecule; of random splits the medians are shown.
    """
    lines = [f"# Errors of the maps of {errors['molecule'].iloc[0]}, kcal/mol", ""]
    lines += [
        "dE is the error of the energy, dE_D the part of it that the predicted density brings;"
        " ML-KS learns no densities.",
        "Electrons misplaced: the part of them that the predicted density has in the wrong place."
        " NMAE: the integral of |n~ - n| over that of n, twice as much.",
        "",
    ]
    for pool, rows in with_usual_choices(errors).groupby("sample", sort=False):
        lines += [f"## Trained on {pool}, tested on {_test(rows)}", ""]
        lines += [*_table(_medians(rows)), "", *_notes(rows), ""]
    return "\n".join(lines)


def _medians(rows: pd.DataFrame) -> pd.DataFrame:
    """Medians over random splits by map, size and error."""
    measures = ["mae", "maximum", "electrons_misplaced", "nmae", "force_mae"]
    return rows.astype(dict.fromkeys(measures, float)).groupby(_MAP)[measures].median()


def _table(medians: pd.DataFrame) -> list[str]:
    header = ["training points M", "method", "learned from", "error", "mean absolute", "largest"]
    header += ["electrons misplaced, %", "NMAE, %"]
    forces = medians["force_mae"].notna().any()
    if forces:
        header.append("forces, mean absolute (kcal/mol/Angstrom)")
    cells = []
    for size in sorted({size for size, *_ in medians.index}):
        for shown in (each for each in _SHOWN if (size, *each) in medians.index):
            row = medians.loc[(size, *shown)]
            cells.append([size, *shown, in_kcal(row["mae"]), in_kcal(row["maximum"])])
            cells[-1] += [percent(row[name]) for name in ("electrons_misplaced", "nmae")]
            if forces:
                cells[-1].append(significant(row["force_mae"] * FORCE_UNIT))
    return markdown_table(header, cells)


def _test(rows: pd.DataFrame) -> str:
    test = rows["test"].iloc[0]
    if test == RANDOM_SPLIT:
        return f"{rows['split'].nunique()} random parts of it (medians)"
    return test


def _notes(rows: pd.DataFrame) -> list[str]:
    """The best map, what it still gains by more points, and densities that the pool lacks."""
    energies = _medians(rows).xs("dE", level="quantity")
    size, *best = energies["mae"].idxmin()
    least = energies.loc[(size, *best)]
    method, learned_from = best
    sentences = [
        f"{method} learned from {learned_from} with M = {size} errs least:"
        f" {in_kcal(least['mae'])} in the mean, {in_kcal(least['maximum'])} at most."
    ]
    curve = energies["mae"].xs(tuple(best), level=["method", "learned_from"]).sort_index()
    if len(curve) > 1:
        (before, larger), (last, smaller) = zip(curve.index[-2:], curve.iloc[-2:], strict=True)
        sentences.append(
            f"From M = {before} to {last} its mean error goes from {in_kcal(larger)} to"
            f" {in_kcal(smaller)}."
        )
    residual = rows["density_residual"].max()
    if pd.notna(residual):
        sentences.append(
            f"At most {percent(residual)} % of a test density lies outside of what the densities of"
            " the pool span."
        )
    edges = rows[(rows["quantity"] == "dE") & rows["at_edge"].fillna(False).astype(bool)]
    if len(edges):
        sizes = edges[["method", "training_points"]].drop_duplicates()
        named = [f"{method} at M = {size}" for method, size in sizes.itertuples(index=False)]
        sentences.append(
            "The search for width and regularisation ended at an edge, as it does with few"
            f" geometries: {', '.join(named)}."
        )
    return [f"- {sentence}" for sentence in sentences]
