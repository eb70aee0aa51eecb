"""Parquet tables with a declared schema: units and descriptions travel with the file.

Each table of the study is declared once, next to the function that makes it, as a `TableSchema`.
Writing checks the frame against the schema and is atomic; reading checks the file against it, and
every byte of it against a digest that the file holds.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from hkmaps.digests import PLACE, expect_sealed, seal
from hkmaps.errors import InputError

TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "flag": pa.bool_(),
}
"""Kinds of scalar columns."""

ARRAYS = {
    "array": (pa.types.is_fixed_size_list, (pa.float64(),)),
    "array32": (pa.types.is_fixed_size_list, (pa.float32(),)),
    "floats": (pa.types.is_fixed_size_list, (pa.float64(), pa.float32())),
    "sequence": (pa.types.is_list, (pa.float64(),)),
}
"""Kinds of columns of arrays: as many values in every row (`array32` in single precision, `floats`
in the precision in which they come), or any number in each row (`sequence`)."""

SPLIT = ("array32", "floats")
"""Kinds of measured numbers, which never repeat: they are stored first bytes of all first, so that
signs and exponents compress, and without a dictionary."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: the column's name.
        kind: one of `TYPES` or `ARRAYS`.
        unit: the unit as text ("Ha", "bohr"), "1" for pure numbers, "" where none applies.
        description: what the column holds, in a few words.
        optional: whether a row may lack the value (null).
    """

    name: str
    kind: str
    unit: str
    description: str
    optional: bool = False


@dataclass(frozen=True)
class TableSchema:
    """The name, meaning and columns of a table."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, as where there was nothing to put into it."""
        types = {"integer": "int64", "number": "float64", "flag": "bool"}
        return pd.DataFrame(
            {
                column.name: pd.Series(dtype=types.get(column.kind, "object"))
                for column in self.columns
            }
        )


def write_table(frame: pd.DataFrame, path: str | os.PathLike, schema: TableSchema) -> None:
    """Write `frame` to the Parquet file `path`, whole or not at all, with a digest of all of it.

    Args:
        frame: the rows; its columns must be those of `schema` (in any order).
        path: the file; its folder is made where missing.
        schema: the declared columns, whose units and descriptions go into the file.

    Raises:
        InputError: a column is missing, unknown, of another type, or lacks values it must have.
    """
    _check_names(frame.columns, schema, f"the table {schema.name}")
    arrays, fields = [], []
    for column in schema.columns:
        array = _to_arrow(frame[column.name], column, schema.name)
        metadata = {"unit": column.unit, "description": column.description}
        arrays.append(array)
        fields.append(pa.field(column.name, array.type, column.optional, metadata))
    metadata = {"hkmaps": json.dumps({"table": schema.name, "description": schema.description})}
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata))
    leaves = {
        f"{column.name}.list.element" if column.kind in ARRAYS else column.name: column.kind
        for column in schema.columns
    }
    with atomic_path(path) as temporary:
        with pq.ParquetWriter(
            temporary,
            table.schema,
            compression="zstd",
            use_dictionary=[leaf for leaf, kind in leaves.items() if kind not in SPLIT],
            use_byte_stream_split=[leaf for leaf, kind in leaves.items() if kind in SPLIT],
        ) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({"digest": PLACE})
        seal(temporary)


def read_table(
    path: str | os.PathLike, schema: TableSchema, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read the Parquet file `path`, which must hold the table that `schema` declares.

    The whole file is compared with its digest (2 GB/s), whichever columns are read.

    Args:
        path: the file.
        schema: the declared columns.
        columns: names of those that are read, such as all but large arrays; None reads all.

    Returns:
        The rows, columns in the order of the schema or of `columns`; each value of an array
        column is a NumPy array (`stack` makes them one matrix).

    Raises:
        InputError: the file is missing, has a byte that was not written so, or is of another
            schema, an older one of the table included: other columns, types or units.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"The table {schema.name} should be at {path}, where there is no file.")
    try:
        expect_sealed(path, f"the table {schema.name}")
        stored = pq.read_schema(path)
        table = pq.read_table(path, columns=columns)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{path} should hold the table {schema.name} but cannot be read as Parquet"
            f" ({reason}); delete it to have it made again."
        ) from error
    _check_names(stored.names, schema, str(path))
    for column in schema.columns:
        _check_field(stored.field(column.name), column, path)
    return table.select(columns or schema.column_names).to_pandas()


