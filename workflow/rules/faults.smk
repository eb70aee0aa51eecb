"""Faults of the disk and the clock: sentences in place of tracebacks, times that are set right."""

import errno
import logging
import time

from snakemake.logging import logger

from hkmaps.reporting.wording import counted
from hkmaps.storage import storage_fault_in_text, unwritable

# Where Snakemake writes, beside what the jobs write.
OWN_FOLDERS = (".snakemake", "logs", "results")

# On a full disk a line of Snakemake's log is lost; without this, each would leave a traceback.
logging.raiseExceptions = False


class StorageSentences(logging.Filter):
    """Puts a sentence in the place of Snakemake's errors of a disk, tracebacks as a rule."""

    def filter(self, record):
        if record.levelno >= logging.ERROR:
            sentence = storage_fault_in_text(record.getMessage(), map(Path, OWN_FOLDERS))
            if sentence:
                record.msg, record.args = sentence, ()
        return True


logger.addFilter(StorageSentences())


def expect_writable():
    """Refuse to start jobs whose files cannot be written."""
    files = chain.from_iterable(
        [*job.output, *job.log, *filter(None, [job.benchmark])]
        for job in workflow.dag.needrun_jobs()
    )
    folders = {Path(path).parent for path in files}
    if sentence := unwritable(sorted(folders)):
        raise WorkflowError(sentence)


def files_have(number):
    return f"{counted(number, 'file')} {'has' if number == 1 else 'have'}"


def forget_future_times():
    """Give files whose time of change lies in the future the present one, and keep their order.

    A clock that was ahead, or is behind now, leaves such times. Snakemake refuses what a job makes
    of such a file, for it is older than that, and repeats what is older than its script.
    """
    now = time.time_ns()
    files = {*(REPOSITORY / "workflow/scripts").glob("*.py")}
    for job in workflow.dag.jobs:
        files.update(map(Path, [*job.input, *job.output]))
    times = {path: path.stat().st_mtime_ns for path in files if path.is_file()}
    future = {path: changed for path, changed in times.items() if changed > now}
    ranks = {changed: rank for rank, changed in enumerate(sorted({*future.values()}, reverse=True))}
    kept = {}
    for path, changed in future.items():
        # Microseconds apart, so that no file that is older than now comes between.
        right = now - 1000 * ranks[changed]
        try:
            os.utime(path, ns=(right, right))
        except OSError as error:
            # A file of somebody else, or of a read-only checkout.
            if error.errno not in (errno.EPERM, errno.EACCES, errno.EROFS):
                raise
            kept[path] = error.strerror
    if len(future) > len(kept):
        logger.warning(
            f"{files_have(len(future) - len(kept))} times in the future by this machine's clock,"
            " which has jumped or is behind; their times were set to now."
        )
    if kept:
        path, reason = next(iter(kept.items()))
        logger.warning(
            f"{files_have(len(kept))} times in the future by this machine's clock that cannot be set"
            f" to now, such as {path} ({reason}); what is made from them is made again by every run"
            " until their times have come."
        )
