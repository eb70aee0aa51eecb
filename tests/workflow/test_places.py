"""The study runs wherever it lies and wherever its results are to be."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from conftest import Study

TABLE = "results/model_systems/gauge_shift.parquet"


def interpreter(folder: Path) -> Path:
    """An environment of its own in a folder, as `make study` has, with the packages of this one."""
    venv.create(folder, symlinks=True, with_pip=False)
    variables = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", variables)) / "tests.pth"
    packages.write_text("\n".join(path for path in sys.path if "site-packages" in path))
    return folder / "bin/python"


def run(python: Path, study: Study, *arguments: str) -> str:
    command = [python, "-m", "snakemake", "--cores", "1", *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ended = subprocess.run(
        command,
        cwd=study.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    output = ended.stdout + ended.stderr
    assert ended.returncode == 0, output
    return output


def test_a_path_of_words_and_a_folder_of_results_elsewhere(tmp_path):
    study = Study.checkout(tmp_path / "Anna's two studies")
    python = interpreter(study / ".venv")
    elsewhere = tmp_path / "her results"
    arguments = [TABLE, "--directory", str(elsewhere)]
    run(python, study, *arguments, "--configfile", "config/smoke.yaml")
    assert (elsewhere / TABLE).is_file()
    assert not (study / "results").exists() and not (study / "logs").exists()
    # Without the override it is the published config, of another grid.
    assert "Params have changed" in run(python, study, "--dry-run", *arguments)
