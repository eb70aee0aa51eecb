"""Full and read-only disks, lost files, two runs at once, clocks that jump: one sentence each."""

import os
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from bad_input import expect_refused, listing
from conftest import Study
from same_results import assert_same

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.storage import storage_fault
from hkmaps.tables import atomic_path, read_table

CHUNK = "results/model_systems/chunks/atoms_0.parquet"
ATOMS = "results/model_systems/atoms.parquet"
PAIRS = "results/conditioning/atoms.parquet"
AGAIN = "start the run again, which goes on where it was"
DAY = 86400 * 10**9


@contextmanager
def small_disk(folder: Path, size: str):
    """A file system of its own in a folder, or a skipped test."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"Only who may mount file systems can test full ones: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def rules_of(run) -> list[str]:
    """The rules whose jobs a run has started, in order."""
    return re.findall(r"^(?:local)?rule (\w+):$", run.stdout + run.stderr, re.MULTILINE)


def successful(run) -> list[str]:
    assert run.returncode == 0, run.stdout + run.stderr
    return rules_of(run)


@pytest.fixture
def study(tmp_path):
    """A study that has not run."""
    return Study.checkout(tmp_path / "study")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study with one data set and what is made of it; tests must not change it."""
    study = Study.checkout(tmp_path_factory.mktemp("made") / "study")
    assert successful(study.run(PAIRS)) == ["solve_systems", "data_set", "pairs"]
    return study


@pytest.fixture
def remade(made, tmp_path):
    """A copy of that study that a test may change."""
    return made.clone(tmp_path / "remade")


def test_a_full_disk_is_named_and_the_run_goes_on_once_there_is_space(study):
    results = study / "results"
    # Enough for the chunk of 131 kB and not for the data set of the same size.
    with small_disk(results, "200k"):
        run = study.run(ATOMS)
        assert run.returncode != 0
        assert "Traceback" not in run.stdout + run.stderr
        folder = re.escape(str(results / "model_systems"))
        said = rf"data_set atoms: The disk of {folder} is full \(No space left on device; 0.\d MB"
        assert re.search(
            rf"^{said} are free now\); free space there and {AGAIN}\.$", run.stderr, re.M
        )
        # What was there is whole, and nothing else is left.
        assert len(read_table(study / CHUNK, SYSTEMS)) == 25
        assert [path.name for path in results.rglob("*.parquet")] == [Path(CHUNK).name]
        before = (study / CHUNK).stat()
        remount(results, "size=5m")
        assert successful(study.run(ATOMS)) == ["data_set"]
        after = (study / CHUNK).stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert len(read_table(study / ATOMS, SYSTEMS)) == 25


def test_a_full_disk_that_snakemake_itself_meets_is_named(study):
    # A page, and so the records of one job at most.
    with small_disk(study / ".snakemake/metadata", "4k"):
        run = study.run(PAIRS)
    assert run.returncode != 0 and "Traceback" not in run.stdout + run.stderr
    folder = re.escape(str(study / ".snakemake"))
    assert re.search(
        rf"^The disk of {folder} is full \(No space left .*{AGAIN}\.$", run.stderr, re.M
    )
    for path in (study / "results").rglob("*.parquet"):
        read_table(path, SYSTEMS)
    assert successful(study.run(PAIRS))[-1] == "pairs"


@pytest.mark.parametrize("library", ["pyarrow", "safetensors", "torch", "python", "matplotlib"])
def test_a_full_disk_is_recognised_whatever_a_library_says_of_it(tmp_path, library):
    size = 30_000
    disk = tmp_path / "disk"

    def write(path):
        if library == "pyarrow":
            pq.write_table(pq.read_table(table), path, compression="none")
        elif library == "safetensors":
            from safetensors.numpy import save_file  # noqa: PLC0415

            save_file({"numbers": numbers.to_numpy()}, path)
        elif library == "torch":
            import torch  # noqa: PLC0415

            torch.save(torch.tensor(numbers.to_numpy()), path)
        elif library == "matplotlib":
            from matplotlib.figure import Figure  # noqa: PLC0415

            Figure().savefig(path, format="png", pil_kwargs={"compress_level": 0})
        else:
            path.write_text(" " * 8 * size)

    numbers = pd.Series(range(size), dtype="float64")
    table = tmp_path / "table.parquet"
    numbers.to_frame("numbers").to_parquet(table)
    with small_disk(disk, "40k"):
        with pytest.raises(Exception) as raised, atomic_path(disk / "written") as path:
            write(path)
        sentence = storage_fault(raised.value, [tmp_path, disk / "none/yet"])
        assert sentence.startswith(f"The disk of {disk} is full (No space left on device; 0.0 MB")
        assert not any(disk.iterdir())


