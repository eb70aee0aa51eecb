"""A copy of the repository in which tests run the workflow as a user does."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

REPOSITORY = Path(__file__).parents[1]
# Rules that end every run that does anything.
GATHERING = {"all", "cost", "study_cost", "study_report"}
PARTS = (
    *("Snakefile", "workflow", "profiles", "config", "src", "envs", "pyproject.toml"),
    *("requirements.lock", "LICENSE", "CITATION.cff", "codemeta.json"),
)


class Study:
    """A checkout of the study, and the runs of Snakemake in it."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def checkout(cls, folder: Path) -> "Study":
        for part in PARTS:
            source = REPOSITORY / part
            if source.is_dir() and not source.is_symlink():
                ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
                shutil.copytree(source, folder / part, ignore=ignored)
            else:
                folder.mkdir(exist_ok=True)
                shutil.copy2(source, folder / part, follow_symlinks=False)
        return cls(folder)

    def clone(self, folder: Path) -> "Study":
        """The same study with its results, elsewhere."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Study(folder)

    def command(self, *arguments: str, cores: int = 2, override: dict | None = None) -> list[str]:
        configs = ["config/smoke.yaml"]
        if override is not None:
            path = self.folder / "override.yaml"
            path.write_text(yaml.safe_dump(override))
            configs.append(path.name)
        snakemake = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
        return [*snakemake, "--configfile", *configs, "--", *arguments]

    def run(self, *arguments: str, options: tuple[str, ...] = (), **settings):
        """Run Snakemake with the smoke config to its end; targets and then options."""
        command = self.command(*arguments, **settings)
        command[command.index("--configfile") : command.index("--configfile")] = options
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=900
        )

    def rules_to_run(self, override: dict | None = None) -> set[str]:
        """The rules that a dry run with `override` announces, without those that only gather."""
        run = self.run(options=("--dry-run",), override=override)
        assert run.returncode == 0, run.stdout + run.stderr
        output = run.stdout + run.stderr
        if "Nothing to be done" in output:
            return set()
        stats = output.split("job  ", 1)[1].split("total", 1)[0]
        return set(re.findall(r"^(\w+) +\d+$", stats, re.MULTILINE)) - GATHERING

    @contextmanager
    def kept_waiting(self, lock: str) -> Iterator[None]:
        """Keep whichever process does the job with this lock waiting, as an older one would."""
        path = self / lock
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
            path.unlink()

    def __truediv__(self, path: str) -> Path:
        return self.folder / path


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """A study that has not run."""
    return Study.checkout(tmp_path_factory.mktemp("checkout") / "study")


@pytest.fixture(scope="session")
def finished(tmp_path_factory, request):
    """The smoke study, run once on two cores; tests must not change it."""
    folder = tmp_path_factory.mktemp("finished") / "study"
    if not hasattr(request.config, "workerinput"):
        return ran(Study.checkout(folder))
    # Of several processes that test, the first to need the study runs it; each has a copy of it.
    shared = tmp_path_factory.getbasetemp().parent / "finished"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            ran(Study.checkout(folder)).clone(shared)
            return Study(folder)
    return Study(shared).clone(folder)


def ran(study: Study) -> Study:
    """The study with all its results."""
    run = study.run(cores=max(2, os.cpu_count() or 1))
    assert run.returncode == 0, run.stdout + run.stderr
    return study


def pytest_addoption(parser):
    parser.addoption(
        "--every-edit",
        action="store_true",
        help="edit every key of the config (tests/workflow/test_reruns.py), not one of each kind",
    )
    parser.addoption(
        "--every-rule",
        action="store_true",
        help="submit a job of every rule to SLURM (tests/slurm), not jobs of each chapter",
    )


def pytest_collection_modifyitems(items):
    """Begin with what waits most, so that processes that test end at about the same time."""
    folders = ("slurm", "workflow", "physics", "unit")
    items.sort(key=lambda item: folders.index(item.path.parent.name))


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of the finished study that a test may change."""
    return finished.clone(tmp_path / "study")
