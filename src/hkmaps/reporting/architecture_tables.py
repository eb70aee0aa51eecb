"""Other networks beside paper A's, and what hyperparameters matter: tables and Markdown."""

import numpy as np
import pandas as pd
from scipy import stats

from hkmaps.errors import InputError
from hkmaps.networks.results import HYPERPARAMETERS
from hkmaps.reporting.markdown import markdown_table, readable
from hkmaps.reporting.rules import SIGNIFICANCE
from hkmaps.reporting.wording import significant
from hkmaps.tables import Column, TableSchema
from hkmaps.units import MILLIHARTREE_PER_HARTREE

_STATISTICS = {
    "mean": "mean over the repeats",
    "std": "its standard deviation (R - 1)",
    "median": "median over the repeats",
}

ARCHITECTURES = TableSchema(
    "architectures",
    "Mean absolute errors of fully-connected networks beside those of convolutional ones, one row"
    " per functional (paper A, section 2.3.2)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        *(
            Column(f"{kind}_mae_{name}", "number", "Ha", f"{kind} networks: {text}", True)
            for kind in ("convolutional", "fully_connected")
            for name, text in _STATISTICS.items()
        ),
        Column(
            "ratio", "number", "1", "median of the fully-connected over the convolutional", True
        ),
        Column(
            "p_value", "number", "1", "of the Mann-Whitney test of equal errors, two-sided", True
        ),
    ),
)

IMPACTS = TableSchema(
    "hyperparameters",
    "How much of the spread of a random search each hyperparameter explains, one row per"
    " hyperparameter (paper A, section 2.3.3)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("hyperparameter", "text", "", "what is drawn"),
        Column("values", "integer", "1", "number of its values that were drawn"),
        Column(
            "share",
            "number",
            "1",
            "share of the variance of log10(MSE) between the values (epsilon squared, which is"
            " about zero for what has no effect, and may be below)",
            optional=True,
        ),
        Column("p_value", "number", "1", "of the F test that it has no effect", True),
        Column("best", "number", "1", "value with the lowest geometric mean of the MSE"),
    ),
)


