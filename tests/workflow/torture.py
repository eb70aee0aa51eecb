"""A short study that is killed at random moments and resumed: its machinery, and a longer run.

python tests/workflow/torture.py --kills 100

A *round* is a study from an empty folder to its last table. Its run is killed with SIGKILL, the
whole process group, at a moment drawn over two thirds of the time that an undisturbed run takes,
for most runs have less to do; then it is unlocked and started again, until it ends before its
moment comes. Rounds follow until there were enough kills. After every kill all files are read, and
after every round they are compared with those of the undisturbed run.
"""

import argparse
import contextlib
import fcntl
import json
import os
import random
import signal
import sys
import tempfile
import time
import zipfile
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# As pytest does, where this is a command.
sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import Study
from reruns import PROCESSES, Job, announced_jobs, run_snakemake
from same_results import assert_same

from hkmaps.digests import expect_sealed
from hkmaps.reporting.data_dictionary import schema_of
from hkmaps.tables import read_table

TARGETS = (
    "results/model_systems/gauge_shift.parquet",
    "results/conditioning/atoms.parquet",
    "results/networks/atoms/E-n/grid_search.parquet",
    "results/networks/atoms/E-n/predictions.parquet",
    "results/maps/H2/drawn/errors.parquet",
)
OVERRIDE = {
    "model_systems": {
        "data_sets": {"atoms": {"parameters": {"Z": {"points": 6}, "alpha": {"points": 6}}}}
    },
    "networks": {
        "functionals": ["E-n"],
        "grid_search": {"batch_sizes": [10, 25, 50], "runs": 1, "steps": 100},
        "repeats": {"data_sets": ["atoms"], "steps": 200},
    },
    "maps": {"exact_systems": {"data_sets": ["atoms"]}},
    # Three chunks of 50.
    "molecules": {
        "H2": {"samples": {"drawn": {"geometries": 101}}, "maps": {"test": 3, "splits": 2}}
    },
}
"""Jobs of NumPy, PyTorch and PySCF; two chunks of one data set, three of reference calculations;
three parts of a grid search."""

# Seconds that a killed process may take to be gone, and a run to end.
PATIENCE, LIMIT = 10, 600


class Run:
    """A run of Snakemake as a process group of its own, forked where Snakemake is imported."""

    def __init__(self, study: Study, *options: str):
        self.said_path = study / "said.txt"
        self.said_path.unlink(missing_ok=True)
        command = study.command(*TARGETS, override=OVERRIDE)[3:]
        command[command.index("--configfile") : command.index("--configfile")] = options
        arguments = (study.folder, self.said_path, command)
        self.process = PROCESSES.Process(target=_as_group, args=arguments)
        self.start = time.perf_counter()
        self.process.start()

    def ended(self, seconds: float) -> bool:
        """Whether the run ends within some seconds from its start, successfully if so."""
        self.process.join(max(0.0, self.start + seconds - time.perf_counter()))
        if self.process.exitcode is None:
            return False
        assert self.process.exitcode == 0, self.said()
        return True

    def kill(self) -> None:
        """Kill Snakemake and all its jobs at once."""
        # A run that has not become a group yet has no children.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()

    def said(self) -> str:
        return self.said_path.read_text() if self.said_path.exists() else ""

    def started(self) -> frozenset[Job]:
        """The jobs that the run says it started."""
        return announced_jobs(self.said())

    def finished(self) -> int:
        """How many jobs the run says have finished."""
        return self.said().count("Finished jobid: ")


def _as_group(folder: Path, *arguments) -> None:
    os.setsid()
    # A killed run leaves its temporary folders too.
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
    (folder / "tmp").mkdir(exist_ok=True)
    run_snakemake(folder, *arguments)


