"""What the study measured for what paper A says in words: networks, ranges, families, remedy."""

from dataclasses import dataclass

import pandas as pd

from hkmaps.reporting.architecture_tables import better_counts, depth_p_value
from hkmaps.reporting.family_tables import (
    DEPENDENT,
    INVARIANT,
    PREDICTORS,
    rank_correlation,
)
from hkmaps.reporting.markdown import STANDING_OUT
from hkmaps.reporting.measurements.record import Measurement, in_mha
from hkmaps.reporting.range_tables import DIRECT, GAUGE_AWARE
from hkmaps.reporting.rules import SIGNIFICANCE
from hkmaps.units import MILLIHARTREE_PER_HARTREE

_SEARCHED = "A[V]"
"""The functional that paper A searched hyperparameters for (Figure 8)."""

_TUNED = ("learning_rate", "batch_size")
_DEPTHS = (3, 4, 5, 6)
_FAMILIES = ("gaussian-dips", "sinusoids", "polynomials", "quartic-wells")
_MOLECULES = "diatomics"


@dataclass(frozen=True)
class StatementTables:
    """The tables that decide what paper A says in words.

    Attributes:
        architectures: tables/architectures.parquet.
        depths: networks/atoms/depths.parquet; empty without atoms.
        impacts: tables/hyperparameters.parquet.
        near_optimal: tables/near_optimal.parquet.
        ranges: tables/output_ranges.parquet.
        families: tables/families.parquet.
    """

    architectures: pd.DataFrame
    depths: pd.DataFrame
    impacts: pd.DataFrame
    near_optimal: pd.DataFrame
    ranges: pd.DataFrame
    families: pd.DataFrame


def statement_measurements(tables: StatementTables) -> list[Measurement]:
    """Return what decides the statements of paper A in words.

    Args:
        tables: the tables.
    """
    return [
        *_architectures(tables.architectures),
        *_depths(tables.depths),
        *_impacts(tables.impacts),
        _near_optimal(tables.near_optimal),
        *_ranges(tables.ranges),
        *_families(tables.families),
        *_remedy(tables.ranges),
    ]


def _architectures(table: pd.DataFrame) -> list[Measurement]:
    convolutional, fully_connected = better_counts(table)
    by_ratio = table.set_index(["dataset", "functional"])["ratio"].dropna()
    if by_ratio.empty:
        names = ("fully_connected_better", "median_ratio")
        return [_unknown(f"A.sec2.3.2.{name}", "No network has a finite error.") for name in names]
    (low_set, low), (high_set, high) = by_ratio.idxmin(), by_ratio.idxmax()
    explanation = (
        f"Of {len(table)} functionals, convolutional networks are better for {convolutional} and"
        f" fully-connected ones for {fully_connected} by the tests; the ratio of the medians goes"
        f" from {by_ratio.min():.2g} ({low} of {low_set}) to {by_ratio.max():.2g} ({high} of"
        f" {high_set})."
        " Fully-connected networks have the learning rate and batch size of their own grid search,"
        " convolutional ones the published pair (tables/architectures.parquet,"
        " figures/study_architectures.png)."
    )
    return [
        Measurement("A.sec2.3.2.fully_connected_better", fully_connected, explanation),
        Measurement("A.sec2.3.2.median_ratio", by_ratio.median(), explanation),
    ]


def _depths(depths: pd.DataFrame) -> list[Measurement]:
    # No difference that a test tells is no proof of similar errors: their ratio stands beside it.
    names = ("A.sec2.3.3.depths", "A.sec2.3.3.depths_ratio")
    rows = depths[(depths["functional"] == _SEARCHED) & depths["hidden_layers"].isin(_DEPTHS)]
    medians = rows.groupby("hidden_layers")["mae"].median()
    p_value = depth_p_value(rows) if set(medians.index) == set(_DEPTHS) else None
    if p_value is None:
        reason = f"networks.depths leaves out {_SEARCHED} of atoms, or one of 3 to 6 hidden layers."
        return [_unknown(name, reason) for name in names]
    errors = ", ".join(f"{in_mha(mae)} with {layers}" for layers, mae in medians.items())
    explanation = (
        f"Median MAE of {_SEARCHED} of atoms by hidden layers, mHa: {errors}"
        " (networks/atoms/depths.parquet, figures/study_architectures.png)."
    )
    return [
        Measurement(name, value, explanation)
        for name, value in zip(names, (p_value, medians.max() / medians.min()), strict=True)
    ]


