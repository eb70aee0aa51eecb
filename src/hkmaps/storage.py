"""Faults of the disk that results lie on, as one sentence that names the place and what to do."""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

AGAIN = "start the run again, which goes on where it was"

REMEDIES = {
    errno.ENOSPC: f"free space there and {AGAIN}.",
    errno.EDQUOT: f"free space of your quota there and {AGAIN}.",
    errno.EROFS: f"make it writable and {AGAIN}, or choose another folder with --directory FOLDER.",
    errno.EACCES: f"give yourself the right to write there and {AGAIN}.",
}
"""Number of the operating system's error -> what its user can do."""

PLACELESS = {errno.ENOSPC, errno.EDQUOT}
"""Errors of a whole disk, whichever file meets them."""

# What PyTorch says when a write came to less than it should; it does not keep the reason.
SHORT_WRITES = ("unexpected pos", "iostream error", "PytorchStreamWriter failed writing")

_NUMBERED = re.compile(r"\[Errno (\d+)\] [^\n:']*(?:: '([^'\n]*)')?")


def storage_fault(error: BaseException, folders: Iterable[Path]) -> str | None:
    """Return what is wrong with the disk, as a sentence, if that is why an exception was raised.

    Args:
        error: the exception; those that it was raised from or while handling count too, for
            libraries raise errors of their own.
        folders: where the failed work writes; those that do not exist yet included.

    Returns:
        One sentence that names the file or folder and says what to do, or None if the disk was not
        the reason.
    """
    for each in _chain(error):
        if isinstance(each, OSError) and each.errno in REMEDIES:
            return _sentence(each.errno, each.filename, folders)
        for number in REMEDIES:
            if os.strerror(number) in str(each):
                return _sentence(number, None, folders)
        if isinstance(each, RuntimeError) and any(text in str(each) for text in SHORT_WRITES):
            return _sentence(errno.ENOSPC, None, folders)
    return None


def storage_fault_in_text(text: str, folders: Iterable[Path]) -> str | None:
    """Return the sentence of `storage_fault` for an exception of which only the text is left."""
    for number, path in reversed(_NUMBERED.findall(text)):
        if int(number) in REMEDIES:
            return _sentence(int(number), path or None, folders)
    return None


def unwritable(folders: Iterable[Path]) -> str | None:
    """Return the sentence for the first folder that cannot be written to, or made; write nothing.

    A link to what is not there, such as a folder of a disk that is not mounted, cannot be made.

    Args:
        folders: folders that need not exist.
    """
    for folder in folders:
        if (link := _broken_link(folder)) is not None:
            target = link.parent / link.readlink()
            return (
                f"{link} leads to {target}, which does not exist; mount its disk or make that"
                f" folder, and {AGAIN}."
            )
        there = _existing(folder)
        if not os.access(there, os.W_OK | os.X_OK):
            read_only = os.statvfs(there).f_flag & os.ST_RDONLY
            return _sentence(errno.EROFS if read_only else errno.EACCES, there, [])
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and what it was raised from."""
    seen = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _broken_link(path: Path) -> Path | None:
    """The first of the path and the folders above it that is a link to nothing, or None."""
    path = Path(path).absolute()
    return next(
        (each for each in (path, *path.parents) if each.is_symlink() and not each.exists()), None
    )


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    path = Path(path).absolute()
    return next(each for each in (path, *path.parents) if each.exists())


def _sentence(number: int, path: str | os.PathLike | None, folders: Iterable[Path]) -> str:
    folders = [*map(_existing, folders)]
    if number in PLACELESS:
        # Writes to an open file fail without its name: the fullest disk is the likely one.
        folder = _existing(Path(path).parent) if path else min(folders, key=_free)
        what = "is full" if number == errno.ENOSPC else "has no more room for you"
        free = f"{_free(folder) / 1e6:.1f} MB are free now"
        return f"The disk of {folder} {what} ({os.strerror(number)}; {free}); {REMEDIES[number]}"
    place = Path(path).absolute() if path else folders[0]
    return f"{place} cannot be written ({os.strerror(number)}); {REMEDIES[number]}"


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free
