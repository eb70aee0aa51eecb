"""Geometries in multi-frame xyz files or `.npy` arrays, and energies beside them.

The headers of extended xyz are read by ASE, the lines of the atoms here: its readers know neither
atomic numbers in place of symbols, nor deuterium, Fortran's exponents, byte-order marks and the
lines that ORCA puts between frames.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ase.data import chemical_symbols
from ase.io.extxyz import key_val_str_to_dict, parse_properties
from scipy import constants

from hkmaps.errors import InputError
from hkmaps.molecules.density_files import (
    expect_file,
    load_array,
    read_numbers,
    real_number,
    text_encoding,
)
from hkmaps.molecules.systems import ISOTOPES, Molecule
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE, KILOJOULE_PER_MOL_PER_HARTREE

LENGTH_UNITS = {"angstrom": 1 / ANGSTROM_PER_BOHR, "bohr": 1.0}
"""Length units of geometries in bohr."""

ENERGY_UNITS = {
    "Ha": 1.0,
    "Ry": 0.5,
    "eV": constants.eV / constants.physical_constants["Hartree energy"][0],
    "kcal/mol": 1 / KCAL_PER_MOL_PER_HARTREE,
    "kJ/mol": 1 / KILOJOULE_PER_MOL_PER_HARTREE,
}
"""Energy units in Ha."""

COMMENT = "comment"
"""In place of a file of energies: the energies are in the comment lines of the geometries."""

SEPARATOR = ">"
"""A line that ORCA puts between the frames of a trajectory."""

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?"
DECIMAL = re.compile(rf"(?<!\S)(?=\S*[.eEdD])({NUMBER})(?=[\s,;]|$)")
"""A number that is no integer, so that it counts no steps."""

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True, eq=False)
class GeometryFrames:
    """The frames of a file.

    Attributes:
        path: the file.
        symbols: elements of the atoms, the same in every frame.
        positions: in the unit of the file, shape (frames, atoms, 3).
        comments: comment line of each frame; none of an array.
    """

    path: Path
    symbols: tuple[str, ...]
    positions: np.ndarray
    comments: tuple[str, ...] = ()


def read_geometries(path: Path, atomic_numbers: Path | None = None) -> GeometryFrames:
    """Read all geometries of an xyz file or of a `.npy` array.

    Args:
        path: an xyz file, see `read_xyz`, or a `.npy` file of shape (frames, atoms, 3).
        atomic_numbers: a `.npy` or text file of the atoms' numbers, which an array needs; one row
            of them, or one a frame.

    Raises:
        InputError: as for `read_xyz`; an array of another shape, or without its atoms' numbers.
    """
    expect_file(path, "geometries")
    is_array = path.suffix == ".npy"
    if is_array == (atomic_numbers is None):
        raise InputError(
            f"The geometries are in {path} and atomic_numbers is"
            f" {'missing' if atomic_numbers is None else atomic_numbers}; a .npy array of"
            " geometries needs atomic_numbers, the file of its atoms' numbers, and an xyz file has"
            " none."
        )
    if not is_array:
        return read_xyz(path)
    positions = load_array(path).astype(np.float64)
    if positions.ndim != 3 or positions.shape[2] != 3 or 0 in positions.shape:
        raise InputError(
            f"{path} holds an array of the shape {positions.shape}; geometries must have the shape"
            " (geometries, atoms, 3)."
        )
    numbers = read_numbers(atomic_numbers, "numbers of the atoms")
    if numbers.shape == (positions.shape[1], 1):
        numbers = numbers.T
    known = np.isin(numbers, np.arange(1, len(chemical_symbols))).all()
    fits = len(numbers) in (1, len(positions)) and numbers.shape[1] == positions.shape[1]
    if not fits or not known or (numbers != numbers[0]).any():
        raise InputError(
            f"{atomic_numbers} must hold one atomic number for each atom of {path}, which has"
            f" {positions.shape[1]}, the same in all geometries; its shape is {numbers.shape} and"
            f" its first row {np.array2string(numbers[0], threshold=12)}."
        )
    symbols = tuple(chemical_symbols[int(number)] for number in numbers[0])
    return GeometryFrames(path, symbols, positions)


def read_xyz(path: Path) -> GeometryFrames:
    """Read all frames of an xyz file, plain or extended.

    A frame is a line with the number of atoms, a comment, and a line an atom. It holds the element
    (symbol, D, or atomic number) and x, y, z in the columns that `Properties=` in the comment
    names, without it in the first four; others are left out.

    Raises:
        InputError: the file is missing, holds no frame, breaks off, or a line is not what it must
            be; the elements of a frame are not those of the first.
    """
    expect_file(path, "geometries")
    lines = path.read_text(encoding=text_encoding(path), errors="replace").splitlines()
    while lines and lines[-1].strip() in ("", SEPARATOR):
        lines.pop()
    elements, positions, comments = [], [], []
    start = 0
    while start < len(lines):
        if positions and lines[start].strip() == SEPARATOR:
            start += 1
        atoms = _atom_count(path, len(positions), lines[start])
        rows = lines[start + 2 : start + 2 + atoms]
        if len(rows) < atoms:
            raise InputError(
                f"{path} breaks off in frame {len(positions)}: {len(rows)} of {atoms} atoms are"
                " there."
            )
        columns = _columns(path, len(positions), lines[start + 1])
        parsed = (_atom(path, len(positions), row, *columns) for row in rows)
        symbols, places = zip(*parsed, strict=True)
        if elements and symbols != elements[0]:
            raise InputError(
                f"The atoms of {path} are {' '.join(elements[0])} in frame 0 but"
                f" {' '.join(symbols)} in frame {len(positions)}; they must be the same."
            )
        elements.append(symbols)
        positions.append(places)
        comments.append(lines[start + 1])
        start += 2 + atoms
    if not positions:
        raise InputError(f"{path} holds no geometry; at least one is needed.")
    return GeometryFrames(path, elements[0], np.array(positions), tuple(comments))


def expect_atoms(
    molecule: Molecule, frames: GeometryFrames, atom_order: tuple[int, ...] | None = None
) -> np.ndarray:
    """Return positions with the atoms in the molecule's order.

    Args:
        molecule: an entry of `MOLECULES`.
        frames: what `read_geometries` returned.
        atom_order: which atom of the file each atom of the molecule is; None for the same order.

    Returns:
        In the unit of the file, shape (frames, atoms, 3).

    Raises:
        InputError: another number of atoms or other elements, or no permutation.
    """
    atoms = len(molecule.symbols)
    if len(frames.symbols) != atoms:
        raise InputError(
            f"The geometries of {frames.path} have {len(frames.symbols)} atoms"
            f" ({' '.join(frames.symbols)}); {molecule.name} has {atoms}"
            f" ({' '.join(molecule.symbols)})."
        )
    order = range(atoms) if atom_order is None else atom_order
    if sorted(order) != list(range(atoms)):
        raise InputError(
            f"The atom_order of {frames.path} is {list(order)}; it must hold each of the numbers 0"
            f" to {atoms - 1} of the file's atoms once."
        )
    found = [frames.symbols[atom] for atom in order]
    for number, (symbol, wanted) in enumerate(zip(found, molecule.symbols, strict=True)):
        if ISOTOPES.get(symbol, symbol) != ISOTOPES.get(wanted, wanted):
            raise InputError(
                f"Atom {number} of {frames.path} is {symbol} where {molecule.name} has {wanted}:"
                f" the elements are {' '.join(found)} and must be {' '.join(molecule.symbols)};"
                " atom_order in the config can say which atom of the file is which."
            )
    return frames.positions[:, list(order)]


def read_energies(
    source: str, frames: GeometryFrames, column: int | None = None
) -> tuple[np.ndarray, str]:
    """Return an energy for each frame, and where it was found.

    Args:
        source: path of a `.npy` or text file with one row a frame; or "comment" where the comment
            of each frame is the number, or holds one that is no integer among other words, or
            "comment:KEY" where it holds KEY=number, KEY: number or KEY number.
        frames: the geometries.
        column: of a file with several columns, which one, from 0.

    Returns:
        Shape (frames,), in the unit of the file; what to call their source in messages.

    Raises:
        InputError: the file is missing or no table of numbers, energies are missing, not finite,
            or not as many as geometries.
    """
    if source == COMMENT or source.startswith(f"{COMMENT}:"):
        key = source.partition(":")[2]
        if not frames.comments:
            raise InputError(
                f"{frames.path} is an array and has no comments; energies must be a file."
            )
        where = f"the comments of {frames.path}"
        energies = np.array(
            [_comment_energy(frames.path, n, line, key) for n, line in enumerate(frames.comments)]
        )
    else:
        where = source
        energies = _column(source, read_numbers(Path(source), "energies"), column)
    if len(energies) != len(frames.positions):
        raise InputError(
            f"{where} holds {len(energies)} energies and {frames.path} {len(frames.positions)}"
            " geometries; there must be one energy for each geometry."
        )
    if not np.isfinite(energies).all():
        row = int(np.flatnonzero(~np.isfinite(energies))[0])
        raise InputError(
            f"The energy of geometry {row} in {where} is {energies[row]}; every one must be finite."
        )
    return energies, where


def _column(source: str, table: np.ndarray, column: int | None) -> np.ndarray:
    columns = table.shape[1]
    if column is None and columns > 1 and len(table) == 1:
        return table[0]
    if column is None and columns > 1:
        raise InputError(
            f"{source} has {columns} columns; energy_column must say which of 0 to {columns - 1}"
            " holds the energies."
        )
    if column is not None and not 0 <= column < columns:
        raise InputError(
            f"The energy_column of {source} is {column}; it has {columns}, from 0 to {columns - 1}."
        )
    return table[:, column or 0]


def _comment_energy(path: Path, frame: int, comment: str, key: str) -> float:
    # What stands in quotation marks belongs to another key.
    bare = QUOTED.sub(" ", comment)
    declared = _declared(comment).get(key) if key else None
    if declared is not None and not isinstance(declared, bool):
        found = [declared]
    elif key:
        after = r"(?:\s*[=:]\s*|\s+)"
        found = re.findall(rf"(?<!\S){re.escape(key)}{after}({NUMBER})(?=[\s,;]|$)", bare)
    elif len(comment.split()) > 1:
        found = DECIMAL.findall(bare)
    else:
        found = [comment.strip()]
    try:
        (value,) = {real_number(str(number)) for number in found}
    except ValueError:
        wanted = f"{key}=NUMBER" if key else "one number, the energy (comment:KEY reads KEY=NUMBER)"
        raise InputError(
            f"The comment of frame {frame} of {path} is {comment!r}; it must hold {wanted}."
        ) from None
    return value


def _declared(comment: str) -> dict[str, Any]:
    """What a comment says in the way of extended xyz, by key; a word without a value is True."""
    try:
        return key_val_str_to_dict(comment)
    except ValueError:
        # ASE refuses some values, such as a cell of other than nine numbers, which is not read.
        return dict(re.findall(r"(?<!\S)(\w+)=(\S+)", QUOTED.sub(" ", comment)))


def _columns(path: Path, frame: int, comment: str) -> tuple[int, int]:
    """Columns of the element and of x in the lines of a frame's atoms."""
    declared = _declared(comment).get("Properties") if "Properties" in comment else None
    if declared is None:
        return 0, 1
    columns, start = {}, 0
    try:
        properties, names, *_ = parse_properties(str(declared))
    except (ValueError, KeyError):
        names = []
    for name in names:
        meaning, width = properties[name]
        columns[meaning, width] = start
        start += width
    element = columns.get(("symbols", 1), columns.get(("numbers", 1)))
    place = columns.get(("positions", 3))
    if element is None or place is None:
        raise InputError(
            f"The comment of frame {frame} of {path} has Properties={declared}; it must have"
            " species:S:1 or Z:I:1, and pos:R:3."
        )
    return element, place


def _atom_count(path: Path, frame: int, line: str) -> int:
    if not line.strip().isdigit() or int(line) < 1:
        raise InputError(
            f"Frame {frame} of {path} begins with {line.strip()!r}; it must begin with the number"
            " of its atoms."
        )
    return int(line)


def _atom(
    path: Path, frame: int, line: str, element: int, place: int
) -> tuple[str, tuple[float, float, float]]:
    words = line.split()
    try:
        name = words[element]
        x, y, z = map(real_number, words[place : place + 3])
    except (IndexError, ValueError):
        where = "" if (element, place) == (0, 1) else " in the columns that Properties= names"
        raise InputError(
            f"Frame {frame} of {path} has the line {line.strip()!r}; it must be an element and x,"
            f" y, z{where}."
        ) from None
    if name.isdigit() and 0 < int(name) < len(chemical_symbols):
        name = chemical_symbols[int(name)]
    return name.capitalize(), (x, y, z)
