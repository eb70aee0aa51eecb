"""docs/own_molecule.md as it stands: a molecule of which only the structure is known."""

import os
import re
import subprocess
import sys

import ase.io
import numpy as np
import pytest
import yaml
from conftest import REPOSITORY
from reruns import merged

from hkmaps.study import check_study

PAGE = (REPOSITORY / "docs/own_molecule.md").read_text(encoding="utf-8")
MAP = "results/maps/formaldehyde/train/hohenberg_kohn_forces"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def walked(checkout, tmp_path_factory):
    """The folder of a user who did what the page says, and what she saw."""
    study = checkout.clone(tmp_path_factory.mktemp("own") / "study")
    (study / "H2CO.xyz").write_text(blocks("xyz")[0])
    (study / "own.yaml").write_text(blocks("yaml")[0])
    command = next(line for line in blocks("console")[1].splitlines() if line.startswith("$ "))
    words = command.removeprefix("$ ").split()
    assert words[:2] == ["snakemake", "maps"]

    def run(*command):
        found = subprocess.run(
            [sys.executable, *command],
            cwd=study.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
            env=os.environ | {"PYTHONPATH": str(study / "src"), "MPLBACKEND": "agg"},
        )
        assert found.returncode == 0, found.stdout + found.stderr
        return found.stdout + found.stderr

    said = run("-m", *words)
    first, rounds = map(yaml.safe_load, blocks("yaml")[:2])
    (study / "own.yaml").write_text(yaml.safe_dump(merged(first, rounds)))
    added = run("-m", *words)
    return study, said, added, run("-c", "\n".join(blocks("python"))), run("-m", *words)


def test_the_command_says_first_what_it_costs_as_the_page_shows(walked):
    _, said, *_, again = walked
    for shown in blocks("text")[0].splitlines():
        words = re.split(r"[\d.]+(?= s,| core)", shown)
        pattern = r"[\d.e-]+".join(map(re.escape, words))
        (cost,) = re.findall(rf"^{pattern}$", said, re.MULTILINE)
        assert said.index(cost) < said.index("rule xtb_trajectory")
    assert "Nothing to be done" in again and "core-minutes" not in again


def test_it_ends_with_maps_that_keep_the_promise(walked):
    study, said, *_ = walked
    jobs = said.split("job  ", 1)[1].split("total", 1)[0]
    assert "claims" not in jobs and "classical" not in jobs
    table = (study / "results/maps/formaldehyde/errors.md").read_text()
    assert (
        "Trained on train, tested on test" in table
        and "| 40 | ML-HK | energies and forces | dE |" in table
    )
    for name in ("png", "pdf"):
        assert (study / f"results/maps/formaldehyde/learning_curve.{name}").stat().st_size > 5000
    tested = ase.io.read(study / MAP / "samples/test.xyz", ":")
    errors = [atoms.get_potential_energy() - atoms.info["reference_energy"] for atoms in tested]
    assert len(tested) == 15
    assert np.abs(errors).mean() < 0.3 * ase.units.kcal / ase.units.mol
    assert all({"in_domain", "energy_uncertainty"} <= set(atoms.info) for atoms in tested)
    assert (study / "results/maps/formaldehyde/train/kohn_sham/map.safetensors").is_file()


def test_rounds_are_added_to_what_there_is(walked):
    study, _, added, *_ = walked
    # Of 55 geometries none is calculated again, and at most 5 of a round and 5 of its test.
    assert not re.search(r"rule (?:xtb_trajectory|chosen_geometries|map_errors)", added)
    folder = study / "results/maps/formaldehyde"
    assert "train-round1, energies and forces" in (folder / "dynamics.md").read_text()
    for name in ("dynamics", "observables", "uncertainty"):
        assert (folder / f"{name}.pdf").stat().st_size > 5000
    moved = ase.io.read(folder / "train-round1/kohn_sham_forces/stability/trajectory.traj", ":")
    assert {len(atoms) for atoms in moved} == {4}
    assert len(ase.io.read(study / "dynamics.traj", ":")) == 201


def test_the_python_of_the_page_relaxes_vibrates_and_draws(walked):
    study, *_, printed, _ = walked
    # PBE in this basis: 1.217 Angstrom.
    assert float(printed.split()[0]) == pytest.approx(1.217, abs=0.01)
    frequencies = [
        float(text) for text in re.findall(r"^ +\d+ .* ([\d.]+)$", printed, re.MULTILINE)
    ]
    assert len([value for value in frequencies if 900 < value < 3300]) == 6
    for name in ("relaxed.xyz", "density.png", "density.cube"):
        assert (study / name).stat().st_size > 100


def test_the_other_samples_of_the_page_are_allowed():
    published = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())
    first, rounds, *others, better = map(yaml.safe_load, blocks("yaml"))
    assert len(others) == 3
    for other in others:
        entry = first["molecules"]["formaldehyde"] | other
        config = published | {"molecules": published["molecules"] | {"formaldehyde": entry}}
        checked = check_study(config, published)["molecules"]["formaldehyde"]
        assert set(checked["samples"]) == set(other["samples"])
    config = published
    for override in (first, rounds, better):
        config = merged(config, override)
    checked = check_study(config, published)["molecules"]["formaldehyde"]
    assert checked["maps"]["difference"]["sample"] == "better"
