"""How errors of a density become errors of what is learned of it, as tables (this study)."""

import pandas as pd

from hkmaps.maps.density_noise_results import ROUTES
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.wording import significant
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE, MILLIHARTREE_PER_HARTREE

_KEYS = ["molecule", "training_points", "noise", "size"]


def density_noise_markdown(noise: pd.DataFrame) -> str:
    """Return the error of the energy against that of the density, by what is learned, as Markdown.

    Args:
        noise: rows of `DENSITY_NOISE`.
    """
    lines = ["# Errors of energies at noisy densities, kcal/mol", ""]
    lines += [
        "Mean absolute errors, means over draws of the noise. Its norm is a percentage of that of",
        "the density. Noise is in the subspace of the densities of the training geometries: white,",
        "or such that the number of electrons is conserved.",
        "",
    ]
    means = noise.groupby([*_KEYS, "route"], sort=False)["mae"].mean() * KCAL_PER_MOL_PER_HARTREE
    routes = [route for route in ROUTES if route in set(noise["route"])]
    rows = means.unstack("route").reindex(columns=routes)
    for (molecule, points), here in rows.groupby(level=["molecule", "training_points"], sort=False):
        cells = [
            [kind, f"{100 * size:g}", *(significant(error) for error in errors)]
            for (_, _, kind, size), errors in zip(here.index, here.to_numpy(), strict=True)
        ]
        lines += [f"## {molecule}, M = {points}", ""]
        lines += [*markdown_table(["noise", "norm, %", *routes], cells), ""]
    return "\n".join(lines)


def noise_response_markdown(noise: pd.DataFrame) -> str:
    """Return errors of functionals of noisy densities of one-dimensional systems, as Markdown.

    Args:
        noise: rows of `NOISE_RESPONSE`.
    """
    lines = ["# Errors of functionals at noisy densities, mHa", ""]
    lines += ["Mean absolute errors, means over draws of white noise on each value of n.", ""]
    means = noise.groupby(["dataset", "functional", "noise", "method"], sort=False)["mae"].mean()
    rows = means.unstack("method") * MILLIHARTREE_PER_HARTREE
    for dataset, here in rows.groupby(level="dataset", sort=False):
        cells = [
            [functional, f"{size:g}", *(significant(error) for error in errors)]
            for (_, functional, size), errors in zip(here.index, here.to_numpy(), strict=True)
        ]
        header = ["functional", "noise, 1/bohr", *rows.columns]
        lines += [f"## {dataset}", "", *markdown_table(header, cells), ""]
    return "\n".join(lines)
