"""What jobs are likely to cost: kept from a run, scaled to another machine."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from hkmaps.errors import InputError

COLUMNS = ("rule", "job", "seconds", "speed")
"""Columns of the kept costs: rule, wildcards without chunk, wall time of a job in seconds (of one
geometry or system where the rule works in chunks), and the `machine_speed` of the machine."""


def kept_costs(cost: pd.DataFrame, sizes: Mapping[tuple[str, str], int], speed: float):
    """Return what is kept of the cost of a run.

    Args:
        cost: rows of `hkmaps.reporting.cost.COST`.
        sizes: rule and job of a chunk -> how many geometries or systems it has.
        speed: rounds per second of a core of the machine, from `machine_speed`.

    Returns:
        Rows with `COLUMNS`, one a rule and its wildcards; chunks are averaged.
    """
    measured = cost.dropna(subset=["seconds"])
    keys = list(zip(measured["rule"], measured["job"], strict=True))
    rows = pd.DataFrame(
        {
            "rule": measured["rule"].to_numpy(),
            "job": [without_chunk(job) for _, job in keys],
            "seconds": measured["seconds"].to_numpy(),
            "size": [sizes.get(key, 1) for key in keys],
        }
    )
    sums = rows.groupby(["rule", "job"], as_index=False).agg(
        seconds=("seconds", "sum"), size=("size", "sum"), jobs=("size", "count")
    )
    chunked = {rule for rule, _ in sizes}
    per = sums["size"].where(sums["rule"].isin(chunked), sums["jobs"])
    seconds = (sums["seconds"] / per).map("{:.3g}".format)
    return sums.assign(seconds=seconds, speed=f"{speed:.3g}")[list(COLUMNS)]


def without_chunk(job: str) -> str:
    """Return the wildcards of a job, such as "chunk=0 sample=ethane/test", without the chunk."""
    return " ".join(part for part in job.split() if not part.startswith("chunk="))


@dataclass(frozen=True)
class KeptCosts:
    """Costs of an earlier run.

    Attributes:
        rows: rule -> wildcards of its jobs, and seconds times speed of each.
    """

    rows: Mapping[str, Mapping[str, float]]

    @classmethod
    def read(cls, path: str | os.PathLike) -> "KeptCosts":
        """Read a file that `kept_costs` was written to.

        Raises:
            InputError: it is not there, has other columns, or a number that is not positive.
        """
        if not Path(path).is_file():
            raise InputError(f"The kept costs should be at {path}, where there is no file.")
        frame = pd.read_csv(path, keep_default_na=False)
        if tuple(frame.columns) != COLUMNS:
            raise InputError(
                f"{path} has the columns {', '.join(frame.columns)}; they must be"
                f" {', '.join(COLUMNS)}."
            )
        numbers = frame[["seconds", "speed"]].apply(pd.to_numeric, errors="coerce")
        if not (numbers > 0).all(axis=None):
            row = frame[~(numbers > 0).all(axis=1)].iloc[0]
            raise InputError(
                f"{path} has the cost {row['seconds']} and the speed {row['speed']} of"
                f" {row['rule']} {row['job']}; both must be positive numbers."
            )
        work = numbers["seconds"] * numbers["speed"]
        rows: dict[str, dict[str, float]] = {}
        for rule, job, value in zip(frame["rule"], frame["job"], work, strict=True):
            rows.setdefault(rule, {})[job] = value
        return cls(rows)

    def seconds(self, rule: str, job: str, size: int, speed: float) -> float:
        """Return what a job is likely to take, in seconds.

        The jobs of its rule that share most wildcards with it cost as much, in the median; a rule
        that is not there costs the median of all.

        Args:
            rule: its rule.
            job: its wildcards, such as "chunk=0 sample=ethane/test".
            size: how many geometries or systems it has, if its rule works in chunks; otherwise 1.
            speed: `machine_speed` of the machine that it runs on.
        """
        known = self.rows.get(rule)
        if known is None:
            every = [value for jobs in self.rows.values() for value in jobs.values()]
            return float(pd.Series(every).median()) / speed
        parts = _parts(without_chunk(job))
        shared = {each: len(parts & _parts(each)) for each in known}
        nearest = [known[each] for each, count in shared.items() if count == max(shared.values())]
        return float(pd.Series(nearest).median()) * size / speed


@cache
def _parts(job: str) -> frozenset[str]:
    """Wildcards of a job; those of ethane/test are ethane and test."""
    return frozenset(re.split(r"[ /]", job))
