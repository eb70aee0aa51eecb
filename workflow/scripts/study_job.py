"""What every script does around its work: a log, the time it took, errors in one sentence."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The code that Snakemake fingerprinted is the code that runs, installed or not.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from hkmaps.errors import HkmapsError


@contextmanager
def study_job(snakemake) -> Iterator[logging.Logger]:
    """Log to the rule's log file and to the terminal; end a user's error with its sentence.

    Yields:
        The logger of the job, named after its rule and wildcards.
    """
    name = " ".join([snakemake.rule, *map(str, snakemake.wildcards)])
    log = logging.getLogger(name)
    log.setLevel(logging.INFO)
    log.propagate = False
    Path(snakemake.log[0]).parent.mkdir(parents=True, exist_ok=True)
    log_file = logging.FileHandler(snakemake.log[0], mode="w")
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
    # Figures end in a second: their line goes to the log alone.
    log.removeHandler(terminal)
    log.info("finished in %.1f s", time.perf_counter() - start)
