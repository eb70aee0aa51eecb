"""What the study measured for Table I of paper B's source: one electron in a box.

The source drew its training potentials once. The study draws several training sets: the measured
number is the median over them, its uncertainty their scatter.
"""

from collections.abc import Iterator

import pandas as pd

from hkmaps.maps.box_results import (
    BY_THE_MODEL,
    DENSITY_DRIVEN,
    FOURIER_BASIS,
    FUNCTIONAL_DRIVEN,
    GRID_BASIS,
    KINETIC_FUNCTIONAL,
    KPCA_BASIS,
    NORMALISED,
    TOTAL,
)
from hkmaps.maps.molecule_summary import spread
from hkmaps.maps.results import HOHENBERG_KOHN
from hkmaps.reporting.measurements.record import Measurement, in_kcal
from hkmaps.reporting.wording import counted
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

PRINTED_SIZES = (20, 50, 100, 200)
"""Numbers of training potentials of Table I."""

PRINTED_MEASURES = {"mae": "mae", "max": "maximum"}
"""How ids name a measure -> how tables do."""

PRINTED_ERRORS = {
    (KINETIC_FUNCTIONAL, None, FUNCTIONAL_DRIVEN): "ML-OF.dE_F",
    (HOHENBERG_KOHN, GRID_BASIS, TOTAL): "ML-HK_grid.dE",
    (HOHENBERG_KOHN, GRID_BASIS, DENSITY_DRIVEN): "ML-HK_grid.dE_D",
    (HOHENBERG_KOHN, GRID_BASIS, BY_THE_MODEL): "ML-HK_grid.dE_D_by_the_model",
    (HOHENBERG_KOHN, FOURIER_BASIS, DENSITY_DRIVEN): "ML-HK_Fourier.dE_D",
    (HOHENBERG_KOHN, KPCA_BASIS, DENSITY_DRIVEN): "ML-HK_KPCA.dE_D",
}
"""Method, basis and error -> how ids name them."""

ORBITAL_FREE = ("ML-OF.dE", "ML-OF.dE_D")
"""Errors at densities that minimise the learned functional."""

WHERE = "maps/box/errors.parquet, figures/brockherde_box.png"


def table1_id(size: int, name: str, measure: str) -> str:
    """Return the id of a number of Table I in config/published.csv."""
    return f"C.table1.M{size}.{name}.{measure}"


def box_measurements(errors: pd.DataFrame) -> list[Measurement]:
    """Return the numbers of Table I, in kcal/mol.

    Args:
        errors: maps/box/errors.parquet. Sizes that the study did not run are left out.
    """
    found = []
    for size in PRINTED_SIZES:
        here = errors[errors["training_points"] == size]
        if here.empty:
            continue
        for key, name in PRINTED_ERRORS.items():
            rows = select(here, *key)
            for printed, measure in PRINTED_MEASURES.items():
                values = rows[measure] * KCAL_PER_MOL_PER_HARTREE
                found.append(
                    Measurement(
                        table1_id(size, name, printed),
                        float(values.median()),
                        _explanation(here, rows, key, measure),
                        spread(values.to_numpy()),
                        len(values),
                    )
                )
    return found + [_orbital_free(name) for name in _orbital_free_ids()]


def select(errors: pd.DataFrame, method: str, basis: str | None, quantity: str) -> pd.DataFrame:
    """Return the rows of one error of one map."""
    of_basis = errors["basis"].isna() if basis is None else errors["basis"] == basis
    return errors[(errors["method"] == method) & of_basis & (errors["quantity"] == quantity)]


def _explanation(
    errors: pd.DataFrame, rows: pd.DataFrame, key: tuple[str, str | None, str], measure: str
) -> str:
    _, basis, quantity = key
    parts = [
        f"Median over {counted(len(rows), 'training set')} and {rows['test_points'].iloc[0]} test"
        f" potentials, from {in_kcal(rows[measure].min())} to {in_kcal(rows[measure].max())}"
        " kcal/mol"
    ]
    if quantity == FUNCTIONAL_DRIVEN:
        parts.append("it is the error of T[n] at exact densities, which takes no minimisation")
    if quantity == DENSITY_DRIVEN:
        normalised = select(errors, HOHENBERG_KOHN, basis, NORMALISED)[measure].median()
        parts.append(
            "it is of the exact functional of one electron; of the density over its integral it is"
            f" {in_kcal(normalised)}, and the integral of a density is off by at"
            f" most {rows['electron_error'].median():.1e} in the median training set"
        )
    if basis == KPCA_BASIS:
        multiples = sorted(rows["width_over_median"].unique())
        parts.append(
            "leave-one-out chose kernels of"
            f" {' or '.join(f'{multiple:g}' for multiple in multiples)} times the median distance"
        )
    return f"{'; '.join(parts)} ({WHERE})."


def _orbital_free_ids() -> Iterator[str]:
    for size in PRINTED_SIZES:
        for name in ORBITAL_FREE:
            for printed in PRINTED_MEASURES:
                yield table1_id(size, name, printed)


def _orbital_free(identity: str) -> Measurement:
    return Measurement(
        identity,
        None,
        "The density of ML-OF is where a gradient descent on the learned T[n] stops. Off the"
        " training densities that gradient is not trustworthy, so that the error is decided by"
        " what the descent is projected on, principal components of near training densities. The"
        " source describes it too briefly for the number of neighbours and components, the start"
        " and the end to be known: a descent with others would be another method.",
    )
