"""On which test sample the errors of Table 2 of paper B were printed."""

from collections.abc import Mapping

import pandas as pd

PRINTED_AB_INITIO = ("malonaldehyde",)
"""Molecules that were tested on ab-initio dynamics at 300 K, as the source of paper B says
(F. Brockherde et al., Nat. Commun. 8, 872 (2017)); all others on dynamics by a force field."""

_TEST = ["molecule", "sample", "test"]


def printed_tests(
    errors: pd.DataFrame, elsewhere: pd.DataFrame | None, ab_initio: Mapping[str, str]
) -> pd.DataFrame:
    """Return the errors on the test samples that the printed ones are of.

    Args:
        errors: rows of `MAP_ERRORS` on the test sample of each molecule.
        elsewhere: rows on further test samples; None where there are none.
        ab_initio: molecule -> its test sample of ab-initio dynamics, where it has one.

    Returns:
        Rows of `errors`, of each molecule and pool those on ab-initio dynamics in their place
        where the printed ones are on it and these are known; molecules in the order of `errors`.
    """
    wanted = {name: ab_initio[name] for name in PRINTED_AB_INITIO if name in ab_initio}
    if elsewhere is None or not wanted:
        return errors
    found = elsewhere[elsewhere["test"] == elsewhere["molecule"].map(wanted)]
    return in_order_of(errors, errors[~_among(errors, found, _TEST[:2])], found)


def other_tests(
    errors: pd.DataFrame, elsewhere: pd.DataFrame | None, printed: pd.DataFrame
) -> pd.DataFrame:
    """Return the errors on all test samples that `printed_tests` does not return."""
    rows = in_order_of(errors, errors, errors[:0] if elsewhere is None else elsewhere)
    return rows[~_among(rows, printed, _TEST)]


def in_order_of(errors: pd.DataFrame, *parts: pd.DataFrame) -> pd.DataFrame:
    """Return tables one below the other, molecules in the order of `errors`."""
    filled = [part for part in parts if len(part)]
    rows = pd.concat(filled, ignore_index=True) if filled else errors[:0]
    order = {name: place for place, name in enumerate(errors["molecule"].unique())}
    return rows.sort_values(
        "molecule", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )


def _among(rows: pd.DataFrame, others: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Whether each row has the values of some columns that one of the others has."""
    found = set(others[columns].itertuples(index=False, name=None))
    values = rows[columns].itertuples(index=False, name=None)
    return pd.Series([value in found for value in values], index=rows.index, dtype=bool)
