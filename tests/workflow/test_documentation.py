"""The documentation site, built as `make docs` builds it: a warning is an error."""

import os
import re
import subprocess
import sys
from urllib.parse import unquote

import pytest
from conftest import REPOSITORY


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    makefile = (REPOSITORY / "Makefile").read_text()
    (command,) = re.findall(r"-m (sphinx .*) build/docs$", makefile, re.MULTILINE)
    found = subprocess.run(
        [sys.executable, "-m", *command.split(), str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src")},
    )
    assert found.returncode == 0, found.stderr
    return folder


def test_every_page_of_the_repository_is_a_page_of_the_site(site):
    pages = [*REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("docs/published/*.md")]
    pages += [REPOSITORY / name for name in ("README.md", "config/README.md", "results/README.md")]
    index = (site / "docs/index.html").read_text(encoding="utf-8")
    for page in pages:
        made = page.relative_to(REPOSITORY).with_suffix(".html")
        assert (site / made).is_file()
        assert made.name in index


def test_links_between_pages_lead_to_files_of_the_site(site):
    for page in [site / "index.html", *site.glob("*.html"), *site.glob("docs/**/*.html")]:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r'(?:href|src)="([^"#?:]+)[^":]*"', text)
        assert links
        missing = [link for link in links if not (page.parent / unquote(link)).exists()]
        assert not missing, page.name


def test_docstrings_are_pages(site):
    text = (site / "docs/api/hkmaps.exact.html").read_text(encoding="utf-8")
    assert 'id="hkmaps.exact.grids.uniform_grid"' in text
    assert "points per bohr" in text
