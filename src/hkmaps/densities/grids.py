"""Densities on uniform grids: their Fourier coefficients, and Gaussian cube files in and out."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.io.cube import read_cube, write_cube
from numpy.typing import ArrayLike

from hkmaps.checks import expect_finite, expect_geometries, expect_number
from hkmaps.densities.fourier import DIMENSIONS, FourierBasis
from hkmaps.errors import InputError
from hkmaps.tables import atomic_path
from hkmaps.units import ANGSTROM_PER_BOHR

LOST_ELECTRONS = 0.01
"""Part of the electrons that a cube file may miss, beyond its faces and between its points."""


@dataclass(frozen=True)
class UniformGrid:
    """Points origin + (i, j, k) * spacing, along x, y and z.

    Attributes:
        origin: the first point, in bohr.
        spacing: distances of neighbours along x, y and z, or one for all, in bohr.

    Raises:
        InputError: they are not three finite numbers each, or a spacing is not positive.
    """

    origin: tuple[float, float, float]
    spacing: tuple[float, float, float]

    def __post_init__(self):
        if np.ndim(self.spacing) == 0:
            object.__setattr__(self, "spacing", (self.spacing,) * DIMENSIONS)
        for name, values in (("origin", self.origin), ("spacing", self.spacing)):
            numbers = expect_finite(values, f"{name} of the grid")
            if numbers.shape != (DIMENSIONS,) or (name == "spacing" and numbers.min() <= 0):
                raise InputError(
                    f"The {name} of the grid is {np.asarray(values).tolist()}; it must be three"
                    f" {'positive ' if name == 'spacing' else ''}numbers, along x, y and z."
                )

    def scaled(self, factor: float) -> "UniformGrid":
        """Return the grid of lengths times a factor, such as that of a unit."""
        return UniformGrid(*(tuple(factor * np.array(v)) for v in (self.origin, self.spacing)))

    def axes(self, shape: Sequence[int]) -> list[np.ndarray]:
        """Return the coordinates of the points along x, y and z, in bohr."""
        return [
            start + step * np.arange(count)
            for start, step, count in zip(self.origin, self.spacing, shape, strict=True)
        ]

    def coefficients(
        self, values: np.ndarray, basis: FourierBasis, centre: ArrayLike
    ) -> np.ndarray:
        """Return the overlaps of a density with the functions of a basis, sums over the grid.

        Args:
            values: the density at the points, shape (X, Y, Z), in bohr^-3; zero beyond them.
            basis: the basis, whose period it takes.
            centre: what comes to the middle of the basis's cube, shape (3,), in bohr.

        Returns:
            Coefficients of shape (basis.size,), in bohr^-3/2.

        Raises:
            InputError: the grid is too coarse for the frequencies of the basis.
        """
        finest = basis.length / basis.functions_per_dimension
        if max(self.spacing) > finest:
            raise InputError(
                f"The grid has a spacing of {max(self.spacing):.3g} bohr; for"
                f" {basis.frequencies} frequencies in {basis.length:g} bohr it must be at most"
                f" {finest:.3g} bohr."
            )
        tensor = np.asarray(values, dtype=np.float64) * np.prod(self.spacing)
        for points, middle in zip(self.axes(values.shape), centre, strict=True):
            # Each pass takes the first of the three axes and puts it last.
            functions = basis.functions(points - middle + basis.length / 2)
            tensor = np.tensordot(tensor, functions, axes=(0, 0))
        return tensor.ravel()

    def expect_inside(self, shape: Sequence[int], positions: np.ndarray, where: str) -> None:
        """Raise `InputError` where atoms, shape (atoms, 3), in bohr, are beyond the grid."""
        low = np.array(self.origin)
        high = low + np.array(self.spacing) * np.array(shape)
        if (beyond := ((positions < low) | (positions > high)).any(axis=1)).any():
            atom = int(beyond.argmax())
            raise InputError(
                f"Atom {atom} at {np.array2string(positions[atom], precision=3)} bohr is beyond the"
                f" grid of {where}, which goes from {np.array2string(low, precision=3)} to"
                f" {np.array2string(high, precision=3)} bohr; the molecule must lie in it whole."
            )


@dataclass(frozen=True, eq=False)
class DensityCube:
    """What a Gaussian cube file holds.

    Attributes:
        grid: its points.
        values: at the points, shape (X, Y, Z), as the file has them.
        numbers: atomic numbers, shape (atoms,).
        positions: of the atoms, shape (atoms, 3), in bohr.
    """

    grid: UniformGrid
    values: np.ndarray
    numbers: np.ndarray
    positions: np.ndarray


def read_density_cube(path: Path) -> DensityCube:
    """Read a Gaussian cube file with one density whose axes are along x, y and z.

    Raises:
        InputError: the file is missing or damaged, holds several densities, or its axes are turned.
    """
    try:
        with open(path, encoding="utf-8") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = read_cube(file)
    except FileNotFoundError as error:
        raise InputError(f"The density should be in {path}, which does not exist.") from error
    except (ValueError, IndexError, KeyError, OverflowError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read as a Gaussian cube file ({' '.join(str(error).split())}); its"
            " header or its values are damaged."
        ) from error
    spacing = content["spacing"] / ANGSTROM_PER_BOHR
    steps = np.diag(spacing)
    if (np.abs(spacing - np.diag(steps)) > 1e-6 * np.abs(steps).max()).any() or steps.min() <= 0:
        raise InputError(
            f"The axes of {path} are {np.array2string(spacing, precision=4).replace(chr(10), '')};"
            " they must be along x, y and z in this order."
        )
    if len(content["datas"]) != 1:
        raise InputError(
            f"{path} holds {len(content['datas'])} values at each point; it must hold one, the"
            " density."
        )
    values = content["data"]
    if not np.isfinite(values).all():
        raise InputError(f"{path} holds values that are not finite; every one must be.")
    grid = UniformGrid(tuple(content["origin"] / ANGSTROM_PER_BOHR), tuple(steps))
    atoms = content["atoms"]
    return DensityCube(grid, values, atoms.numbers, atoms.positions / ANGSTROM_PER_BOHR)


def write_density_cube(
    path: Path,
    symbols: Sequence[str],
    positions: ArrayLike,
    density: Callable[[np.ndarray], np.ndarray],
    electrons: float,
    spacing: float = 0.2,
    margin: float = 6.0,
) -> None:
    """Write the density about a molecule as a Gaussian cube file, which VESTA or Jmol open.

    Args:
        path: the file.
        symbols: chemical symbols of the atoms.
        positions: shape (atoms, 3), in bohr.
        density: its values in bohr^-3, shape (P,), at points of shape (P, 3), in bohr.
        electrons: how many electrons it has.
        spacing: distance of neighbouring points, in bohr.
        margin: least distance of the atoms from the faces, in bohr.

    Raises:
        InputError: a length is not positive, the geometry is none, or the sum over the points
            misses more than 1 % of the electrons.
    """
    spacing = expect_number(spacing, "spacing of a cube file", "bohr")
    margin = expect_number(margin, "margin of a cube file", "bohr")
    atoms = Atoms(list(symbols))
    _, (positions,) = expect_geometries(atoms.numbers, np.asarray(positions)[None])
    low = positions.min(axis=0) - margin
    shape = np.ceil((np.ptp(positions, axis=0) + 2 * margin) / spacing).astype(int) + 1
    grid = UniformGrid(tuple(low), (spacing,) * DIMENSIONS)
    points = np.stack(np.meshgrid(*grid.axes(shape), indexing="ij"), axis=-1)
    values = np.reshape(density(points.reshape(-1, DIMENSIONS)), shape)
    found = float(values.sum() * spacing**DIMENSIONS)
    if abs(found - electrons) > LOST_ELECTRONS * electrons:
        raise InputError(
            f"A cube file with a spacing of {spacing:g} bohr and a margin of {margin:g} bohr would"
            f" hold {found:.5g} of {electrons:.5g} electrons; a smaller spacing or a wider margin"
            " is needed."
        )
    atoms.positions = positions * ANGSTROM_PER_BOHR
    atoms.cell = shape * spacing * ANGSTROM_PER_BOHR
    comment = f"electron density in bohr^-3, {found:.6g} electrons"
    with atomic_path(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
        write_cube(file, atoms, values, low * ANGSTROM_PER_BOHR, comment)
