"""What says how the project is called, by whom it is and how it may be used says the same."""

import json
import re
import tomllib
from pathlib import Path

import yaml

import hkmaps

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
AUTHORS = [author["name"] for author in CITATION["authors"]]


def read(name):
    return json.loads((REPOSITORY / name).read_text(encoding="utf-8"))


def test_the_package_is_what_the_citation_names():
    assert CITATION["title"].lower() == f"{PROJECT['name']}: {PROJECT['description']}".lower()
    assert CITATION["version"] == PROJECT["version"] == hkmaps.__version__
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["keywords"] == PROJECT["keywords"]
    assert f"(c) 2026 {AUTHORS[0]}" in (REPOSITORY / "LICENSE").read_text()


def test_codemeta_says_what_the_citation_says():
    codemeta = read("codemeta.json")
    assert codemeta["name"] == PROJECT["name"]
    assert codemeta["description"] == PROJECT["description"]
    assert codemeta["version"] == CITATION["version"]
    assert codemeta["license"] == f"https://spdx.org/licenses/{CITATION['license']}"
    assert [author["name"] for author in codemeta["author"]] == AUTHORS
    assert codemeta["keywords"] == CITATION["keywords"]
    assert codemeta["softwareRequirements"] == f"Python {PROJECT['requires-python']}"
    papers = [reference["title"] for reference in CITATION["references"]]
    assert [paper["name"] for paper in codemeta["referencePublication"]] == papers


def test_zenodo_says_what_the_citation_says():
    zenodo = read(".zenodo.json")
    assert zenodo["title"] == CITATION["title"]
    assert zenodo["description"] == PROJECT["description"]
    assert zenodo["version"] == CITATION["version"]
    assert zenodo["license"] == CITATION["license"]
    assert [creator["name"] for creator in zenodo["creators"]] == AUTHORS
    assert zenodo["keywords"] == CITATION["keywords"]


PAPER = (REPOSITORY / "paper/paper.md").read_text(encoding="utf-8")


def test_the_paper_has_the_title_and_the_authors_of_the_citation():
    head = yaml.safe_load(PAPER.split("---")[1])
    assert head["title"] == CITATION["title"]
    assert [author["name"] for author in head["authors"]] == AUTHORS


def test_every_reference_of_the_paper_is_in_its_bibliography():
    bibliography = (REPOSITORY / "paper/paper.bib").read_text(encoding="utf-8")
    entries = re.findall(r"^@\w+{(\w+),", bibliography, re.MULTILINE)
    cited = set(re.findall(r"@([a-z]+\d{4})", PAPER))
    assert cited == set(entries) and len(entries) == len(cited)
