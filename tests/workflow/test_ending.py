"""What stands at the end of the output of a run, as its user reads it."""

import signal
import subprocess
import time

import pytest
from conftest import Study

ATOMS, DIATOMICS = (f"results/model_systems/{name}.parquet" for name in ("atoms", "diatomics"))
STRICT = {"model_systems": {"threshold": 1e-9, "accept_unconverged": ["atoms"]}}
TODO = "What to do: correct what is named above, then give the same command again; it goes on"


@pytest.fixture
def study(tmp_path):
    return Study.checkout(tmp_path / "study")


def test_a_failed_run_ends_with_the_reason_of_every_failed_job(study):
    script = study / "workflow/scripts/pairs.py"
    code = script.read_text()
    bug = "    raise ValueError('the matrix is singular')\n"
    opening = "with study_job(snakemake):\n"
    script.write_text(code.replace(opening, opening + bug))
    assert bug in script.read_text()
    run = study.run("results/conditioning/atoms.parquet", DIATOMICS, override=STRICT)
    assert run.returncode != 0
    head, *lines = run.stderr[run.stderr.index("The run failed:") :].splitlines()
    assert head == "The run failed: 2 of its 5 jobs failed."
    jobs = [line for line in lines if line.startswith("  ") and not line.startswith("    ")]
    said = "  data_set diatomics: The grid of the data set diatomics is not converged: E1 misses"
    assert jobs[0].startswith(said)
    assert jobs[1] == (
        "  pairs atoms: It met an unexpected error; report it with the log:"
        " ValueError: the matrix is singular"
    )
    assert "    log: logs/pairs/atoms.log" in lines
    assert "3 of the 5 jobs of this run" in lines[-2] and "Not finished: 0 others." in lines[-2]
    assert lines[-1].startswith(TODO)


def test_an_interrupted_run_says_that_it_goes_on(study):
    with study.kept_waiting("logs/data_set/atoms.lock"), (study / "said.txt").open("w") as said:
        run = subprocess.Popen(
            study.command(ATOMS), cwd=study.folder, stderr=said, start_new_session=True
        )
        deadline = time.monotonic() + 120
        while "data_set atoms: waits for" not in (study / "said.txt").read_text():
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        # As the terminal does: to Snakemake and to its jobs.
        subprocess.run(["kill", f"-{signal.SIGINT}", "--", f"-{run.pid}"], check=True)
        assert run.wait(120) != 0
    lines = (study / "said.txt").read_text().splitlines()
    assert "The run was stopped before its end." in lines
    assert "1 of the 2 jobs of this run" in lines[-2] and "Not finished: 1 other." in lines[-2]
    assert lines[-1].startswith("What to do: give the same command again; it goes on")
