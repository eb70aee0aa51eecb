"""The record of a finished study that the documentation keeps, docs/published: all of it made."""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hkmaps.maps.density_noise_results import DENSITY_NOISE
from hkmaps.maps.results import NOISE_RESPONSE
from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.cost import (
    BYTES_PER_MEBIBYTE,
    COST,
    cost_by_step,
    cost_markdown,
    cost_summary,
    duration,
)
from hkmaps.reporting.markdown import claims_markdown, counts_markdown, markdown_table
from hkmaps.reporting.noise_tables import density_noise_markdown, noise_response_markdown
from hkmaps.reporting.report import changed_keys, machine, versions
from hkmaps.tables import read_table

FIGURES = (
    *("study_claims", "arnstein_fig09", "study_table1_converged", "study_functional_methods"),
    *("study_conditioning", "study_conformer_curves", "study_learning_curves"),
    *("study_engine_accuracy", "bogojeski_fig02", "bogojeski_fig03", "study_forces"),
    *("study_dynamics", "study_observables", "study_uncertainty", "study_symmetric_kernel"),
)
"""Figures that a record holds, where the study drew them."""

_OF_MAPS = {
    "density_noise.md": ("maps/*/*/density_noise.parquet", DENSITY_NOISE, density_noise_markdown),
    "noise_response.md": ("maps/*/noise_response.parquet", NOISE_RESPONSE, noise_response_markdown),
}
"""Tables of single maps that a record holds: its file, where they are, their schema."""

LARGEST_MEMORIES = 3
"""Steps whose largest memory stands at the top."""

_README = """\
# A run of the study: what it gave

Made by `make record` from a finished run; nothing here is typed by hand.

{facts}

## Claims

{counts}

Each with its rule and, where it is not reproduced, its explanation: [claims.md](claims.md),
[claims.csv](claims.csv).

## Tables

{tables}

## Figures

{figures}
"""


@dataclass(frozen=True)
class RecordedRun:
    """What a record says of the run beside its results.

    Attributes:
        config: the config as run.
        published: the config of the published study, config/config.yaml.
        commit: of the code; None where it is not known.
    """

    config: Mapping[str, Any]
    published: Mapping[str, Any]
    commit: str | None


def write_record(folder: str | os.PathLike, results: str | os.PathLike, run: RecordedRun) -> None:
    """Write the record of a run to a folder that does not exist.

    Args:
        folder: where to write.
        results: the results of the run, with claims, tables, cost and figures.
        run: what was run.

    Raises:
        InputError: the claims or the cost are not this version's tables.
    """
    folder, results = Path(folder), Path(results)
    folder.mkdir(parents=True)
    claims = read_table(results / "claims.parquet", CLAIMS)
    cost = read_table(results / "cost.parquet", COST)
    (folder / "claims.md").write_text(claims_markdown(claims), encoding="utf-8")
    claims.to_csv(folder / "claims.csv", index=False, lineterminator="\n")
    config = yaml.safe_dump(dict(run.config), sort_keys=False, allow_unicode=True)
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    tables = sorted((results / "tables").glob("*.md"))
    figures = [results / f"figures/{name}.png" for name in FIGURES]
    figures = [path for path in figures if path.exists()]
    for path in (*tables, *figures):
        shutil.copyfile(path, folder / path.name)
    (folder / "cost.md").write_text(cost_markdown(cost), encoding="utf-8")
    made = {path.name for path in tables} | {"cost.md"}
    for name, (pattern, schema, markdown) in _OF_MAPS.items():
        found = [read_table(path, schema) for path in sorted(results.glob(pattern))]
        if found:
            text = markdown(pd.concat(found, ignore_index=True))
            (folder / name).write_text(text, encoding="utf-8")
            made.add(name)
    readme = _README.format(
        facts="\n".join(markdown_table(["", ""], list(_facts(run, cost)))),
        counts="\n".join(counts_markdown(claims)),
        tables="\n".join(f"- [{name.removesuffix('.md')}]({name})" for name in sorted(made)),
        figures="\n\n".join(f"![{path.stem}]({path.name})" for path in figures),
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _facts(run: RecordedRun, cost: pd.DataFrame) -> Iterable[list[str]]:
    """What was run, where, and what it took."""
    yield ["date", f"{datetime.now(UTC):%Y-%m-%d}"]
    yield ["commit", run.commit or "unknown"]
    changes = changed_keys(run.published, run.config)
    if changes:
        of_keys = ", ".join(f"`{key}`: {used}" for key, _, used in changes)
        yield ["[config](config.yaml)", f"the published one, but for {of_keys}"]
    else:
        yield ["[config](config.yaml)", "the published one"]
    yield ["seed", str(run.config["seed"])]
    yield ["machine", machine()]
    yield ["software", ", ".join(versions())]
    yield ["cost", cost_summary(cost)]
    steps = cost_by_step(cost)
    for row in steps.nlargest(LARGEST_MEMORIES, "max_rss").to_dict("records"):
        yield [
            f"memory of `{row['step']}`",
            f"{row['max_rss'] / BYTES_PER_MEBIBYTE:,.0f} MiB, the longest of {row['jobs']} jobs"
            f" {duration(row['longest'])}",
        ]
