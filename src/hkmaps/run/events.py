"""What a run tells the process that shows its progress: a line of JSON an event, through a pipe."""

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

VARIABLE = "HKMAPS_PROGRESS"
"""Environment variable with the number of the pipe; without it, a run tells nobody."""


class Teller(logging.Handler):
    """Tells events of Snakemake's log as they come.

    Args:
        descriptor: number of the open file that is written to.
    """

    def __init__(self, descriptor: int):
        super().__init__()
        self._pipe = os.fdopen(descriptor, "w", encoding="utf-8")

    def tell(self, event: Mapping[str, Any]) -> None:
        """Tell an event; nobody who listens is no reason to stop."""
        try:
            self._pipe.write(json.dumps(event) + "\n")
            self._pipe.flush()
        except OSError:
            # The one who showed progress was killed; the run and its log go on.
            logging.getLogger("snakemake.logging").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell what is an event of a job."""
        match getattr(record, "event", None):
            case "job_info":
                self.tell({"event": "started", "job": record.jobid})
            case "job_finished":
                self.tell({"event": "finished", "job": record.job_id})
            case "job_error":
                self.tell({"event": "failed", "job": record.jobid, "log": [*record.log][:1]})


def teller_from_environment() -> Teller | None:
    """Return what tells events to the process that started this one for that, if one did."""
    number = os.environ.pop(VARIABLE, "")
    return Teller(int(number)) if number.isdecimal() else None
