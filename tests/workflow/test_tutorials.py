"""The tutorials of docs/ as they stand, but for own_molecule, which has a module of its own."""

import os
import re
import subprocess
import sys

import pytest
from conftest import REPOSITORY


def blocks(page, language):
    text = (REPOSITORY / f"docs/{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run_python(page, folder):
    """Run the Python of a page in `folder`; return what it prints."""
    found = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks(page, "python"))],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src"), "MPLBACKEND": "agg"},
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_the_first_figure_prints_what_the_page_shows(tmp_path):
    assert run_python("first_figure", tmp_path) == blocks("first_figure", "text")[0]
    assert (tmp_path / "two_atoms.png").stat().st_size > 20_000


def test_the_first_figure_needs_the_jobs_that_the_page_lists(tmp_path):
    (command,) = blocks("first_figure", "console")
    program, *words = command.removeprefix("$ ").split()
    assert program == "snakemake"
    found = subprocess.run(
        [sys.executable, "-m", program, "--dry-run", "--directory", str(tmp_path), *words],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr
    for line in blocks("first_figure", "text")[1].splitlines():
        assert re.search(rf"^{re.escape(line)} *$", found.stdout + found.stderr, re.MULTILINE)


@pytest.fixture(scope="module")
def hard_functionals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hard")
    return folder, run_python("hard_functionals", folder)


def test_the_page_shows_sensitivities_as_they_are_printed(hard_functionals):
    _, printed = hard_functionals
    assert printed.startswith(blocks("hard_functionals", "text")[0])


def test_gauge_dependent_functionals_are_the_steep_ones(hard_functionals):
    _, printed = hard_functionals
    largest = dict(re.findall(r"^(\w+) +largest sensitivity +([\d.]+)", printed, re.MULTILINE))
    steep, flat = ([float(largest[key]) for key in keys] for keys in (("E", "A"), ("T", "Eg")))
    assert min(steep) > 20 * max(flat)


def test_noise_harms_the_direct_functional_and_not_the_gauge_aware_route(hard_functionals):
    folder, printed = hard_functionals
    rows = re.findall(r"^(?:KRR|gauge-aware KRR)? +(\w+)\[n\] +(.+)$", printed, re.MULTILINE)
    errors = [(key, *map(float, values.split())) for key, values in rows]
    assert [key for key, *_ in errors] == ["A", "E", "Eg", "T", "A", "E"]
    assert all(without < 0.1 for _, without, *_ in errors)
    for direct, route in zip(errors[:2], errors[4:], strict=True):
        assert direct[-1] > 100 * route[-1]
    # Values that both ways print for one draw of noise.
    for direct, route in re.findall(r"^[EA]: (\d+) mHa directly, ([\d.]+) mHa", printed, re.M):
        assert float(direct) > 50 * float(route)
    assert (folder / "gauge_aware.png").stat().st_size > 20_000
