"""The deposit of a finished study: one archive that says what it holds, checked after unpacking."""

import json
import os
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import yaml

from hkmaps.errors import InputError
from hkmaps.reporting.data_dictionary import schema_of
from hkmaps.reporting.report import PACKAGES
from hkmaps.reporting.run_crate import (
    StudyRun,
    described_files,
    files_below,
    run_crate,
    sha256,
    times_of,
)
from hkmaps.tables import atomic_path, read_table

LARGEST = 5e9
"""Bytes that a deposit may have: what repositories of data take without asking."""

METADATA = "ro-crate-metadata.json"

REPOSITORY_PARTS = (
    *("Snakefile", "workflow", "config", "envs", "src"),
    *("pyproject.toml", "requirements.lock", "LICENSE", "CITATION.cff", "codemeta.json"),
)
"""What of the repository a deposit holds: all that calculates."""

LEFT_OUT = {
    "networks/*/work/*": "training curves and parts of a search; its table has what came out",
    "model_systems/chunks/*": "the table of the data set has the same rows",
    "molecules/*/chunks/geometries_*": "geometries.parquet of the sample has the same rows",
    "molecules/*/chunks/energies_*": "energies.parquet of the sample has the same rows",
    "*.traj": "frames.parquet beside it has the same frames",
    "*.checkpoint": "only a dynamics that is not at its end needs it",
    "benchmarks/*": "cost.parquet has time and memory of every job",
}
"""Pattern of results that the deposit leaves out -> why."""


@dataclass(frozen=True)
class LargeResults:
    """Results that a deposit leaves out where it would be too large with them.

    Attributes:
        pattern: their paths below results/.
        needed_by: name of a file that needs the one of them that lies beside it: that one stays.
        why: what remains of them.
    """

    pattern: str
    needed_by: str | None
    why: str

    def of(self, places: Iterable[str]) -> set[str]:
        """Return which of these places below results/ they are."""
        places = set(places)
        return {
            place
            for place in places
            if fnmatch(place.removeprefix("results/"), self.pattern)
            and (
                self.needed_by is None
                or Path(place).with_name(self.needed_by).as_posix() not in places
            )
        }


LARGE = (
    LargeResults(
        "molecules/*/chunks/reference_*",
        None,
        "energies.parquet of the sample has energies and forces; the densities are too large",
    ),
    LargeResults(
        "maps/*/density_subspace.safetensors",
        "map.safetensors",
        "no map lies beside it; the errors of its maps are in errors.parquet",
    ),
)
"""What is left out of a deposit that would be too large, the first first."""

_README = """\
# {title}

One run of the study, finished {ended:%Y-%m-%d}: version {version}{commit}.
`{metadata}` describes every file, as a Workflow Run RO-Crate: size, SHA-256 and, of tables, columns
with their units.

| here | what |
|---|---|
| `results/report.html` | all figures, tables and claims on one page |
| `results/claims.md`, `claims.parquet` | the verdict on every printed number |
| `results/` | tables (Parquet), figures, trained networks and maps, reference calculations |
| `config.yaml` | the config of this run, with every key |
| the other folders | workflow and library that made it |

`python -m hkmaps.reporting.data_dictionary` prints what each table holds. To run it again:

    pip install --constraint requirements.lock --editable .
    snakemake --cores N --configfile config.yaml

## Left out

| results | why |
|---|---|
{left_out}
| logs, and `.snakemake` | what the machine said; results do not depend on it |
| tests, documentation | they are in the repository |
"""


def deposited(results: Iterable[str]) -> list[str]:
    """Return the files of `results/` that a deposit holds, in order.

    Args:
        results: paths below the folder of the study, such as `results/claims.md`.
    """
    return sorted(
        path
        for path in results
        if not any(fnmatch(path.removeprefix("results/"), pattern) for pattern in LEFT_OUT)
    )


def fitting(sizes: Mapping[str, int]) -> tuple[list[str], list[LargeResults]]:
    """Return what of these results fits into a deposit, and what was left out for that.

    Args:
        sizes: path below the folder of the study -> bytes.
    """
    places, left_out = set(sizes), []
    for large in LARGE:
        if sum(sizes[place] for place in places) <= LARGEST:
            break
        if found := large.of(places):
            places -= found
            left_out.append(large)
    return sorted(places), left_out


