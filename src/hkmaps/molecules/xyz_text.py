"""The text of xyz files, made ready for ASE, and what their comments say.

What ASE would refuse is put in its words: deuterium, atomic numbers in place of symbols, Fortran's
exponents, byte-order marks and the lines that ORCA puts between frames. Of comments it sees the
columns alone, for programs write there what they like.
"""

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from numbers import Real
from pathlib import Path
from typing import Any

import ase.io
import numpy as np
from ase import Atoms
from ase.data import chemical_symbols
from ase.io.extxyz import key_val_str_to_dict

from hkmaps.errors import InputError
from hkmaps.molecules.density_files import FORTRAN_EXPONENT, text_encoding

SEPARATOR = ">"
"""A line that ORCA puts between the frames of a trajectory."""

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?"
DECIMAL = rf"(?=\S*[.eEdD]){NUMBER}"
"""A number that is no integer, so that it counts no steps."""

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def xyz_frames(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the comment of each frame, and the lines of its atoms as ASE knows them.

    Raises:
        InputError: a frame does not begin with its number of atoms, or breaks off.
    """
    lines = path.read_text(encoding=text_encoding(path), errors="replace").splitlines()
    while lines and lines[-1].strip() in ("", SEPARATOR):
        lines.pop()
    start = frame = 0
    while start < len(lines):
        if frame and lines[start].strip() == SEPARATOR:
            start += 1
        line = lines[start].strip()
        if not line.isdigit() or int(line) < 1:
            raise InputError(
                f"Frame {frame} of {path} begins with {line!r}; it must begin with the number of"
                " its atoms."
            )
        rows = lines[start + 2 : start + 2 + int(line)]
        if len(rows) < int(line):
            raise InputError(
                f"{path} breaks off in frame {frame}: {len(rows)} of {line} atoms are there."
            )
        text = FORTRAN_EXPONENT.sub("e", "\n".join(rows))
        yield lines[start + 1], re.sub(r"(?<!\S)D(?!\S)", "H", text)
        start += 2 + int(line)
        frame += 1


def xyz_image(path: Path, frame: int, declared: Mapping[str, Any], text: str) -> Atoms:
    """Return a frame as ASE reads it.

    Args:
        path: the file, for messages.
        frame: number of the frame, likewise.
        declared: what `comment_keys` found in its comment.
        text: the lines of its atoms.

    Raises:
        InputError: the lines are not what the comment names, or no element and x, y, z.
    """
    properties = declared.get("Properties")
    if properties is None:
        text = re.sub(r"(?m)^\s*(\d+)(?=\s)", _symbol, text)
    head = f"Properties={properties or 'species:S:1:pos:R:3'}"
    energy = declared.get("energy")
    if isinstance(energy, Real) and not isinstance(energy, bool):
        head += f" energy={energy}"
    frame_text = f"{text.count(chr(10)) + 1}\n{head}\n{text}\n"
    try:
        if not re.search(r"[=:]pos:R:3(?!\d)", head):
            raise ValueError("no positions")
        (atoms,) = ase.io.read(StringIO(frame_text), ":", "extxyz")
    except (ValueError, KeyError, TypeError, IndexError, OSError) as error:
        where = f" in the columns that {head} names" if properties else ""
        raise InputError(
            f"Frame {frame} of {path} cannot be read ({' '.join(str(error).split())}); each line"
            f" must be an element and x, y, z{where}, species:S:1 or Z:I:1 and pos:R:3."
        ) from error
    lattice = declared.get("Lattice")
    if isinstance(lattice, np.ndarray) and lattice.shape == (3, 3) and np.linalg.det(lattice):
        # ASE's dictionary has the transpose of the lattice.
        atoms.cell, atoms.pbc = lattice.T, declared.get("pbc", True)
    return atoms


def comment_keys(comment: str) -> dict[str, Any]:
    """What a comment says in the way of extended xyz, by key; a word without a value is True."""
    try:
        return key_val_str_to_dict(comment)
    except ValueError:
        # ASE refuses some values, such as a cell of other than nine numbers, which is not read.
        return dict(re.findall(r"(?<!\S)(\w+)=(\S+)", QUOTED.sub(" ", comment)))


def comment_energy(source: str, frame: int, comment: str, key: str) -> float:
    """Return the energy that a comment holds.

    Args:
        source: the file, for messages.
        frame: number of the frame, likewise.
        comment: the comment.
        key: what stands before the energy; empty where it is the comment's one number, or the one
            that is no integer.

    Raises:
        InputError: the comment holds none, or several that differ.
    """
    # What stands in quotation marks belongs to another key.
    bare = QUOTED.sub(" ", comment)
    before = rf"{re.escape(key)}(?:\s*[=:]\s*|\s+)" if key else ""
    number = NUMBER if key or len(bare.split()) == 1 else DECIMAL
    found = re.findall(rf"(?<!\S){before}({number})(?=[\s,;]|$)", bare)
    try:
        (value,) = {float(FORTRAN_EXPONENT.sub("e", number)) for number in found}
    except ValueError:
        wanted = f"{key}=NUMBER" if key else "one number, the energy (comment:KEY reads KEY=NUMBER)"
        raise InputError(
            f"The comment of frame {frame} of {source} is {comment!r}; it must hold {wanted}."
        ) from None
    return value


def _symbol(match: re.Match) -> str:
    number = int(match[1])
    return chemical_symbols[number] if 0 < number < len(chemical_symbols) else match[0]
