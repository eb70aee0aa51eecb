"""Files of geometries, energies and densities in place of the study's reference calculations.

A sample whose files the config declares gets the same tables as one that is calculated, so that
every later step reads it unchanged. Densities stay in the place and orientation that they have in
the file, and so do the geometries: neither is aligned with the study's reference geometry.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hkmaps.checks import expect_geometries
from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.molecules.coefficient_layout import CORNER, CoefficientLayout, expect_keys
from hkmaps.molecules.density_files import density_blocks, read_numbers
from hkmaps.molecules.file_alignment import expect_aligned
from hkmaps.molecules.geometries import expect_positions, geometry_table, random_split
from hkmaps.molecules.geometry_files import (
    ENERGY_UNITS,
    LENGTH_UNITS,
    GeometryFrames,
    expect_atoms,
    read_energies,
    read_geometries,
)
from hkmaps.molecules.numberings import named_alike
from hkmaps.molecules.reference import PRECISIONS
from hkmaps.molecules.reference_checks import (
    DensityPlaces,
    expect_electrons,
    expect_plausible_energies,
    expect_vanishing,
)
from hkmaps.molecules.results import POOL, REFERENCE, TEST
from hkmaps.molecules.systems import Molecule
from hkmaps.tables import stack

ALL, NONE = "all", "none"
TOTAL, RELATIVE = "total", "relative"


@dataclass(frozen=True)
class ReferenceFiles:
    """The files of a sample, as the config's block `molecules.files` declares them.

    Attributes:
        geometries: multi-frame xyz file, or `.npy` array; see `read_geometries`.
        energies: text or `.npy` file, "comment", or "comment:KEY"; see `read_energies`.
        energy_unit: one of `ENERGY_UNITS`.
        densities: text or `.npy` file; see `density_blocks`.
        layout: of the densities.
        atomic_numbers: file of the numbers of the atoms of an array of geometries.
        length_unit: one of `LENGTH_UNITS`; that of the xyz format is angstrom.
        energy_column: column of the energies in a file with several, from 0.
        energy_zero: whether the energies are total ones, or relative to any other zero.
        atom_order: which atom of the file each atom of the molecule is; None for the same order.
        test: what is tested: "all", "none", a number of geometries drawn at random, or their
            numbers in the file, from 0, as a list or as the path of a file that holds them.

    Raises:
        InputError: a unit or a zero of energies is unknown.
    """

    geometries: Path
    energies: str
    energy_unit: str
    densities: Path
    layout: CoefficientLayout
    atomic_numbers: Path | None = None
    length_unit: str = "angstrom"
    energy_column: int | None = None
    energy_zero: str = TOTAL
    atom_order: tuple[int, ...] | None = None
    test: str | int | Sequence[int] = NONE

    def __post_init__(self):
        allowed = {
            "length_unit": LENGTH_UNITS,
            "energy_unit": ENERGY_UNITS,
            "energy_zero": (TOTAL, RELATIVE),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise InputError(
                    f"The {name} of {self.geometries} is {getattr(self, name)!r}; it must be one of"
                    f" {', '.join(values)}."
                )

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "ReferenceFiles":
        """Return what a sample's block of the config declares.

        Raises:
            InputError: a key is unknown or missing, or a value not allowed.
        """
        expect_keys(cls, settings, "The block of a sample in molecules.files")
        order, numbers = settings.get("atom_order"), settings.get("atomic_numbers")
        return cls(
            **{
                **settings,
                "geometries": Path(settings["geometries"]),
                "energies": str(settings["energies"]),
                "densities": Path(settings["densities"]),
                "layout": CoefficientLayout.from_settings(settings["layout"]),
                "atomic_numbers": None if numbers is None else Path(numbers),
                "atom_order": None if order is None else tuple(order),
            }
        )

    @property
    def description(self) -> str:
        """The column `engine` of the table: the names of the files."""
        energies = self.energies if ":" in self.energies else Path(self.energies).name
        return f"files: {self.geometries.name}, {energies}, {self.densities.name}"

    def geometry_table(
        self,
        molecule: Molecule,
        seed: int,
        say: Callable[[str], None] = lambda message: None,
    ) -> pd.DataFrame:
        """Read the geometries, with equal atoms named as in the study's geometries.

        Args:
            molecule: an entry of `MOLECULES`.
            seed: the study's seed, for a test set drawn at random.
            say: called with a sentence where atoms are renamed.

        Returns:
            pandas.DataFrame with the columns of `GEOMETRIES`, in the order of the file; positions
            in the axes of the file, zero at the middle of the cube.

        Raises:
            InputError: the file is missing or damaged, the atoms are not those of the molecule or
                not where such atoms can be, beyond the cube, or not aligned with each other, or
                the test set is not part of them.
        """
        positions = self._positions(molecule, self._frames(), say)
        return geometry_table(molecule, positions, self._split(molecule, len(positions), seed))

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
            molecule: an entry of `MOLECULES`.
            geometries: what `geometry_table` returned.
            basis: basis of the coefficients.
            chunks: number of tables, of nearly equal length; no more than one and a block of the
                file is in memory.
            precision: one of `PRECISIONS`, that of the coefficients.

        Yields:
            pandas.DataFrame with the columns of `REFERENCE`, in the order of the geometries.

        Raises:
            InputError: a file is missing or damaged, the numbers of geometries, energies and
                densities differ, the energies are not finite or cannot be in their unit, the
                layout cannot be that of the file, or there are fewer geometries than chunks.
        """
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
        self.layout.expect_basis(basis)
        positions = stack(geometries["positions"]).reshape(count, -1, 3)
        energies = self._energies(molecule, positions)
        blocks = self._coefficients(molecule, positions, basis)
        ends = np.cumsum([len(part) for part in np.array_split(np.arange(count), chunks)])
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            coefficients = np.empty((end - start, basis.size), dtype=PRECISIONS[precision])
            for row in coefficients:
                row[:] = next(blocks)
            if end == count:
                # What is checked when all densities are read comes before the last table.
                next(blocks, None)
            yield pd.DataFrame(
                {
                    "geometry": geometries["geometry"].to_numpy()[start:end],
                    "energy": energies[start:end],
                    "converged": True,
                    "iterations": 0,
                    "seconds": 0.0,
                    "engine": self.description,
                    "failure": None,
                    "coefficients": list(coefficients),
                },
                columns=REFERENCE.column_names,
            )

    def _frames(self) -> GeometryFrames:
        return read_geometries(self.geometries, self.atomic_numbers)

    def _positions(
        self, molecule: Molecule, frames: GeometryFrames, say: Callable[[str], None]
    ) -> np.ndarray:
        """Positions (S, atoms, 3) in bohr, zero at the middle of the cube."""
        positions = expect_atoms(molecule, frames, self.atom_order)
        positions = positions * LENGTH_UNITS[self.length_unit]
        try:
            expect_geometries(molecule.charges, positions)
            try:
                positions, rows = named_alike(molecule, positions)
            except InputError:
                # A bond of a wrong length is the plainer thing to say, where there is one.
                expect_positions(molecule, positions)
                raise
            expect_positions(molecule, positions)
        except InputError as error:
            raise InputError(
                f"{self.geometries}, length_unit: {self.length_unit}, atoms in the order"
                f" {' '.join(molecule.symbols)}: {error}"
            ) from error
        if renamed := int((rows != np.arange(rows.shape[1])).any(axis=1).sum()):
            say(
                f"In {renamed} of {len(rows)} geometries of {self.geometries} equal atoms were"
                f" numbered unlike those of {molecule.name}, by their bonds or their handedness,"
                " and have been renamed."
            )
        middle = self.layout.box_length / 2
        if self.layout.origin == CORNER:
            positions = positions - middle
        if (beyond := np.abs(positions).max(axis=(1, 2)) >= middle).any():
            ends = (0, 2 * middle) if self.layout.origin == CORNER else (-middle, middle)
            raise InputError(
                f"{self.geometries} has atoms of geometry {int(beyond.argmax())} beyond the cube;"
                f" with origin: {self.layout.origin} all coordinates must be between"
                f" {ends[0]:g} and {ends[1]:g} bohr."
            )
        expect_aligned(molecule, positions, self.geometries)
        return positions

    def _split(self, molecule: Molecule, count: int, seed: int) -> str | np.ndarray:
        if self.test in (ALL, NONE):
            return TEST if self.test == ALL else POOL
        if isinstance(self.test, int):
            return random_split(molecule, count, self.test, seed)
        rows = self.test
        if isinstance(rows, str):
            rows = read_numbers(Path(rows), "numbers of the test geometries").ravel()
        rows = np.asarray(rows)
        if (
            not len(rows)
            or len(np.unique(rows)) < len(rows)
            or not np.isin(rows, np.arange(count)).all()
        ):
            raise InputError(
                f"The test geometries of {self.geometries} are {np.array2string(rows, threshold=6)}"
                f"; they must be different numbers from 0 to {count - 1}."
            )
        split = np.full(count, POOL, dtype=object)
        split[rows.astype(int)] = TEST
        return split

    def _energies(self, molecule: Molecule, positions: np.ndarray) -> np.ndarray:
        """Energies (S,) in Ha, one for each geometry."""
        frames = self._frames()
        if len(frames.positions) != len(positions):
            raise InputError(
                f"{self.geometries} holds {len(frames.positions)} geometries, but"
                f" {len(positions)} were read from it before; make the geometries anew."
            )
        energies, where = read_energies(self.energies, frames, self.energy_column)
        energies = energies * ENERGY_UNITS[self.energy_unit]
        total = self.energy_zero == TOTAL
        expect_plausible_energies(molecule, positions, energies, where, total)
        return energies

    def _coefficients(
        self, molecule: Molecule, positions: np.ndarray, basis: FourierBasis
    ) -> Iterator[np.ndarray]:
        """Yield the checked density of each geometry, shape (basis.size,), in double precision."""
        layout, path, first = self.layout, self.densities, 0
        places = DensityPlaces(molecule, layout, path)
        for values in density_blocks(path, len(positions), layout.size):
            expect_vanishing(layout, values, path, first)
            coefficients = layout.convert(values, basis)
            counts = basis.electron_count(coefficients)
            expect_electrons(molecule, layout, counts, path, first)
            places.add(values, positions[first : first + len(values)])
            first += len(values)
            yield from coefficients
        places.expect_order()
