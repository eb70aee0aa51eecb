"""A user's files that are not what they must be are named, and no result is lost to them.

All that files and blocks can be wrong in is in the tests of `hkmaps.molecules.reference_files`
and of the config; here is one of each kind, which a run must end with.
"""

import copy as copies

import numpy as np
import pytest
from bad_input import expect_refused
from test_reference_files import SAMPLE, TABLES, of_files, write_files

MADE = tuple(f"{SAMPLE}/{name}.parquet" for name in TABLES)


@pytest.fixture(scope="module")
def study(finished, tmp_path_factory):
    """A copy of the finished study with files of its own water molecules."""
    study = finished.clone(tmp_path_factory.mktemp("files") / "study")
    study.files = write_files(study, study / "data")
    return study


# Key of the block and value, what the sentence must say: found before anything runs.
DECLARED = [
    ("geometries", "data/none.xyz", "should be in the file data/none.xyz, which does not exist"),
    ("energy_unit", "Hartree", "files.energy_unit is Hartree; allowed: Ha, Ry, eV"),
    ("layout.factor", float("nan"), "layout.factor is .nan; it must be a finite number"),
]


@pytest.mark.parametrize(("key", "value", "words"), DECLARED)
def test_a_wrong_declaration_stops_before_anything_runs(study, key, value, words):
    files = copies.deepcopy(study.files)
    *parents, last = key.split(".")
    node = files
    for parent in parents:
        node = node[parent]
    node[last] = value
    expect_refused(study, words, override=of_files(files))


def swap_elements(text):
    """Atoms in the order H O H."""
    lines = text.splitlines()
    for first in range(2, len(lines), 5):
        lines[first], lines[first + 1] = lines[first + 1], lines[first]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("geometries.xyz", swap_elements, "is H where H2O has O: the elements are H O H"),
        (
            "energies.txt",
            lambda text: text.replace("-", "nan #", 1),
            "The energies of geometry 0 in data/energies.txt hold nan",
        ),
        ("densities.npy", lambda values: values[:-1], "holds an array of the shape (11,"),
    ],
)
def test_wrong_files_are_named_and_the_tables_stay(study, name, change, words):
    path = study / "data" / name
    whole = path.read_bytes()
    try:
        if path.suffix == ".npy":
            np.save(path, change(np.load(path, allow_pickle=False)))
        else:
            path.write_text(change(path.read_text()))
        until = ("--until", "files_of_H2O_drawn")
        override = of_files(study.files)
        expect_refused(study, words, options=until, restored=MADE, override=override)
    finally:
        path.write_bytes(whole)
