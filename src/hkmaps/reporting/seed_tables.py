"""Table 1, and the published pair of hyperparameters, over several seeds: tables and Markdown."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from hkmaps.networks.results import PUBLISHED_PAIR, WINNING_PAIR
from hkmaps.reporting.markdown import markdown_table, printed_mae, readable
from hkmaps.reporting.rules import VERDICTS, Comparison, decide_value
from hkmaps.tables import Column, TableSchema
from hkmaps.units import MILLIHARTREE_PER_HARTREE

_PRINTED_REPEATS = 10

TABLE1_SEEDS = TableSchema(
    "table 1 over seeds",
    "Mean absolute errors over the repeats of one seed, one row per functional and seed",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("seed", "integer", "1", "seed of all random numbers"),
        Column("repeats", "integer", "1", "number of networks trained"),
        Column("dead", "integer", "1", "networks among them with constant output, or none"),
        Column("mae_mean", "number", "Ha", "mean over the repeats", True),
        Column("mae_std", "number", "Ha", "standard deviation of a sample (divisor R - 1)", True),
        Column("mae_median", "number", "Ha", "median over the repeats", True),
        Column(
            "verdict", "text", "", "on the printed number, by this seed alone; empty without one"
        ),
    ),
)

NEAR_OPTIMAL = TableSchema(
    "near-optimal pair",
    "The published pair of learning rate and batch size against the winner of the grid search from"
    " the study's seed, over further seeds, one row per functional (paper A, section 2.3.3)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("winner_learning_rate", "number", "1", "learning rate of the winner"),
        Column("winner_batch_size", "integer", "1", "batch size of the winner"),
        Column("seeds", "integer", "1", "number of further seeds"),
        Column("published_better", "integer", "1", "seeds with the smaller MSE for the published"),
        Column(
            "ratio", "number", "1", "validation MSE, published over winner: geometric mean of seeds"
        ),
        Column("ratio_min", "number", "1", "smallest of the seeds"),
        Column("ratio_max", "number", "1", "largest of the seeds"),
        Column(
            "p_value", "number", "1", "of the t-test that the mean logarithm is not above 0", True
        ),
    ),
)


def table1_over_seeds(errors: Mapping[str, pd.DataFrame], published: pd.DataFrame) -> pd.DataFrame:
    """Sum up the repeats of each seed and decide the printed numbers by each seed alone.

    Args:
        errors: rows of `SEED_ERRORS` of all seeds, by data set.
        published: rows of `hkmaps.reporting.published.read_published`.

    Returns:
        pandas.DataFrame with the columns of `TABLE1_SEEDS`.
    """
    rows = []
    for dataset, found in errors.items():
        for (functional, seed), repeats in found.groupby(["functional", "seed"], sort=False):
            maes = repeats["mae"]
            row = {
                "dataset": dataset,
                "functional": functional,
                "seed": seed,
                "repeats": len(repeats),
                "dead": int(repeats["dead"].sum()),
                "mae_mean": maes.mean(),
                "mae_std": maes.std(ddof=1),
                "mae_median": maes.median(),
            }
            rows.append(row | {"verdict": _verdict(row, published)})
    return pd.DataFrame(rows, columns=TABLE1_SEEDS.column_names)


def _verdict(row: dict, published: pd.DataFrame) -> str:
    printed = printed_mae(published, row["dataset"], row["functional"])
    if printed is None or pd.isna(row["mae_mean"]):
        return ""
    return decide_value(
        Comparison(
            published=printed[0],
            measured=row["mae_mean"] * MILLIHARTREE_PER_HARTREE,
            published_uncertainty=printed[1],
            published_repeats=_PRINTED_REPEATS,
            measured_uncertainty=row["mae_std"] * MILLIHARTREE_PER_HARTREE,
            measured_repeats=row["repeats"],
        )
    )[0]


def near_optimal(pairs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say how the published pair stands against the winner of the grid search over further seeds.

    Args:
        pairs: rows of `SEED_PAIRS` of all further seeds, by data set.

    Returns:
        pandas.DataFrame with the columns of `NEAR_OPTIMAL`. The p-value is of a one-sided t-test of
        the logarithms of the ratios, none for a single seed or where both pairs are one.
    """
    rows = []
    for dataset, found in pairs.items():
        for functional, of_functional in found.groupby("functional", sort=False):
            errors = of_functional.pivot(index="seed", columns="pair", values="validation_mse")
            logarithms = np.log(errors[PUBLISHED_PAIR] / errors[WINNING_PAIR])
            winner = of_functional[of_functional["pair"] == WINNING_PAIR].iloc[0]
            tested = len(logarithms) > 1 and np.ptp(logarithms) > 0
            p_value = (
                float(stats.ttest_1samp(logarithms, 0, alternative="greater").pvalue)
                if tested
                else None
            )
            rows.append(
                {
                    "dataset": dataset,
                    "functional": functional,
                    "winner_learning_rate": winner["learning_rate"],
                    "winner_batch_size": winner["batch_size"],
                    "seeds": len(logarithms),
                    "published_better": int((logarithms < 0).sum()),
                    "ratio": float(np.exp(logarithms.mean())),
                    "ratio_min": float(np.exp(logarithms.min())),
                    "ratio_max": float(np.exp(logarithms.max())),
                    "p_value": p_value,
                }
            )
    table = pd.DataFrame(rows, columns=NEAR_OPTIMAL.column_names)
    return table.astype({"p_value": float})


