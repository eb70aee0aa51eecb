"""Why a file could not be written, told from what was raised."""

import errno
import os
import re

import pytest

from hkmaps.storage import storage_fault, storage_fault_in_text, unwritable

FULL = OSError(errno.ENOSPC, "No space left on device")


def raised_from(error, cause):
    error.__cause__ = cause
    return error


def raised_while_handling(error, context):
    error.__context__ = context
    return error


@pytest.mark.parametrize(
    "error",
    [
        FULL,
        raised_from(RuntimeError("unknown"), FULL),
        raised_while_handling(AttributeError("no attribute fileno"), FULL),
        ValueError("I/O error: No space left on device (os error 28)"),
        RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 704 vs 598"),
    ],
)
def test_a_full_disk_is_named_by_the_nearest_folder_that_exists(tmp_path, error):
    sentence = storage_fault(error, [tmp_path / "results/maps"])
    assert re.fullmatch(
        rf"The disk of {tmp_path} is full \(No space left on device; [\d.]+ MB are free now\);"
        r" free space there and start the run again, which goes on where it was\.",
        sentence,
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EDQUOT, "The disk of {folder} has no more room for you (Disk quota exceeded; "),
        (errno.EROFS, "{folder}/a.parquet cannot be written (Read-only file system); make it"),
        (errno.EACCES, "{folder}/a.parquet cannot be written (Permission denied); give yourself"),
    ],
)
def test_a_named_file_is_told(tmp_path, number, words):
    path = str(tmp_path / "a.parquet")
    error = OSError(number, os.strerror(number), path)
    assert storage_fault(error, ["/"]).startswith(words.format(folder=tmp_path))
    text = f"Traceback (most recent call last):\n  File 'a.py'\nOSError: {error}"
    assert storage_fault_in_text(text, ["/"]).startswith(words.format(folder=tmp_path))


def test_faults_of_ours_are_none_of_the_disk():
    unrelated = ValueError("the matrix is singular")
    unrelated.__context__, unrelated.__suppress_context__ = FULL, True
    assert storage_fault(unrelated, ["/"]) is None
    assert storage_fault(FileNotFoundError(errno.ENOENT, "No such file", "a"), ["/"]) is None
    assert storage_fault_in_text("FileNotFoundError: [Errno 2] No such file: 'a'", ["/"]) is None
    assert storage_fault_in_text("a job failed", ["/"]) is None


def test_a_folder_is_asked_before_anything_is_written(tmp_path, monkeypatch):
    folders = [tmp_path / "results/maps", tmp_path / "results/tables"]
    assert unwritable(folders) is None
    (tmp_path / "results/tables").mkdir(parents=True)
    asked = []

    def access(path, mode):
        asked.append(path)
        return path.name != "tables"

    monkeypatch.setattr(os, "access", access)
    assert unwritable(folders).startswith(f"{folders[1]} cannot be written (Permission denied)")
    assert asked == [tmp_path / "results", folders[1]]
