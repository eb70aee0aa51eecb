"""What a user knows of a sample: geometries in files, and their energies, forces and densities.

A sample whose files the config declares gets the same tables as one that is calculated, so that
every later step reads it unchanged. Densities stay in the orientation that they have in the file,
and so do their geometries; without densities geometries are aligned like the study's own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from hkmaps.checks import expect_geometries
from hkmaps.densities.fourier import FourierBasis
from hkmaps.densities.grids import UniformGrid, read_density_cube
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.coefficient_layout import CORNER, CoefficientLayout
from hkmaps.molecules.density_files import density_blocks, read_numbers
from hkmaps.molecules.file_alignment import alignment_report, expect_aligned
from hkmaps.molecules.geometries import expect_positions, geometry_table
from hkmaps.molecules.geometry_files import (
    COLUMN,
    COMMENT,
    ENERGIES,
    ENERGY_UNITS,
    FILE,
    FORCE_UNITS,
    FORCES,
    LENGTH_UNITS,
    GeometryFrames,
    expect_atoms,
    find_files,
    read_energies,
    read_forces,
    read_geometries,
)
from hkmaps.molecules.numberings import named_alike
from hkmaps.molecules.reference import PRECISIONS
from hkmaps.molecules.reference_checks import (
    DensityPlaces,
    expect_electrons,
    expect_forces,
    expect_plausible_energies,
    expect_vanishing,
)
from hkmaps.molecules.results import REFERENCE, REFERENCE_ENERGIES
from hkmaps.tables import stack
from hkmaps.units import ANGSTROM_PER_BOHR

TOTAL, RELATIVE = "total", "relative"
DENSITIES = "densities"
ONLY = "numbers of the geometries"

DENSITY_UNITS = {"1/bohr^3": 1.0, "1/angstrom^3": ANGSTROM_PER_BOHR**3}
"""Units of densities on grids in bohr^-3."""

CUBES = (".cube", ".cub")
"""Ends of the names of Gaussian cube files."""

SAME_PLACE = 0.02
"""Distance in bohr up to which an atom of a cube file is that of a geometry."""


@dataclass(frozen=True)
class PlacedGeometries:
    """Geometries of a file in the study's axes: (given[rows] - origins) @ rotations.

    Attributes:
        positions: shape (S, atoms, 3), in bohr, zero at the middle of the cube of the densities.
        rows: which atom of the file each atom is, shape (S, atoms).
        origins: shape (S, 3), in bohr.
        rotations: shape (S, 3, 3).
    """

    positions: np.ndarray
    rows: np.ndarray
    origins: np.ndarray
    rotations: np.ndarray


@dataclass(frozen=True)
class ReferenceFiles:
    """The files of a sample, as a block `files` of the config declares them.

    Attributes:
        geometries: file, folder or pattern; see `read_geometries`.
        atomic_numbers: file of the numbers of the atoms of an array of geometries.
        length_unit: one of `LENGTH_UNITS`; None where the format fixes it.
        energies: "file", text or `.npy` file, "comment", or "comment:KEY"; see `read_energies`.
        energy_unit: one of `ENERGY_UNITS`; None where the format fixes it.
        energy_column: column of the energies in a file with several, from 0.
        energy_zero: whether the energies are total ones, or relative to any other zero.
        forces: "file", "column:NAME" or `.npy` file; see `read_forces`.
        force_unit: one of `FORCE_UNITS`; None where the format fixes it.
        densities: text or `.npy` file, or file, folder or pattern of cube files, one a geometry.
        layout: of densities that are Fourier coefficients.
        grid: of densities on one uniform grid, in the unit and the axes of the geometries.
        density_unit: one of `DENSITY_UNITS`, of cube files and densities on a grid.
        atom_order: which atom of the file each atom of the molecule is; None for the same order.
        only: numbers in the file, from 0, of the geometries that are taken, in this order, as a
            list or as the path of a file that holds them; None for all.

    Raises:
        InputError: a unit is unknown or missing, or what is declared does not go together.
    """

    geometries: str
    atomic_numbers: Path | None = None
    length_unit: str | None = None
    energies: str | None = None
    energy_unit: str | None = None
    energy_column: int | None = None
    energy_zero: str = TOTAL
    forces: str | None = None
    force_unit: str | None = None
    densities: str | None = None
    layout: CoefficientLayout | None = None
    grid: UniformGrid | None = None
    density_unit: str = "1/bohr^3"
    atom_order: tuple[int, ...] | None = None
    only: str | Sequence[int] | None = None

    def __post_init__(self):
        allowed = {
            "length_unit": (None, *LENGTH_UNITS),
            "energy_unit": (None, *ENERGY_UNITS),
            "force_unit": (None, *FORCE_UNITS),
            "density_unit": tuple(DENSITY_UNITS),
            "energy_zero": (TOTAL, RELATIVE),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise InputError(
                    f"The {name} of {self.geometries} is {getattr(self, name)!r}; it must be one of"
                    f" {', '.join(filter(None, values))}."
                )
        needed = {
            "length_unit": self.geometries.endswith(".npy"),
            "energy_unit": self.energies not in (None, FILE),
            "force_unit": self.forces not in (None, FILE),
        }
        for name, is_needed in needed.items():
            if is_needed and getattr(self, name) is None:
                raise InputError(
                    f"The block of {self.geometries} lacks {name}, which the format does not say;"
                    f" it must be one of {', '.join(filter(None, allowed[name]))}."
                )
        if self.densities is None:
            wrong = [name for name in ("layout", "grid") if getattr(self, name) is not None]
            if wrong:
                raise InputError(
                    f"The files of {self.geometries} have a {wrong[0]} and no densities; give the"
                    " densities that it describes, or leave it out."
                )
            return
        if self.energies is None:
            raise InputError(
                f"The files of {self.geometries} bring densities and no energies; the engine that"
                " calculates the energies brings its own densities, so leave them out."
            )
        forms = (self.of_cubes, self.layout is not None, self.grid is not None)
        if sum(forms) != 1:
            raise InputError(
                f"The densities of {self.geometries} are in {self.densities}; they must be cube"
                " files (.cube, .cub), or have either a layout (Fourier coefficients) or a grid."
            )

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "ReferenceFiles":
        """Return what a sample's block of the config declares.

        Raises:
            InputError: a key is unknown or missing, or a value not allowed.
        """
        made = dict(settings)
        expect_keys(cls, made, "The block files of a sample")
        for key, kind in (("layout", CoefficientLayout), ("grid", UniformGrid)):
            if made.get(key) is not None:
                expect_keys(kind, made[key], f"The {key} of the densities")
                made[key] = kind(**made[key])
        for key, convert in (("atomic_numbers", Path), ("atom_order", tuple)):
            made[key] = None if made.get(key) is None else convert(made[key])
        return cls(**made)

    @property
    def known(self) -> frozenset[str]:
        """Which of energies, forces and densities the files bring."""
        names = (ENERGIES, FORCES, DENSITIES)
        return frozenset(name for name in names if getattr(self, name) is not None)

    @property
    def of_cubes(self) -> bool:
        """Whether the densities are in cube files."""
        source = self.densities or ""
        return source.endswith(CUBES) or Path(source).is_dir()

    @property
    def paths(self) -> list[Path]:
        """All files that must be there; raises `InputError` where one is not."""
        sources = [(self.geometries, "geometries"), (self.densities, DENSITIES)]
        sources.append((self.atomic_numbers and str(self.atomic_numbers), "atomic numbers"))
        if self.energies != FILE and (self.energies or "").partition(":")[0] != COMMENT:
            sources.append((self.energies, ENERGIES))
        if self.forces != FILE and (self.forces or "").partition(":")[0] != COLUMN:
            sources.append((self.forces, FORCES))
        if isinstance(self.only, str):
            sources.append((self.only, ONLY))
        return [path for source, what in sources if source for path in find_files(source, what)]

    @property
    def description(self) -> str:
        """The column `engine` of the table: the names of the files."""
        sources = [self.geometries, self.energies, self.densities]
        names = [s if ":" in s else Path(s).name for s in sources if s and s != FILE]
        return f"files: {', '.join(names)}"

    def positions(
        self, molecule: Molecule, say: Callable[[str], None] = lambda message: None
    ) -> np.ndarray:
        """Return the geometries, equal atoms named as in the study's, (S, atoms, 3), in bohr.

        Args:
            molecule: what they are of.
            say: called with a sentence about atoms that are renamed, and about the orientation.

        Raises:
            InputError: a file is missing or damaged, the atoms are not those of the molecule or
                not where such atoms can be, beyond the cube, or, with densities, not aligned with
                each other.
        """
        placed = self._placed(molecule)
        taken = self._taken(len(placed.positions))
        positions = placed.positions[taken]
        renamed = (placed.rows[taken] != self._order(molecule)).any(axis=1)
        if renamed.any():
            say(
                f"In {renamed.sum()} of {len(positions)} geometries of {self.geometries} equal"
                f" atoms were numbered unlike those of {molecule.name}, by their bonds, their"
                " handedness or their place, and have been renamed."
            )
        if self.densities is not None:
            say(alignment_report(molecule, positions))
        return positions

    def geometry_table(
        self,
        molecule: Molecule,
        say: Callable[[str], None] = lambda message: None,
        chosen: np.ndarray | None = None,
    ) -> pd.DataFrame:
        """Return the geometries, or those that are chosen of them, as a table.

        Args:
            molecule: what they are of.
            say: called with sentences about what was done to them.
            chosen: rows of `positions`, in order; by default all.

        Returns:
            pandas.DataFrame with the columns of `GEOMETRIES`, `frame` the number in the file.

        Raises:
            InputError: as for `positions`.
        """
        positions = self.positions(molecule, say)
        chosen = np.arange(len(positions)) if chosen is None else np.asarray(chosen)
        frames = self._taken(len(self._frames.positions))[chosen]
        origin = pd.DataFrame({"trajectory": None, "frame": frames})
        return geometry_table(molecule, positions[chosen], origin)

    def energies_of(self, molecule: Molecule, geometries: pd.DataFrame) -> np.ndarray:
        """Return the energies of geometries, shape (S,), in Ha.

        Args:
            molecule: what they are of.
            geometries: rows that `geometry_table` returned.

        Raises:
            InputError: the files bring none, or what they bring are not the geometries' energies.
        """
        self._expect_known(ENERGIES)
        frames, chosen = self._frames, self._chosen(geometries)
        energies, where = read_energies(self.energies, frames, self.energy_column)
        own = frames.energy_unit if self.energies == FILE else None
        energies = energies[chosen] * self._unit("energy_unit", own, ENERGY_UNITS, where)
        positions = stack(geometries["positions"]).reshape(len(chosen), -1, 3)
        total = self.energy_zero == TOTAL
        expect_plausible_energies(molecule, positions, energies, where, total)
        return energies

    def forces_of(self, molecule: Molecule, geometries: pd.DataFrame) -> np.ndarray:
        """Return the forces of geometries, in their axes and order of atoms.

        Args:
            molecule: what they are of.
            geometries: rows that `geometry_table` returned.

        Returns:
            Shape (S, atoms, 3), in Ha/bohr.

        Raises:
            InputError: the files bring none, or what they bring are not the geometries' forces.
        """
        self._expect_known(FORCES)
        frames, chosen, placed = self._frames, self._chosen(geometries), self._placed(molecule)
        forces, where = read_forces(self.forces, frames)
        energy = (self.energies == FILE and self.energy_unit) or frames.energy_unit
        length = self.length_unit or frames.length_unit
        own = f"{energy}/{length}" if self.forces == FILE and energy and length else None
        forces = forces[chosen] * self._unit("force_unit", own, FORCE_UNITS, where)
        forces = np.take_along_axis(forces, placed.rows[chosen, :, None], axis=1)
        forces = forces @ placed.rotations[chosen]
        energies = None if self.energies is None else self.energies_of(molecule, geometries)
        expect_forces(molecule.frame, placed.positions[chosen], forces, energies, where)
        return forces

    def energy_table(self, molecule: Molecule, geometries: pd.DataFrame) -> pd.DataFrame:
        """Return the energies of geometries, and their forces where the files bring them.

        Args:
            molecule: what they are of.
            geometries: rows that `geometry_table` returned.

        Returns:
            pandas.DataFrame with the columns of `REFERENCE_ENERGIES`.

        Raises:
            InputError: as for `energies_of` and `forces_of`.
        """
        energies, forces = self.energies_of(molecule, geometries), None
        if self.forces is not None:
            forces = list(self.forces_of(molecule, geometries).reshape(len(geometries), -1))
        return pd.DataFrame(
            {
                "geometry": geometries["geometry"].to_numpy(),
                "energy": energies,
                "converged": True,
                "iterations": 0,
                "seconds": 0.0,
                "engine": self.description,
                "failure": None,
                "forces": forces,
            },
            columns=REFERENCE_ENERGIES.column_names,
        )

    def reference_tables(
        self,
        molecule: Molecule,
        geometries: pd.DataFrame,
        basis: FourierBasis,
        chunks: int = 1,
        precision: str = "single",
    ) -> Iterator[pd.DataFrame]:
        """Read the energies and densities of the geometries, in chunks.

        Args:
            molecule: what they are of.
            geometries: rows that `geometry_table` returned.
            basis: basis of the coefficients.
            chunks: number of tables, of nearly equal length; no more than one and a block of the
                file is in memory.
            precision: one of `PRECISIONS`, that of the coefficients.

        Yields:
            pandas.DataFrame with the columns of `REFERENCE`, in the order of the geometries.

        Raises:
            InputError: as for `energy_table`; the numbers of geometries and densities differ, the
                densities cannot be those of the geometries, or there are fewer geometries than
                chunks.
        """
        self._expect_known(DENSITIES)
        if precision not in PRECISIONS:
            raise InputError(
                f"The precision of the coefficients is {precision!r}; it must be one of"
                f" {', '.join(PRECISIONS)}."
            )
        count = len(geometries)
        if not 1 <= chunks <= count:
            raise InputError(
                f"The {count} geometries of {self.geometries} are to be divided into {chunks}"
                f" chunks; there must be 1 to {count}."
            )
        if self.layout is not None:
            self.layout.expect_basis(basis)
        table = self.energy_table(molecule, geometries)
        blocks = self._coefficients(molecule, self._chosen(geometries), basis)
        for rows in np.array_split(np.arange(count), chunks):
            coefficients = np.empty((len(rows), basis.size), dtype=PRECISIONS[precision])
            for row in coefficients:
                row[:] = next(blocks)
            if rows[-1] == count - 1:
                # What is checked when all densities are read comes before the last table.
                next(blocks, None)
            yield table.iloc[rows].assign(coefficients=list(coefficients))[REFERENCE.column_names]

    def _expect_known(self, name: str) -> None:
        if name not in self.known:
            raise InputError(
                f"The files of {self.geometries} bring no {name}; they bring"
                f" {', '.join(sorted(self.known)) or 'geometries alone'}."
            )

    @cached_property
    def _frames(self) -> GeometryFrames:
        return read_geometries(self.geometries, self.atomic_numbers)

    def _order(self, molecule: Molecule) -> np.ndarray:
        return expect_atoms(molecule, self._frames, self.atom_order)

    def _chosen(self, geometries: pd.DataFrame) -> np.ndarray:
        """Numbers in the file of the rows of a table."""
        chosen, count = geometries["frame"].to_numpy(dtype=int), len(self._frames.positions)
        if chosen.max() >= count:
            raise InputError(
                f"{self.geometries} holds {count} geometries, but number {chosen.max()} was read"
                " from it before; make the geometries anew."
            )
        return chosen

    def _unit(self, name: str, own: str | None, units: Mapping[str, float], where: str) -> float:
        """The factor of the declared unit, or of that which the format has."""
        declared = getattr(self, name)
        if own and self._frames.fixed and declared not in (None, own):
            raise InputError(f"The {name} of {where} is {declared}; its format allows {own} alone.")
        if (unit := declared or own) is None:
            raise InputError(
                f"{where} does not say its {name}; it must be declared, one of {', '.join(units)}."
            )
        return units[unit]

    def _placed(self, molecule: Molecule) -> PlacedGeometries:
        order, own = self._order(molecule), self._frames.length_unit
        given = self._frames.positions[:, order]
        given = given * self._unit("length_unit", own, LENGTH_UNITS, self.geometries)
        try:
            expect_geometries(molecule.charges, given)
            try:
                positions, renaming = named_alike(molecule, given)
            except InputError:
                # A bond of a wrong length is the plainer thing to say, where there is one.
                expect_positions(molecule, given)
                raise
            expect_positions(molecule, positions)
        except InputError as error:
            raise InputError(
                f"{self.geometries}, length_unit: {self.length_unit or own}, atoms in the order"
                f" {' '.join(molecule.symbols)}: {error}"
            ) from error
        rows = order[renaming]
        origins = molecule.frame.weights @ positions
        rotations = np.tile(np.eye(3), (len(given), 1, 1))
        if self.densities is None:
            aligned = molecule.frame.align(positions)
            rows = np.take_along_axis(rows, aligned.labelings, axis=1)
            return PlacedGeometries(aligned.positions, rows, origins, aligned.rotations)
        if self.layout is not None:
            origins = np.full_like(
                origins, self.layout.box_length / 2 if self.layout.origin == CORNER else 0.0
            )
        positions = positions - origins[:, None]
        if self.layout is not None:
            self._expect_inside(positions)
        expect_aligned(molecule, positions, self.geometries)
        return PlacedGeometries(positions, rows, origins, rotations)

    def _expect_inside(self, positions: np.ndarray) -> None:
        middle = self.layout.box_length / 2
        beyond = np.abs(positions).max(axis=(1, 2)) >= middle
        if beyond.any():
            ends = (0, 2 * middle) if self.layout.origin == CORNER else (-middle, middle)
            raise InputError(
                f"{self.geometries} has atoms of geometry {int(beyond.argmax())} beyond the cube;"
                f" with origin: {self.layout.origin} all coordinates must be between"
                f" {ends[0]:g} and {ends[1]:g} bohr."
            )

    def _taken(self, count: int) -> np.ndarray:
        """Numbers in the file of the geometries that are taken, of so many."""
        if self.only is None:
            return np.arange(count)
        rows = self.only
        if isinstance(rows, str):
            rows = read_numbers(Path(rows), ONLY).ravel()
        rows = np.asarray(rows)
        if (
            not len(rows)
            or len(np.unique(rows)) < len(rows)
            or not np.isin(rows, np.arange(count)).all()
        ):
            raise InputError(
                f"Of {self.geometries} only the geometries {np.array2string(rows, threshold=6)} are"
                f" to be taken; they must be different numbers from 0 to {count - 1}."
            )
        return rows.astype(int)

    def _coefficients(
        self, molecule: Molecule, chosen: np.ndarray, basis: FourierBasis
    ) -> Iterator[np.ndarray]:
        """Yield the checked density of each geometry, shape (basis.size,), in double precision."""
        placed, first = self._placed(molecule), 0
        frequencies, hint = basis.frequencies, self._count_hint
        declared = "the grid's axes or its origin"
        if self.layout is not None:
            frequencies, hint = self.layout.frequencies, self.layout.count_hint
            declared = "the layout's parts, order, imaginary, origin or phase_origin"
        places = DensityPlaces(basis, self.densities, frequencies, declared)
        for values, coefficients in self._converted(molecule, chosen, placed, basis):
            if self.layout is not None:
                expect_vanishing(self.layout, values, self.densities, first)
            counts = basis.electron_count(coefficients)
            electrons = expect_electrons(molecule, counts, self.densities, first, hint)
            rows = chosen[first : first + len(counts)]
            places.add(coefficients, placed.positions[rows], electrons)
            first += len(counts)
            yield from coefficients
        places.expect_order()

    def _converted(
        self,
        molecule: Molecule,
        chosen: np.ndarray,
        placed: PlacedGeometries,
        basis: FourierBasis,
    ) -> Iterator[tuple[np.ndarray | None, np.ndarray]]:
        """Yield blocks of densities as the file has them, if in a layout, and as coefficients."""
        count = len(placed.positions)
        # The order of the file needs no choice, which text would not allow.
        rows = None if np.array_equal(chosen, np.arange(count)) else chosen
        if self.layout is not None:
            for values in density_blocks(Path(self.densities), count, self.layout.size, rows):
                yield values, self.layout.convert(values, basis)
            return
        densities = self._on_grids(molecule, chosen, placed, rows)
        for number, (grid, values) in zip(chosen, densities, strict=True):
            centre = placed.origins[number]
            where = f"{self.densities}, density {number}"
            grid.expect_inside(values.shape, placed.positions[number] + centre, where)
            coefficients = grid.coefficients(
                values * DENSITY_UNITS[self.density_unit], basis, centre
            )
            yield None, coefficients[None]

    def _on_grids(
        self, molecule: Molecule, chosen: np.ndarray, placed: PlacedGeometries, rows
    ) -> Iterator[tuple[UniformGrid, np.ndarray]]:
        """Yield the grid in bohr and the values of each density."""
        count = len(placed.positions)
        if self.grid is not None:
            unit = self._unit("length_unit", self._frames.length_unit, LENGTH_UNITS, self.densities)
            for block in density_blocks(Path(self.densities), count, None, rows):
                yield from ((self.grid.scaled(unit), values) for values in block)
            return
        paths = find_files(self.densities, DENSITIES)
        if len(paths) != count:
            raise InputError(
                f"{self.densities} holds {len(paths)} files of densities; there must be {count},"
                " one for each geometry."
            )
        for number in chosen:
            cube = read_density_cube(paths[number])
            given = placed.positions[number] + placed.origins[number]
            apart = cdist(given, cube.positions)
            apart[molecule.charges[:, None] != cube.numbers] = np.inf
            if apart.min(axis=1).max() > SAME_PLACE:
                raise InputError(
                    f"The atoms of {paths[number]} are not those of geometry {number} of"
                    f" {self.geometries}, up to {apart.min(axis=1).max():.3g} bohr apart; the"
                    " numbers in the names of cube files must follow the order of geometries, in"
                    " whose axes the densities must be."
                )
            yield cube.grid, cube.values

    def _count_hint(self, part: float) -> str:
        for name, factor in DENSITY_UNITS.items():
            fits = part * factor / DENSITY_UNITS[self.density_unit]
            if name != self.density_unit and np.isclose(fits, 1, rtol=0.02):
                return f"their number would fit density_unit: {name}"
        return "density_unit or spacing could be wrong, or the grid too small or too coarse"


def expect_keys(declared: type, settings: Mapping[str, Any], what: str) -> None:
    """Raise `InputError` unless a block of settings has the fields of a dataclass as its keys."""
    known = [field.name for field in fields(declared)]
    needed = [field.name for field in fields(declared) if field.default is MISSING]
    unknown = [key for key in settings if key not in known]
    missing = [key for key in needed if key not in settings]
    if unknown or missing:
        found = [f"lacks {', '.join(missing)}"] if missing else []
        found += [f"has the unknown {', '.join(unknown)}"] if unknown else []
        raise InputError(f"{what} {' and '.join(found)}; its keys are {', '.join(known)}.")