@dataclass
class Report:
    """What happened to all rounds together."""

    undisturbed_seconds: float = 0.0
    jobs: int = 0
    rounds: int = 0
    kills: int = 0
    started: int = 0
    struck: Counter = field(default_factory=Counter)
    files_read: int = 0
    temporaries: int = 0
    parts_kept: int = 0
    resumed: int = 0
    compared: int = 0

    def __str__(self) -> str:
        struck = ", ".join(f"{count} {what}" for what, count in sorted(self.struck.items()))
        return "\n".join(
            [
                f"undisturbed run: {self.jobs} jobs in {self.undisturbed_seconds:.1f} s",
                f"kills: {self.kills} in {self.rounds} rounds",
                f"struck by them: {struck}",
                f"jobs started: {self.started}, of which {self.jobs * self.rounds} were needed",
                f"parts of unfinished grid searches kept: {self.parts_kept}",
                f"trainings continued from a checkpoint: {self.resumed}",
                f"files read as whole after kills: {self.files_read}",
                f"temporary files left by kills: {self.temporaries}",
                f"files compared with the undisturbed run: {self.compared}",
            ]
        )


class Round:
    """One study, killed and resumed to its end."""

    def __init__(self, folder: Path, report: Report):
        self.study = Study.checkout(folder)
        self.report = report
        # Files that may not be written again -> their inode and time of change.
        self.kept: dict[str, tuple[int, int]] = {}
        self.finished: set[str] = set()

    def run(self, seconds: float, *, when: str = "") -> bool:
        """Start or resume; kill after some seconds or once a file is there; whether it ended.

        Args:
            seconds: when the run is killed.
            when: pattern of files below results, of which the first one kills the run.
        """
        run = Run(self.study)
        ended = run.ended(seconds) if not when else self._ended_before(run, when)
        if not ended:
            run.kill()
            self.expect_dead()
            self.report.kills += 1
        self._check(run, ended)
        if not ended:
            unlock = Run(self.study, "--unlock")
            assert unlock.ended(LIMIT), "--unlock does not end"
        return ended

    def _ended_before(self, run: Run, when: str) -> bool:
        while not any((self.study / "results").glob(when)):
            if run.ended(time.perf_counter() - run.start + 0.01):
                return True
            assert time.perf_counter() - run.start < LIMIT, f"waited {LIMIT} s for {when}"
        return False

    def expect_dead(self) -> None:
        """No process holds the lock of a job."""
        deadline = time.monotonic() + PATIENCE
        for path in (self.study / "logs").rglob("*.lock"):
            with path.open() as file:
                while not _lockable(file):
                    assert time.monotonic() < deadline, f"{path} is held by {path.read_text()}"
                    time.sleep(0.01)

    def _check(self, run: Run, ended: bool) -> None:
        """All that must hold whenever nothing runs."""
        started = run.started()
        recorded = recorded_outputs(self.study)
        # A job whose script ended, but which Snakemake had no time to record, may run again; one
        # that is recorded may not, nor may one of which Snakemake said that it finished.
        again = {job.rule for job in started if job.outputs & self.finished}
        assert not again, f"finished jobs were started again: {again}"
        done = {job for job in started if job.outputs <= recorded}
        assert run.finished() <= len(done), run.said()
        self.finished |= set().union(*(job.outputs for job in done))
        assert self.finished <= recorded
        self.expect_kept()
        self.expect_whole()
        self.report.started += len(started)
        self.report.resumed += run.said().count(": resuming from ")
        if not ended:
            self._count(run, started - done)

    def expect_kept(self) -> None:
        """What is finished is the same file as before; what is finished by now will have to be."""
        for path, before in self.kept.items():
            assert _identity(self.study / path) == before, f"{path} was made again"
        parts = [str(p.relative_to(self.study.folder)) for p in self._parts()]
        self.kept |= {path: _identity(self.study / path) for path in [*self.finished, *parts]}

    def _parts(self) -> Iterator[Path]:
        return (self.study / "results").glob("networks/*/*/work/*/grid_search.parquet")

    def expect_whole(self) -> None:
        """Every file that bears its final name is whole."""
        results = self.study / "results"
        for path in filter(Path.is_file, results.rglob("*")):
            name = path.relative_to(results)
            if path.name.startswith("."):
                self.report.temporaries += 1
            elif path.suffix == ".parquet":
                read_table(path, schema_of(name))
            elif path.suffix == ".safetensors":
                expect_sealed(path, "a trained functional")
            elif path.suffix == ".ckpt":
                with zipfile.ZipFile(path) as file:
                    assert file.testzip() is None
            else:
                # Times of jobs and curves of training, which the run appends to or makes anew.
                assert path.suffix in {".tsv", ".csv", ".yaml"}, path
                continue
            self.report.files_read += not path.name.startswith(".")

    def _count(self, run: Run, unfinished: set[Job]) -> None:
        if not unfinished:
            self.report.struck["runs between jobs" if run.started() else "runs before a job"] += 1
        for job in unfinished:
            whole = all((self.study / path).exists() for path in job.outputs)
            self.report.struck["jobs that were not recorded yet" if whole else "jobs at work"] += 1
            if job.rule == "grid_search_n" and not whole:
                self.report.parts_kept += len(list(self._parts()))


