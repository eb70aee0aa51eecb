"""The study as a module of another workflow, whose Snakefile lies and runs elsewhere."""

import re
import subprocess
import sys

import pytest
import yaml

from hkmaps.datasets.gauge_shift import GAUGE_SHIFT
from hkmaps.tables import read_table

SNAKEFILE = """
configfile: "config.yaml"


module hkmaps:
    snakefile:
        "{snakefile}"
    config:
        config["hkmaps"]
    prefix:
        "maps"


use rule * from hkmaps as hkmaps_*


rule sizes:
    default_target: True
    input:
        "maps/results/model_systems/gauge_shift.parquet",
        "maps/results/figures/arnstein_fig02.png",
    output:
        "sizes.txt",
    shell:
        "wc -c {{input}} > {{output}}"
"""

# All that differs from the published study.
CONFIG = {
    "conditioning": {"gauge_shift": 0.2},
    "model_systems": {
        "convergence": {
            "data_sets": [],
            "hydrogen_densities": [2, 5, 7],
            "hydrogen_lengths": [6, 10],
            "hydrogen_length_density": 10,
        }
    },
}


def use(folder, snakefile):
    """Write the other workflow into a folder."""
    (folder / "Snakefile").write_text(SNAKEFILE.format(snakefile=snakefile))


@pytest.fixture
def outer(checkout, tmp_path):
    """A folder with the other workflow; the study of the tests lies elsewhere."""
    use(tmp_path, checkout.folder / "workflow/Snakefile")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"hkmaps": CONFIG}))
    return tmp_path


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--cores", "1", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_rules_of_the_module_run_with_the_config_of_the_other_workflow(outer):
    run = snakemake(outer)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (outer / "sizes.txt").read_text().count("maps/results/") == 2
    shifted = read_table(outer / "maps/results/model_systems/gauge_shift.parquet", GAUGE_SHIFT)
    assert set(shifted["shift"]) == {0.0, 0.2}
    assert not (outer / "results").exists() and not (outer / "logs").exists()
    again = snakemake(outer, "--dry-run")
    assert "Nothing to be done" in again.stdout + again.stderr


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_all_files_of_all_rules_are_found_from_there(outer, checkout, snakefile):
    use(outer, checkout / snakefile)
    run = snakemake(outer, "--dry-run", "hkmaps_all")
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    written = re.findall(r"^    (?:output|log|benchmark): (.*)$", output, re.MULTILINE)
    assert len(written) > 1000
    assert all(path.startswith("maps/") for line in written for path in line.split(", "))


def test_a_wrong_key_of_the_module_is_named(outer):
    (outer / "config.yaml").write_text(yaml.safe_dump({"hkmaps": {"sed": 7}}))
    run = snakemake(outer, "--dry-run")
    assert run.returncode != 0
    assert "The config key sed is unknown" in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
