"""The pair of systems behind paper A's Figure 10, found by the numbers printed for it."""

import pandas as pd

from hkmaps.conditioning.pairs import find_printed_pair
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.reporting.published import PrintedNumber
from hkmaps.units import MILLIHARTREE_PER_HARTREE


def figure10_pair(pairs: pd.DataFrame, published: pd.DataFrame) -> pd.Series:
    """Return the pair of atoms that comes closest to the differences printed for Figure 10.

    The distance of the densities is left out of the search: it is printed as a power of ten.

    Args:
        pairs: conditioning/atoms.parquet.
        published: rows of `hkmaps.reporting.published.read_published`.

    Returns:
        The row of `pairs`.
    """
    printed = published.set_index("id")["value"].map(
        lambda text: PrintedNumber.from_text(text).value
    )
    values = {
        f"difference_{key}": printed[f"A.fig10.{quantity.column}_difference"]
        / MILLIHARTREE_PER_HARTREE
        for key, quantity in QUANTITIES.items()
    }
    values["constant_shift_deviation"] = printed["A.fig10.constant_shift_deviation"]
    return find_printed_pair(pairs, values)
