"""Bad input that only a job can notice ends with one sentence, and nothing computed is lost."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from bad_input import expect_refused

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.tables import TableSchema, read_table, write_table

ATOMS = "results/model_systems/atoms.parquet"
PAIRS = "results/conditioning/atoms.parquet"
NOISE = "results/maps/atoms/noise_response.parquet"
ENSEMBLE = "results/networks/atoms/E-n/ensemble.safetensors"
MAP = "results/maps/ethane/300+350K/kohn_sham/map.safetensors"
ENERGIES = "results/maps/ethane/300+350K/classical_energies.parquet"
CHUNK = "results/molecules/H2/drawn/chunks/reference_0.parquet"


@pytest.fixture(scope="module")
def study(finished, tmp_path_factory):
    """A copy of the finished study; what a test damages is whole again after it."""
    return finished.clone(tmp_path_factory.mktemp("bad_input") / "study")


@contextmanager
def kept(*paths: Path) -> Iterator[None]:
    """Bring files back after the block, as old as they were."""
    contents = {path: (path.read_bytes(), path.stat()) for path in paths}
    try:
        yield
    finally:
        for path, (content, status) in contents.items():
            # Snakemake removes a folder with the last file in it.
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(content)


def of_another_program(path: Path) -> None:
    pd.read_parquet(path).to_parquet(path)


def without_a_column(path: Path) -> None:
    columns = tuple(column for column in SYSTEMS.columns if column.name != "density")
    frame = read_table(path, SYSTEMS).drop(columns="density")
    write_table(frame, path, TableSchema(SYSTEMS.name, "", columns))


def in_other_units(path: Path) -> None:
    columns = [
        replace(column, unit="mHa") if column.name == "potential" else column
        for column in SYSTEMS.columns
    ]
    write_table(read_table(path, SYSTEMS), path, TableSchema(SYSTEMS.name, "", tuple(columns)))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("path", "damage", "target", "words"),
    [
        (ATOMS, truncated, PAIRS, "is not the table model systems of this version .*is damaged"),
        (ATOMS, changed, PAIRS, "is not the table .*(it does not match the digest that it holds)"),
        (ATOMS, of_another_program, PAIRS, "of this version of hkmaps .*(it has no digest)"),
        (ATOMS, without_a_column, PAIRS, "lacks density; the columns of the table model systems"),
        (ATOMS, in_other_units, PAIRS, "is in the unit 'mHa'; it must be in 'Ha'"),
        (ATOMS, emptied, PAIRS, "is not the table model systems .*(it has no digest)"),
        (ENSEMBLE, changed, NOISE, "is not a trained functional .*(it does not match the digest"),
        (MAP, changed, ENERGIES, "is not a saved .*(it does not match the digest"),
    ],
)
def test_a_damaged_file_is_named(study, path, damage: Callable, target, words):
    with kept(study / path, study / target):
        damage(study / path)
        output = expect_refused(study, f"{path} {words}" if "is not" in words else words, target)
    assert path in output


def test_a_missing_program_is_named(study):
    override = {
        "engines": {"qe": {"program": "espresso", "command": "no-pw.x"}},
        "molecules": {"H2": {"engine": "qe"}},
    }
    with kept(study / CHUNK):
        words = "'no-pw.x' is not on the path"
        expect_refused(study, words, CHUNK, override=override)


def test_a_grid_that_misses_the_threshold_stops_the_run_and_says_where(study):
    override = {"model_systems": {"accept_unconverged": ["diatomics"]}}
    with kept(study / ATOMS):
        words = "The grid of the data set atoms is not converged: .*adding atoms to model_systems"
        expect_refused(study, words, ATOMS, override=override)
    assert "Z=0.5" in (study / "logs/data_set/atoms.log").read_text()
