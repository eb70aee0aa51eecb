"""Geometries in files, and the energies and forces that the same files bring.

ASE reads them, xyz files once `hkmaps.molecules.xyz_text` has made their text ready.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ase.io
import numpy as np
from ase import Atoms
from ase.data import chemical_symbols
from ase.geometry import get_distances
from ase.io.formats import UnknownFileTypeError, filetype
from scipy import constants
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from hkmaps.checks import expect_real
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.density_files import (
    expect_file,
    load_array,
    read_numbers,
)
from hkmaps.molecules.xyz_text import comment_energy, comment_keys, xyz_frames, xyz_image
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

FORCE_UNITS = {
    f"{energy}/{length}": ENERGY_UNITS[energy] / LENGTH_UNITS[length]
    for energy in ENERGY_UNITS
    for length in LENGTH_UNITS
}
"""Force units in Ha/bohr."""

ARCHIVE_KEYS = {
    "positions": ("R", "coords"),
    "energies": ("E", "energies"),
    "forces": ("F", "forces"),
    "numbers": ("z", "nuclear_charges"),
}
"""Names in the `.npz` archives of MD17 and sGDML, and of revised MD17."""

ARCHIVE_UNITS = {
    **{unit.lower(): unit for unit in (*LENGTH_UNITS, *ENERGY_UNITS)},
    "ang": "angstrom",
    "hartree": "Ha",
}
"""Units by what the entries `r_unit` and `e_unit` of sGDML say in lower case."""

XYZ, CUBE = {"xyz", "extxyz"}, "cube"
FILE, COMMENT, COLUMN = "file", "comment", "column"
"""Where in a file of geometries energies and forces may be: under the names of its format, in the
comments of xyz, in a named column of extended xyz."""

ENERGIES, FORCES = "energies", "forces"
"""What files may bring; ASE calls forces so, too."""


@dataclass(frozen=True, eq=False)
class GeometryFrames:
    """The frames of a file, or of several files.

    Attributes:
        source: what they are called in messages.
        numbers: atomic numbers, the same in every frame, shape (atoms,).
        positions: in the unit of the file, shape (frames, atoms, 3).
        energies: those that the file brings, shape (frames,); None without.
        vectors: by name what the file brings for each atom, shape (frames, atoms, 3); forces are
            called so.
        comments: comment line of each frame of an xyz file.
        length_unit, energy_unit: what the format or the file says of them; None where it does not.
        fixed: whether nothing but these units can be.
    """

    source: str
    numbers: np.ndarray
    positions: np.ndarray
    energies: np.ndarray | None = None
    vectors: Mapping[str, np.ndarray] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    length_unit: str | None = None
    energy_unit: str | None = None
    fixed: bool = False

    @property
    def symbols(self) -> tuple[str, ...]:
        """Chemical symbols of the atoms."""
        return tuple(chemical_symbols[number] for number in self.numbers)


def find_files(source: str, what: str) -> list[Path]:
    """Return the files of a path, a folder or a pattern, numbers in their names in order.

    Raises:
        InputError: there is none.
    """
    path = Path(source)
    if path.is_dir():
        found = [file for file in path.iterdir() if file.is_file() and file.name[0] != "."]
    elif any(sign in source for sign in "*?["):
        matches = Path(path.anchor).glob(source.removeprefix(path.anchor))
        found = [file for file in matches if file.is_file()]
    else:
        expect_file(path, what)
        found = [path]
    if not found:
        raise InputError(f"The {what} should be in {source}, where no file is.")

    # Numbers and what stands between them take turns in the parts: like is compared with like.
    parts = {file: re.split(r"(\d+)", str(file)) for file in found}
    return sorted(found, key=lambda file: [int(p) if p.isdigit() else p for p in parts[file]])


def read_geometries(source: str, atomic_numbers: Path | None = None) -> GeometryFrames:
    """Read all geometries of a file, a folder of files or a pattern.

    Args:
        source: anything that ASE reads, such as extended xyz, VASP's vasprun.xml or cube files;
            an `.npz` archive of MD17 or sGDML; or a `.npy` array of shape (frames, atoms, 3).
        atomic_numbers: a `.npy` or text file of the atoms' numbers, which an array needs; one row
            of them, or one a frame.

    Raises:
        InputError: a file is missing, damaged or of no known format, or holds no frame; the
            elements of a frame are not those of the first; an array of another shape, or without
            its atoms' numbers.
    """
    paths = find_files(source, "geometries")
    is_array = paths[0].suffix == ".npy"
    if is_array == (atomic_numbers is None):
        raise InputError(
            f"The geometries are in {source} and atomic_numbers is"
            f" {'missing' if atomic_numbers is None else atomic_numbers}; a .npy array of"
            " geometries needs atomic_numbers, the file of its atoms' numbers, and other files"
            " have none."
        )
    if is_array:
        positions = load_array(paths[0]).astype(np.float64)
        numbers = read_numbers(atomic_numbers, "numbers of the atoms")
        numbers = numbers.T if numbers.shape == (positions.shape[1], 1) else numbers
        return _of_arrays(source, numbers, str(atomic_numbers), positions)
    if paths[0].suffix == ".npz":
        return _read_archive(paths[0])
    return _read_with_ase(source, paths)


def expect_atoms(
    molecule: Molecule, frames: GeometryFrames, atom_order: Sequence[int] | None = None
) -> np.ndarray:
    """Return which atom of the file each atom of the molecule is, shape (atoms,).

    Args:
        molecule: what the geometries should be of.
        frames: what `read_geometries` returned.
        atom_order: the answer, where it is declared; None for the same order.

    Raises:
        InputError: another number of atoms or other elements, or no permutation.
    """
    atoms = len(molecule.symbols)
    if len(frames.numbers) != atoms:
        raise InputError(
            f"The geometries of {frames.source} have {len(frames.numbers)} atoms"
            f" ({' '.join(frames.symbols)}); {molecule.name} has {atoms}"
            f" ({' '.join(molecule.symbols)})."
        )
    order = range(atoms) if atom_order is None else atom_order
    if sorted(order) != list(range(atoms)):
        raise InputError(
            f"The atom_order of {frames.source} is {list(order)}; it must hold each of the numbers"
            f" 0 to {atoms - 1} of the file's atoms once."
        )
    found = [frames.symbols[atom] for atom in order]
    for number, (atom, charge) in enumerate(zip(order, molecule.charges, strict=True)):
        if frames.numbers[atom] != charge:
            raise InputError(
                f"Atom {number} of {frames.source} is {frames.symbols[atom]} where {molecule.name}"
                f" has {molecule.symbols[number]}: the elements are {' '.join(found)} and must be"
                f" {' '.join(molecule.symbols)}; atom_order in the config can say which atom of"
                " the file is which."
            )
    return np.array(order)


def read_energies(
    source: str, frames: GeometryFrames, column: int | None = None
) -> tuple[np.ndarray, str]:
    """Return an energy for each frame, and where it was found.

    Args:
        source: "file" for those that the geometries' file brings; path of a `.npy` or text file
            with one row per frame; or "comment" where the comment of each frame is the number, or
            holds one that is no integer among other words, or "comment:KEY" where it holds
            KEY=number, KEY: number or KEY number.
        frames: the geometries.
        column: of a file with several columns, which one, from 0.

    Returns:
        Shape (frames,), in the unit of the file; what to call their source in messages.

    Raises:
        InputError: the file is missing or no table of numbers, energies are missing, not finite,
            or not as many as geometries.
    """
    where, key = source, source.partition(":")[2]
    if source == FILE:
        where, energies = frames.source, frames.energies
        if energies is None:
            raise InputError(
                f"{where} does not bring an energy of every geometry under a name that its format"
                " knows; the key energies must be comment:KEY or a file."
            )
    elif source.partition(":")[0] == COMMENT:
        if not frames.comments:
            raise InputError(
                f"{frames.source} has no comments, which xyz files have; energies must be a file."
            )
        where = f"the comments of {frames.source}"
        energies = np.array(
            [comment_energy(frames.source, n, line, key) for n, line in enumerate(frames.comments)]
        )
    else:
        energies = _column(source, read_numbers(Path(source), "energies"), column)
    _expect_each(ENERGIES, energies, where, frames, frames.positions.shape[:1])
    return energies, where


def read_forces(source: str, frames: GeometryFrames) -> tuple[np.ndarray, str]:
    """Return the forces of each frame, and where they were found.

    Args:
        source: "file" for those that the geometries' file brings, "column:NAME" for a column of
            extended xyz, or the path of a `.npy` file of shape (frames, atoms, 3).
        frames: the geometries.

    Returns:
        Shape (frames, atoms, 3), in the unit and in the order of atoms of the file; what to call
        their source in messages.

    Raises:
        InputError: they are missing, not finite, or not those of the geometries.
    """
    where, forces = source, None
    if source == FILE or source.partition(":")[0] == COLUMN:
        name = FORCES if source == FILE else source.partition(":")[2]
        where = frames.source
        if name not in frames.vectors:
            raise InputError(
                f"{where} does not bring {name}, three numbers for each atom, in every geometry; it"
                f" brings {', '.join(sorted(frames.vectors)) or 'no such numbers'}."
            )
        forces = frames.vectors[name]
    else:
        expect_file(Path(source), "forces")
        forces = load_array(Path(source)).astype(np.float64)
    _expect_each(FORCES, forces, where, frames, frames.positions.shape)
    return forces, where


def _expect_each(
    what: str, values: np.ndarray, where: str, frames: GeometryFrames, shape: tuple[int, ...]
) -> None:
    if values.shape != shape:
        raise InputError(
            f"{where} holds {len(values)} {what}, an array of the shape {values.shape}, and"
            f" {frames.source} {shape[0]} geometries; the shape must be {shape}."
        )
    if not np.isfinite(values).all():
        row = tuple(map(int, np.argwhere(~np.isfinite(values))[0]))
        raise InputError(
            f"The {what} of geometry {row[0]} in {where} hold {values[row]}; every one must be"
            " finite."
        )


def _of_arrays(
    source: str, numbers: np.ndarray, numbers_source: str, positions: np.ndarray, **more: Any
) -> GeometryFrames:
    if positions.ndim != 3 or positions.shape[2] != 3 or 0 in positions.shape:
        raise InputError(
            f"{source} holds an array of the shape {positions.shape}; geometries must have the"
            " shape (geometries, atoms, 3)."
        )
    numbers = np.atleast_2d(numbers)
    known = np.isin(numbers, np.arange(1, len(chemical_symbols))).all()
    fits = len(numbers) in (1, len(positions)) and numbers.shape[1] == positions.shape[1]
    if not fits or not known or (numbers != numbers[0]).any():
        raise InputError(
            f"{numbers_source} must hold one atomic number for each atom of {source}, which has"
            f" {positions.shape[1]}, the same in all geometries; its shape is {numbers.shape} and"
            f" its first row {np.array2string(numbers[0], threshold=12)}."
        )
    return GeometryFrames(source, numbers[0].astype(int), positions, **more)


def _read_archive(path: Path) -> GeometryFrames:
    """Read an archive of MD17 or sGDML; what else it holds is not looked at."""
    found = {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            held = list(archive)
            units = [str(archive[key].astype(str)) for key in ("r_unit", "e_unit") if key in held]
            for name, keys in ARCHIVE_KEYS.items():
                for key in set(keys) & set(held):
                    found[name] = np.array(expect_real(archive[key], f"{key} of {path}"), float)
    except (ValueError, OSError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} cannot be read as a .npz archive of numbers ({error}); pickled objects are"
            " never loaded."
        ) from error
    for name in {"positions", "numbers"} - set(found):
        raise InputError(
            f"{path} holds the arrays {', '.join(held)}; {' or '.join(ARCHIVE_KEYS[name])} must be"
            f" among them, its {name}."
        )
    known = [ARCHIVE_UNITS.get(unit.strip().lower()) for unit in units]
    if None in known:
        raise InputError(
            f"The r_unit and e_unit of {path} are {' and '.join(units)}; known are"
            f" {', '.join(ARCHIVE_UNITS)}."
        )
    length, energy = known if len(known) == 2 else (None, None)
    return _of_arrays(
        str(path),
        found["numbers"],
        str(path),
        found["positions"],
        energies=found["energies"].ravel() if "energies" in found else None,
        vectors={FORCES: found[FORCES]} if FORCES in found else {},
        length_unit=length,
        energy_unit=energy,
        fixed=length is not None,
    )


def _read_with_ase(source: str, paths: Sequence[Path]) -> GeometryFrames:
    images, comments, kinds = [], [], set()
    for path in paths:
        try:
            kind = filetype(str(path))
        except (UnknownFileTypeError, UnicodeDecodeError, OSError):
            # Text that nothing is known of is tried as xyz, whose sentences say what a frame is.
            kind = "xyz"
        kinds.add(kind)
        if kind in XYZ:
            for number, (comment, text) in enumerate(xyz_frames(path)):
                images.append(xyz_image(path, number, comment_keys(comment), text))
                comments.append(comment)
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                images += ase.io.read(path, index=":", format=kind)
        except Exception as error:  # ASE's readers raise what their parsing happens to meet.
            raise InputError(
                f"{path} cannot be read as {kind}, the format that ASE takes it for"
                f" ({type(error).__name__}: {' '.join(str(error).split())}); it may be damaged."
            ) from error
    if not images:
        raise InputError(f"{source} holds no geometry; at least one is needed.")
    for frame, image in enumerate(images):
        if not np.array_equal(image.numbers, images[0].numbers):
            raise InputError(
                f"The atoms of {source} are {' '.join(images[0].symbols)} in frame 0 but"
                f" {' '.join(image.symbols)} in frame {frame}; they must be the same."
            )
    results = [{**image.arrays, **(image.calc.results if image.calc else {})} for image in images]
    everywhere = set.intersection(*map(set, results)) - {"positions"}
    shape = images[0].positions.shape
    return GeometryFrames(
        source,
        images[0].numbers,
        np.array([image.positions if CUBE in kinds else _whole(image) for image in images]),
        np.array([r["energy"] for r in results], float) if "energy" in everywhere else None,
        {
            name: np.array([result[name] for result in results], float)
            for name in everywhere
            if all(np.shape(result[name]) == shape for result in results)
        },
        tuple(comments),
        length_unit="angstrom",
        energy_unit="eV",
        fixed=not kinds <= XYZ,
    )


def _whole(atoms: Atoms) -> np.ndarray:
    """Positions of a molecule that a periodic cell may have cut, each atom near another one."""
    positions = atoms.positions.copy()
    if atoms.pbc.any():
        vectors, distances = get_distances(positions, cell=atoms.cell, pbc=atoms.pbc)
        tree = minimum_spanning_tree(distances)
        order, before = breadth_first_order(tree, 0, directed=False)
        for atom in order[1:]:
            positions[atom] = positions[before[atom]] + vectors[before[atom], atom]
    return positions


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
