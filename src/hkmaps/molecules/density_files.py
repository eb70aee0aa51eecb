"""Numbers in `.npy` and text files; densities a block of rows at a time."""

import codecs
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np

from hkmaps.errors import InputError

ROWS_AT_ONCE = 16
"""Densities that are held at once: 16 MB in double precision, 50 MB as text."""

FORTRAN_EXPONENT = re.compile(r"(?<=[\d.])[dD](?=[+-]?\d)")
"""The letter of an exponent in double precision, as Fortran writes it."""


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
        blocks = _array_blocks(path, densities, values, rows)
    elif values is None or rows is not None:
        use = "chosen from" if values else "densities on a grid"
        raise InputError(f"{path} is read as text; to be {use} it must be a .npy array.")
    else:
        blocks = _text_blocks(path, densities, values)
    first = 0
    for block in blocks:
        flat = block.reshape(len(block), -1)
        finite = np.isfinite(flat)
        if not finite.all():
            row, column = map(int, np.argwhere(~finite)[0])
            number = first + row if rows is None else rows[first + row]
            raise InputError(
                f"{path} holds {flat[row, column]} as value {column} of density {number};"
                " every value must be finite."
            )
        first += len(block)
        yield block
    if rows is None and first != densities:
        raise InputError(
            f"{path} holds {first} densities; there must be {densities}, one for each geometry."
        )


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


def expect_file(path: Path, what: str) -> None:
    """Raise `InputError` unless there is a file."""
    if not path.is_file():
        raise InputError(f"The {what} should be in the file {path}, which does not exist.")


def text_encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, or UTF-16 where its byte-order mark says so."""
    with open(path, "rb") as file:
        mark = file.read(2)
    return "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def real_number(word: str) -> float:
    """Return the number that a word is, such as -0.5, 1e-3 or Fortran's 1.0D-03.

    Raises:
        ValueError: it is none.
    """
    return float(FORTRAN_EXPONENT.sub("e", word))


def _array_blocks(
    path: Path, densities: int, values: int | None, rows: np.ndarray | None
) -> Iterator[np.ndarray]:
    array = load_array(path, memory_map=True)
    if array.ndim < 2 or len(array) != densities or (values is None and array.ndim != 4):
        axes = "the" if values else "of four, (densities, x, y, z), the"
        raise InputError(
            f"{path} holds an array of the shape {array.shape}; its first axis must be {axes}"
            f" {densities} densities, one for each geometry."
        )
    shape = array.shape[1:] if values is None else (values,)
    if (found := int(np.prod(array.shape[1:]))) != np.prod(shape):
        raise _wrong_size(path, 0, found, values)
    rows = np.arange(densities) if rows is None else rows
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = array[rows[start : start + ROWS_AT_ONCE]].reshape(-1, *shape)
        yield block if block.dtype in (np.float32, np.float64) else block.astype(np.float64)


def _text_blocks(path: Path, densities: int, values: int) -> Iterator[np.ndarray]:
    first = 0
    with open(path, encoding=text_encoding(path), errors="replace") as file:
        rows = (line for line in file if line.partition("#")[0].strip())
        while lines := list(islice(rows, ROWS_AT_ONCE)):
            parsed = [_parse(path, first + number, line) for number, line in enumerate(lines)]
            for number, row in enumerate(parsed):
                if len(row) != values:
                    raise _wrong_size(path, first + number, len(row), values)
            first += len(lines)
            if first > densities:
                # The rest is counted, not read: what is wrong is the number.
                first += sum(1 for _ in rows)
                raise InputError(
                    f"{path} holds {first} densities; there must be {densities}, one for each"
                    " geometry."
                )
            yield np.stack(parsed)


def _parse(path: Path, row: int, line: str) -> np.ndarray:
    line = FORTRAN_EXPONENT.sub("e", line.partition("#")[0].replace(",", " "))
    words = line.split()
    try:
        return np.array(words, dtype=np.float64)
    except ValueError as error:
        raise InputError(
            f"{path} cannot be read as numbers in density {row} ({error}); each line must hold the"
            " values of one density."
        ) from error


def _wrong_size(path: Path, row: int, found: int, values: int) -> InputError:
    return InputError(
        f"{path} holds {found} values in density {row}; the layout has"
        f" {round(values ** (1 / 3))} values per dimension, so there must be {values}."
    )


def read_numbers(path: Path, what: str) -> np.ndarray:
    """Return the numbers of a small `.npy` or text file, shape (rows, columns).

    Args:
        path: the file; text may hold comments after #, and commas or spaces between numbers.
        what: what the file holds, for messages.

    Raises:
        InputError: the file is missing, or holds something other than a table of real numbers.
    """
    expect_file(path, what)
    if path.suffix == ".npy":
        array = load_array(path)
        if array.ndim > 2:
            raise InputError(
                f"{path} holds an array of the shape {array.shape}; the {what} must be one number"
                " or one row of numbers for each geometry."
            )
        return array.reshape(len(array) if array.ndim else 1, -1).astype(np.float64)
    lines = path.read_text(encoding=text_encoding(path), errors="replace").splitlines()
    rows = [line.partition("#")[0].replace(",", " ").split() for line in lines]
    rows = [row for row in rows if row]
    try:
        numbers = np.array([real_number(word) for word in chain.from_iterable(rows)])
        return numbers.reshape(len(rows), len(rows[0]) if rows else 1)
    except ValueError as error:
        raise InputError(
            f"{path} cannot be read as the {what} ({error}); each line must hold the same number"
            " of numbers."
        ) from error
