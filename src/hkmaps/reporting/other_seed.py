"""What another seed changes: verdicts of claims, and Table 2 of paper B at a size that both ran."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hkmaps.errors import InputError
from hkmaps.maps.molecule_summary import as_published
from hkmaps.maps.results import HOHENBERG_KOHN, MAP_ERRORS
from hkmaps.reporting.claims import CLAIMS, decide
from hkmaps.reporting.markdown import PAPERS, markdown_table, readable
from hkmaps.reporting.measurements.conformers import EVIDENCE, PRINTED_QUANTITIES, table2_id
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES
from hkmaps.reporting.measurements.record import Measurement, measurement_frame
from hkmaps.reporting.measurements.training_sizes import other_training_size
from hkmaps.reporting.published import read_published
from hkmaps.reporting.rules import NOT_RUN
from hkmaps.tables import read_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

CLAIMS_FILES = ("claims.parquet", "paper_a/claims.parquet")
"""Claims of a whole study, or of paper A alone."""


def study_claims(results: str | os.PathLike) -> pd.DataFrame:
    """Return the claims of a study, or of paper A where it ran alone.

    Args:
        results: the folder of its results.

    Raises:
        InputError: the folder holds neither.
    """
    for name in CLAIMS_FILES:
        if (path := Path(results) / name).exists():
            return read_table(path, CLAIMS)
    raise InputError(f"{results} holds no claims; it must have {' or '.join(CLAIMS_FILES)}.")


def changed_verdicts(first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that another run, such as one with another seed, decides otherwise.

    Args:
        first: rows of `CLAIMS` of one run.
        other: those of the other.

    Returns:
        One row per claim that both have and decide differently, in the order of `first`: `id`,
        `paper`, `location`, `quantity`, `published`, and `measured` and `verdict` of both, with the
        suffixes _first and _other.
    """
    both = _of_both(first, other)
    return both[both["verdict_first"] != both["verdict_other"]].reset_index(drop=True)


def changed_verdicts_markdown(first: pd.DataFrame, other: pd.DataFrame, name: str) -> list[str]:
    """Return `changed_verdicts` as lines of Markdown.

    Args:
        first: as for `changed_verdicts`.
        other: likewise.
        name: what the other run is, such as "seed 7".
    """
    first, other = (claims[claims["verdict"] != NOT_RUN] for claims in (first, other))
    changed = changed_verdicts(first, other)
    common = first["id"].isin(other["id"]).sum()
    papers = " and ".join(PAPERS[paper] for paper in other["paper"].unique())
    lines = [f"Of {common} claims of {papers} that both runs decide, {len(changed)} have another"]
    lines += ["verdict.", ""]
    return lines + _both_table(changed, name) if len(changed) else lines


def table2_claims(results: str | os.PathLike, size: int, published: pd.DataFrame) -> pd.DataFrame:
    """Decide Table 2 of paper B, at a number of training points.

    Snapshots are those of the force field for every molecule, whatever else the study tests on.

    Args:
        results: the folder of a study's results.
        size: the number of training points M.
        published: rows of `read_published`.

    Returns:
        Rows of `CLAIMS`, of the pools whose errors the study has at this size.
    """
    printed = published[published["id"].str.startswith("B.table2.")]
    paths = sorted(Path(results).glob("maps/*/*/errors.parquet"))
    measurements = []
    for errors in (read_table(path, MAP_ERRORS) for path in paths):
        rows = as_published(errors[errors["training_points"] == size])
        rows = rows[rows["method"] == HOHENBERG_KOHN]
        rows = rows[rows["quantity"].isin(PRINTED_QUANTITIES)]
        measurements += [
            Measurement(
                table2_id(row["molecule"], row["sample"], row["quantity"], name),
                row[measure] * KCAL_PER_MOL_PER_HARTREE,
                f"M = {size} ({EVIDENCE}).",
                other_size=other_training_size(size),
            )
            for row in rows.to_dict("records")
            for name, measure in PRINTED_MEASURES.items()
        ]
    of_table2 = [number for number in measurements if number.id in set(printed["id"])]
    measured = measurement_frame(of_table2)
    return decide(printed[printed["id"].isin(measured["id"])], measured)


def table2_markdown(first: pd.DataFrame, other: pd.DataFrame, name: str) -> list[str]:
    """Return `table2_claims` of two runs side by side as lines of Markdown.

    Args:
        first: rows of `table2_claims` of one run.
        other: those of the other.
        name: what the other run is, such as "seed 7".
    """
    both = _of_both(first, other)
    changed = (both["verdict_first"] != both["verdict_other"]).sum()
    ratios = both["measured_other"] / both["measured_first"]
    return [
        f"{changed} of {len(both)} verdicts change. A number of {name} is {ratios.min():.2g} to"
        f" {ratios.max():.2g} times, in the",
        f"median {ratios.median():.2g} times, the number here.",
        "",
        *_both_table(both, name),
    ]


def _of_both(first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    chosen = ["id", "measured", "verdict"]
    return first[["paper", "location", "quantity", "published", *chosen]].merge(
        other[chosen], on="id", suffixes=("_first", "_other")
    )


def _both_table(both: pd.DataFrame, name: str) -> list[str]:
    cells = [
        [
            row["paper"],
            f"{row['location']}: {row['quantity']}",
            readable(row["published"]),
            f"{readable(row['measured_first'])}, {row['verdict_first']}",
            f"{readable(row['measured_other'])}, {row['verdict_other']}",
        ]
        for row in both.to_dict("records")
    ]
    return markdown_table(["paper", "claim", "published", "here", name], cells)


def other_seed_markdown(
    first: str | os.PathLike, other: str | os.PathLike, name: str, sizes: Sequence[int]
) -> str:
    """Return the page on what another seed changes.

    Args:
        first: folder of the results of one study.
        other: that of the other.
        name: what the other study is, such as "seed 7".
        sizes: numbers of training points at which Table 2 is compared.
    """
    lines = [f"# What {name} changes", ""]
    lines += changed_verdicts_markdown(study_claims(first), study_claims(other), name)
    published = read_published("config/published.csv")
    for size in sizes:
        both = [table2_claims(results, size, published) for results in (first, other)]
        lines += ["", f"## Table 2 of paper B at M = {size}", ""]
        lines += table2_markdown(*both, name)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print what another seed changes in the study of this folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("first", help="folder of the results of one run")
    parser.add_argument("other", help="that of the other")
    parser.add_argument("name", help="what the other run is, such as 'seed 7'")
    parser.add_argument("--sizes", type=int, nargs="*", default=[500], help="M of Table 2")
    given = parser.parse_args()
    print(other_seed_markdown(given.first, given.other, given.name, given.sizes), end="")


if __name__ == "__main__":
    main()
