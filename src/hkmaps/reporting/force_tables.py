"""What maps gain that learn from energies and forces, and what a calculation with forces costs."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from hkmaps.maps.results import ENERGIES, ENERGIES_AND_FORCES, MAP_ERRORS, PREDICTED, SHARED
from hkmaps.molecules.results import REFERENCE_ENERGIES
from hkmaps.reporting.dynamics_tables import FORCE_UNIT
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.record import in_kcal
from hkmaps.reporting.wording import significant
from hkmaps.tables import read_table


def calculation_costs(energies: pd.DataFrame) -> dict[str, float]:
    """Return the median seconds of a reference calculation, by what is learned from it.

    Seconds are wall times: the mean would count how long a job was paused.

    Args:
        energies: rows of `REFERENCE_ENERGIES` of a sample, some with forces. Where all have them,
            a calculation without is taken to cost half.
    """
    with_forces = energies["forces"].notna()
    seconds = energies["seconds"]
    both = float(seconds[with_forces].median())
    alone = float(seconds[~with_forces].median()) if not with_forces.all() else 0.5 * both
    return {ENERGIES: alone, ENERGIES_AND_FORCES: both}


def read_compared(
    errors: Iterable[str], energies: Iterable[str], samples: Iterable[Sequence[str]]
) -> tuple[pd.DataFrame, dict[tuple[str, ...], dict[str, float]]]:
    """Return what `forces_markdown` and the figure take, from files.

    Args:
        errors: tables of `MAP_ERRORS`.
        energies: tables of `REFERENCE_ENERGIES`, one per sample.
        samples: molecule and sample of each of these.
    """
    costs = {
        tuple(name): calculation_costs(read_table(path, REFERENCE_ENERGIES))
        for name, path in zip(samples, energies, strict=True)
    }
    return pd.concat([read_table(path, MAP_ERRORS) for path in errors], ignore_index=True), costs


def compared_errors(errors: pd.DataFrame) -> pd.DataFrame:
    """Return errors of energies and forces of each map, medians where there are random splits.

    Args:
        errors: rows of `MAP_ERRORS`; those count whose energies were learned as they are predicted.
    """
    predicted = errors["energy_training"].fillna(PREDICTED) == PREDICTED
    shared = errors["hyperparameters"].fillna(SHARED) == SHARED
    rows = errors[(errors["quantity"] == "dE") & predicted & shared]
    measures = ["mae", "maximum", "force_mae"]
    keys = ["molecule", "sample", "method", "training_points", "learned_from"]
    return (
        rows.astype(dict.fromkeys(measures, float)).groupby(keys, as_index=False)[measures].median()
    )


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
        for row in here.to_dict("records"):
            key = tuple(row[name] for name in keys)
            ratios = ["-", "-"]
            if row["learned_from"] != ENERGIES and key in alone.index:
                other = alone.loc[key]
                ratios = [significant(row[name] / other[name]) for name in ("mae", "force_mae")]
            cells.append(
                [
                    row["method"],
                    row["learned_from"],
                    row["training_points"],
                    f"{row['training_points'] * cost[row['learned_from']]:.0f}",
                    in_kcal(row["mae"]),
                    ratios[0],
                    in_kcal(row["maximum"]),
                    significant(row["force_mae"] * FORCE_UNIT),
                    ratios[1],
                ]
            )
        seconds = f"{cost[ENERGIES]:.2g} and with forces {cost[ENERGIES_AND_FORCES]:.2g} s"
        lines += [f"## {molecule}, {sample}", "", f"A calculation takes {seconds}.", ""]
        lines += [*markdown_table(header, cells), ""]
    return "\n".join(lines)
