"""A finished study as a Workflow Run RO-Crate: what ran on what, and what every result holds.

The crate follows the profile Workflow Run Crate 0.5 (https://w3id.org/ro/wfrun/workflow/0.5) on
RO-Crate 1.1. Every file has its size and SHA-256; a table also has its columns, with the units and
descriptions that its Parquet metadata hold.
"""

import json
import mimetypes
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet as pq
import yaml
from rocrate.model import ContextEntity, File, SoftwareApplication
from rocrate.rocrate import ROCrate

from hkmaps.reporting.report import installed

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
"""Address -> name of the profiles that the crate follows."""

MEDIA_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".safetensors": "application/octet-stream",
    ".smk": "text/x-python",
    ".xyz": "chemical/x-xyz",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
}
"""Ending of a file's name -> its media type, where `mimetypes` may not know it."""

TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""Terms of the profile that RO-Crate 1.1 does not have."""

PARAMETER_PROFILE = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"


@dataclass(frozen=True)
class StudyRun:
    """A run of the study, as the crate describes it.

    Attributes:
        started, ended: when its first and its last result were written.
        packages: distributions of Python whose versions are named.
        commit: the version of the repository, or None where it is not known.
    """

    started: datetime
    ended: datetime
    packages: tuple[str, ...]
    commit: str | None = None


def sha256(path: str | os.PathLike) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return file_digest(file, "sha256").hexdigest()


def run_crate(
    repository: Mapping[str, Path],
    inputs: Mapping[str, Path],
    results: Mapping[str, Path],
    run: StudyRun,
) -> ROCrate:
    """Describe a finished study.

    Args:
        repository: place in the crate -> file of the workflow and its library; `CITATION.cff` and
            `workflow/Snakefile` are among them.
        inputs: the same of what the run read: its config, tables, structures. A place that
            `repository` has too is one file.
        results: the same of what it made.
        run: when and with what it ran.

    Returns:
        The crate; `write` and `write_zip` of it copy the files.
    """
    citation = yaml.safe_load(repository["CITATION.cff"].read_text(encoding="utf-8"))
    crate = ROCrate(version="1.1", gen_preview=False)
    crate.metadata.extra_terms.update(TERMS)
    authors = [
        crate.add(ContextEntity(crate, f"#{author['name']}", {"@type": "Organization", **author}))
        for author in citation["authors"]
    ]
    licence = crate.add(
        ContextEntity(
            crate,
            f"https://spdx.org/licenses/{citation['license']}",
            {"@type": "CreativeWork", "name": f"{citation['license']} licence"},
        )
    )
    crate.name = f"A run of {citation['title']}"
    crate.description = (
        "Config, inputs, tables, figures, trained maps, claims and report of one run of the"
        " workflow, with the workflow itself."
    )
    crate.datePublished = run.ended
    crate.license = licence
    crate.root_dataset["author"] = authors
    workflow = crate.add_workflow(
        repository["workflow/Snakefile"],
        "workflow/Snakefile",
        main=True,
        lang="snakemake",
        lang_version=version("snakemake"),
        properties={
            "name": citation["title"],
            "version": citation["version"] + (f" ({run.commit})" if run.commit else ""),
            "sha256": sha256(repository["workflow/Snakefile"]),
        },
    )
    workflow["license"], workflow["author"] = licence, authors
    workflow["softwareRequirements"] = [
        _package(crate, *found) for found in installed(run.packages)
    ]
    crate.root_dataset["conformsTo"] = [
        crate.add(
            ContextEntity(
                crate,
                address,
                {
                    "@type": "CreativeWork",
                    "name": name,
                    "version": address.rsplit("/", 1)[1],
                },
            )
        )
        for address, name in PROFILES.items()
    ]
    files = {"workflow/Snakefile": workflow}
    for place, path in {**repository, **inputs, **results}.items():
        if place not in files:
            files[place] = _file(crate, place, path)
    _parameter(crate, workflow, "input", files["config.yaml"], "the config, all keys of it")
    _parameter(crate, workflow, "output", files["results/claims.md"], "the verdict on every claim")
    _parameter(crate, workflow, "output", files["results/report.html"], "the report")
    action = crate.add_action(
        workflow,
        identifier="#run",
        object=[files[place] for place in inputs],
        result=[files[place] for place in results],
        properties={
            "name": f"Run of {citation['title']}",
            "startTime": run.started.isoformat(),
            "endTime": run.ended.isoformat(),
            "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        },
    )
    crate.root_dataset["mentions"] = [action]
    return crate


def described_files(metadata: Mapping) -> dict[str, str]:
    """Return place -> SHA-256 of every file that the metadata of a crate describe.

    Args:
        metadata: the content of `ro-crate-metadata.json`.
    """
    return {
        unquote(entity["@id"]): entity["sha256"]
        for entity in metadata["@graph"]
        if "sha256" in entity
    }


def _package(crate: ROCrate, name: str, found: str) -> SoftwareApplication:
    properties = {"name": name, "softwareVersion": found}
    return crate.add(SoftwareApplication(crate, f"#{name}-{found}", properties))


def _file(crate: ROCrate, place: str, path: Path) -> File:
    """Add a file; a table with its columns."""
    suffix = path.suffix
    media_type = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    properties = {
        "name": place,
        "encodingFormat": media_type,
        "contentSize": str(path.stat().st_size),
        "sha256": sha256(path),
    }
    entity = crate.add_file(path, place, properties=properties)
    if suffix == ".parquet":
        schema = pq.read_schema(path)
        table = json.loads(schema.metadata[b"hkmaps"])
        entity["description"] = table["description"]
        entity["variableMeasured"] = [_column(crate, table["table"], field) for field in schema]
    return entity


def _column(crate: ROCrate, table: str, field) -> ContextEntity:
    """The column of a table, described once for all files that hold this table."""
    identifier = f"#{table.replace(' ', '-')}/{field.name}"
    if (known := crate.get(identifier)) is not None:
        return known
    said = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
    properties = {
        "@type": "PropertyValue",
        "name": field.name,
        "description": said.get("description", ""),
    }
    if said.get("unit"):
        properties["unitText"] = said["unit"]
    return crate.add(ContextEntity(crate, identifier, properties))


def _parameter(crate: ROCrate, workflow: File, kind: str, example: File, what: str) -> None:
    """Add a parameter of the workflow, of which the run has an example."""
    profile = PARAMETER_PROFILE
    if crate.get(profile) is None:
        crate.add(
            ContextEntity(crate, profile, {"@type": "CreativeWork", "name": "FormalParameter"})
        )
    name = Path(example.id).stem
    parameter = crate.add_formal_parameter(
        name, "File", identifier=f"#{kind}-{name}", description=what, valueRequired=True
    )
    workflow.append_to(kind, parameter)
    example["exampleOfWork"] = parameter


def files_below(folder: Path, places: Iterable[str]) -> dict[str, Path]:
    """Return place -> file of those of `places` in `folder`, and of all files in those folders."""
    found = {}
    for place in places:
        path = folder / place
        paths = sorted(path.rglob("*")) if path.is_dir() else [path]
        for each in paths:
            if each.is_file() and "__pycache__" not in each.parts:
                found[each.relative_to(folder).as_posix()] = each
    return found


def times_of(paths: Iterable[Path]) -> tuple[datetime, datetime]:
    """Return when the first and the last of files were written, to the second."""
    seconds = [int(path.stat().st_mtime) for path in paths]
    return datetime.fromtimestamp(min(seconds), UTC), datetime.fromtimestamp(max(seconds), UTC)
