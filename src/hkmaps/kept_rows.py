"""Rows of a table that take long to make, kept part by part, so that a killed job goes on."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
"""Values of columns that JSON holds to the bit: texts, numbers, flags, None."""


class KeptRows:
    """A file of parts that are finished, one a line, the first line what they are parts of.

    Args:
        path: the file, beside that of the whole table; one of another identity is replaced.
        identity: a hash of all that decides the rows.

    Example:
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "errors.parts"
        >>> with KeptRows(path, "of this pool") as kept:
        ...     kept.of("M = 10", lambda: [{"mae": 0.1}])
        [{'mae': 0.1}]
        >>> path.exists()
        False
    """

    def __init__(self, path: str | os.PathLike, identity: str):
        self.path, self.identity = Path(path), identity
        self._known = self._read()

    def __enter__(self) -> "KeptRows":
        return self

    def __exit__(self, kind: type | None, *error: object) -> None:
        # What is finished needs no parts; after an error they are what the next job starts from.
        if kind is None:
            self.path.unlink(missing_ok=True)

    def of(self, part: str, make: Callable[[], Rows]) -> Rows:
        """Return the rows of a part, made now unless they are kept.

        Args:
            part: its name.
            make: makes the rows.
        """
        if part not in self._known:
            line = _line([part, make()])
            if not self._known:
                self.path.write_bytes(_line([self.identity]))
            with self.path.open("ab") as file:
                file.write(line)
            # As they are read back, so that a job that was killed has the same as one that was not.
            self._known[part] = json.loads(line)[1]
        return self._known[part]

    def _read(self) -> dict[str, Rows]:
        if not self.path.exists():
            return {}
        first, *lines = self.path.read_bytes().splitlines(keepends=True) or [b""]
        if first != _line([self.identity]):
            return {}
        if lines and not lines[-1].endswith(b"\n"):
            # The job was killed while it wrote this line, which the next part must not follow.
            os.truncate(self.path, self.path.stat().st_size - len(lines.pop()))
        return dict(map(json.loads, lines))


def _line(values: list) -> bytes:
    # NumPy's numbers and flags as Python's.
    return (json.dumps(values, default=lambda value: value.item()) + "\n").encode()
