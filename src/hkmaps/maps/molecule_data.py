"""Reference calculations of one molecule, as its maps take them, and their random splits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hkmaps.checks import expect_finite, expect_geometries
from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.kernels.held_out_errors import condense
from hkmaps.seeds import random_stream
from hkmaps.tables import stack

TABLE_SPLIT = 0
"""The split that the table of geometries holds; the others are drawn."""


@dataclass(frozen=True, eq=False)
class MoleculeData:
    """Energies and densities of S geometries of one molecule.

    Attributes:
        name: the molecule, such as "H2O".
        symbols: chemical symbols of its atoms.
        charges: nuclear charges of the atoms, shape (atoms,).
        basis: basis of the densities.
        geometry: numbers of the geometries in the tables, shape (S,).
        positions: shape (S, atoms, 3), in bohr.
        bond_lengths: shape (S, bonds), in bohr.
        is_test: whether a geometry is a test geometry of the table's split, shape (S,).
        energies: shape (S,), in Ha.
        coefficients: densities in `basis`, in the precision of their table, shape
            (S, basis.size), in bohr^-3/2.
    """

    name: str
    symbols: tuple[str, ...]
    charges: np.ndarray
    basis: FourierBasis
    geometry: np.ndarray
    positions: np.ndarray
    bond_lengths: np.ndarray
    is_test: np.ndarray
    energies: np.ndarray
    coefficients: np.ndarray

    @classmethod
    def from_tables(
        cls,
        name: str,
        symbols: Sequence[str],
        charges: Sequence[float],
        basis: FourierBasis,
        geometries: pd.DataFrame,
        reference: pd.DataFrame,
    ) -> "MoleculeData":
        """Join the geometries of a molecule with their reference calculations.

        Geometries whose calculation did not converge are left out.

        Args:
            name: the molecule's name.
            symbols: chemical symbols of the atoms.
            charges: nuclear charges of the atoms, shape (atoms,).
            basis: basis of the densities.
            geometries: molecules/{molecule}/geometries.parquet.
            reference: molecules/{molecule}/reference.parquet.

        Raises:
            InputError: a geometry has no calculation or more than one, an energy is not finite,
                or charges, positions or coefficients do not go together.
        """
        for table, rows in (("geometries", geometries), ("reference", reference)):
            if (twice := rows["geometry"].duplicated()).any():
                raise InputError(
                    f"The table {table} of {name} has the geometry"
                    f" {rows['geometry'][twice].iloc[0]} twice; every number must be there once."
                )
        joined = geometries.merge(reference, on="geometry", how="left", validate="1:1")
        if (missing := joined["energy"].isna() & joined["converged"].isna()).any():
            raise InputError(
                f"The geometry {joined['geometry'][missing].iloc[0]} of {name} has no reference"
                " calculation; every geometry needs one."
            )
        rows = joined[joined["converged"].astype(bool)]
        if rows.empty:
            raise InputError(
                f"None of the {len(joined)} reference calculations of {name} converged; maps need"
                " converged ones."
            )
        positions = stack(rows["positions"]).reshape(len(rows), -1, 3)
        charges, positions = expect_geometries(charges, positions)
        coefficients = stack(rows["coefficients"])
        if coefficients.shape[1] != basis.size:
            raise InputError(
                f"The densities of {name} have {coefficients.shape[1]} coefficients; a Fourier"
                f" basis of {basis.frequencies} frequencies has {basis.size}."
            )
        return cls(
            name=name,
            symbols=tuple(symbols),
            charges=charges,
            basis=basis,
            geometry=rows["geometry"].to_numpy(),
            positions=positions,
            bond_lengths=stack(rows["bond_lengths"]),
            is_test=(rows["split"] == "test").to_numpy(),
            energies=expect_finite(rows["energy"].to_numpy(), f"energy of {name}"),
            coefficients=coefficients,
        )

    @cached_property
    def span_coordinates(self) -> np.ndarray:
        """The densities in an orthonormal basis of the space that they span, shape (S, S).

        A regression with one width and one regularisation for all coefficients commutes with
        rotations: its predictions are linear combinations of training densities, and what chooses
        and uses them are distances and sums of squares. So maps may be trained on these
        coordinates, a few hundred, in place of 125 000 coefficients, with the same energies.
        """
        return condense(self.coefficients)

    @cached_property
    def grid_densities(self) -> np.ndarray:
        """The densities on the coarsest grid that holds all of the basis, (S, points), bohr^-3."""
        points = self.basis.functions_per_dimension
        values = np.empty((len(self.energies), points**3), dtype=np.float32)
        for row, coefficients in zip(values, self.coefficients, strict=True):
            row[:] = self.basis.density_on_grid(coefficients, points).ravel()
        return values

    @property
    def volume_element(self) -> float:
        """The volume of a point of `grid_densities`, in bohr^3."""
        return (self.basis.length / self.basis.functions_per_dimension) ** 3

    def split(self, number: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the pool and of the test set of a random split.

        Args:
            number: 0 is the split of the table; the others draw as many test geometries as that
                has from all geometries.
            seed: the study's seed.

        Returns:
            Rows of the pool, from which training points are chosen, and of the test set.

        Raises:
            InputError: the table has no test geometries, or nothing else.
        """
        tests = int(self.is_test.sum())
        if not 0 < tests < len(self.is_test):
            raise InputError(
                f"{tests} of the {len(self.is_test)} converged geometries of {self.name} are test"
                " geometries; maps need some to train on and others to test on."
            )
        if number == TABLE_SPLIT:
            return np.flatnonzero(~self.is_test), np.flatnonzero(self.is_test)
        stream = random_stream(seed, "maps", self.name, "split", number)
        order = stream.permutation(len(self.is_test))
        return np.sort(order[tests:]), np.sort(order[:tests])
