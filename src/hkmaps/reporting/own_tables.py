"""Errors of the maps of one's own molecule, summed up as Markdown."""

import pandas as pd

from hkmaps.maps.molecule_summary import as_published
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM, RANDOM_SPLIT
from hkmaps.reporting.markdown import markdown_table, percent
from hkmaps.reporting.measurements.record import in_kcal

_SHOWN = ((HOHENBERG_KOHN, "dE"), (HOHENBERG_KOHN, "dE_D"), (KOHN_SHAM, "dE"))


def own_errors_markdown(summary: pd.DataFrame, errors: pd.DataFrame) -> str:
    """Return the errors of a molecule's maps, a section a pool, and which map errs least.

    Args:
        summary: rows of `MOLECULE_SUMMARY` of one molecule.
        errors: rows of `MAP_ERRORS` that it sums up.
    """
    lines = [f"# Errors of the maps of {summary['molecule'].iloc[0]}, kcal/mol", ""]
    lines += [
        "dE is the error of the energy, dE_D the part of it that the predicted density brings;"
        " ML-KS learns no densities.",
        "Electrons misplaced: the part of them that the predicted density has in the wrong place.",
        "",
    ]
    header = ["training points M", "method", "error", "mean absolute", "largest"]
    header.append("electrons misplaced, %")
    for pool, rows in as_published(summary).groupby("sample", sort=False):
        lines += [f"## Trained on {pool}, tested on {_test(errors, pool)}", ""]
        cells = [
            [row["training_points"], method, quantity]
            + [in_kcal(row[f"{measure}_median"]) for measure in ("mae", "maximum")]
            + [percent(row["electrons_misplaced"])]
            for size in sorted(rows["training_points"].unique())
            for method, quantity in _SHOWN
            for row in _select(rows, size, method, quantity)
        ]
        lines += [*markdown_table(header, cells), "", *_notes(rows, errors, pool), ""]
    return "\n".join(lines)


def _select(rows: pd.DataFrame, size: int, method: str, quantity: str) -> list[dict]:
    chosen = (rows["training_points"] == size) & (rows["method"] == method)
    return rows[chosen & (rows["quantity"] == quantity)].to_dict("records")


def _test(errors: pd.DataFrame, pool: str) -> str:
    rows = errors[errors["sample"] == pool]
    test = rows["test"].iloc[0]
    if test == RANDOM_SPLIT:
        return f"{rows['split'].nunique()} random parts of it (medians)"
    return test


def _notes(rows: pd.DataFrame, errors: pd.DataFrame, pool: str) -> list[str]:
    """The best map, what it still gains by more points, and densities that the pool lacks."""
    energies = rows[rows["quantity"] == "dE"]
    best = energies.loc[energies["mae_median"].idxmin()]
    sentences = [
        f"{best['method']} with M = {best['training_points']} errs least:"
        f" {in_kcal(best['mae_median'])} in the mean, {in_kcal(best['maximum_median'])} at most."
    ]
    curve = energies[energies["method"] == best["method"]].sort_values("training_points")
    if len(curve) > 1:
        before, last = curve["mae_median"].iloc[-2:]
        sizes = curve["training_points"].iloc[-2:].tolist()
        sentences.append(
            f"From M = {sizes[0]} to {sizes[1]} its mean error goes from {in_kcal(before)} to"
            f" {in_kcal(last)}."
        )
    residual = errors.loc[errors["sample"] == pool, "density_residual"].max()
    if pd.notna(residual):
        sentences.append(
            f"At most {percent(residual)} % of a test density lies outside of what the densities of"
            " the pool span."
        )
    edges = energies[energies["energy_maps_at_edge"] > 0]
    if len(edges):
        named = ", ".join(
            f"{row.method} at M = {row.training_points}" for row in edges.itertuples()
        )
        sentences.append(
            "The search for width and regularisation ended at an edge, as it does with few"
            f" geometries: {named}."
        )
    return [f"- {sentence}" for sentence in sentences]
