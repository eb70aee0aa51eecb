"""Geometries in multi-frame xyz files, and energies beside them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols
from ase.io.extxyz import key_val_str_to_dict
from scipy import constants

from hkmaps.errors import InputError
from hkmaps.molecules.density_files import expect_file, read_numbers
from hkmaps.molecules.systems import Molecule
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


@dataclass(frozen=True, eq=False)
class GeometryFrames:
    """The frames of an xyz file.

    Attributes:
        path: the file.
        symbols: elements of the atoms, the same in every frame.
        positions: in the unit of the file, shape (frames, atoms, 3).
        comments: comment line of each frame.
    """

    path: Path
    symbols: tuple[str, ...]
    positions: np.ndarray
    comments: tuple[str, ...]


def read_xyz(path: Path) -> GeometryFrames:
    """Read all frames of an xyz file, plain or extended.

    A frame is a line with the number of atoms, a comment, and a line an atom: element (symbol or
    atomic number), x, y, z; what follows on a line is left out.

    Raises:
        InputError: the file is missing, holds no frame, breaks off, or a line is not what it must
            be; the elements of a frame are not those of the first.
    """
    expect_file(path, "geometries")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    elements, positions, comments = [], [], []
    start = 0
    while start < len(lines):
        atoms = _atom_count(path, len(positions), lines[start])
        rows = lines[start + 2 : start + 2 + atoms]
        if len(rows) < atoms:
            raise InputError(
                f"{path} breaks off in frame {len(positions)}: {len(rows)} of {atoms} atoms are"
                " there."
            )
        symbols, places = zip(*(_atom(path, len(positions), row) for row in rows), strict=True)
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
        frames: what `read_xyz` returned.
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
        if symbol != wanted:
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
            of each frame is the number, or "comment:KEY" where it holds KEY=number.
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
    found = key_val_str_to_dict(comment).get(key) if key else comment.strip()
    try:
        return float(found)
    except (TypeError, ValueError):
        wanted = f"{key}=NUMBER" if key else "one number, the energy"
        raise InputError(
            f"The comment of frame {frame} of {path} is {comment!r}; it must hold {wanted}."
        ) from None


def _atom_count(path: Path, frame: int, line: str) -> int:
    if not line.strip().isdigit() or int(line) < 1:
        raise InputError(
            f"Frame {frame} of {path} begins with {line.strip()!r}; it must begin with the number"
            " of its atoms."
        )
    return int(line)


def _atom(path: Path, frame: int, line: str) -> tuple[str, tuple[float, float, float]]:
    name, *numbers = line.split() or [""]
    if name.isdigit() and 0 < int(name) < len(chemical_symbols):
        name = chemical_symbols[int(name)]
    try:
        x, y, z = map(float, numbers[:3])
    except ValueError:
        raise InputError(
            f"Frame {frame} of {path} has the line {line.strip()!r}; it must be an element and x,"
            " y, z."
        ) from None
    return name.capitalize(), (x, y, z)
