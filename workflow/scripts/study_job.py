"""What every script does around its work: lock, log, time it took, errors in one sentence."""

import fcntl
import glob
import logging
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

# The code that Snakemake fingerprinted is the code that runs, installed or not.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from hkmaps.errors import HkmapsError
from hkmaps.run.ending import LOG_FORMAT
from hkmaps.storage import storage_fault

# Seconds between attempts to be the only process of a job. A blocking lock would save them, but
# network file systems can lose the news that it became free.
LOCK_INTERVAL = 1.0

# On a full disk a line of the log is lost; without this, each would leave a traceback.
logging.raiseExceptions = False


def _locked(file: TextIO) -> bool:
    """Lock the file for this process unless another one has; a dead process has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        print(
            f"{file.name}: no lock on this file system ({error.strerror}); start no second run in"
            " this folder",
            file=sys.stderr,
        )
    return True


def _is_named(file: TextIO, path: Path) -> bool:
    """Whether the path still leads to the open file: the last to have it removes it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def only_process(path: Path, name: str) -> Iterator[None]:
    """Wait until no other process has the lock file: two never do the same job at once.

    The other one may be a SLURM job that outlived the run which submitted it, or a job of a second
    run in the same folder.

    Args:
        path: Lock file, there while a process has it; in the way of nobody if that one was killed.
        name: Name of the job for the sentence that says for whom it waits.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    waits = False
    while True:
        file = path.open("a+", encoding="utf-8")
        free = _locked(file)
        if free and _is_named(file, path):
            break
        if not free and not waits:
            file.seek(0)
            holder = file.readline().strip() or "another process"
            print(f"{name}: waits for {holder}, which does the same job", file=sys.stderr)
            waits = True
        file.close()
        if not free:
            time.sleep(LOCK_INTERVAL)
    with file:
        file.truncate(0)
        slurm_job = os.environ.get("SLURM_JOB_ID")
        print(
            f"process {os.getpid()} on {socket.gethostname()}"
            + (f" (SLURM job {slurm_job})" if slurm_job else ""),
            file=file,
            flush=True,
        )
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def remove_temporaries(outputs: Iterable[str]) -> None:
    """Remove what a killed process of the same job left of files that it was writing.

    Args:
        outputs: the files of the job, which no other process writes now. Their temporary files are
            named by `hkmaps.tables.atomic_path`, and beside these by safetensors.
    """
    for path in map(Path, outputs):
        patterns = [f".{glob.escape(path.stem)}.{'?' * 8}{path.suffix}"]
        if path.suffix == ".safetensors":
            patterns.append(f".tmp{'?' * 6}")
        for pattern in patterns:
            for temporary in path.parent.glob(pattern):
                temporary.unlink()


@contextmanager
def study_job(snakemake) -> Iterator[logging.Logger]:
    """Log to the rule's log file and to the terminal; end a user's error with its sentence.

    Waits while another process does the same job.

    Yields:
        The logger of the job, named after its rule and wildcards.
    """
    name = " ".join([snakemake.rule, *map(str, snakemake.wildcards)])
    log_path = Path(snakemake.log[0])
    outputs = list(snakemake.output)
    folders = [*(Path(path).parent for path in outputs), log_path.parent, tempfile.gettempdir()]
    try:
        # Not the log itself is locked: Snakemake deletes it before a job starts.
        with only_process(log_path.with_suffix(".lock"), name):
            remove_temporaries(outputs)
            with _logging(log_path, name, folders) as log:
                yield log
    except OSError as error:
        # The lock or the log itself cannot be written.
        if (sentence := storage_fault(error, folders)) is None:
            raise
        print(f"{name}: {sentence}", file=sys.stderr)
        raise SystemExit(1) from None


@contextmanager
def _logging(log_path: Path, name: str, folders: Iterable[Path]) -> Iterator[logging.Logger]:
    """The logger of a job; `folders` are those that the job writes to."""
    log = logging.getLogger(name)
    log.setLevel(logging.INFO)
    log.propagate = False
    log_file = logging.FileHandler(log_path, mode="w", encoding="utf-8")
    log_file.setFormatter(logging.Formatter(LOG_FORMAT))
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    log.addHandler(log_file)
    log.addHandler(terminal)
    # Warnings of libraries and of regressions are for who reads the log.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(log_file)
    logging.getLogger("py.warnings").propagate = False
    start = time.perf_counter()
    try:
        yield log
    except HkmapsError as error:
        log.error("%s", error)
        raise SystemExit(1) from None
    except Exception as error:
        if sentence := storage_fault(error, folders):
            log.error("%s", sentence)
            raise SystemExit(1) from None
        # A fault of ours: the log keeps the traceback, which Snakemake shows from the terminal.
        logging.Logger.exception(log, "unexpected error")
        raise
    # Figures end in a second: their line goes to the log alone.
    log.removeHandler(terminal)
    log.info("finished in %.1f s", time.perf_counter() - start)
