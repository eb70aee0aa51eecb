"""What maps gain that learn from energies and forces, and what a calculation with forces costs."""

from collections.abc import Mapping

import pandas as pd

from hkmaps.maps.results import ENERGIES, ENERGIES_AND_FORCES, PREDICTED
from hkmaps.reporting.dynamics_tables import FORCE_UNIT
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.record import in_kcal


def calculation_costs(energies: pd.DataFrame) -> dict[str, float]:
    """Return the mean seconds of a reference calculation, by what is learned from it.

    Args:
        energies: rows of `REFERENCE_ENERGIES` of a sample, some with forces. Where all have them,
            a calculation without is taken to cost half.
    """
    with_forces = energies["forces"].notna()
    seconds = energies["seconds"]
    both = float(seconds[with_forces].mean())
    alone = float(seconds[~with_forces].mean()) if not with_forces.all() else 0.5 * both
    return {ENERGIES: alone, ENERGIES_AND_FORCES: both}


def compared_errors(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `MAP_ERRORS` of energies by maps that learn energies as they predict."""
    predicted = errors["energy_training"].fillna(PREDICTED) == PREDICTED
    return errors[(errors["quantity"] == "dE") & predicted]


def forces_markdown(
    errors: pd.DataFrame, costs: Mapping[tuple[str, str], Mapping[str, float]]
) -> str:
    """Return errors of maps from energies, and from energies and forces, as Markdown.

    Args:
        errors: rows of `MAP_ERRORS` of samples whose forces are known.
        costs: molecule and sample -> what `calculation_costs` returns.
    """
    lines = ["# Learning from energies, and from energies and forces", ""]
    lines += [
        "Mean and largest errors of energies in kcal/mol and mean errors of forces in",
        "kcal/mol/Angstrom, on the test sample of each molecule. Core-seconds are those of the",
        "training geometries' reference calculations. A ratio is the mean error over that of the",
        "same map from energies alone at the same M.",
        "",
    ]
    header = ["method", "learned from", "M", "core-seconds", "energy MAE", "ratio", "largest"]
    header += ["force MAE", "ratio"]
    keys = ["method", "training_points"]
    rows = compared_errors(errors)
    for (molecule, sample), cost in costs.items():
        here = rows[(rows["molecule"] == molecule) & (rows["sample"] == sample)]
        alone = here[here["learned_from"] == ENERGIES].set_index(keys)
        cells = []
        for row in here.sort_values([*keys, "learned_from"]).to_dict("records"):
            key = tuple(row[name] for name in keys)
            ratios = ["-", "-"]
            if row["learned_from"] != ENERGIES and key in alone.index:
                other = alone.loc[key]
                ratios = [f"{row[name] / other[name]:.2g}" for name in ("mae", "force_mae")]
            cells.append(
                [
                    row["method"],
                    row["learned_from"],
                    row["training_points"],
                    f"{row['training_points'] * cost[row['learned_from']]:.0f}",
                    in_kcal(row["mae"]),
                    ratios[0],
                    in_kcal(row["maximum"]),
                    "-" if pd.isna(row["force_mae"]) else f"{row['force_mae'] * FORCE_UNIT:.2g}",
                    ratios[1],
                ]
            )
        seconds = f"{cost[ENERGIES]:.2g} and with forces {cost[ENERGIES_AND_FORCES]:.2g} s"
        lines += [f"## {molecule}, {sample}", "", f"A calculation takes {seconds}.", ""]
        lines += [*markdown_table(header, cells), ""]
    return "\n".join(lines)
