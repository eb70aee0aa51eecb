"""A digest inside a file of what the whole file holds, so that no changed byte goes unnoticed.

Parquet's own checksums cover the data of its pages, but neither their headers nor the file's
footer; safetensors has none. The digest stands in the metadata of either format, which other
programs pass over.
"""

import hashlib
import os
from typing import BinaryIO

from hkmaps.errors import InputError

DIGITS = 64
"""Hexadecimal digits of SHA-256."""

MARK = b"hkmaps-sha256:"
"""What stands in front of the digits."""

PLACE = MARK.decode() + "0" * DIGITS
"""What a writer puts into the metadata of a file that is to be sealed."""

METADATA_BYTES = 2**20
"""How far from the begin or the end of a file the digest is looked for."""

BLOCK = 2**20
"""Bytes that are read at once."""


def seal(path: str | os.PathLike) -> None:
    """Write the digest of a file into the place that its metadata have for it.

    Args:
        path: a file that holds `PLACE` within `METADATA_BYTES` of its begin or its end.
    """
    with open(path, "r+b") as file:
        start = _place(file)
        if start is None:
            raise ValueError(f"{path} has no place for its digest")
        digest = _digest(file, start)
        file.seek(start)
        file.write(digest)


def expect_sealed(path: str | os.PathLike, what: str) -> None:
    """Raise `InputError` unless a file is, byte by byte, what was sealed.

    Args:
        path: the file.
        what: what it should hold, such as "the table pairs".
    """
    with open(path, "rb") as file:
        start = _place(file)
        if start is not None:
            file.seek(start)
            if file.read(DIGITS) == _digest(file, start):
                return
    found = "has no digest" if start is None else "does not match the digest that it holds"
    raise InputError(
        f"{path} is not {what} of this version of hkmaps or is damaged (it {found}); delete it to"
        " have it made again."
    )


def _place(file: BinaryIO) -> int | None:
    """Where the digits of the digest stand."""
    size = file.seek(0, os.SEEK_END)
    # Parquet's metadata are at the end, those of safetensors at the begin.
    for begin, find in ((max(0, size - METADATA_BYTES), bytes.rfind), (0, bytes.find)):
        file.seek(begin)
        found = find(file.read(METADATA_BYTES), MARK)
        if found >= 0:
            return begin + found + len(MARK)
    return None


def _digest(file: BinaryIO, start: int) -> bytes:
    """The digest of all but the digits at `start`."""
    digest = hashlib.sha256()
    file.seek(0)
    for left in range(start, 0, -BLOCK):
        digest.update(file.read(min(left, BLOCK)))
    file.seek(start + DIGITS)
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest().encode()