def verdict_counts(rows: pd.DataFrame) -> str:
    """Return how often the seeds give which verdict, such as "4 reproduced, 1 differs".

    Args:
        rows: rows of `TABLE1_SEEDS` of one functional.
    """
    counts = rows["verdict"].value_counts()
    return ", ".join(f"{counts[name]} {name}" for name in VERDICTS if name in counts)


def seeds_markdown(table: pd.DataFrame, pairs: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return Table 1 and the published pair over the seeds as Markdown.

    Args:
        table: rows of `TABLE1_SEEDS`.
        pairs: rows of `NEAR_OPTIMAL`.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    lines = ["# Table 1 over several seeds: mean absolute error, mHa", ""]
    lines += [
        "A seed's mean is that over its repeats. The verdicts are those of each seed alone, by"
    ]
    lines += ["Welch's test as in the claims.", ""]
    header = ["functional", "published", "means of the seeds", "smallest", "largest", "verdicts"]
    for dataset, rows in table.groupby("dataset", sort=False):
        cells = []
        for functional, found in rows.groupby("functional", sort=False):
            means = found["mae_mean"] * MILLIHARTREE_PER_HARTREE
            printed = printed_mae(published, dataset, functional)
            cells.append(
                [
                    functional,
                    " ± ".join(number.text for number in printed) if printed else "-",
                    readable(means.mean(), means.std()),
                    readable(means.min()),
                    readable(means.max()),
                    verdict_counts(found) or "-",
                ]
            )
        lines += [f"## {dataset}", "", *markdown_table(header, cells), ""]
    lines += ["# The published pair of learning rate and batch size over further seeds", ""]
    lines += [
        "Ratio of the validation MSE to that of the grid search's winner, which the study's own"
    ]
    lines += ["seed chose: geometric mean over the further seeds, smallest, largest.", ""]
    header = ["data set", "functional", "winner", "ratio", "smallest", "largest"]
    header += ["seeds with the published pair ahead", "p"]
    cells = [
        [
            row["dataset"],
            row["functional"],
            f"{row['winner_learning_rate']:g}, {row['winner_batch_size']}",
            *(f"{row[name]:.2f}" for name in ("ratio", "ratio_min", "ratio_max")),
            f"{row['published_better']} of {row['seeds']}",
            "-" if pd.isna(row["p_value"]) else f"{row['p_value']:.2g}",
        ]
        for row in pairs.to_dict("records")
    ]
    return "\n".join([*lines, *markdown_table(header, cells), ""])
