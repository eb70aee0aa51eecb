"""Files that must agree with each other."""

import ast
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

REPOSITORY = Path(__file__).parents[2]


def locked():
    lines = (REPOSITORY / "requirements.lock").read_text().splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in pins}


def project():
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def names_of(requirements):
    return {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in requirements}


def test_the_lock_file_holds_versions_and_no_addresses():
    text = (REPOSITORY / "requirements.lock").read_text()
    assert "://" not in text and "@" not in text
    assert locked()["torch"] == "2.13.0"


def test_every_dependency_is_locked():
    wanted = [
        *project()["dependencies"],
        *chain(*project()["optional-dependencies"].values()),
    ]
    assert names_of(wanted) <= set(locked())


def test_the_conda_environment_has_the_versions_of_the_lock_file():
    environment = yaml.safe_load((REPOSITORY / "envs/study.yaml").read_text())
    pins = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    for pin in pins:
        name, version = pin.split("==")
        assert locked()[name.lower()] == version
    extra = project()["optional-dependencies"]["xtb"]
    assert names_of(pins) | {"snakemake"} == names_of([*project()["dependencies"], *extra])


def image_sections():
    """Header and sections of the Apptainer definition, by name."""
    text = (REPOSITORY / "envs/hkmaps.def").read_text()
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    header, *sections = re.split(r"^%(?=\w)", text, flags=re.MULTILINE)
    found = dict(line.split(": ", 1) for line in header.split("\n") if line)
    return found | {name: body for name, _, body in (part.partition("\n") for part in sections)}


def test_the_image_installs_the_lock_file_on_a_python_of_the_project():
    image = image_sections()
    assert image["Bootstrap"] == "docker"
    version = re.fullmatch(r"python:(\d+\.\d+)-slim-\w+", image["From"])[1]
    assert version in SpecifierSet(project()["requires-python"])
    files = [line.split() for line in image["files"].splitlines() if line.strip()]
    assert all((REPOSITORY / source).exists() for source, _ in files)
    targets = {source: target for source, target in files}
    needed = {"pyproject.toml", "requirements.lock", "src", project()["readme"]}
    assert needed | set(project()["license-files"]) == set(targets)
    assert f"--constraint {targets['requirements.lock']}" in image["post"]
    assert "==" not in image["post"]
    subprocess.run(["sh", "-n"], input=image["post"] + image["runscript"], text=True, check=True)


def test_every_python_that_is_named_may_be_installed():
    named = [name for name in project()["classifiers"] if re.search(r":: 3\.\d+$", name)]
    versions = {name.rpartition(" ")[2] for name in named}
    assert {"3.11", "3.12", "3.13"} <= versions
    assert all(version in SpecifierSet(project()["requires-python"]) for version in versions)
    tested = yaml.safe_load((REPOSITORY / ".github/workflows/test.yaml").read_text())
    assert set(tested["jobs"]["test"]["strategy"]["matrix"]["python"]) <= versions


def test_the_workflow_catalog_finds_what_it_shows():
    usage = yaml.safe_load((REPOSITORY / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert usage["software-stack-deployment"]["conda"] and usage["report"]
    assert (REPOSITORY / "config/README.md").is_file()


# Packages of single rooms, which are large; a light job must neither need nor load them.
HEAVY = ("torch", "pytorch_lightning", "pyscf", "openmm", "ase", "sklearn", "iDEA")
WITHOUT_HEAVY = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""


def without_heavy_packages(code):
    """Run code in a Python where the heavy packages are missing; return what it prints."""
    command = [sys.executable, "-c", WITHOUT_HEAVY + code]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def library_imports(*paths):
    """The imports of hkmaps at the top of scripts and Snakefiles, as code."""
    texts = [path.read_text() for path in paths]
    found = re.findall(
        r"^from hkmaps[\w.]* import (?:\([^)]*\)|.*)$", "\n".join(texts), re.MULTILINE
    )
    assert len(found) > len(paths) // 2
    ast.parse("\n".join(found))
    return "\n".join(found)


def test_light_rooms_work_without_the_packages_of_the_others():
    code = """
import hkmaps, hkmaps.networks, hkmaps.maps, hkmaps.molecules
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.observables import solve_system
from hkmaps.exact.potentials import potential_family
grid = uniform_grid(length=20, density=15)
hydrogen = potential_family("atom").potential(grid.points, Z=1, alpha=1)
print(solve_system(hydrogen, grid).total_energy)
"""
    assert float(without_heavy_packages(code)) == pytest.approx(-0.5, abs=1e-3)


def test_a_light_job_imports_no_package_of_another_room():
    chapters = {
        name: (REPOSITORY / f"workflow/rules/{name}.smk").read_text()
        for name in ("model_systems", "conditioning", "follow_up")
    }
    light = re.findall(r"scripts/(\w+)\.py", "\n".join(chapters.values()))
    light += [
        "table1",
        "grid_search_table",
        "table1_seeds",
        "compared_architectures",
        "output_ranges",
        "families",
        "bogojeski_table1",
        "bogojeski_table2",
        "functional_methods",
        "engine_accuracy_table",
        "draws",
        "dynamics_table",
        "claims",
        "cost",
    ]
    scripts = REPOSITORY / "workflow/scripts"
    figures = [
        path for path in scripts.glob("*.py") if re.match(r"\w+_fig\d+|study_(?!job)", path.stem)
    ]
    assert len(figures) > 25
    paths = [*(scripts / f"{name}.py" for name in light), *figures]
    without_heavy_packages(library_imports(*paths))


def test_the_workflow_is_read_without_the_packages_of_single_rooms():
    without_heavy_packages(library_imports(*(REPOSITORY / "workflow/rules").glob("*.smk")))


def test_every_figure_of_the_workflow_has_a_script_and_a_caption():
    rules = (REPOSITORY / "workflow/rules/report.smk").read_text()
    names = set(re.findall(r'"((?:arnstein_fig|study_)\w+)": \{', rules)) | {
        "arnstein_fig08",
        "study_noise_response",
    }
    assert len(names) > 15
    of_several = {name for name in names if re.search(rf'"{name}": "\w+",', rules)}
    assert {"arnstein_fig09", "study_claims_source"} <= of_several
    for name in names:
        assert name in of_several or (REPOSITORY / f"workflow/scripts/{name}.py").is_file(), name
        assert (REPOSITORY / f"workflow/report/{name}.rst").is_file(), name


def test_every_script_of_the_workflow_is_that_of_a_rule():
    rules = "\n".join(path.read_text() for path in (REPOSITORY / "workflow/rules").glob("*.smk"))
    scripts = {path.stem for path in (REPOSITORY / "workflow/scripts").glob("*.py")} - {"study_job"}
    # Rules of figures and claims name theirs by a parameter.
    assert {name for name in scripts if not re.search(rf"\b{name}\b", rules)} == set()