def stack(values: pd.Series) -> np.ndarray:
    """Return the array column `values` as one matrix of shape (rows, length); (0, 0) of no rows."""
    return np.stack(values.to_numpy()) if len(values) else np.empty((0, 0))


class atomic_path:  # noqa: N801 - used as a function in a with statement
    """Context manager: a temporary path beside `path` that becomes `path` if the block succeeds.

    The temporary file is flushed to disk before it is renamed, so that `path` never names a
    partial file, and is removed if the block fails.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=self.path.parent, prefix=f".{self.path.stem}.", suffix=self.path.suffix
        )
        os.close(handle)
        self.temporary = Path(name)
        return self.temporary

    def __exit__(self, kind, error, traceback) -> None:
        if kind is not None:
            self.temporary.unlink(missing_ok=True)
            return
        # mkstemp makes the file private; a result is as readable as any other file of the user.
        umask = os.umask(0)
        os.umask(umask)
        self.temporary.chmod(0o666 & ~umask)
        with open(self.temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(self.temporary, self.path)


def _check_names(names: Sequence[str], schema: TableSchema, where: str) -> None:
    missing = [name for name in schema.column_names if name not in names]
    unknown = [name for name in names if name not in schema.column_names]
    if missing or unknown:
        found = [f"lacks {', '.join(missing)}"] if missing else []
        found += [f"has the unknown {', '.join(unknown)}"] if unknown else []
        raise InputError(
            f"{where[0].upper()}{where[1:]} {' and '.join(found)}; the columns of the table"
            f" {schema.name} are {', '.join(schema.column_names)}."
        )


def _check_field(field: pa.Field, column: Column, path: Path) -> None:
    found = field.type
    if column.kind in ARRAYS:
        is_kind, value_types = ARRAYS[column.kind]
        matches = is_kind(found) and found.value_type in value_types
    else:
        matches = found == TYPES[column.kind]
    if not matches:
        raise InputError(
            f"The column {column.name} of {path} has type {found};"
            f" it must be of the kind {column.kind}."
        )
    unit = (field.metadata or {}).get(b"unit", b"").decode()
    if unit != column.unit:
        raise InputError(
            f"The column {column.name} of {path} is in the unit {unit!r}; it must be in"
            f" {column.unit!r}."
        )


def _to_arrow(values: pd.Series, column: Column, table: str) -> pa.Array:
    if not column.optional and values.isna().any():
        row = int(np.flatnonzero(values.isna())[0])
        raise InputError(
            f"The column {column.name} of the table {table} has no value in row {row};"
            " every row needs one."
        )
    try:
        if column.kind in TYPES:
            return pa.array(values, TYPES[column.kind], from_pandas=True)
        if column.kind == "sequence":
            known = values.astype(object).where(values.notna(), None)
            return pa.array(list(known), pa.list_(pa.float64()))
        value_types = [kind.to_pandas_dtype() for kind in ARRAYS[column.kind][1]]
        # Without rows nothing says how long the arrays would be, and Parquet has none of no length.
        matrix = stack(values) if len(values) else np.empty((0, 1))
        if matrix.dtype not in value_types:
            matrix = matrix.astype(value_types[0])
        if matrix.ndim != 2:
            raise ValueError(f"arrays of {matrix.ndim - 1} dimensions")
        flat = pa.array(matrix.ravel())
        return pa.FixedSizeListArray.from_arrays(flat, matrix.shape[1])
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(
            f"The column {column.name} of the table {table} must be of the kind {column.kind}:"
            f" {error}."
        ) from error
