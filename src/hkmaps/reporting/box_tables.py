"""Table I of paper B's source as Markdown: one electron in a box, measured beside printed."""

import pandas as pd

from hkmaps.maps.box_results import FOURIER_BASIS, GRID_BASIS, KPCA_BASIS, NORMALISED, TOTAL
from hkmaps.maps.molecule_summary import spread
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.box import (
    PRINTED_ERRORS,
    PRINTED_MEASURES,
    select,
    table1_id,
)
from hkmaps.reporting.wording import percent, significant
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

_SHOWN = (
    (KOHN_SHAM, None, TOTAL),
    *PRINTED_ERRORS,
    *((HOHENBERG_KOHN, basis, TOTAL) for basis in (FOURIER_BASIS, KPCA_BASIS)),
    *((HOHENBERG_KOHN, basis, NORMALISED) for basis in (GRID_BASIS, FOURIER_BASIS, KPCA_BASIS)),
)


def brockherde_table1_markdown(errors: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return Table I as Markdown: median and spread over training sets beside the printed.

    Args:
        errors: rows of `BOX_ERRORS`.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    printed = published.set_index("id")["value"]
    cells = []
    for size, group in errors.groupby("training_points"):
        for key in _SHOWN:
            rows = select(group, *key)
            method, basis, quantity = key
            row = [size, method if basis is None else f"{method}, {basis}", quantity]
            for name, measure in PRINTED_MEASURES.items():
                row.append(printed.get(table1_id(size, PRINTED_ERRORS.get(key, ""), name), "-"))
                values = rows[measure] * KCAL_PER_MOL_PER_HARTREE
                row.append(
                    f"{significant(values.median())} ± {significant(spread(values.to_numpy()), 1)}"
                )
            cells.append([*row, percent(rows["nmae"].median()), len(rows)])
    header = ["M", "map", "error", "MAE, published", "MAE, measured"]
    header += ["maximum, published", "maximum, measured", "NMAE, %", "training sets"]
    return "\n".join(
        [
            "# Table I of paper B's source: one electron over Gaussian dips, kcal/mol",
            "",
            "Measured: median over training sets ± half the distance of the percentiles 16 and 84.",
            "T[n] at exact densities is the functional-driven error that the source prints for",
            "ML-OF. dE_D is of the exact functional, dE_D by the model of the learned one. NMAE is",
            "the integral of |n~ - n| over that of n.",
            "",
            *markdown_table(header, cells),
            "",
        ]
    )
