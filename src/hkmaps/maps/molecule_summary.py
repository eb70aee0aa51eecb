"""Errors of the maps of molecules summed up over random splits, and how often the ranks hold."""

import numpy as np
import pandas as pd

from hkmaps.maps.results import (
    ENERGIES,
    HOHENBERG_KOHN,
    KOHN_SHAM,
    MOLECULE_SUMMARY,
    PREDICTED,
    SHARED,
)

MAP = [
    "molecule",
    "sample",
    "training_points",
    "method",
    "learned_from",
    "energy_training",
    "hyperparameters",
    "quantity",
]
"""What makes a row of the summary."""

SPREAD_PERCENTILES = (15.87, 84.13)
"""Half the distance of these is the standard deviation of normal scatter, outliers apart."""


def spread(values: np.ndarray) -> float:
    """Return half the distance of the percentiles of one standard deviation to either side."""
    low, high = np.percentile(values, SPREAD_PERCENTILES)
    return float(high - low) / 2


def summarise_molecules(errors: pd.DataFrame) -> pd.DataFrame:
    """Sum up the errors of every map, size and quantity over the splits.

    Args:
        errors: rows of `MAP_ERRORS`.

    Returns:
        pandas.DataFrame with the columns of `MOLECULE_SUMMARY`.
    """
    rows = []
    for names, group in errors.groupby(MAP, sort=False, dropna=False):
        row = dict(zip(MAP, names, strict=True)) | {"splits": group["split"].nunique()}
        for measure in ("mae", "maximum"):
            values = group[measure].to_numpy()
            row |= {
                f"{measure}_median": float(np.median(values)),
                f"{measure}_spread": spread(values),
                f"{measure}_smallest": values.min(),
                f"{measure}_largest": values.max(),
            }
        for measure in ("electrons_misplaced", "nmae"):
            row[measure] = group[measure].median()
        row["energy_maps_at_edge"] = int(group["at_edge"].fillna(False).astype(bool).sum())
        rows.append(row)
    return pd.DataFrame(rows, columns=MOLECULE_SUMMARY.column_names)


def as_published(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the maps that paper B's Tables 1 and 2 are compared with.

    Those `with_usual_choices` whose energies are learned from energies alone.

    Args:
        errors: rows of `MAP_ERRORS` or of `MOLECULE_SUMMARY`.
    """
    return with_usual_choices(of_energies(errors))


def of_energies(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of maps that learned energies alone, as all of paper B's did.

    Args:
        errors: rows of `MAP_ERRORS` or of `MOLECULE_SUMMARY`.
    """
    return errors[errors["learned_from"] == ENERGIES]


def with_usual_choices(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of maps that are trained as saved ones are.

    ML-HK's energy map is trained on predicted densities (equation 13) and one width and one
    regularisation serve all coefficients; ML-KS and the spline have no such choices.

    Args:
        errors: rows of `MAP_ERRORS` or of `MOLECULE_SUMMARY`.
    """
    others = errors["method"] != HOHENBERG_KOHN
    chosen = (errors["energy_training"] == PREDICTED) & (errors["hyperparameters"] == SHARED)
    return errors[others | chosen]


def splits_with_smaller_error(errors: pd.DataFrame, measure: str = "mae") -> pd.DataFrame:
    """Count the splits in which ML-HK has a smaller |dE| than ML-KS.

    Args:
        errors: rows of `MAP_ERRORS`.
        measure: "mae" or "maximum".

    Returns:
        Columns molecule, training_points, holds and splits.
    """
    rows = as_published(errors)
    rows = rows[rows["quantity"] == "dE"]
    index = ["molecule", "training_points", "split"]
    table = rows.pivot_table(index=index, columns="method", values=measure)
    holds = (table[HOHENBERG_KOHN] < table[KOHN_SHAM]).rename("holds")
    counts = holds.groupby(["molecule", "training_points"]).agg(["sum", "size"]).reset_index()
    return counts.rename(columns={"sum": "holds", "size": "splits"})


def splits_that_decrease(
    errors: pd.DataFrame, method: str, quantity: str, measure: str = "mae"
) -> pd.DataFrame:
    """Count the splits in which an error is smaller than with the next smaller training set.

    Args:
        errors: rows of `MAP_ERRORS`.
        method: the map.
        quantity: dE, dE_F or dE_D.
        measure: "mae" or "maximum".

    Returns:
        Columns molecule, training_points, smaller_size, holds and splits; none for the smallest.
    """
    rows = as_published(errors)
    rows = rows[(rows["method"] == method) & (rows["quantity"] == quantity)]
    counts = []
    for molecule, group in rows.groupby("molecule", sort=False):
        table = group.pivot_table(index="split", columns="training_points", values=measure)
        for smaller, size in zip(table.columns, table.columns[1:], strict=False):
            counts.append(
                {
                    "molecule": molecule,
                    "training_points": size,
                    "smaller_size": smaller,
                    "holds": int((table[size] < table[smaller]).sum()),
                    "splits": len(table),
                }
            )
    columns = ["molecule", "training_points", "smaller_size", "holds", "splits"]
    return pd.DataFrame(counts, columns=columns)
