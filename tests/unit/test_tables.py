import os
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from damage import changed_bytes, truncations

from hkmaps.errors import InputError
from hkmaps.tables import (
    Column,
    TableSchema,
    atomic_path,
    read_table,
    stack,
    write_table,
)

SCHEMA = TableSchema(
    "test table",
    "two systems",
    (
        Column("system", "integer", "", "number"),
        Column("energy", "number", "Ha", "total energy"),
        Column("note", "text", "", "remark", optional=True),
        Column("bound", "flag", "", "whether bound"),
        Column("density", "array", "1/bohr", "density"),
        Column("coefficients", "array32", "1", "in single precision"),
        Column("either", "floats", "1", "in the precision in which they come"),
        Column("scan", "sequence", "Ha", "as many as there are"),
    ),
)


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "system": [0, 1],
            "energy": [-0.5, -1.25],
            "note": ["a", None],
            "bound": [True, False],
            "density": [np.arange(3.0), np.ones(3)],
            "coefficients": [np.float32([0.1, 0.2]), np.float32([0.3, 0.4])],
            "either": [np.float32([0.1]), np.float32([0.3])],
            "scan": [np.arange(2.0), np.zeros(4)],
        }
    )


@pytest.fixture
def path(tmp_path, frame):
    path = tmp_path / "folder" / "table.parquet"
    write_table(frame, path, SCHEMA)
    return path


def test_what_is_written_is_read(path, frame):
    read = read_table(path, SCHEMA)
    assert np.array_equal(stack(read["density"]), stack(frame["density"]))
    assert [list(values) for values in read["scan"]] == [[0, 1], [0, 0, 0, 0]]
    assert stack(read["coefficients"]).dtype == np.float32
    assert stack(read["either"]).dtype == np.float32
    arrays = ["density", "coefficients", "either", "scan"]
    pd.testing.assert_frame_equal(
        read.drop(columns=arrays), frame.drop(columns=arrays), check_dtype=False
    )


def test_either_precision_is_kept_and_whole_numbers_become_double(path, frame):
    for values in (np.array([[0.1], [0.3]]), np.array([[1], [2]])):
        write_table(frame.assign(either=list(values)), path, SCHEMA)
        read = stack(read_table(path, SCHEMA)["either"])
        assert read.dtype == np.float64
        assert np.array_equal(read, values)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_numbers_of_one_size_take_less_than_their_bytes(tmp_path, frame, precision):
    numbers = np.random.default_rng(1).normal(size=(2, 20_000)).astype(precision)
    write_table(frame.assign(either=list(numbers)), tmp_path / "table.parquet", SCHEMA)
    assert (tmp_path / "table.parquet").stat().st_size < 0.95 * numbers.nbytes
    np.testing.assert_array_equal(
        stack(read_table(tmp_path / "table.parquet", SCHEMA)["either"]), numbers
    )


def test_some_columns_may_be_read_alone(path, frame):
    read = read_table(path, SCHEMA, ["energy", "system"])
    pd.testing.assert_frame_equal(read, frame[["energy", "system"]])
    other = TableSchema("other", "", SCHEMA.columns[:2])
    with pytest.raises(InputError, match="unknown note"):
        read_table(path, other, ["energy"])


def test_units_and_descriptions_travel_with_the_file(path):
    field = pq.read_schema(path).field("energy")
    assert field.metadata == {b"unit": b"Ha", b"description": b"total energy"}


def test_equal_frames_give_equal_bytes(path, frame, tmp_path):
    write_table(frame, tmp_path / "again.parquet", SCHEMA)
    assert (tmp_path / "again.parquet").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="energy"), "lacks energy"),
        (lambda f: f.assign(enrgy=1.0), "unknown enrgy"),
        (lambda f: f.assign(energy=["x", "y"]), "energy of the table test table must be"),
        (lambda f: f.assign(energy=[1.0, None]), "no value in row 1"),
        (lambda f: f.assign(density=[np.ones(3), np.ones(4)]), "column density"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_and_leaves_the_file(path, frame, change, words):
    before = path.read_bytes()
    with pytest.raises(InputError, match=words):
        write_table(change(frame), path, SCHEMA)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_every_changed_byte_and_every_truncation_is_refused_by_name(path):
    size = path.stat().st_size
    for damage, columns in ((changed_bytes, ["energy"]), (truncations, None)):
        count = 0
        for place in damage(path):
            with pytest.raises(InputError) as error:
                read_table(path, SCHEMA, columns)
            assert "table.parquet is not the table test table" in str(error.value), place
            count += 1
        assert count == size > 3000


def test_a_file_that_is_missing_or_of_another_program_is_refused(path, tmp_path, frame):
    with pytest.raises(InputError, match="there is no file"):
        read_table(tmp_path / "none.parquet", SCHEMA)
    frame.to_parquet(path)
    with pytest.raises(InputError, match=r"table\.parquet is not the table .* has no digest"):
        read_table(path, SCHEMA)


@pytest.mark.parametrize("name", SCHEMA.column_names)
def test_a_table_without_a_column_is_refused(path, frame, name):
    columns = tuple(column for column in SCHEMA.columns if column.name != name)
    write_table(frame.drop(columns=name), path, TableSchema(SCHEMA.name, "", columns))
    with pytest.raises(InputError, match=rf"table\.parquet lacks {name}; the columns"):
        read_table(path, SCHEMA)


@pytest.mark.parametrize(
    ("name", "kind", "values", "found"),
    [
        ("system", "number", [0.0, 1.0], "double"),
        ("energy", "integer", [1, 2], "int64"),
        ("note", "flag", [True, None], "bool"),
        ("bound", "text", ["yes", "no"], "string"),
        ("density", "sequence", [np.arange(3.0)] * 2, "list"),
        ("coefficients", "array", [np.arange(3.0)] * 2, "fixed_size_list<element: double>"),
        ("either", "sequence", [np.arange(3.0)] * 2, "list"),
        ("scan", "array", [np.arange(3.0)] * 2, "fixed_size_list"),
    ],
)
def test_a_table_with_a_retyped_column_is_refused(path, frame, name, kind, values, found):
    columns = [replace(each, kind=kind) if each.name == name else each for each in SCHEMA.columns]
    older = TableSchema(SCHEMA.name, "", tuple(columns))
    write_table(frame.assign(**{name: values}), path, older)
    with pytest.raises(InputError, match=rf"{name} of .*table\.parquet has type {found}"):
        read_table(path, SCHEMA)


def test_a_table_in_other_units_is_refused(path, frame):
    columns = [
        replace(each, unit="mHa") if each.name == "energy" else each for each in SCHEMA.columns
    ]
    write_table(frame, path, TableSchema(SCHEMA.name, "", tuple(columns)))
    with pytest.raises(InputError, match=r"energy of .* is in the unit 'mHa'; it must be in 'Ha'"):
        read_table(path, SCHEMA)


def test_other_programs_read_the_table(path, frame):
    read = pd.read_parquet(path)
    assert list(read.columns) == SCHEMA.column_names
    assert list(read["energy"]) == list(frame["energy"])


def test_an_atomic_path_appears_only_when_its_block_succeeds(tmp_path):
    target = tmp_path / "result.txt"
    with pytest.raises(RuntimeError), atomic_path(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with atomic_path(target) as temporary:
        temporary.write_text("whole")
    assert target.read_text() == "whole"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
