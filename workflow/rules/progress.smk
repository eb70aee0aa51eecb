"""What a run says of itself: how it ended, where it did not succeed."""

from itertools import chain
from logging import Filter

from snakemake.logging import logger
from snakemake_interface_logger_plugins.common import LogEvent

from hkmaps.run.ending import Ending, FailedJob, summary

# Snakemake's last line of a run with failed jobs, whose reasons stand far above.
FAILED = "At least one job did not complete successfully."


def job_name(job):
    """Rule and wildcards of a job, as its own lines begin."""
    return " ".join([job.rule.name, *map(str, job.wildcards)])


def ending(errors):
    """How the run ended, which Snakemake has given up."""
    failed = chain.from_iterable(
        job if job.is_group() else [job] for job in workflow.scheduler.failed
    )
    needed = list(workflow.dag.needrun_jobs(exclude_finished=False))
    return Ending(
        jobs=len(needed),
        finished=sum(map(workflow.dag.finished, needed)),
        failed=sorted(
            [
                FailedJob(job_name(job), Path(job.log[0]) if job.log else None, [*job.output])
                for job in failed
            ],
            key=lambda job: job.name,
        ),
        errors=errors,
    )


class EndsWithSummary(Filter):
    """Puts a summary in the place of Snakemake's last line, after what it says of each error."""

    def __init__(self):
        super().__init__()
        self.errors = []

    def filter(self, record):
        if FAILED in str(record.msg):
            record.msg, record.args = summary(ending(self.errors)), ()
        # A RuleException holds no more than the exit status of a job.
        elif (
            getattr(record, "event", None) == LogEvent.ERROR and record.exception != "RuleException"
        ):
            self.errors.append(record.getMessage())
        return True


# The jobs' own processes of Snakemake have nothing to sum up.
if workflow.is_main_process:
    logger.addFilter(EndsWithSummary())
