"""How fast this machine is: a short measurement that kept costs are scaled by."""

import shlex
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SECONDS = 1.0
"""Time of one measurement."""

MOST_PROCESSES = 32
"""Cores that are measured at the same time, at most: more would be like them."""

_SIZE = 160


def rounds_per_second(seconds: float = SECONDS) -> float:
    """Return how many rounds of linear algebra, transforms and Python a core does in a second.

    Args:
        seconds: how long to measure.
    """
    matrix = np.cos(np.arange(_SIZE**2, dtype=float)).reshape(_SIZE, _SIZE)
    matrix += matrix.T
    rounds = -1  # the first one loads libraries
    start = end = 0.0
    while end - start < seconds or rounds < 1:
        np.linalg.eigh(matrix)
        np.fft.fftn(matrix @ matrix)
        np.exp(matrix).sum()
        sum(number * number % 7 for number in range(20_000))
        rounds += 1
        end = time.perf_counter()
        if rounds == 0:
            start = end
    return rounds / (end - start)


def machine_speed(cores: int) -> float:
    """Return the rounds per second of a core while as many as `cores` are at work.

    Args:
        cores: how many jobs are to run at the same time, each with one thread.
    """
    python = sys.executable
    if not Path(python).exists():
        # The workflow has put a path of several words into quotes, for Snakemake's commands.
        (python,) = shlex.split(python)
    processes = [
        subprocess.Popen([python, __file__], stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(max(1, min(cores, MOST_PROCESSES)))
    ]
    return float(np.mean([float(process.communicate()[0]) for process in processes]))


if __name__ == "__main__":
    print(rounds_per_second())