def _lockable(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def recorded_outputs(study: Study) -> set[str]:
    """The outputs of which Snakemake has recorded that their job finished."""
    records, marked = (
        _by_output(study / f".snakemake/{name}") for name in ("metadata", "incomplete")
    )
    return {path for path in records.keys() - marked.keys() if _is_json(records[path])}


def _by_output(folder: Path) -> dict[str, Path]:
    """Path of an output -> Snakemake's file about it, whose name is the encoded path."""
    return {
        urlsafe_b64decode(path.name).decode(): path for path in folder.glob("*") if path.is_file()
    }


def _is_json(path: Path) -> bool:
    # Snakemake passes over a record that a kill has cut.
    try:
        json.loads(path.read_text())
    except json.JSONDecodeError:
        return False
    return True


def undisturbed(folder: Path, report: Report) -> Study:
    """The study, run to its end without a kill."""
    study = Study.checkout(folder)
    run = Run(study)
    assert run.ended(LIMIT), f"the undisturbed run takes more than {LIMIT} s"
    report.undisturbed_seconds = time.perf_counter() - run.start
    report.jobs = len(run.started())
    return study


def final_files(study: Study) -> set[str]:
    """The tables and models of a study that is finished."""
    files = (study / "results").rglob("[!.]*")
    kinds = {".parquet", ".safetensors"}
    return {str(path.relative_to(study.folder)) for path in files if path.suffix in kinds}


def compare(first: Study, second: Study, report: Report) -> None:
    """Fail unless two studies have the same files."""
    paths = final_files(first)
    assert final_files(second) == paths
    for path in paths:
        assert_same(first.folder, second.folder, path)
    report.compared += len(paths)
    # Jobs remove what their killed predecessors left beside their results.
    left = [path for path in (second / "results").rglob(".*") if "work" not in path.parts]
    assert not left


def torture(folder: Path, kills: int, seed: int, say=print) -> Report:
    """Kill and resume until there were enough kills, and end the last round.

    Raises:
        AssertionError: something that was finished ran again, a file is not whole, or a result
            differs from the undisturbed one.
    """
    report = Report()
    whole = undisturbed(folder / "undisturbed", report)
    moments = random.Random(seed)
    while report.kills < kills:
        report.rounds += 1
        round_ = Round(folder / f"round_{report.rounds}", report)
        ended = False
        while not ended:
            seconds = moments.uniform(0, report.undisturbed_seconds * 2 / 3)
            ended = round_.run(seconds if report.kills < kills else LIMIT)
        compare(whole, round_.study, report)
        say(f"round {report.rounds}: {report.kills} kills so far")
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        print(torture(Path(folder), arguments.kills, arguments.seed))
        print(f"in all: {(time.perf_counter() - start) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
