"""The numbers that the papers print, as text, because their last digit says how exact they are."""

import os
import re
from dataclasses import dataclass

import pandas as pd

from hkmaps.errors import InputError

PUBLISHED_COLUMNS = (
    "id",
    "paper",
    "location",
    "quantity",
    "value",
    "uncertainty",
    "repeats",
    "unit",
    "comparison",
    "note",
)
"""Columns of config/published.csv; uncertainty, repeats and note may be empty."""

_POWER_OF_TEN = re.compile(r"10\^(-?\d+)")
_DECIMAL = re.compile(r"-?(\d+)(?:\.(\d+))?")


@dataclass(frozen=True)
class PrintedNumber:
    """A number as a paper prints it.

    Attributes:
        text: the printed text, such as "0.080" or "10^-3".
        value: its value.
        last_digit: one unit of the last printed digit: 0.001 for "0.080", 1 for "200".
        significant_digit: one unit of the last digit that is not a trailing zero of an integer:
            100 for "200"; otherwise as `last_digit`.
    """

    text: str
    value: float
    last_digit: float
    significant_digit: float

    @classmethod
    def from_text(cls, text: str) -> "PrintedNumber":
        """Read a printed number.

        Raises:
            InputError: the text is neither a decimal number nor a power of ten.
        """
        text = str(text).strip()
        if match := _POWER_OF_TEN.fullmatch(text):
            value = float(f"1e{match[1]}")
            return cls(text, value, value, value)
        if not (match := _DECIMAL.fullmatch(text)):
            raise InputError(
                f'The printed number "{text}" cannot be read; write a decimal such as 0.080'
                " or a power of ten such as 10^-3."
            )
        integer, decimals = match[1], match[2] or ""
        last_digit = float(f"1e{-len(decimals)}")
        significant_digit = last_digit
        if not decimals and integer.strip("0"):
            significant_digit = float(f"1e{len(integer) - len(integer.rstrip('0'))}")
        return cls(text, float(text), last_digit, significant_digit)


def read_published(path: str | os.PathLike) -> pd.DataFrame:
    """Read the printed numbers of the papers from a CSV file.

    Args:
        path: the file, with the columns of `PUBLISHED_COLUMNS`.

    Returns:
        One row per printed number, every column as text (empty where nothing is printed).

    Raises:
        InputError: a column is missing or unknown, an id occurs twice, a number cannot be read.
    """
    published = pd.read_csv(path, dtype=str, keep_default_na=False)
    if tuple(published.columns) != PUBLISHED_COLUMNS:
        raise InputError(
            f"{path} has the columns {', '.join(published.columns)};"
            f" they must be {', '.join(PUBLISHED_COLUMNS)}."
        )
    if (twice := published["id"].duplicated()).any():
        raise InputError(
            f"{path} has the id {published['id'][twice].iloc[0]} twice; ids must be unique."
        )
    for column in ("value", "uncertainty"):
        for text in published[column]:
            if text or column == "value":
                PrintedNumber.from_text(text)
    return published
