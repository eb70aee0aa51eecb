"""What every script does around its work: a log, the time it took, errors in one sentence."""

import fcntl
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

# The code that Snakemake fingerprinted is the code that runs, installed or not.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from hkmaps.errors import HkmapsError

# Seconds between attempts to be the only process of a job. A blocking lock would save them, but
# network file systems can lose the news that it became free.
LOCK_INTERVAL = 1.0


def _identity() -> str:
    job = os.environ.get("SLURM_JOB_ID")
    return f"process {os.getpid()} on {socket.gethostname()}" + (f", SLURM job {job}" * bool(job))


def _is_named(file: TextIO, path: Path) -> bool:
    """Whether the path still leads to the open file: someone may have deleted the log meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _locked(file: TextIO) -> bool:
    """Lock the file for this process unless another one has; a dead process has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def only_process(path: Path, name: str) -> Iterator[TextIO]:
    """Open a job's log, empty, as soon as no other process has it open: two never work at once.

    The other one may be a SLURM job that outlived the run which submitted it, or the job of a
    second run in the same folder. Where the file system has no locks, the log says so.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    waits = False
    while True:
        file = path.open("a+")
        try:
            free, note = _locked(file), ""
        except OSError as error:
            free, note = True, f"; no lock on this file system ({error.strerror})"
        if free and _is_named(file, path):
            break
        if not free and not waits:
            file.seek(0)
            holder = file.readline().strip() or "another process"
            print(f"{name}: waits for {holder}, which does the same work", file=sys.stderr)
            waits = True
        file.close()
        time.sleep(LOCK_INTERVAL)
    with file:
        file.truncate(0)
        print(_identity() + note, file=file, flush=True)
        yield file


@contextmanager
def study_job(snakemake) -> Iterator[logging.Logger]:
    """Log to the rule's log file and to the terminal; end a user's error with its sentence.

    Waits while another process does the same work.

    Yields:
        The logger of the job, named after its rule and wildcards.
    """
    name = " ".join([snakemake.rule, *map(str, snakemake.wildcards)])
    with only_process(Path(snakemake.log[0]), name) as file:
        log = logging.getLogger(name)
        log.setLevel(logging.INFO)
        log.propagate = False
        log_file = logging.StreamHandler(file)
        log_file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
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
        except Exception:
            # A fault of ours: the log keeps the traceback, which Snakemake shows from the terminal.
            logging.Logger.exception(log, "unexpected error")
            raise
        finally:
            logging.captureWarnings(False)
        # Figures end in a second: their line goes to the log alone.
        log.removeHandler(terminal)
        log.info("finished in %.1f s", time.perf_counter() - start)
