"""Faults of the disk and the clock: sentences in place of tracebacks, times that are set right."""

import logging
import time

from snakemake.logging import logger

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


def forget_future_times():
    """Give results whose time of change lies in the future the present one, and keep their order.

    A clock that was ahead, or is behind now, leaves such times. Snakemake refuses what a job makes
    of such a file, for it is older than the file that it was made from.
    """
    now = time.time_ns()
    outputs = {Path(path) for job in workflow.dag.jobs for path in job.output}
    times = {path: path.stat().st_mtime_ns for path in outputs if path.exists()}
    future = sorted({changed for changed in times.values() if changed > now}, reverse=True)
    for path, changed in times.items():
        if changed > now:
            # Microseconds apart, so that no file that is older than now comes between.
            right = now - 1000 * future.index(changed)
            os.utime(path, ns=(right, right))
    if future:
        count = sum(changed > now for changed in times.values())
        logger.warning(
            f"{count} results were changed in the future, by this machine's clock, which has jumped"
            " or is behind; they count as changed now."
        )
