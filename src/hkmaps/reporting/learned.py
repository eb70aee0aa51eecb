"""The functionals that a study's networks have learned: all of paper A's, but those left out."""

import pandas as pd

from hkmaps.datasets.functionals import FUNCTIONALS, Functional
from hkmaps.errors import InputError


def learned_functionals(table1: pd.DataFrame) -> list[Functional]:
    """Return the functionals that Table 1 has rows of, in the order of `FUNCTIONALS`.

    Args:
        table1: tables/table1.parquet.
    """
    labels = set(table1["functional"])
    return [functional for functional in FUNCTIONALS if functional.label in labels]


def functional_rows(table1: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Return the rows of a data set by the functional's label, in the order of `FUNCTIONALS`.

    Args:
        table1: tables/table1.parquet.
        dataset: the data set.

    Raises:
        InputError: the data set lacks a functional of the table.
    """
    rows = table1[table1["dataset"] == dataset].set_index("functional")
    labels = [functional.label for functional in learned_functionals(table1)]
    if missing := [label for label in labels if label not in rows.index]:
        raise InputError(
            f"tables/table1.parquet lacks {', '.join(missing)} of {dataset}; every data set needs"
            f" all of {', '.join(labels)}."
        )
    return rows.loc[labels]
