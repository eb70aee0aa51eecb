"""What a run on SLURM needs beside its profile: a folder of its own, and an end to its waiting."""

import signal
import subprocess
import threading
import time

from snakemake.logging import logger

# Seconds that a run waits without hope, or those of this environment variable.
PATIENCE = 600
PATIENCE_VARIABLE = "HKMAPS_SLURM_PATIENCE"
# Seconds at most between looks at SLURM, and for one look, for an interrupted run to cancel its jobs.
INTERVAL, TIME_TO_ANSWER, TIME_TO_CANCEL = 30, 60, 90


def slurm_patience():
    """Seconds that the run waits without hope."""
    text = os.environ.get(PATIENCE_VARIABLE, str(PATIENCE))
    if not text.isdecimal() or int(text) == 0:
        raise WorkflowError(
            f"The environment variable {PATIENCE_VARIABLE} is {text!r}; a whole number of seconds"
            " from 1 is allowed."
        )
    return int(text)


def living_slurm_jobs():
    """Ids of the SLURM jobs of runs in this folder that are queued or running."""
    command = ["squeue", "--me", "--noheader", "--format=%i|%k|%Z"]
    try:
        listed = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=TIME_TO_ANSWER,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise WorkflowError(f"SLURM does not list its jobs: {error}") from None
    here = os.path.realpath(os.getcwd())
    jobs = [line.split("|", 2) for line in listed.stdout.splitlines()]
    # Snakemake writes the rule into the comment; a job of the user's own in this folder has none.
    return [
        job
        for job, comment, folder in jobs
        if comment.startswith(("rule_", "group_")) and os.path.realpath(folder) == here
    ]


def slurm_trouble():
    """Why waiting for SLURM is without hope now, or nothing."""
    try:
        living = living_slurm_jobs()
    except WorkflowError:
        return "SLURM has not answered"
    # Snakemake does not ask again for a job whose state it could not get.
    if not living and any(not job.is_local for job in list(workflow.scheduler.running)):
        return "SLURM has had none of the jobs that this run waits for"
    return ""


def watch_slurm(patience):
    """End the run, which would wait for ever, after `patience` seconds of the same trouble."""
    trouble, since = "", time.monotonic()
    while not trouble or time.monotonic() - since < patience:
        time.sleep(min(INTERVAL, patience / 4))
        if (now := slurm_trouble()) != trouble:
            trouble, since = now, time.monotonic()
    logger.error(
        f"For {patience} seconds {trouble}, so this run ends. Start it again when SLURM answers: it"
        " goes on where it was, or says which of its jobs are still there."
    )
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(min(TIME_TO_CANCEL, patience))
    # The interrupted run still waits for an answer of SLURM.
    workflow.persistence.unlock()
    os._exit(1)


def start_on_slurm():
    """Refuse to run beside jobs of an earlier run, then watch over the scheduler."""
    patience = slurm_patience()
    if jobs := living_slurm_jobs():
        raise WorkflowError(
            f"SLURM still has jobs of an earlier run in this folder: {', '.join(jobs)}. Wait until"
            f" they have ended, or cancel them with: scancel {' '.join(jobs)}"
        )
    threading.Thread(target=watch_slurm, args=(patience,), daemon=True).start()