def _impacts(impacts: pd.DataFrame) -> list[Measurement]:
    names = tuple(f"A.sec2.3.3.{name}" for name in ("limited_impact", "limited_share", "impact"))
    rows = impacts[(impacts["dataset"] == "atoms") & (impacts["functional"] == _SEARCHED)]
    rows = rows.set_index("hyperparameter").dropna(subset=["share", "p_value"])
    tuned = rows[rows.index.isin(_TUNED)]
    others = rows.drop(index=tuned.index)
    if len(tuned) < len(_TUNED) or others.empty:
        reason = f"networks.random_search leaves out {_SEARCHED} of atoms, or has too few draws."
        return [_unknown(name, reason) for name in names]
    listed = ", ".join(
        f"{name.replace('_', ' ')} {row['share']:.2f} (p = {row['p_value']:.1g})"
        for name, row in rows.sort_values("share", ascending=False).iterrows()
    )
    explanation = (
        f"Shares of the variance for {_SEARCHED} of atoms: {listed}"
        " (tables/hyperparameters.parquet, figures/study_architectures.png)."
    )
    effects = int((others["p_value"] < SIGNIFICANCE).sum())
    largest = others["share"].max()
    values = (effects, largest, tuned["share"].min() - largest)
    return [
        Measurement(name, value, explanation) for name, value in zip(names, values, strict=True)
    ]


def _near_optimal(pairs: pd.DataFrame) -> Measurement:
    name = "A.sec2.3.3.near_optimal"
    if pairs.empty:
        return _unknown(name, "networks.seeds has no data set.")
    worst = pairs.loc[pairs["ratio"].idxmax()]
    ahead = (pairs["ratio"] <= 1).sum()
    return Measurement(
        name,
        worst["ratio"],
        f"The largest ratio is that of {worst['functional']} of {worst['dataset']}, from"
        f" {worst['ratio_min']:.2g} to {worst['ratio_max']:.2g} over {worst['seeds']} further"
        f" seeds; the median of {len(pairs)} functionals is {pairs['ratio'].median():.2g}, and for"
        f" {ahead} of them the published pair is at least as good as the winner of the study's own"
        " seed"
        " (tables/near_optimal.parquet).",
    )


def _ranges(ranges: pd.DataFrame) -> list[Measurement]:
    rows = ranges[(ranges["dataset"] == "atoms") & (ranges["route"] == DIRECT)]
    rows = rows.set_index("functional")
    names = ("similar_from_potential", "same_output", "relative_errors")
    labels = [f"{key}[{variable}]" for key in (*DEPENDENT, *INVARIANT) for variable in "Vn"]
    if missing := [label for label in labels if label not in rows.index]:
        reason = f"networks.functionals leaves out {', '.join(missing)}."
        return [_unknown(f"A.sec3.1.{name}", reason) for name in names]
    from_potential = rows.loc[[label for label in labels if label.endswith("[V]")], "mae_mean"]
    medians, relative = rows["mae_median"], rows["relative_error"]
    same = {key: medians[f"{key}[n]"] / medians[f"{key}[V]"] for key in (*DEPENDENT, *INVARIANT)}
    where = "(tables/output_ranges.parquet, figures/study_output_ranges.png)"
    listed = ", ".join(f"{key} {ratio:.2g}" for key, ratio in same.items())
    errors = ", ".join(f"{label} {100 * relative[label]:.2g}" for label in relative.index)
    return [
        Measurement(
            "A.sec3.1.similar_from_potential",
            from_potential.max() / from_potential.min(),
            f"Mean errors go from {in_mha(from_potential.min())} mHa ({from_potential.idxmin()}) to"
            f" {in_mha(from_potential.max())} mHa ({from_potential.idxmax()}) {where}.",
        ),
        Measurement(
            "A.sec3.1.same_output",
            min(same[key] for key in DEPENDENT),
            f"Median error from n over that from V: {listed} {where}.",
        ),
        Measurement(
            "A.sec3.1.relative_errors",
            min(relative[f"{key}[n]"] for key in DEPENDENT)
            / max(relative[f"{key}[n]"] for key in INVARIANT),
            f"Median error in percent of the output's standard deviation: {errors} {where}.",
        ),
    ]


