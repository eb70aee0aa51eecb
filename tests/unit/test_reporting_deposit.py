"""The deposit of a finished study, and what its crate says of it."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crate_validation import issues_of

from hkmaps.errors import InputError
from hkmaps.maps.results import POTENTIAL_WIDTHS
from hkmaps.reporting import deposit
from hkmaps.reporting.deposit import METADATA, check_deposit, deposited, fitting, write_deposit
from hkmaps.tables import write_table

MAP = "maps/H2/drawn/hohenberg_kohn_forces/map.safetensors"
REPOSITORY = Path(__file__).parents[2]
TABLE = "results/maps/H2/300+350K/potential_widths.parquet"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A folder with the results of a study that has one table."""
    folder = tmp_path_factory.mktemp("study")
    values = {"integer": 1, "number": 0.5, "text": "E", "flag": True}
    row = {column.name: values.get(column.kind, np.zeros(2)) for column in POTENTIAL_WIDTHS.columns}
    write_table(pd.DataFrame([row]), folder / TABLE, POTENTIAL_WIDTHS)
    subspace = "maps/H2/drawn/hohenberg_kohn_forces/density_subspace.safetensors"
    names = ("claims.md", "report.html", "networks/atoms/E-n/work/curve.csv", MAP, subspace)
    for name in names:
        path = folder / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


@pytest.fixture(scope="module")
def archive(study):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(study)
        results = [path.as_posix() for path in Path("results").rglob("*") if path.is_file()]
        # Snakemake knows of the map alone.
        results = [path for path in results if "subspace" not in path]
        inputs = {"inputs/H2CO.xyz": REPOSITORY / "config/molecules/H2O.xyz"}
        path = study / "deposit.zip"
        write_deposit(path, REPOSITORY, inputs, results, {"seed": 7}, commit="abc")
    return path


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(archive).extractall(folder)
    return folder


@pytest.fixture(scope="module")
def entities(unpacked):
    graph = json.loads((unpacked / METADATA).read_text())["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_the_crate_keeps_the_profile(unpacked, monkeypatch):
    assert issues_of(unpacked, monkeypatch) == []


def test_the_validator_sees_a_run_without_its_workflow(unpacked, tmp_path, monkeypatch):
    metadata = json.loads((unpacked / METADATA).read_text())
    for entity in metadata["@graph"]:
        if entity["@type"] == "CreateAction":
            del entity["instrument"]
    (tmp_path / METADATA).write_text(json.dumps(metadata))
    assert issues_of(tmp_path, monkeypatch)


def test_a_table_has_the_units_of_its_columns(entities):
    table = entities[TABLE.replace("+", "%2B")]
    columns = [entities[column["@id"]] for column in table["variableMeasured"]]
    assert [column["name"] for column in columns] == POTENTIAL_WIDTHS.column_names
    units = [column.get("unitText", "") for column in columns]
    assert units == [column.unit for column in POTENTIAL_WIDTHS.columns] and any(units)


def test_the_run_read_its_config_and_made_its_results(unpacked, entities):
    run = entities["#run"]
    assert {each["@id"] for each in run["object"]} == {"config.yaml", "inputs/H2CO.xyz"}
    assert "results/claims.md" in {each["@id"] for each in run["result"]}
    assert run["startTime"] <= run["endTime"]
    assert (unpacked / "config.yaml").read_text() == "seed: 7\n"
    assert "abc" in (unpacked / "README.md").read_text()
    assert "abc" in entities[run["instrument"]["@id"]]["version"]


def test_what_another_file_has_is_left_out(unpacked):
    assert not (unpacked / "results/networks").exists()
    assert deposited(["results/molecules/H2/drawn/chunks/reference_0.parquet"])
    assert not deposited(["results/molecules/H2/drawn/chunks/geometries_0.parquet"])


def test_a_map_is_whole(unpacked):
    beside = sorted(path.name for path in (unpacked / "results" / MAP).parent.iterdir())
    assert beside == ["density_subspace.safetensors", "map.safetensors"]


def test_a_deposit_that_would_be_too_large_has_no_densities_but_those_of_its_maps(monkeypatch):
    chunk = "results/molecules/ethane/300K/chunks/reference_0.parquet"
    maps = "results/maps/ethane/{}/hohenberg_kohn/{}.safetensors"
    alone, beside = (maps.format(pool, "density_subspace") for pool in ("300K", "300+350K"))
    sizes = {chunk: 60, alone: 30, beside: 30, maps.format("300+350K", "map"): 10}
    for limit, left_out in ((130, []), (120, [chunk]), (69, [alone, chunk])):
        monkeypatch.setattr(deposit, "LARGEST", limit)
        places, large = fitting(sizes)
        assert sorted(sizes.keys() - set(places)) == left_out
        assert len(large) == len(left_out)


def rewritten(archive, path, change):
    """A copy of an archive in which `change` makes the content of each file, or None."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda name, data: data[:-1] + b"." if name == TABLE else data, "not as it was packed"),
        (lambda name, data: None if name == TABLE else data, "widths.parquet is missing"),
        (
            lambda name, data: (
                data.replace(b"contentSize", b"size").replace(b"sha256", b"sha")
                if name == METADATA
                else data
            ),
            "is not described",
        ),
        (lambda name, data: data[:100] if name == METADATA else data, "cannot be unpacked"),
    ],
)
def test_a_deposit_that_was_changed_is_refused(archive, tmp_path, change, words):
    with pytest.raises(InputError, match=words):
        check_deposit(rewritten(archive, tmp_path / "changed.zip", change))


def test_a_deposit_that_is_too_large_names_what_is(study, monkeypatch):
    monkeypatch.chdir(study)
    monkeypatch.setattr(deposit, "LARGEST", 10)
    with pytest.raises(InputError, match=r"GB \(maps .* it may have 1e-08 GB"):
        write_deposit(study / "other.zip", REPOSITORY, {}, [TABLE], {})
    assert not (study / "other.zip").exists()


def test_a_study_that_is_not_finished_has_none(study, monkeypatch):
    monkeypatch.chdir(study)
    with pytest.raises(InputError, match=r"lacks results/claims\.parquet; run the study"):
        write_deposit(study / "other.zip", REPOSITORY, {}, ["results/claims.parquet"], {})
