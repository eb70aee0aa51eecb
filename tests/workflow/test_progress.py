"""What a run shows that shows its progress, as `make study` does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Study

ATOMS, DIATOMICS = (f"results/model_systems/{name}.parquet" for name in ("atoms", "diatomics"))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return Study.checkout(tmp_path_factory.mktemp("progress") / "study")


def show(study, *targets, override=None):
    """Run the smoke study up to targets; return exit status and lines."""
    (study / "override.yaml").write_text(yaml.safe_dump(override or {}))
    configs = ["--configfile", "config/smoke.yaml", "override.yaml"]
    run = subprocess.run(
        [sys.executable, "-m", "hkmaps.run", "--cores", "2", *configs, "--", *targets],
        cwd=study.folder,
        env=os.environ | {"PYTHONPATH": str(study / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert "\r" not in run.stdout and "\x1b" not in run.stdout
    return run.returncode, run.stdout.splitlines()


def test_a_run_says_what_it_will_do_how_far_it_is_and_where_its_results_are(study):
    status, lines = show(study, DIATOMICS)
    assert status == 0
    assert lines[1] == "2 jobs, less than a minute on 2 cores of this machine:"
    assert lines[2].split()[:4] == ["Exact", "systems", "2", "jobs"]
    assert f"Results: {study / 'results'}" in lines
    shown = [line for line in lines if "% done" in line]
    assert shown[0].startswith("  0 % done, less than a minute left (0 of 2 jobs)")
    # Neither Snakemake nor its jobs say anything here; all of it is in the log.
    assert len(lines) == lines.index(shown[-1]) + 2 and lines[-1].startswith("Done in ")
    (log,) = [line.removeprefix("Full log: ") for line in lines if line.startswith("Full log: ")]
    text = Path(log).read_text()
    assert "localrule data_set:" in text and "solve_systems diatomics 0: 17/17" in text
    assert show(study, DIATOMICS)[0] == 0


def test_a_failing_job_is_shown_in_its_sentence_at_once_and_at_the_end(study):
    strict = {"model_systems": {"threshold": 1e-9, "accept_unconverged": []}}
    status, lines = show(study, ATOMS, override=strict)
    assert status != 0
    said = "data_set atoms: The grid of the data set atoms is not converged: E1 misses"
    assert [line.strip().partition(said)[0] for line in lines if said in line] == ["failed: ", ""]
    end = lines.index("The run failed: 1 of its 2 jobs failed.")
    assert lines[-2].startswith("What to do: correct what is named above")
    assert lines[-1].startswith("Full log: ")
    assert len(lines) - end < 10 and end < 12


def test_a_run_that_does_not_begin_shows_why(study):
    status, lines = show(study, ATOMS, override={"sead": 1})
    assert status != 0
    # Snakemake adds the place in its file.
    assert "sead" in lines[-2] and len(lines) < 8


def test_snakemake_looks_for_jobs_when_one_ends_and_not_every_second(study):
    # On one core, so that there are jobs that could start while another runs.
    run = study.run(ATOMS, DIATOMICS, options=("--verbose", "--forceall"), cores=1)
    assert run.returncode == 0, run.stderr
    said = run.stdout + run.stderr
    assert 0 < said.count("Ready jobs: ") <= 1 + said.count("Finished jobid: ")
