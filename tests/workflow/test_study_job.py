"""How a job ends that cannot write, and what a killed one leaves to the next."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "workflow/scripts"
LOG, OUTPUT = "logs/pairs/atoms.log", "results/conditioning/atoms.parquet"
JOB = f"""
import errno, logging, sys
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, {str(SCRIPTS)!r})
from study_job import study_job
job = SimpleNamespace(rule="pairs", wildcards=["atoms"], log=[{LOG!r}], output=[{OUTPUT!r}])
with study_job(job) as log:
    {{work}}
"""
LOSES_ITS_LOG = """
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")
    log.handlers[0].stream.close()
    log.handlers[0].stream = SimpleNamespace(write=full, flush=full, close=lambda: None)
    log.info("a line")
    full()
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / OUTPUT).parent.mkdir(parents=True)

    def run(work):
        command = [sys.executable, "-c", JOB.format(work=work)]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    return run


def test_a_full_disk_ends_a_job_with_one_line_and_no_traceback(run, tmp_path):
    ended = run("raise RuntimeError from OSError(errno.ENOSPC, 'No space left on device')")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("pairs atoms: The disk of ") and " is full (No space left" in line
    assert line.partition(": ")[2] in (tmp_path / LOG).read_text()
    assert not (tmp_path / LOG).with_suffix(".lock").exists()


def test_a_log_that_cannot_be_written_leaves_no_traceback(run):
    ended = run(LOSES_ITS_LOG)
    assert ended.returncode == 1
    first, second = ended.stderr.splitlines()
    assert first == "pairs atoms: a line"
    assert second.startswith("pairs atoms: The disk of ")


def test_a_log_that_cannot_be_made_is_named(run, tmp_path):
    (tmp_path / "logs/pairs").mkdir(parents=True)
    refuse = "import builtins\nopened = builtins.open\n"
    refuse += "def open(path, *rest, **named):\n"
    refuse += "    if str(path).endswith('atoms.log'):\n"
    refuse += "        raise OSError(30, 'Read-only file system', str(path))\n"
    refuse += "    return opened(path, *rest, **named)\n"
    refuse += "builtins.open = open\n"
    command = [sys.executable, "-c", refuse + JOB.format(work="log.info('never')")]
    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"pairs atoms: {tmp_path / LOG} cannot be written (Read-only")
    assert len(ended.stderr.splitlines()) == 1


def test_a_fault_of_ours_keeps_its_traceback(run, tmp_path):
    ended = run("raise ValueError('the matrix is singular')")
    assert ended.returncode == 1 and "Traceback" in ended.stderr
    assert "ValueError: the matrix is singular" in (tmp_path / LOG).read_text()


def test_what_a_killed_job_was_writing_is_removed_and_nothing_else(run, tmp_path):
    folder = (tmp_path / OUTPUT).parent
    left = folder / ".atoms.k1ll_d00.parquet"
    others = [
        folder / name for name in (".diatomics.k1ll_d00.parquet", ".atoms.parquet", ".tmpAbCdEf")
    ]
    for path in [left, *others]:
        path.touch()
    assert run("log.info('works')").returncode == 0
    assert not left.exists() and all(path.exists() for path in others)
