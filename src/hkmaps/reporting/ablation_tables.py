"""Errors of ML-KS without choices of the study: how many times as large they are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hkmaps.maps.ablation_results import STUDY
from hkmaps.maps.molecule_summary import as_published, spread
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.ablation import ablation_sentences
from hkmaps.reporting.measurements.conformers import table2_id
from hkmaps.reporting.measurements.molecules import table1_id
from hkmaps.reporting.measurements.record import in_kcal
from hkmaps.reporting.measurements.training_sizes import PRINTED_TRAINING_POINTS
from hkmaps.tables import Column, TableSchema

ABLATION_SUMMARY = TableSchema(
    "ablation, summed up",
    "Errors of ML-KS without one choice of the study at a time, medians over random splits, one row"
    " a size, a variant and what gave the energies",
    (
        Column("molecule", "text", "", "molecule"),
        Column("sample", "text", "", "sample that the training points are chosen from"),
        Column("training_points", "integer", "1", "training points M"),
        Column("variant", "text", "", "what differs from the study, as in maps/*/ablation.parquet"),
        Column("energies", "text", "", "reference, or dynamics: by what moved the molecule"),
        Column("splits", "integer", "1", "random splits; 1 for a test sample"),
        Column("mae", "number", "Ha", "mean absolute error, median over the splits"),
        Column("maximum", "number", "Ha", "largest absolute error, median over the splits"),
        Column(
            "mae_ratio",
            "number",
            "1",
            "MAE over that of the study in the same split from the same kind of energies, median",
        ),
        Column("maximum_ratio", "number", "1", "likewise of the largest error"),
        Column("mae_percentiles", "array", "Ha", "percentiles 0, 10, 50, 90, 100 of the MAE"),
        Column("mae_ratio_spread", "number", "1", "half the distance of its percentiles 16 and 84"),
        Column(
            "hohenberg_kohn",
            "number",
            "1",
            "MAE of the study's ML-HK over that of its ML-KS, median; null without densities",
            optional=True,
        ),
    ),
)

PERCENTILES = (0, 10, 50, 90, 100)
"""Percentiles of the MAE over random splits."""

_SIZE = ["molecule", "sample", "training_points"]


def ablation_summary(
    ablations: Sequence[pd.DataFrame], errors: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Sum up over random splits, as ratios to the map of the study.

    Args:
        ablations: rows of `ABLATION` of each pool.
        errors: rows of `MAP_ERRORS` of each of these pools.

    Returns:
        pandas.DataFrame with the columns of `ABLATION_SUMMARY`.
    """
    rows = []
    known = {} if not errors else _hohenberg_kohn(pd.concat(errors, ignore_index=True))
    for table in ablations:
        for names, here in table.groupby([*_SIZE, "energies"], sort=False):
            mine = here[here["variant"] == STUDY]
            for variant, group in here.groupby("variant", sort=False):
                row = dict(zip([*_SIZE, "energies"], names, strict=True))
                row |= {"variant": variant, "splits": len(group)}
                for measure in ("mae", "maximum"):
                    both = group.merge(mine, on="split", suffixes=("", "_mine"))
                    ratios = (both[measure] / both[f"{measure}_mine"]).to_numpy(dtype=float)
                    row[measure] = float(np.median(group[measure]))
                    row[f"{measure}_ratio"] = float(np.median(ratios))
                    if measure == "mae":
                        row["mae_ratio_spread"] = spread(ratios)
                        row["mae_percentiles"] = np.percentile(group[measure], PERCENTILES)
                row["hohenberg_kohn"] = known.get(names[:3], np.nan)
                rows.append(row)
    return pd.DataFrame(rows, columns=ABLATION_SUMMARY.column_names)


def _hohenberg_kohn(errors: pd.DataFrame) -> dict[tuple, float]:
    """MAE of ML-HK over that of ML-KS, median over splits, by molecule, sample and size."""
    rows = as_published(errors)
    rows = rows[rows["quantity"] == "dE"].assign(split=rows["split"].fillna(0))
    table = rows.pivot_table(index=[*_SIZE, "split"], columns="method", values="mae")
    if HOHENBERG_KOHN not in table:
        return {}
    ratios = (table[HOHENBERG_KOHN] / table[KOHN_SHAM]).dropna()
    return ratios.groupby(level=_SIZE).median().to_dict()


def published_mae(printed: pd.Series, molecule: str, sample: str, size: int) -> tuple[str, str]:
    """Return the printed MAE of a pool and a size, and the method that it is of; "" without one.

    Args:
        printed: texts of printed numbers by id.
        molecule, sample, size: the pool and the number of training points.
    """
    text = printed.get(table1_id(molecule, size, KOHN_SHAM, "dE", "mae"), "")
    if not text and size == PRINTED_TRAINING_POINTS:
        text = printed.get(table2_id(molecule, sample, "dE", "mae"), "")
        return text, HOHENBERG_KOHN if text else ""
    return text, KOHN_SHAM if text else ""


def ablation_markdown(summary: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return the ablation as Markdown, energies in kcal/mol.

    Args:
        summary: rows of `ABLATION_SUMMARY`.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    printed = published.set_index("id")["value"]
    lines = ["# Errors of ML-KS without choices of the study, kcal/mol", ""]
    lines += [
        "One choice is turned off at a time, on the same training and test geometries: names",
        "kept (equal atoms are not renamed when a methyl has turned), no masses (in alignment),",
        "heavy atoms (alone are aligned, hydrogens decide what they leave open), k-fold search (on",
        "a fixed grid of widths and regularisations), grid (of the potential), all four (without",
        "the heavy atoms'). Points chosen otherwise have their row; with energies of the dynamics",
        "they are chosen from all its snapshots. Ratios are to the map of the same energies.",
        "Medians over random splits. The printed MAE is of ML-KS in Table 1, of ML-HK in Table 2.",
        "",
    ]
    header = ["M", "energies", "variant", "MAE", "ratio", "spread of the ratio", "maximum"]
    header += ["ratio", "splits"]
    for (molecule, sample), rows in summary.groupby(["molecule", "sample"], sort=False):
        cells = [
            [row["training_points"], row["energies"], row["variant"], in_kcal(row["mae"])]
            + [f"{row[name]:.2f}" for name in ("mae_ratio", "mae_ratio_spread")]
            + [in_kcal(row["maximum"]), f"{row['maximum_ratio']:.2f}", row["splits"]]
            for row in rows.to_dict("records")
        ]
        lines += [f"## {molecule}, {sample}", "", *markdown_table(header, cells), ""]
        for size in rows["training_points"].unique():
            text, method = published_mae(printed, molecule, sample, size)
            says = "; ".join(ablation_sentences(summary, molecule, sample, size))
            beside = f" (printed for {method}: {text})" if text else ""
            lines.append(f"- M = {size}{beside}: {says}.")
        lines.append("")
    return "\n".join(lines)
