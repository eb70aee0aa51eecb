"""Numbers in `.npy` and text files; densities a block of rows at a time."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from hkmaps.errors import InputError

ROWS_AT_ONCE = 16
"""Densities that are held at once: 16 MB in double precision, 50 MB as text."""

FORTRAN_EXPONENT = re.compile(r"(?<=[\d.])[dD](?=[+-]?\d)")
"""The letter of an exponent in double precision, as Fortran writes it."""


def expect_file(path: Path, what: str) -> None:
    """Raise `InputError` unless there is a file."""
    if not path.is_file():
        raise InputError(f"The {what} should be in the file {path}, which does not exist.")


def text_encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, or UTF-16 where its byte-order mark says so."""
    with open(path, "rb") as file:
        mark = file.read(2)
    return "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def load_array(path: Path, memory_map: bool = False) -> np.ndarray:
    """Return the real numbers of a `.npy` file; raise `InputError` where it holds others."""
    try:
        array = np.load(path, mmap_mode="r" if memory_map else None, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(
            f"{path} cannot be read as a plain .npy array of numbers ({error}); pickled objects"
            " are never loaded."
        ) from error
    if not isinstance(array, np.ndarray):
        raise InputError(f"{path} is an archive of arrays; it must be one plain .npy array.")
    if array.dtype.kind not in "fiu":
        raise InputError(
            f"{path} holds values of the type {array.dtype}; they must be real numbers, complex"
            " ones split into real and imaginary parts."
        )
    return array


def read_numbers(path: Path, what: str) -> np.ndarray:
    """Return the numbers of a small `.npy` or text file, shape (rows, columns).

    Args:
        path: the file; text may hold comments after #, and commas or spaces between numbers.
        what: what the file holds, for messages.

    Raises:
        InputError: the file is missing, or holds something other than a table of real numbers.
    """
    expect_file(path, what)
    if path.suffix != ".npy":
        with open(path, encoding=text_encoding(path), errors="replace") as file:
            return _table(path, _rows_of_numbers(file), what)
    array = load_array(path)
    if array.ndim > 2:
        raise InputError(
            f"{path} holds an array of the shape {array.shape}; the {what} must be one number"
            " or one row of numbers for each geometry."
        )
    return array.reshape(len(array) if array.ndim else 1, -1).astype(np.float64)


def density_blocks(
    path: Path, densities: int, values: int | None = None, rows: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Yield densities of a file in order, at most `ROWS_AT_ONCE` at a time.

    Args:
        path: a `.npy` file with an array of shape (densities, ...), which is mapped into memory,
            or a text file with one density a line.
        densities: how many the file must hold.
        values: values of each density, however its axes are shaped; None for a density on a grid,
            in a `.npy` file of four axes, which are kept.
        rows: numbers of those that are read; by default all. Text is read as a whole.

    Yields:
        Finite values of shape (rows, values), or (rows, X, Y, Z), in single or double precision.

    Raises:
        InputError: the file is missing, cannot be read without running code of its own (a pickle),
            holds another number of densities or of values, or one that is not finite.
    """
    expect_file(path, "densities")
    if path.suffix == ".npy":
        rows = np.arange(densities) if rows is None else rows
        blocks = _array_blocks(path, densities, values, rows)
    elif values is None or rows is not None:
        use = "chosen from" if values else "densities on a grid"
        raise InputError(f"{path} is read as text; to be {use} it must be a .npy array.")
    else:
        rows, blocks = np.arange(densities), _text_blocks(path, densities, values)
    first = 0
    for block in blocks:
        finite = np.isfinite(flat := block.reshape(len(block), -1))
        if not finite.all():
            row, column = map(int, np.argwhere(~finite)[0])
            raise InputError(
                f"{path} holds {flat[row, column]} as value {column} of density"
                f" {rows[first + row]}; every value must be finite."
            )
        first += len(block)
        yield block


def _array_blocks(
    path: Path, densities: int, values: int | None, rows: np.ndarray
) -> Iterator[np.ndarray]:
    array = load_array(path, memory_map=True)
    if array.ndim < 2 or len(array) != densities or (values is None and array.ndim != 4):
        axes = "(densities, ...)" if values else "(densities, x, y, z)"
        raise InputError(
            f"{path} holds an array of the shape {array.shape}; it must be {axes} with"
            f" {densities} densities, one for each geometry."
        )
    shape = array.shape[1:] if values is None else (values,)
    _expect_size(path, 0, int(np.prod(array.shape[1:])), int(np.prod(shape)))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = array[rows[start : start + ROWS_AT_ONCE]].reshape(-1, *shape)
        yield block if block.dtype in (np.float32, np.float64) else block.astype(np.float64)


def _text_blocks(path: Path, densities: int, values: int) -> Iterator[np.ndarray]:
    first = 0
    with open(path, encoding=text_encoding(path), errors="replace") as file:
        lines = _rows_of_numbers(file)
        while first < densities and (chunk := list(islice(lines, ROWS_AT_ONCE))):
            block = _table(path, chunk, f"densities from {first} on")
            _expect_size(path, first, block.shape[1], values)
            first += len(block)
            if first <= densities:
                yield block
        # The rest is counted, not read: what is wrong is the number.
        first += sum(1 for _ in lines)
    if first != densities:
        raise InputError(
            f"{path} holds {first} densities; there must be {densities}, one for each geometry."
        )


def _rows_of_numbers(lines: Iterable[str]) -> Iterator[str]:
    """The lines that hold something but comments, commas and Fortran's exponents rewritten."""
    for line in lines:
        if text := line.partition("#")[0].replace(",", " ").strip():
            yield FORTRAN_EXPONENT.sub("e", text)


def _table(path: Path, lines: Iterable[str], what: str) -> np.ndarray:
    lines = list(lines)
    try:
        return np.loadtxt(lines, ndmin=2) if lines else np.empty((0, 1))
    except ValueError as error:
        raise InputError(
            f"{path} cannot be read as the {what} ({error}); each line must hold the same number"
            " of numbers."
        ) from error


def _expect_size(path: Path, row: int, found: int, values: int) -> None:
    if found != values:
        raise InputError(
            f"{path} holds {found} values in density {row}; the layout has"
            f" {round(values ** (1 / 3))} values per dimension, so there must be {values}."
        )
