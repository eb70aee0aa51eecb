"""What the study costs: time and memory of every job, from the benchmark files of Snakemake."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from hkmaps.errors import InputError
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.wording import significant
from hkmaps.tables import Column, TableSchema

COST = TableSchema(
    "cost",
    "Time and memory of the last run of every job of the study; what was not measured is missing",
    (
        Column("step", "text", "", "rule, or figures for every rule that draws one"),
        Column("rule", "text", "", "rule of the workflow"),
        Column("job", "text", "", "wildcards of the job, such as data_set=atoms; may be empty"),
        Column("seconds", "number", "s", "wall time; a job has one core", True),
        Column("cpu_seconds", "number", "s", "time on a processor, up to the last sample", True),
        Column("max_rss", "integer", "byte", "largest resident memory among the samples", True),
        Column("read", "integer", "byte", "read from disk", True),
        Column("written", "integer", "byte", "written to disk", True),
    ),
)

SECONDS_PER_HOUR = 3600
BYTES_PER_MEBIBYTE = 2**20

_MEASURED = {
    "seconds": ("s", 1),
    "cpu_seconds": ("cpu_time", 1),
    "max_rss": ("max_rss", BYTES_PER_MEBIBYTE),
    "read": ("io_in", BYTES_PER_MEBIBYTE),
    "written": ("io_out", BYTES_PER_MEBIBYTE),
}
"""Column of the table -> column of the benchmark file, and the size of its unit."""

_NOT_SAMPLED = ("NA", "-")
"""What Snakemake writes where a job ended before its first sample."""


def read_benchmark(path: str | os.PathLike) -> dict[str, float | None]:
    """Return what the benchmark file `path` of Snakemake says.

    Args:
        path: the file; one that does not exist gives no values.

    Returns:
        Measured column of `COST` -> value in the unit of that column, None without one.

    Raises:
        InputError: the file is not a benchmark of one run.
    """
    path = Path(path)
    if not path.is_file():
        return dict.fromkeys(_MEASURED)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    try:
        (row,) = rows
        return {column: _measured(row[name], unit) for column, (name, unit) in _MEASURED.items()}
    except (KeyError, TypeError, ValueError):
        names = ", ".join(name for name, _ in _MEASURED.values())
        raise InputError(
            f"The benchmark file {path} has {len(rows)} rows or lacks a number in one; it must have"
            f" one row with numbers for {names}. Delete it to do without it."
        ) from None


def _measured(text: str, unit: float) -> float | None:
    """A value of a benchmark file, None where there is none."""
    if text in _NOT_SAMPLED:
        return None
    # Snakemake subtracts times of day: if the clock is set back meanwhile, a time can be negative.
    value = float(text) * unit
    return None if value < 0 else value


def gather_cost(jobs: Iterable[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Gather the benchmarks of jobs.

    Args:
        jobs: step, rule, wildcards and path of the benchmark file of each.

    Returns:
        Rows of `COST`, in the order of the jobs.
    """
    rows = [
        {"step": step, "rule": rule, "job": wildcards} | read_benchmark(path)
        for step, rule, wildcards, path in jobs
    ]
    cost = pd.DataFrame(rows, columns=COST.column_names)
    cost = cost.astype({column.name: "float64" for column in COST.columns if column.optional})
    counted = [column.name for column in COST.columns if column.kind == "integer"]
    return cost.assign(**{name: cost[name].round().astype("Int64") for name in counted})


def cost_by_step(cost: pd.DataFrame) -> pd.DataFrame:
    """Sum up the jobs of every step.

    Args:
        cost: rows of `COST`.

    Returns:
        One row per step, the longest first: its jobs and how many of them were measured,
        core-hours, hours on a processor (cpu_hours), seconds of the longest job, largest memory in
        bytes.
    """
    steps = cost.groupby("step", sort=False).agg(
        jobs=("seconds", "size"),
        measured=("seconds", "count"),
        core_hours=("seconds", "sum"),
        cpu_hours=("cpu_seconds", "sum"),
        longest=("seconds", "max"),
        max_rss=("max_rss", "max"),
    )
    steps[["core_hours", "cpu_hours"]] /= SECONDS_PER_HOUR
    return steps.sort_values("core_hours", ascending=False, kind="stable").reset_index()


def cost_summary(cost: pd.DataFrame) -> str:
    """Return the cost of the study in one sentence."""
    hours = cost["seconds"].sum() / SECONDS_PER_HOUR
    processor = cost["cpu_seconds"].sum() / SECONDS_PER_HOUR
    unmeasured = int(cost["seconds"].isna().sum())
    longest, memory = cost["seconds"].max(), cost["max_rss"].max()
    sentence = f"{len(cost)} jobs of one core each: {significant(hours)} core-hours"
    sentence += f" ({significant(processor)} h on a processor)"
    if pd.notna(longest):
        sentence += f", the longest job {duration(longest)}"
    if pd.notna(memory):
        sentence += f", at most {memory / BYTES_PER_MEBIBYTE:,.0f} MiB of memory"
    return f"{sentence}; {unmeasured} were not measured." if unmeasured else f"{sentence}."


def cost_markdown(cost: pd.DataFrame) -> str:
    """Return the cost of every step as Markdown.

    Args:
        cost: rows of `COST`.
    """
    header = ["step", "jobs", "core-hours", "hours on a processor", "longest job"]
    cells = [
        [
            row["step"],
            row["jobs"],
            significant(row["core_hours"]),
            significant(row["cpu_hours"]),
            "" if pd.isna(row["longest"]) else duration(row["longest"]),
            "" if pd.isna(row["max_rss"]) else f"{row['max_rss'] / BYTES_PER_MEBIBYTE:,.0f}",
        ]
        for row in cost_by_step(cost).to_dict("records")
    ]
    lines = ["# Cost", "", cost_summary(cost), ""]
    lines += [
        "The last run of every job counts; one that was killed and taken up again counts from"
    ]
    lines += ["there. Memory is sampled when a job has begun and every 30 s from then on.", ""]
    return "\n".join([*lines, *markdown_table([*header, "largest memory (MiB)"], cells), ""])


def duration(seconds: float) -> str:
    """Return a time for people, such as 12 s, 3.4 min or 5.6 h."""
    for limit, unit, name in ((60, 1, "s"), (SECONDS_PER_HOUR, 60, "min")):
        if seconds < limit:
            return f"{significant(seconds / unit)} {name}"
    return f"{significant(seconds / SECONDS_PER_HOUR)} h"
