"""The study as its users run it, at smoke size."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hkmaps.conditioning.pairs import PAIRS
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.results import GEOMETRIES, REFERENCE_ENERGIES, TRAJECTORY
from hkmaps.networks.results import GRID_SEARCH, TABLE1, select_hyperparameters
from hkmaps.networks.trained import TrainedFunctional
from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.published import read_published
from hkmaps.tables import read_table

REPOSITORY = Path(__file__).parents[2]

E_OF_N = "results/networks/atoms/E-n"
CLAIM_FIGURES = (
    "study_claims",
    "study_claims_paper_a",
    "study_claims_paper_b",
    "study_claims_source",
    "study_claims_follow_up",
)


def same_bytes(first, second, paths):
    for path in paths:
        assert (first / path).read_bytes() == (second / path).read_bytes(), path


def test_every_printed_number_has_a_verdict(finished):
    claims = read_table(finished / "results/claims.parquet", CLAIMS)
    published = read_published(finished / "config/published.csv")
    assert list(claims["id"]) == list(published["id"])
    decided = {"reproduced", "order reproduced", "differs"}
    # Of Table 1 of paper B the smoke study runs one training size, and its engine has no cutoff.
    parts = r"table1\.\w+\.M5\.", r"sec2\.1\.box", r"sec2\.4", r"sec2\.6\.(?:H2|test|basis|pbe)"
    molecules = rf"^B\.(?:{'|'.join(parts)})"
    # It has one of the families of section 3.3, and too few depths to compare.
    left_out = r"^A\.sec(?:3\.3\.(?:sinus|polyn|quart)|2\.3\.3\.(?:depths|limited|impact))"
    run = (claims["paper"] == "arnstein2025") & ~claims["id"].str.contains(left_out)
    run |= claims["id"].str.contains(molecules)
    assert set(claims.loc[run, "verdict"]) <= decided
    other_sizes = claims["id"].str.contains(r"^B\.table1\.\w+\.M(?!5\.)")
    assert set(claims.loc[other_sizes, "verdict"]) == {"not run"}
    # At another training size than the printed one nothing is reproduced.
    conformers = claims[claims["id"].str.contains(r"^B\.table2")]
    measured = conformers[conformers["measured"].notna()]
    assert set(measured["verdict"]) <= {"order reproduced", "differs"}
    assert set(conformers["verdict"]) <= {"not run", *measured["verdict"]}
    assert set(measured["id"].str.split(".").str[2]) == {"ethane", "malonaldehyde", "benzene"}
    assert measured["rule"].str.contains("at M = 10 instead of 2000").all()
    differs = claims[claims["verdict"] == "differs"]
    assert (differs["explanation"] != "").all()
    text = (finished / "results/claims.md").read_text()
    assert all(name in text for name in differs["id"])


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_a_finished_study_has_nothing_to_do_by_either_snakefile(finished, snakefile):
    run = finished.run(options=("--dry-run", "--snakefile", snakefile))
    assert run.returncode == 0, run.stderr
    assert "Nothing to be done" in run.stdout + run.stderr


def test_every_figure_is_there_as_png_and_pdf(finished):
    figures = finished / "results/figures"
    names = {path.stem for path in figures.glob("*.png")}
    assert {f"arnstein_fig{number:02d}" for number in range(1, 15) if number != 8} <= names
    assert {f"bogojeski_fig{number:02d}" for number in (1, 2, 3)} <= names
    assert {"study_learning_curves", "study_noise_response_atoms"} <= names
    assert sum(name.startswith("arnstein_fig08") for name in names) == 8
    assert names == {path.stem for path in figures.glob("*.pdf")}
    assert all(path.read_bytes().startswith(b"%PDF") for path in figures.glob("*.pdf"))


def test_table_1_holds_every_functional_of_every_trained_data_set(finished):
    table1 = read_table(finished / "results/tables/table1.parquet", TABLE1)
    assert len(table1) == 4 * 8
    assert (table1["repeats"] == 2).all()


def test_maps_are_tested_on_frames_of_ab_initio_dynamics_too(finished):
    folder, pool = finished / "results/molecules/malonaldehyde", "malonaldehyde/300+350K"
    moved = pd.concat(
        [
            read_table(folder / f"trajectories/thermal_{run}.parquet", TRAJECTORY).assign(run=run)
            for run in (0, 1)
        ]
    ).set_index(["run", "frame"])
    taken = read_table(folder / "ab_initio/geometries.parquet", GEOMETRIES)
    assert taken["trajectory"].tolist() == [f"thermal, run {run}" for run in (0, 0, 1, 1)]
    assert taken["frame"].tolist() == [1, 2, 1, 2]
    # Calculated again, they have the energies that they had where they were moved through.
    energies = read_table(folder / "ab_initio/energies.parquet", REFERENCE_ENERGIES)["energy"]
    frames = [(0, 1), (0, 2), (1, 1), (1, 2)]
    expected = moved.loc[frames, "potential_energy"]
    assert energies.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-5)
    assert np.ptp(expected) > 1e-4
    here, elsewhere = (
        read_table(finished / f"results/maps/{pool}/{name}.parquet", MAP_ERRORS)
        for name in ("errors", "errors_elsewhere")
    )
    assert (set(here["test"]), set(elsewhere["test"])) == ({"test"}, {"ab_initio"})
    maps = ["training_points", "method", "learned_from", "energy_training", "quantity", "width"]
    pd.testing.assert_frame_equal(here[maps], elsewhere[maps])
    assert {"dE", "dE_F", "dE_D"} == set(elsewhere["quantity"])
    of_ethane = finished / "results/maps/ethane/300K/errors_elsewhere.parquet"
    assert read_table(of_ethane, MAP_ERRORS).empty


def test_the_python_of_the_readme_runs(finished, monkeypatch, capsys):
    readme = (REPOSITORY / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(blocks) == 4
    monkeypatch.chdir(finished.folder)
    exec("\n".join(blocks), {})
    said = capsys.readouterr().out
    # Three lines of numbers, then arrays: energies and domain distances of all training geometries.
    kinetic_energy, _, predicted, energy, force = map(float, said.split("[")[0].split())
    assert kinetic_energy == pytest.approx(0.0999, abs=1e-3)
    assert np.isfinite(predicted)
    assert energy == pytest.approx(-400, abs=20) and np.isfinite(force)
    energies = [float(number) for number in re.search(r"\[([^\[\]]+)\]", said)[1].split()]
    assert np.allclose(energies, -400 / 27.2114, atol=0.7)


def test_an_edit_runs_again_what_depends_on_it_and_nothing_else(finished):
    """All other keys are edited in test_reruns.py, in a study that was not computed."""
    trained = {
        "repeats_V",
        "repeats_n",
        "table1",
        "arnstein_fig09",
        "arnstein_fig14",
        "study_table1_converged",
    }
    learnt = {"noise_response", "study_noise_response"}
    learnt |= {"functional_methods", "study_functional_methods", "study_conditioning"}
    compared = {"fully_connected", "depths", "compared_architectures", "study_architectures"}
    compared |= {"seed_errors", "table1_seeds", "study_table1_seeds"}
    compared |= {"families", "study_families", "output_ranges", "study_output_ranges"}
    summed_up = {"claims", *CLAIM_FIGURES}
    override = {"networks": {"repeats": {"count": 3}}}
    assert finished.rules_to_run(override) == trained | learnt | compared | summed_up


def test_an_added_data_set_computes_nothing_that_exists(copy):
    added = {"family": "atom", "grid": {"length": 14, "density": 12}, "require_bound": False}
    added["parameters"] = {"Z": {"start": 1.0, "stop": 2.0, "points": 3}, "alpha": 0.8}
    override = {"model_systems": {"data_sets": {"ions": added}, "accept_unconverged": ["ions"]}}
    run = copy.run("results/model_systems/ions.parquet", override=override)
    assert run.returncode == 0, run.stderr
    assert len(read_table(copy / "results/model_systems/ions.parquet", SYSTEMS)) == 5
    assert "solve_systems atoms" not in run.stderr
    assert copy.rules_to_run() == set()


def test_one_core_gives_the_tables_of_two(finished, copy):
    redone = [f"{E_OF_N}/predictions.parquet", f"{E_OF_N}/grid_search.parquet"]
    redone += ["results/conditioning/atoms.parquet", "results/model_systems/chunks/atoms_0.parquet"]
    for path in redone:
        (copy / path).unlink()
    run = copy.run(*redone, cores=1)
    assert run.returncode == 0, run.stderr
    same_bytes(finished, copy, redone)


def test_a_killed_run_resumes_to_the_same_tables(finished, checkout):
    targets = ["results/model_systems/diatomics.parquet", "results/conditioning/diatomics.parquet"]
    process = subprocess.Popen(
        checkout.command(*targets),
        cwd=checkout.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    log = checkout / "logs/solve_systems/diatomics_0.log"
    deadline = time.monotonic() + 120
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert log.exists()
    assert not (checkout / targets[1]).exists()
    assert checkout.run(options=("--unlock",)).returncode == 0
    run = checkout.run(*targets)
    assert run.returncode == 0, run.stderr
    same_bytes(finished, checkout, targets)


def test_repeats_can_train_with_the_winner_of_the_grid_search(copy):
    repeats = {"hyperparameters": "winner", "data_sets": ["atoms"]}
    target = f"{E_OF_N}/predictions.parquet"
    override = {
        "networks": {"repeats": repeats},
        "maps": {"exact_systems": {"data_sets": ["atoms"]}},
    }
    run = copy.run(target, override=override)
    assert run.returncode == 0, run.stderr
    searched = read_table(copy / f"{E_OF_N}/grid_search.parquet", GRID_SEARCH)
    learning_rate, batch_size = select_hyperparameters(searched)
    said = f"grid-search winner of E[n]: learning rate {learning_rate:g}, batch size {batch_size}"
    assert said in (copy / "logs/repeats/atoms_n.log").read_text()
    assert TrainedFunctional.load(copy / E_OF_N).settings["learning_rate"] == learning_rate


def test_the_report_is_one_file(finished, tmp_path):
    run = finished.run(options=("--report", str(tmp_path / "report.html")))
    assert run.returncode == 0, run.stderr
    text = (tmp_path / "report.html").read_text()
    assert "arnstein_fig10" in text and "Paper A" in text


def test_tables_open_without_hkmaps(finished):
    frame = pd.read_parquet(finished / "results/conditioning/atoms.parquet")
    assert list(frame.columns) == PAIRS.column_names
