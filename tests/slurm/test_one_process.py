"""Two processes never do the same job at once, and a dead one is in nobody's way."""

import errno
import fcntl
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "workflow/scripts"
LOG, LOCK = "logs/pairs/atoms.log", "logs/pairs/atoms.lock"
# A job that says when it works, waits for a line from the test, and ends.
JOB = f"""
import sys
from types import SimpleNamespace
sys.path.insert(0, {str(SCRIPTS)!r})
from study_job import study_job
with study_job(SimpleNamespace(rule="pairs", wildcards=["atoms"], log=[{LOG!r}], output=[])) as log:
    print("works", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def study_job(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("study_job")


@pytest.fixture
def start(tmp_path):
    processes = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", JOB],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_the_second_process_waits_and_says_for_whom(start, tmp_path):
    first = start()
    assert first.stdout.readline() == "works\n"
    second = start()
    said = second.stderr.readline()
    assert said.startswith(f"pairs atoms: waits for process {first.pid} on ")
    assert said.endswith(", which does the same job\n")
    # Snakemake deletes the log of a job that it starts again.
    (tmp_path / LOG).unlink()
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(2)
    assert not (tmp_path / LOG).exists()
    first.communicate("\n")
    assert second.stdout.readline() == "works\n"
    second.communicate("\n")
    assert not (tmp_path / LOCK).exists()


def test_a_killed_process_is_in_nobodys_way(start, tmp_path):
    first = start()
    assert first.stdout.readline() == "works\n"
    first.kill()
    first.wait()
    assert (tmp_path / LOCK).exists()
    second = start()
    assert second.stdout.readline() == "works\n"
    assert "waits" not in second.communicate("\n")[1]


def test_a_lock_that_its_last_holder_removed_is_none(tmp_path, monkeypatch, study_job):
    """Another process ends between the opening of the file and the lock on it."""
    path = tmp_path / LOCK
    flock, calls = fcntl.flock, []

    def late(file, operation):
        if not calls:
            path.unlink()
        calls.append(operation)
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with study_job.only_process(path, "pairs atoms"):
        assert len(calls) == 2
        assert path.read_text().startswith("process ")


def test_a_file_system_without_locks_is_no_obstacle(tmp_path, monkeypatch, study_job, capsys):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with study_job.only_process(tmp_path / LOCK, "pairs atoms"):
        pass
    assert "no lock on this file system (No locks available)" in capsys.readouterr().err
