"""A user's files that are not what they must be are named, and no result is lost to them.

What the files can be wrong in is in the tests of `hkmaps.molecules.reference_files`; here are those
of each kind that a run must end with.
"""

import copy as copies

import numpy as np
import pytest
from bad_input import expect_refused
from test_reference_files import write_files

from hkmaps.units import ANGSTROM_PER_BOHR

TABLES = tuple(
    f"results/molecules/H2O/{name}.parquet" for name in ("geometries", "chunks/reference_0")
)


@pytest.fixture(scope="module")
def study(finished, tmp_path_factory):
    """A copy of the finished study with files of its own water molecules."""
    study = finished.clone(tmp_path_factory.mktemp("files") / "study")
    study.files = write_files(study, study / "data")
    return study


# Key of the block and value, what the sentence must say: found before anything runs.
DECLARED = [
    ("geometries", "data/none.xyz", "files.H2O: The file data/none.xyz does not exist; paths are"),
    ("test", "data/none.txt", "files.H2O: The file data/none.txt does not exist"),
    (
        "energy_unit",
        "Hartree",
        "energy_unit of .*'Hartree'; it must be one of Ha, Ry, eV",
    ),
    ("length_unit", "nm", "length_unit of data/geometries.xyz is 'nm'; it must be one of angstrom"),
    ("energy_zero", "none", "energy_zero of .* is 'none'; it must be one of total, relative"),
    ("densty", "a", "unknown densty"),
    ("energies", 3, "molecules.files.H2O.energies is 3; it must be of type string"),
    ("test", "none", "The key test is none; of this sample it must be a number, a list or a file"),
    ("layout.parts", "halves", "parts: 'halves'; it must be one of real_then_imaginary"),
    ("layout.box_length", 21, "box_length: 21 bohr; .*molecules.box_length: 20 bohr"),
    ("layout.values_per_dimension", 60, "molecules.frequencies"),
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
    expect_refused(study, words, override={"molecules": {"files": {"H2O": files}}})


def swap_elements(text):
    """Atoms in the order H O H."""
    lines = text.splitlines()
    for first in range(2, len(lines), 5):
        lines[first], lines[first + 1] = lines[first + 1], lines[first]
    return "\n".join(lines)


def in_bohr(text):
    """The same atoms in another unit than is declared."""

    def converted(line):
        symbol, *places = line.split()
        if symbol not in ("H", "O"):
            return line
        return " ".join([symbol, *(str(float(place) / ANGSTROM_PER_BOHR) for place in places)])

    return "\n".join(map(converted, text.splitlines()))


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("geometries.xyz", swap_elements, "is H where H2O has O: the elements are H O H"),
        ("geometries.xyz", in_bohr, "length_unit: angstrom"),
        ("geometries.xyz", lambda text: text[:-80], "data/geometries.xyz"),
        ("energies.txt", lambda text: text.replace("-", "nan #", 1), "The energy of geometry 0"),
        ("densities.npy", lambda values: values[:-1], "holds an array of the shape (11,"),
        ("densities.npy", lambda values: values[:, :-1], "data/densities.npy holds 1727 values"),
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
        override = {"molecules": {"files": {"H2O": study.files}}}
        until = ("--until", "files_of_H2O")
        expect_refused(study, words, options=until, restored=TABLES, override=override)
    finally:
        path.write_bytes(whole)
