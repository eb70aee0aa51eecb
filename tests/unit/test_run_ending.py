"""The last lines of a run that did not succeed."""

import logging
import sys

import pytest

from hkmaps.run.ending import LOG_FORMAT, SHOWN, Ending, FailedJob, ending_of_log, summary


@pytest.fixture
def job_log(tmp_path):
    """A job's log, and the logger that writes it."""
    path = tmp_path / "pairs.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    log = logging.Logger("pairs atoms")
    log.addHandler(handler)
    yield log, path
    handler.close()


def test_a_job_ends_with_its_sentence(job_log):
    log, path = job_log
    log.info("10 of 25 systems")
    log.error("The grid is not converged.\nChoose a longer one.")
    assert ending_of_log(path) == "The grid is not converged. Choose a longer one."


def test_an_error_that_is_not_foreseen_is_named_without_its_traceback(job_log):
    log, path = job_log
    try:
        raise ValueError("the matrix\nis singular")
    except ValueError:
        log.error("unexpected error", exc_info=sys.exc_info())
    said = ending_of_log(path)
    assert said.endswith("report it with the log: ValueError: the matrix is singular")


def test_a_job_that_was_killed_says_how_far_it_came(job_log):
    log, path = job_log
    log.error("a step was repeated")
    log.info("10 of 25 systems")
    assert ending_of_log(path) == (
        "It was killed, perhaps for lack of memory, after the line: 10 of 25 systems"
    )


@pytest.mark.parametrize("log", [None, "never.log", "empty.log"])
def test_a_job_without_a_line_in_its_log_says_where_to_look(tmp_path, log):
    (tmp_path / "empty.log").touch()
    assert "output of the run" in ending_of_log(log and tmp_path / log)


def test_the_summary_names_jobs_what_is_kept_and_what_to_do(job_log):
    log, path = job_log
    log.error("The disk is full.")
    failed = [
        FailedJob("pairs atoms", path, ["results/atoms.parquet"]),
        FailedJob("cost", None, ["results/cost.parquet"]),
    ]
    refused = "Job 3 completed successfully,\nbut results/cost.parquet is missing."
    lines = summary(Ending(9, 4, failed, [refused, "SLURM has not answered"])).splitlines()
    assert lines[0] == "The run failed: 2 of its 9 jobs failed."
    assert "  pairs atoms: The disk is full." in lines and f"    log: {path}" in lines
    assert "  cost: Job 3 completed successfully, but results/cost.parquet is missing." in lines
    assert "  SLURM has not answered" in lines
    assert "4 of the 9 jobs of this run" in lines[-2] and "Not finished: 3 others." in lines[-2]
    assert lines[-1].startswith(
        "What to do: correct what is named above, then give the same command"
    )
    assert lines[-1].endswith("snakemake --unlock")


def test_many_failed_jobs_do_not_hide_the_end():
    failed = [FailedJob(f"reference_chunk {number}", None) for number in range(SHOWN + 7)]
    lines = summary(Ending(40, 0, failed)).splitlines()
    assert "  and 7 more; each has a log below logs/." in lines
    assert sum("reference_chunk" in line for line in lines) == SHOWN


def test_a_run_that_was_stopped_has_failed_jobs_of_none():
    said = summary(Ending(9, 4, []))
    assert said.startswith("The run was stopped before its end.\n")
    assert "mend" not in said and "Not finished: 5 others." in said
