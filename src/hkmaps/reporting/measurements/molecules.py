"""What the study measured for Table 1 of paper B: errors of ML-KS and ML-HK for H2 and H2O.

The paper drew its test geometries and training points once. The study draws many such splits: the
measured number is the median over them, its uncertainty their scatter, so that a printed number
within it is one that another draw of ours could have given.
"""

import pandas as pd

from hkmaps.errors import InputError
from hkmaps.maps.molecule_summary import (
    as_published,
    of_energies,
    splits_that_decrease,
    splits_with_smaller_error,
    summarise_molecules,
)
from hkmaps.maps.results import (
    HOHENBERG_KOHN,
    KOHN_SHAM,
    PER_COEFFICIENT,
    PREDICTED,
    REFERENCE,
    SHARED,
    SPLINE,
)
from hkmaps.reporting.measurements.ablation import ablation_explanation
from hkmaps.reporting.measurements.record import Measurement, in_kcal
from hkmaps.reporting.wording import counted
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

PRINTED_SIZES = {"H2": (5, 7, 10), "H2O": (5, 10, 15, 20)}
"""Molecule -> the numbers of training points of Table 1."""

PRINTED_ERRORS = ((KOHN_SHAM, "dE"), (HOHENBERG_KOHN, "dE"), (HOHENBERG_KOHN, "dE_D"))
"""Methods and errors of Table 1."""

PRINTED_MEASURES = {"mae": "mae", "max": "maximum"}
"""How ids name a measure -> how tables do."""


def table1_id(molecule: str, size: int, method: str, quantity: str, measure: str) -> str:
    """Return the id of a number of Table 1 in config/published.csv."""
    return f"B.table1.{molecule}.M{size}.{method}.{quantity}.{measure}"


def molecule_measurements(
    errors: pd.DataFrame, ablation: pd.DataFrame | None = None
) -> list[Measurement]:
    """Return the numbers of paper B's Table 1, in kcal/mol.

    Args:
        errors: maps/{molecule}/errors.parquet of all molecules, one below the other. Sizes that
            the paper does not print are left out, and sizes that the study did not run.
        ablation: rows of `ABLATION_SUMMARY`, which say what choice errors are due to.

    Raises:
        InputError: a size lacks ML-KS, or ML-HK as the paper trains it.
    """
    errors = of_energies(errors)
    summary = summarise_molecules(errors)
    measurements = []
    for molecule, sizes in PRINTED_SIZES.items():
        for size in sizes:
            here = (summary["molecule"] == molecule) & (summary["training_points"] == size)
            if not here.any():
                continue
            rows = [_printed_map(summary[here], *error) for error in PRINTED_ERRORS]
            for (method, quantity), row in zip(PRINTED_ERRORS, rows, strict=True):
                for name, measure in PRINTED_MEASURES.items():
                    measurements.append(
                        Measurement(
                            table1_id(molecule, size, method, quantity, name),
                            row[f"{measure}_median"] * KCAL_PER_MOL_PER_HARTREE,
                            _explanation(errors, summary[here], row, measure)
                            + ablation_explanation(ablation, row, measure),
                            row[f"{measure}_spread"] * KCAL_PER_MOL_PER_HARTREE,
                            int(row["splits"]),
                        )
                    )
    return measurements


def _printed_map(rows: pd.DataFrame, method: str, quantity: str) -> pd.Series:
    found = as_published(rows)
    found = found[(found["method"] == method) & (found["quantity"] == quantity)]
    if found.empty:
        molecule, size = rows[["molecule", "training_points"]].iloc[0]
        raise InputError(
            f"maps/{molecule}/errors.parquet lacks {quantity} of {method} with {size} training"
            f" points; Table 1 needs ML-KS, and ML-HK with {PREDICTED} densities and {SHARED}"
            " hyperparameters."
        )
    return found.iloc[0]


def _explanation(errors: pd.DataFrame, rows: pd.DataFrame, row: pd.Series, measure: str) -> str:
    """The scatter, whether the paper's ranks hold, what other choices give, and the evidence."""
    method, quantity = row["method"], row["quantity"]
    molecule, size = row["molecule"], row["training_points"]
    parts = [
        f"Median over {counted(row['splits'], 'random split')}, from"
        f" {in_kcal(row[f'{measure}_smallest'])} to {in_kcal(row[f'{measure}_largest'])} kcal/mol"
    ]
    if quantity == "dE":
        parts.append(_rank(errors, molecule, size, measure))
        parts.append(_regularisation(errors, row))
    decrease = splits_that_decrease(errors, method, quantity, measure)
    for before in _of(decrease, molecule, size).itertuples():
        parts.append(
            f"it is smaller than with {before.smaller_size} points in {before.holds} of"
            f" {before.splits}"
        )
    if method == HOHENBERG_KOHN:
        parts += _other_choices(rows, quantity, measure)
    elif len(spline := rows[rows["method"] == SPLINE]):
        parts.append(
            "a cubic spline through the same points gives"
            f" {in_kcal(spline.iloc[0][f'{measure}_median'])}"
        )
    where = f"maps/{molecule}/{row['sample']}/errors.parquet, figures/study_learning_curves.png"
    return f"{'; '.join(parts)} ({where})."


def _rank(errors: pd.DataFrame, molecule: str, size: int, measure: str) -> str:
    counts = _of(splits_with_smaller_error(errors, measure), molecule, size).iloc[0]
    return f"ML-HK is below ML-KS in {counts['holds']} of {counts['splits']} splits"


def _regularisation(errors: pd.DataFrame, row: pd.Series) -> str:
    rows = as_published(_of(errors, row["molecule"], row["training_points"]))
    chosen = rows.loc[rows["method"] == row["method"], "regularisation"]
    return f"leave-one-out chose regularisations from {chosen.min():.0e} to {chosen.max():.0e}"


def _other_choices(rows: pd.DataFrame, quantity: str, measure: str) -> list[str]:
    """What ML-HK gives with the choices that the paper leaves open."""
    mine = rows[(rows["method"] == HOHENBERG_KOHN) & (rows["quantity"] == quantity)]
    choices = {
        "trained on reference densities": (REFERENCE, SHARED),
        "with a width and a regularisation for each coefficient": (PREDICTED, PER_COEFFICIENT),
    }
    parts = []
    for text, (training, hyperparameters) in choices.items():
        found = mine[
            (mine["energy_training"] == training) & (mine["hyperparameters"] == hyperparameters)
        ]
        if len(found):
            splits = f" ({found.iloc[0]['splits']} splits)" if hyperparameters != SHARED else ""
            parts.append(f"{text}{splits} it is {in_kcal(found.iloc[0][f'{measure}_median'])}")
    return parts


def _of(counts: pd.DataFrame, molecule: str, size: int) -> pd.DataFrame:
    return counts[(counts["molecule"] == molecule) & (counts["training_points"] == size)]
