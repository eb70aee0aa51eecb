"""What runs on SLURM need beside their profile: one run in a folder at a time, and no endless wait."""

import shutil
import signal
import subprocess
import threading
import time

from snakemake.logging import logger

# Seconds that a run goes on without an answer of SLURM, or those of this environment variable.
PATIENCE = 600
PATIENCE_VARIABLE = "HKMAPS_SLURM_PATIENCE"
# Seconds that an interrupted run has to cancel its jobs, if it is that patient; scancel may take one
# minute of them.
TIME_TO_CANCEL = 90


def slurm_patience():
    """Seconds that the run goes on without an answer of SLURM."""
    text = os.environ.get(PATIENCE_VARIABLE, str(PATIENCE))
    if not text.isdecimal() or int(text) == 0:
        raise WorkflowError(
            f"The environment variable {PATIENCE_VARIABLE} is {text!r}; a whole number of seconds"
            " from 1 is allowed."
        )
    return int(text)


def living_slurm_jobs():
    """Ids of the user's SLURM jobs that an earlier run in this folder has left behind."""
    command = ["squeue", "--me", "--noheader", "--format=%i|%k|%Z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise WorkflowError(f"SLURM does not list its jobs: {listed.stderr.strip()}")
    here = os.path.realpath(os.getcwd())
    jobs = [line.split("|", 2) for line in listed.stdout.splitlines()]
    # Snakemake writes the rule into the comment; a job of the user's own in this folder has none.
    return [
        job
        for job, comment, folder in jobs
        if comment.startswith(("rule_", "group_")) and os.path.realpath(folder) == here
    ]


def slurm_answers():
    """Whether a controller of the cluster answers."""
    try:
        ping = subprocess.run(["scontrol", "ping"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return " UP" in ping.stdout


def watch_slurm(patience):
    """End the run once SLURM has not answered for `patience` seconds.

    Snakemake would wait for its jobs for ever: it does not ask again for a job whose state it could
    not get.
    """
    answered = time.monotonic()
    while time.monotonic() - answered < patience:
        time.sleep(min(30, patience / 4))
        if slurm_answers():
            answered = time.monotonic()
    logger.error(
        f"SLURM has not answered for {patience} seconds, so this run ends. Jobs of it may still be"
        " running: once SLURM answers again, the same command goes on or says which to cancel."
    )
    # The first interrupt cancels the jobs, which may wait for SLURM again; the second leaves that.
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(min(TIME_TO_CANCEL, patience))
    os._exit(1)


def start_on_slurm():
    """Refuse to run beside jobs of an earlier run, then watch over the scheduler."""
    patience = slurm_patience()
    if jobs := living_slurm_jobs():
        raise WorkflowError(
            f"SLURM still has jobs of an earlier run in this folder: {', '.join(jobs)}. Wait until"
            f" they have ended, or cancel them with: scancel {' '.join(jobs)}"
        )
    if shutil.which("scontrol"):
        threading.Thread(target=watch_slurm, args=(patience,), daemon=True).start()