def test_read_only_results_are_named_before_anything_runs(study):
    results = study / "results"
    with small_disk(results, "5m"):
        remount(results, "ro")
        words = f"/results cannot be written (Read-only file system); make it writable and {AGAIN}"
        assert "rule solve_systems" not in expect_refused(study, words, PAIRS)
        # To look is not to write.
        assert study.run(PAIRS, options=("--dry-run",)).returncode == 0
    assert not (study / "logs").exists()


def test_a_deleted_intermediate_is_made_again_only_where_it_is_needed(made, remade):
    (remade / ATOMS).unlink()
    before = listing(remade, (), ())
    assert successful(remade.run(PAIRS)) == []
    assert listing(remade, (), ()) == before
    # Snakemake repeats what is made of a file that it makes again.
    assert successful(remade.run(ATOMS, PAIRS)) == ["data_set", "pairs"]
    for path in (CHUNK, ATOMS, PAIRS):
        assert_same(made.folder, remade.folder, path)


def test_a_second_run_in_the_folder_ends_at_once_and_leaves_the_first_alone(made, study):
    with (study / "first.txt").open("w") as said, study.kept_waiting("logs/data_set/atoms.lock"):
        first = subprocess.Popen(
            study.command(PAIRS), cwd=study.folder, stdout=said, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 120
        while "data_set atoms: waits for" not in (study / "first.txt").read_text():
            assert first.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        expect_refused(
            study, "Error: Directory cannot be locked. Please make sure that no other", ATOMS
        )
        assert first.poll() is None
    assert first.wait(120) == 0, (study / "first.txt").read_text()
    for path in (CHUNK, ATOMS, PAIRS):
        assert_same(made.folder, study.folder, path)


def test_a_clock_that_is_a_day_behind_repeats_nothing_and_stops_nothing(made, remade):
    results = [CHUNK, ATOMS, PAIRS]
    scripts = [str(path) for path in (remade / "workflow/scripts").glob("*.py")]
    for path in [*results, *scripts]:
        changed = (remade / path).stat().st_mtime_ns + DAY
        os.utime(remade / path, ns=(changed, changed))
    before = listing(remade, (), ())
    assert successful(remade.run(PAIRS)) == []
    assert listing(remade, (), ()) == before
    (remade / PAIRS).unlink()
    run = remade.run(PAIRS)
    assert successful(run) == ["pairs"]
    said = f"{len(scripts) + 2} files have times in the future by this machine's clock"
    assert said in run.stderr
    assert_same(made.folder, remade.folder, PAIRS)
    # The order of making is that of times, and they will not be in the future once more.
    changed = [(remade / path).stat().st_mtime_ns for path in [scripts[0], *results]]
    assert changed == sorted(changed) and changed[-1] <= time.time_ns()
    assert successful(remade.run(PAIRS)) == []


def test_a_read_only_checkout_with_scripts_of_a_later_date_runs_elsewhere(tmp_path):
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    with small_disk(disk, "50m"):
        study = Study.checkout(disk / "study")
        script = study / "workflow/scripts/gauge_shift.py"
        changed = time.time_ns() + DAY
        os.utime(script, ns=(changed, changed))
        remount(disk, "ro")
        table = "results/model_systems/gauge_shift.parquet"
        run = study.run(table, options=("--directory", str(elsewhere)))
        assert successful(run) == ["gauge_shift"]
        assert (elsewhere / table).is_file()
    said = f"1 file has times in the future by this machine's clock that cannot be set .*{script}"
    assert re.search(rf"{said} \(Read-only file system\)", run.stderr)


def test_results_on_a_disk_that_is_not_mounted_are_named_before_anything_runs(study, tmp_path):
    gone = tmp_path / "mnt/disk"
    (study / "results").symlink_to(gone)
    words = f"/results leads to {gone}, which does not exist; mount its disk or make that folder"
    assert "rule solve_systems" not in expect_refused(study, words, PAIRS)
    assert not gone.exists() and not (study / "logs").exists()
