"""How far an error of ML-HK would be off on other trajectories: the spread over draws."""

import pandas as pd

from hkmaps.maps.results import HOHENBERG_KOHN
from hkmaps.reporting.wording import percent


def drawn_uncertainty(
    draws: pd.DataFrame | None, quantity: str, measure: str, measured: float | None
) -> tuple[float | None, str]:
    """Return the standard deviation of an error of ML-HK over draws, and a sentence of its origin.

    The trajectories of every molecule are one draw; how far another one would be off is known of
    one molecule at a small size, and taken to be as much of the error of all others.

    Args:
        draws: rows of `DRAWS`; None where there are none.
        quantity: of which the error is, such as "dE".
        measure: "mae" or "maximum".
        measured: the error, whose unit the standard deviation has.

    Returns:
        None and no text where it is not known.
    """
    if draws is None or measured is None:
        return None, ""
    same = (draws["method"] == HOHENBERG_KOHN) & (draws["quantity"] == quantity)
    found = draws[same & (draws["measure"] == measure) & draws["spread"].notna()]
    if found.empty:
        return None, ""
    row = found.iloc[0]
    return row["spread"] * measured, (
        f" Uncertainty: {percent(row['spread'])} %, the spread of {len(row['values'])} draws of"
        f" {row['molecule']} at M = {row['training_points']} (tables/draws.parquet)."
    )