def write_deposit(
    archive: str | os.PathLike,
    repository: Path,
    inputs: Mapping[str, Path],
    results: Iterable[str],
    config: Mapping,
    commit: str | None = None,
) -> Counter:
    """Gather a finished study in one ZIP archive and check it after unpacking.

    Args:
        archive: the archive to write, whole or not at all.
        repository: the folder of the workflow.
        inputs: place in the archive -> file that the run read.
        results: paths of what it made, relative to the working directory.
        config: the config of the run.
        commit: the version of the repository, where it is known.

    Returns:
        Bytes by chapter, the first folder or the file below `results/`.

    Raises:
        InputError: a result is missing, the deposit is too large even without `LARGE`, or what was
            unpacked is not what was packed.
    """
    # A map from forces has the subspace of its densities beside it.
    models = [Path(place).parent for place in results if place.endswith(".safetensors")]
    beside = [path.as_posix() for folder in models for path in folder.glob("*.safetensors")]
    places = deposited({*results, *beside})
    if missing := [place for place in places if not Path(place).is_file()]:
        raise InputError(f"The deposit lacks {missing[0]}; run the study to its end first.")
    places, too_large = fitting({place: Path(place).stat().st_size for place in places})
    sizes = Counter()
    for place in places:
        sizes[Path(place).parts[1]] += Path(place).stat().st_size
    if sizes.total() > LARGEST:
        largest = ", ".join(f"{name} {size / 1e9:.2g} GB" for name, size in sizes.most_common(3))
        raise InputError(
            f"The deposit would have {sizes.total() / 1e9:.3g} GB ({largest}); it may have"
            f" {LARGEST / 1e9:g} GB."
        )
    own = files_below(repository, REPOSITORY_PARTS)
    files = {place: Path(place) for place in places}
    run = StudyRun(*times_of(files.values()), PACKAGES, commit)
    citation = yaml.safe_load(own["CITATION.cff"].read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        written = {
            "README.md": _readme(citation, run, too_large),
            "config.yaml": yaml.safe_dump(dict(config)),
        }
        for name, text in written.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        said = {name: Path(folder) / name for name in written}
        read = {"config.yaml": said["config.yaml"], **inputs}
        crate = run_crate(own | {"README.md": said["README.md"]}, read, files, run)
        with atomic_path(archive) as path:
            crate.write_zip(path)
            check_deposit(path)
    return sizes


def check_deposit(archive: str | os.PathLike) -> None:
    """Unpack a deposit and compare every file with what its metadata say.

    Args:
        archive: the ZIP archive.

    Raises:
        InputError: a file is missing, is not described, or has other bytes; a table cannot be read.
    """
    with tempfile.TemporaryDirectory(dir=Path(archive).parent) as folder:
        try:
            shutil.unpack_archive(archive, folder, "zip")
            metadata = json.loads((Path(folder) / METADATA).read_text(encoding="utf-8"))
        except (OSError, ValueError, zipfile.BadZipFile, shutil.ReadError) as error:
            raise InputError(f"The deposit {archive} cannot be unpacked: {error}.") from error
        described = described_files(metadata)
        found = files_below(Path(folder), ["."])
        found.pop(METADATA)
        if wrong := sorted(found.keys() ^ described.keys()):
            state = "not described" if wrong[0] in found else "missing"
            raise InputError(f"The deposit {archive} has files amiss: {wrong[0]} is {state}.")
        for place, path in found.items():
            if sha256(path) != described[place]:
                raise InputError(f"In the deposit {archive}, {place} is not as it was packed.")
            if (schema := schema_of(place.removeprefix("results/"))) is not None:
                read_table(path, schema, columns=schema.column_names[:1])


def _readme(citation: Mapping, run: StudyRun, too_large: Iterable[LargeResults]) -> str:
    left_out = LEFT_OUT | {large.pattern: large.why for large in too_large}
    return _README.format(
        title=citation["title"],
        version=citation["version"],
        ended=run.ended,
        commit=f", commit {run.commit}" if run.commit else "",
        metadata=METADATA,
        left_out="\n".join(f"| `{pattern}` | {why} |" for pattern, why in left_out.items()),
    )
