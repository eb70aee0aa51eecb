"""How a run ended that did not succeed: which jobs failed and why, what is kept, what to do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from hkmaps.reporting.wording import counted

LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
"""Format of the lines of a job's log; `ending_of_log` reads it."""

SHOWN = 10
"""Failed jobs that are listed with their sentences; of more, only the number is said."""

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ (?P<level>[A-Z]+) (?P<text>.*)$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class FailedJob:
    """A job that failed.

    Attributes:
        name: its rule and wildcards.
        log: its log, or None if its rule has none.
        outputs: the files that it was to make.
    """

    name: str
    log: Path | None
    outputs: Sequence[str] = ()


@dataclass(frozen=True)
class Ending:
    """What is known of a run that did not succeed.

    Attributes:
        jobs: how many jobs the run had to do.
        finished: how many of them were finished.
        failed: those that failed.
        errors: what Snakemake said of errors that no job met itself, in order.
    """

    jobs: int
    finished: int
    failed: Sequence[FailedJob]
    errors: Sequence[str] = field(default_factory=tuple)


def ending_of_log(log: Path | None) -> str:
    """Return why a job failed, in one sentence, from the end of its log.

    Args:
        log: the log, lines as `LOG_FORMAT`; it need not exist.

    Returns:
        The sentence that the job ended with, the last line of its traceback, or that it ended
        without a word.
    """
    try:
        text = log.read_text(encoding="utf-8", errors="replace") if log else ""
    except OSError:
        text = ""
    entries = list(_ENTRY.finditer(text))
    if not entries:
        return "It ended before its log began; what it said is in the output of the run."
    last = entries[-1]
    if last["level"] != "ERROR":
        return f"It was killed, perhaps for lack of memory, after the line: {last['text']}"
    said = text[last.start("text") :].strip()
    if _TRACEBACK in said:
        # The error, which may have several lines, stands below the lines of code.
        error = takewhile(lambda line: not line.startswith(" "), reversed(said.splitlines()))
        said = f"It met an unexpected error; report it with the log: {' '.join([*error][::-1])}"
    return _one_line(said)


def summary(ending: Ending) -> str:
    """Return how a run ended, in plain words, as lines for the end of its output."""
    errors, lines = list(map(_one_line, ending.errors)), []
    for job in ending.failed[:SHOWN]:
        # What Snakemake refuses of a job's files, the job does not know.
        refused = [text for text in errors if any(path in text for path in job.outputs)]
        errors = [text for text in errors if text not in refused]
        lines += ["", f"  {job.name}: {refused[-1] if refused else ending_of_log(job.log)}"]
        lines += [f"    log: {job.log}"] if job.log else []
    if (more := len(ending.failed) - SHOWN) > 0:
        lines += ["", f"  and {more} more; each has a log below logs/."]
    for text in dict.fromkeys(errors):
        lines += ["", f"  {text}"]
    if ending.failed:
        head = f"The run failed: {len(ending.failed)} of its {ending.jobs} jobs failed."
        todo = "correct what is named above, then give the same command again"
    else:
        head = "The run was stopped before its end."
        todo = "give the same command again"
    left = ending.jobs - ending.finished - len(ending.failed)
    return "\n".join(
        [
            head,
            *lines,
            "",
            f"Finished and kept: {ending.finished} of the {counted(ending.jobs, 'job')} of this"
            f" run, and all that was there before it. Not finished: {counted(left, 'other')}.",
            f"What to do: {todo}; it goes on where this run ended. If the run was killed, unlock"
            " the folder before that: snakemake --unlock",
        ]
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
