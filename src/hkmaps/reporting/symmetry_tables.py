"""Errors of maps with and without the symmetry of their molecules as Markdown."""

import pandas as pd

from hkmaps.maps.symmetric_results import KERNELS, PLAIN, SYMMETRIC
from hkmaps.reporting.markdown import markdown_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE


def symmetric_kernel_markdown(errors: pd.DataFrame) -> str:
    """Return the errors at equal M as Markdown, and which M the symmetric kernel needs.

    Args:
        errors: rows of `SYMMETRIC_ERRORS`.
    """
    lines = ["# Maps that know the symmetry of the molecule", ""]
    lines += [
        "ML-KS from energies, errors in kcal/mol, mean / largest; of random splits medians. Plain:",
        "the kernel of the paper. Averaged afterwards: the mean of its energies over the images of",
        "a geometry. Symmetric kernel: averaged over images before training. Spread: the mean",
        "standard deviation of the plain map's energies over the images of a geometry.",
        "",
    ]
    for (molecule, sample, order), rows in errors.groupby(
        ["molecule", "sample", "operations"], sort=False
    ):
        medians = _medians(rows)
        cells = [
            [size, *(_cell(medians.loc[size, kernel]) for kernel in KERNELS), f"{spread:.2g}"]
            for size, spread in medians["asymmetry"].xs(PLAIN, level="kernel").items()
        ]
        lines += [f"## {molecule}, {sample}: {order} operations", ""]
        lines += [*markdown_table(["M", *KERNELS, "spread"], cells), "", _worth(medians), ""]
    return "\n".join(lines)


def _medians(rows: pd.DataFrame) -> pd.DataFrame:
    """Medians over splits by size and kernel, in kcal/mol."""
    measures = ["mae", "maximum", "asymmetry"]
    medians = rows.groupby(["training_points", "kernel"])[measures].median()
    return medians * KCAL_PER_MOL_PER_HARTREE


def _cell(row: pd.Series) -> str:
    return f"{row['mae']:.3g} / {row['maximum']:.2g}"


def _worth(medians: pd.DataFrame) -> str:
    """From which M on the symmetric kernel is better than the plain one at its largest M."""
    plain, symmetric = (medians["mae"].xs(kernel, level="kernel") for kernel in (PLAIN, SYMMETRIC))
    largest, error = plain.index[-1], plain.iloc[-1]
    enough = symmetric[symmetric < error]
    if enough.empty:
        return f"At no M is the symmetric kernel better than the plain one at M = {largest}."
    return (
        f"The symmetric kernel is better at M = {enough.index[0]} ({enough.iloc[0]:.3g} kcal/mol)"
        f" than the plain one at M = {largest} ({error:.3g} kcal/mol)."
    )