def compare_architectures(
    convolutional: dict[tuple[str, str], pd.DataFrame], fully_connected: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Compare the errors of fully-connected and of convolutional networks.

    Args:
        convolutional: rows of `hkmaps.networks.results.repeat_errors` by data set and functional.
        fully_connected: rows of `FULLY_CONNECTED` by data set.

    Returns:
        pandas.DataFrame with the columns of `ARCHITECTURES`. Networks whose training diverged have
        no error and are left out.

    Raises:
        InputError: there is no fully-connected network of a functional.
    """
    rows = []
    for (dataset, functional), errors in convolutional.items():
        found = fully_connected[dataset]
        maes = {
            "convolutional": errors["mae"].dropna(),
            "fully_connected": found.loc[found["functional"] == functional, "mae"].dropna(),
        }
        if (found["functional"] == functional).sum() == 0:
            raise InputError(
                f"networks/{dataset}/fully_connected.parquet lacks {functional}; the comparison of"
                " networks needs all functionals that convolutional ones learn."
            )
        row = {"dataset": dataset, "functional": functional}
        for kind, values in maes.items():
            row |= {f"{kind}_mae_{name}": getattr(values, name)() for name in _STATISTICS}
        row["ratio"] = row["fully_connected_mae_median"] / row["convolutional_mae_median"]
        if all(map(len, maes.values())):
            row["p_value"] = float(stats.mannwhitneyu(*maes.values()).pvalue)
        rows.append(row)
    return pd.DataFrame(rows, columns=ARCHITECTURES.column_names)


def hyperparameter_impacts(searched: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Say how much of the spread of a random search each hyperparameter explains.

    The share is that of an analysis of variance of one factor, log10 of the validation MSE over
    the hyperparameter's values, corrected for their number (epsilon squared): of N configurations
    in k groups with sums of squares SS, (SS_between - (k - 1) SS_within / (N - k)) / SS_total.

    Args:
        searched: rows of `RANDOM_SEARCH`.
        dataset: the data set's name.

    Returns:
        pandas.DataFrame with the columns of `IMPACTS`, largest share first for each functional.
    """
    rows = []
    for functional, drawn in searched.groupby("functional", sort=False):
        # Training that diverged is as bad as can be told.
        errors = drawn["validation_mse"].replace(np.inf, np.nan)
        errors = np.log10(errors.fillna(errors.max()))
        for name in (column.name for column in HYPERPARAMETERS):
            groups = [values.to_numpy() for _, values in errors.groupby(drawn[name])]
            row = {"dataset": dataset, "functional": functional, "hyperparameter": name}
            row |= {"values": len(groups), "best": errors.groupby(drawn[name]).mean().idxmin()}
            rows.append(row | _one_way(groups))
    table = pd.DataFrame(rows, columns=IMPACTS.column_names)
    table["best"] = table["best"].astype(float)
    ordered = table.sort_values("share", ascending=False, kind="stable")
    return ordered.sort_values("functional", kind="stable", ignore_index=True)


def _one_way(groups: list[np.ndarray]) -> dict[str, float]:
    """Epsilon squared and the p-value of a one-way analysis of variance; none where it has none."""
    everything = np.concatenate(groups)
    freedom = len(everything) - len(groups)
    if len(groups) < 2 or freedom < 1 or not np.ptp(everything):
        return {"share": None, "p_value": None}
    total = np.sum((everything - everything.mean()) ** 2)
    within = sum(np.sum((values - values.mean()) ** 2) for values in groups)
    chance = (len(groups) - 1) * within / freedom
    p_value = float(stats.f_oneway(*groups).pvalue) if within else 0.0
    return {"share": float((total - within - chance) / total), "p_value": p_value}


def depth_p_value(depths: pd.DataFrame) -> float | None:
    """Return the p-value of the Kruskal-Wallis test that all depths do equally well.

    Args:
        depths: rows of `DEPTHS` of one functional.

    Returns:
        The p-value; None where there are fewer than two depths.
    """
    groups = [values.dropna() for _, values in depths.groupby("hidden_layers")["mae"]]
    groups = [values for values in groups if len(values)]
    return float(stats.kruskal(*groups).pvalue) if len(groups) > 1 else None


def architectures_markdown(
    table: pd.DataFrame, depths: dict[str, pd.DataFrame], impacts: pd.DataFrame
) -> str:
    """Return the comparisons of networks as Markdown, errors in mHa.

    Args:
        table: rows of `ARCHITECTURES`.
        depths: rows of `DEPTHS` by data set.
        impacts: rows of `IMPACTS`.
    """
    lines = ["# Networks that paper A compares in words: mean absolute error, mHa", ""]
    lines += [
        "Mean ± standard deviation over the repeats, and the median. The ratio is that of the"
    ]
    lines += ["medians; p is that of a Mann-Whitney test of equal errors.", ""]
    header = ["functional", "convolutional", "median", "fully connected", "median", "ratio", "p"]
    for dataset, rows in table.groupby("dataset", sort=False):
        cells = [_architecture_cells(row) for row in rows.to_dict("records")]
        lines += [f"## {dataset}", "", *markdown_table(header, cells), "", _balance(rows), ""]
    lines += ["## Depth", "", "Two convolutions and one or more hidden dense layers.", ""]
    for dataset, rows in depths.items():
        for functional, found in rows.groupby("functional", sort=False):
            lines += _depth_lines(f"{functional}, {dataset}", found)
    lines += ["## Random search", ""]
    lines += [
        "Share of the variance of log10(validation MSE) that a hyperparameter explains alone."
    ]
    header = ["hyperparameter", "values", "share", "p", "best value"]
    for (dataset, functional), rows in impacts.groupby(["dataset", "functional"], sort=False):
        cells = [
            [
                row["hyperparameter"].replace("_", " "),
                row["values"],
                "-" if pd.isna(row["share"]) else f"{row['share']:.2f}",
                significant(row["p_value"]),
                f"{row['best']:g}",
            ]
            for row in rows.to_dict("records")
        ]
        lines += ["", f"### {functional}, {dataset}", "", *markdown_table(header, cells)]
    return "\n".join([*lines, ""])


def better_counts(table: pd.DataFrame) -> tuple[int, int]:
    """Return for how many functionals convolutional, and fully-connected, networks are better.

    Args:
        table: rows of `ARCHITECTURES`; a functional counts where p is below `SIGNIFICANCE`.
    """
    told_apart = table["p_value"] < SIGNIFICANCE
    return int((told_apart & (table["ratio"] > 1)).sum()), int(
        (told_apart & (table["ratio"] < 1)).sum()
    )


def _balance(rows: pd.DataFrame) -> str:
    convolutional, fully_connected = better_counts(rows)
    return (
        f"Convolutional networks are better for {convolutional} of {len(rows)} functionals and"
        f" fully-connected ones for {fully_connected} (p < {SIGNIFICANCE})."
    )


def _depth_lines(title: str, rows: pd.DataFrame) -> list[str]:
    cells = []
    for layers, found in rows.groupby("hidden_layers"):
        errors = found["mae"] * MILLIHARTREE_PER_HARTREE
        dead = int(found["dead"].sum())
        cells.append(
            [layers, readable(errors.mean(), errors.std()), readable(errors.median()), dead]
        )
    header = ["hidden layers", "mean", "median", "dead networks"]
    p = significant(depth_p_value(rows))
    return [
        *(f"### {title}", "", *markdown_table(header, cells), ""),
        f"A Kruskal-Wallis test of equal errors has p = {p}.",
        "",
    ]


def _architecture_cells(row: dict) -> list[str]:
    cells = [row["functional"]]
    for kind in ("convolutional", "fully_connected"):
        mean, deviation, median = (
            row[f"{kind}_mae_{name}"] * MILLIHARTREE_PER_HARTREE for name in _STATISTICS
        )
        cells += [readable(mean, deviation), readable(median)]
    return [*cells, significant(row["ratio"], 3), significant(row["p_value"])]
