"""Files that must agree with each other."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[2]


def locked():
    lines = (REPOSITORY / "requirements.lock").read_text().splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in pins}


def test_the_lock_file_holds_versions_and_no_addresses():
    text = (REPOSITORY / "requirements.lock").read_text()
    assert "://" not in text and "@" not in text
    assert locked()["torch"] == "2.13.0"


def test_every_dependency_is_locked():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in wanted}
    assert names <= set(locked())


def test_the_conda_environment_has_the_versions_of_the_lock_file():
    environment = yaml.safe_load((REPOSITORY / "envs/study.yaml").read_text())
    pins = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert len(pins) > 10
    for pin in pins:
        name, version = pin.split("==")
        assert locked()[name.lower()] == version


def test_every_figure_of_the_workflow_has_a_script_and_a_caption():
    rules = (REPOSITORY / "workflow/rules/report.smk").read_text()
    names = set(re.findall(r'"((?:arnstein_fig|study_)\w+)": \{', rules)) | {
        "arnstein_fig08",
        "study_noise_response",
    }
    assert len(names) > 15
    for name in names:
        assert (REPOSITORY / f"workflow/scripts/{name}.py").is_file(), name
        assert (REPOSITORY / f"workflow/report/{name}.rst").is_file(), name
