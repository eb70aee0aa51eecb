"""What Snakemake itself costs: reading the workflow, a run with nothing to do, starts of jobs.

Run it by `python benchmarks/workflow.py [--study FOLDER]`.

1. Importing hkmaps, reading the workflow (`snakemake --list-rules`, beside that of an empty
   workflow, which is Snakemake's own start) and a run with nothing to do, at the published and at
   the laptop's size. The files of the finished study are empty: what is to
   be done depends on what Snakemake has recorded of them, not on what is in them.
2. Of a study that was run in FOLDER: the time of its jobs' processes that is not the scripts' own
   work but Python starting and importing libraries, and the time between jobs.

Numbers go to benchmarks/results/.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from measured import keep
from tabulate import tabulate

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "tests" / name) for name in ("workflow", "")]

from conftest import Study  # noqa: E402
from reruns import announced_jobs  # noqa: E402

ROUNDS = 5
SIZES = {"published": [], "laptop": ["--configfile", "config/laptop.yaml"]}
SNAKEMAKE = [sys.executable, "-m", "snakemake", "--cores", "2"]
LARGEST_NO_OP, LARGEST_READING = 5.0, 1.5
"""Seconds that a run with nothing to do may take, and reading the workflow beyond an empty one."""


def seconds(command: list[str], folder: Path = REPOSITORY) -> float:
    """Return the median time of a command, once it has been run."""
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def finished(folder: Path, options: list[str]) -> int:
    """Make a study in which all is done, and return how many jobs it has."""
    Study.checkout(folder)
    every = [*SNAKEMAKE, *options, "--forceall"]
    said = subprocess.run(
        [*every, "--dry-run"], cwd=folder, capture_output=True, check=True, encoding="utf-8"
    )
    jobs = announced_jobs(said.stdout + said.stderr)
    for job in jobs:
        for path in map(folder.joinpath, job.outputs):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    subprocess.run([*every, "--touch"], cwd=folder, capture_output=True, check=True)
    return len(jobs)


def outside_scripts(study: Path) -> dict:
    """Return the seconds of a study's jobs, of their scripts, and of its runs times cores."""
    jobs = scripts = 0.0
    for path in study.glob("results/benchmarks/**/*.tsv"):
        log = study / "logs" / path.relative_to(study / "results/benchmarks").with_suffix(".log")
        if not log.exists():
            continue
        said = re.findall(r"finished in ([\d.]+) s", log.read_text(encoding="utf-8"))
        if said:
            jobs += float(pd.read_csv(path, sep="\t")["s"].iloc[0])
            scripts += float(said[-1])
    return {"jobs": jobs, "scripts": scripts, "outside_scripts": 1 - scripts / jobs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--study", type=Path, help="folder of a finished study")
    arguments = parser.parse_args()
    report = {"import hkmaps": seconds([sys.executable, "-c", "import hkmaps"])}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Snakefile").touch()
        report["reading an empty workflow"] = seconds([*SNAKEMAKE, "--list-rules"], Path(folder))
    report["reading the workflow"] = seconds([*SNAKEMAKE, "--list-rules"])
    for size, options in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            study = Path(folder) / "study"
            count = finished(study, options)
            name = f"nothing to do, {size} size, {count} jobs"
            report[name] = seconds([*SNAKEMAKE, *options], study)
    print(tabulate(report.items(), ("", "s"), floatfmt=".2f"))
    print(
        f"Goals: at most {LARGEST_READING:g} s to read the workflow, beyond an empty one, and"
        f" {LARGEST_NO_OP:g} s with nothing to do."
    )
    if arguments.study:
        report["study"] = found = outside_scripts(arguments.study)
        print(
            f"Of {found['jobs']:.0f} s of jobs in {arguments.study} {found['scripts']:.0f} are the"
            f" scripts' own work; {found['outside_scripts']:.0%} are Python starting and importing."
        )
    keep("workflow", report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