def _families(families: pd.DataFrame) -> list[Measurement]:
    table = families.set_index("dataset")
    measurements = []
    for dataset in _FAMILIES:
        name = f"A.sec3.3.{dataset.replace('-', '_')}"
        if dataset not in table.index or pd.isna(table.loc[dataset, "over_potential"]):
            measurements.append(_unknown(name, f"The study has no errors of {dataset}."))
            continue
        row = table.loc[dataset]
        measurements.append(
            Measurement(
                name,
                row["over_potential"],
                f"{dataset}: E[n] and A[n] have at least {row['over_potential']:.2g} times the"
                f" error of E[V] and A[V], and {row['over_invariant']:.2g} times that of T[n] and"
                f" Eg[n]; their sensitivity is {row['sensitivity_ratio']:.2g} times that of T[n]"
                " and Eg[n]. The paper gives no parameters of the family; these are this study's"
                " (tables/families.parquet, figures/study_families.png).",
            )
        )
    return [*measurements, _without_shifts(table)]


def _without_shifts(table: pd.DataFrame) -> Measurement:
    name = "A.sec3.3.without_shifts"
    known = table.dropna(subset=["over_potential"])
    if _MOLECULES not in known.index or len(known) < 2:
        return _unknown(name, "The study compares too few data sets.")
    share = known.loc[_MOLECULES, "near_constant_share"]
    few = known[known["near_constant_share"] <= share].drop(index=_MOLECULES)
    standing = few.index[few["over_potential"] > STANDING_OUT]
    correlations = {
        words: value
        for predictor, words in PREDICTORS.items()
        if (value := rank_correlation(table, "over_potential", predictor)) is not None
    }
    correlated = " and ".join(
        f"{value:.2f} with the {words}" for words, value in correlations.items()
    )
    return Measurement(
        name,
        len(standing),
        f"Of {len(few)} other data sets with at most the molecules' share of near-constant shifts"
        f" ({share:.2%}), E[n] and A[n] stand out in {', '.join(standing) or 'none'}. Over all data"
        f" sets the error over that from V has a rank correlation of {correlated or 'unknown size'}"
        " (tables/families.parquet, figures/study_families.png).",
    )


def _remedy(ranges: pd.DataFrame) -> list[Measurement]:
    rows = ranges[ranges["dataset"] == "atoms"].set_index(["route", "functional"])
    measurements = []
    for key in DEPENDENT:
        name, label = f"A.sec3.3.remedy_{key}", f"{key}[n]"
        if (GAUGE_AWARE, label) not in rows.index or (DIRECT, label) not in rows.index:
            measurements.append(
                _unknown(name, f"networks.functionals leaves out {label}, T[n] or Eg[n].")
            )
            continue
        row, direct = rows.loc[GAUGE_AWARE, label], rows.loc[DIRECT, label]
        measurements.append(
            Measurement(
                name,
                row["mae_mean"] * MILLIHARTREE_PER_HARTREE,
                f"{key} of atoms: {in_mha(direct['mae_mean'])} mHa learned directly, median"
                f" {in_mha(row['mae_median'])} mHa with the exact external energy"
                " (tables/output_ranges.parquet, figures/study_output_ranges.png).",
                row["mae_std"] * MILLIHARTREE_PER_HARTREE,
                int(row["repeats"]),
            )
        )
    return measurements


def _unknown(name: str, reason: str) -> Measurement:
    return Measurement(name, None, reason)
