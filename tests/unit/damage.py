"""Files that are damaged in every way that one byte can be."""

import os
from collections.abc import Iterator
from pathlib import Path


def changed_bytes(path: Path) -> Iterator[int]:
    """Yield each place of a file while its byte is another one; the file is whole at the end.

    Bytes change by 1 to 255 in turn, and in place: a new file each time would take much longer.
    """
    whole = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        for place, byte in enumerate(whole):
            os.pwrite(file.fileno(), bytes([byte ^ (1 + place % 255)]), place)
            yield place
            os.pwrite(file.fileno(), bytes([byte]), place)
    assert path.read_bytes() == whole


def truncations(path: Path) -> Iterator[int]:
    """Yield each length that a file can be cut to, from long to short, while it has it."""
    for length in reversed(range(path.stat().st_size)):
        os.truncate(path, length)
        yield length
