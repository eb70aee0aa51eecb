"""What `hkmaps.fingerprints` found in files of code, kept between runs by the hash of the text."""

import atexit
import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

MOST_KEPT = 5000
"""Files that are kept, the last ones; the library has some 250."""


@dataclass(frozen=True)
class CodeSummary:
    """What a fingerprint takes from a file.

    Attributes:
        digest: hash of what its code does.
        imports: names of hkmaps modules, and of things in them, that it imports.
    """

    digest: str
    imports: frozenset[str]


class KeptSummaries:
    """Summaries in one file of the user's folder of caches; where it cannot be, nothing is kept.

    Args:
        maker: the code that summarises; what another version of it, or of Python, found is left
            aside.
        folder: where the file is, by default the user's folder of caches.

    Example:
        >>> from tempfile import mkdtemp
        >>> kept = KeptSummaries(b"version 1", Path(mkdtemp()))
        >>> kept.of(b"x = 1", "hkmaps", lambda: CodeSummary("abc", frozenset())).digest
        'abc'
    """

    def __init__(self, maker: bytes, folder: Path | None = None):
        version = hashlib.sha256(maker + sys.version.encode()).hexdigest()[:12]
        folder = user_cache_path("hkmaps") if folder is None else folder
        self.path = folder / f"fingerprints_{version}.json"
        self._known: dict[str, CodeSummary] | None = None
        self._new = False

    def of(self, source: bytes, package: str, summarise: Callable[[], CodeSummary]) -> CodeSummary:
        """Return the summary of a text, made now unless it is kept.

        Args:
            source: the text of a file.
            package: the package that its relative imports start from.
            summarise: makes the summary.
        """
        if self._known is None:
            self._known = self._read()
        key = hashlib.sha256(package.encode() + b"\0" + source).hexdigest()
        if key not in self._known:
            if not self._new:
                atexit.register(self.write)
            self._new = True
            self._known[key] = summarise()
        return self._known[key]

    def write(self) -> None:
        """Write what is known, with what others have written meanwhile."""
        known = self._read() | (self._known or {})
        entries = {
            key: [summary.digest, sorted(summary.imports)]
            for key, summary in list(known.items())[-MOST_KEPT:]
        }
        # Whole or not at all: another process may read or write at the same time.
        temporary = self.path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(entries), encoding="utf-8")
            temporary.replace(self.path)

    def _read(self) -> dict[str, CodeSummary]:
        try:
            entries = json.loads(self.path.read_text(encoding="utf-8"))
            return {
                key: CodeSummary(digest, frozenset(names))
                for key, (digest, names) in entries.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            # None there, or a damaged one: it is made again.
            return {}
