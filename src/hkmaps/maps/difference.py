"""What a better method adds to a map: its energies less those of the map (delta learning).

The difference of two methods changes less from geometry to geometry than either energy does, so
that far fewer geometries by the better method are enough. It is learnt by ML-KS (paper B, equation
15) from geometries whose energies are known by both. The mean of the differences, a constant as of
electrons that only one of the methods has, is taken off first: away from all training geometries
the correction goes to it, and its forces to zero.

Source: R. Ramakrishnan, P. O. Dral, M. Rupp, O. A. von Lilienfeld, J. Chem. Theory Comput. 11,
2087 (2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hkmaps.errors import InputError
from hkmaps.geometry.frame import Alignment, ReferenceFrame
from hkmaps.maps.errors import maximum_absolute, mean_absolute
from hkmaps.maps.molecule_map import MoleculeMap, SurfacePoints
from hkmaps.maps.sample_data import SampleData
from hkmaps.tables import Column, TableSchema
from hkmaps.tensor_files import read_tensors, reading, write_tensors

DIFFERENCE_FILE = "difference.safetensors"
"""File of the mean difference, beside that of the map of the rest."""

DIFFERENCE, CORRECTED = "difference", "corrected energy"
"""What errs: the learnt difference alone, or the energy of the map with it."""

DIFFERENCE_ERRORS = TableSchema(
    "difference errors",
    "Errors of what a better method adds, on geometries that nothing was trained on",
    (
        Column("molecule", "text", "", "name of the molecule"),
        Column("sample", "text", "", "pool of the map that is corrected"),
        Column("better", "text", "", "sample with the energies of the better method"),
        Column("quantity", "text", "", "difference alone, or corrected energy: map and difference"),
        Column("training_points", "integer", "1", "geometries that the difference was learnt from"),
        Column("test_points", "integer", "1", "geometries that it was tested on"),
        Column("mae", "number", "Ha", "mean absolute error"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column("spread", "number", "Ha", "standard deviation of the difference over the test"),
        Column("width", "number", "bohr^3/2", "width of the kernel"),
        Column("regularisation", "number", "1", "lambda"),
        Column("at_edge", "flag", "", "whether one of them is at an edge of the search"),
    ),
)


@dataclass(frozen=True, eq=False)
class DifferenceMap:
    """ML-KS of the energies of a better method less those of another one.

    Attributes:
        varying: ML-KS of the differences less their mean.
        mean: mean of the differences of training, in Ha.
    """

    varying: MoleculeMap
    mean: float

    @classmethod
    def fit(cls, differences: SampleData) -> "DifferenceMap":
        """Learn differences.

        Args:
            differences: geometries whose `energies` are differences, as `differences_of` returns.

        Raises:
            InputError: there are fewer than two, or two of them are the same.
        """
        count, mean = len(differences.energies), float(differences.energies.mean())
        if count < 2:
            raise InputError(
                f"The difference of two methods is to be learnt from {count} geometry of"
                f" {differences.molecule}; it needs at least 2."
            )
        varying = replace(differences, energies=differences.energies - mean)
        return cls(varying.train(densities=False), mean)

    def energies(self, positions: ArrayLike | Alignment) -> np.ndarray:
        """Return predicted differences, shape (S,), in Ha; geometries as `MoleculeMap` has them."""
        return self.varying.energies(positions) + self.mean

    def save(self, folder: str | Path) -> None:
        """Write the map to files of a folder, each whole or not at all."""
        self.varying.save(folder)
        mean = {"mean_difference": np.array(self.mean)}
        write_tensors(Path(folder) / DIFFERENCE_FILE, mean, {"name": self.varying.name})

    @classmethod
    def load(cls, folder: str | Path) -> "DifferenceMap":
        """Read a map that `save` wrote.

        Raises:
            InputError: a file is missing or damaged, or is of another map.
        """
        path, what = Path(folder) / DIFFERENCE_FILE, f"saved {cls.__name__}"
        tensors, _ = read_tensors(path, what)
        with reading(path, what):
            return cls(MoleculeMap.load(folder), float(tensors["mean_difference"]))


@dataclass(frozen=True, eq=False)
class CorrectedMap:
    """A map of a molecule and what a better method adds to it, asked as one map.

    It takes the place of a `MoleculeMap` for who asks for energies, gradients, uncertainty, density
    or domain, such as `hkmaps.molecules.calculator.MapCalculator`. Densities are those of the map;
    the domain is where both have learned; the variances of both add.

    Attributes:
        base: the map that is corrected.
        difference: what is added to it.

    Raises:
        InputError: the two are not of the same molecule in the same frame.
    """

    base: MoleculeMap
    difference: DifferenceMap

    def __post_init__(self):
        varying = self.difference.varying
        if (varying.name, varying.symbols) != (self.base.name, self.base.symbols) or not (
            np.array_equal(varying.frame.positions, self.base.frame.positions)
        ):
            raise InputError(
                f"The difference is of {varying.name}, atoms {' '.join(varying.symbols)}, and the"
                f" map of {self.base.name}, atoms {' '.join(self.base.symbols)}; both must be of"
                " one molecule in one reference frame."
            )

    @classmethod
    def load(cls, folder: str | Path, difference: str | Path) -> "CorrectedMap":
        """Read a map and the difference to it.

        Args:
            folder: what `MoleculeMap.save` wrote.
            difference: what `DifferenceMap.save` wrote.

        Raises:
            InputError: a file is missing or damaged, or the two do not go together.
        """
        return cls(MoleculeMap.load(folder), DifferenceMap.load(difference))

    @property
    def name(self) -> str:
        """The molecule."""
        return self.base.name

    @property
    def symbols(self) -> tuple[str, ...]:
        """Chemical symbols of its atoms."""
        return self.base.symbols

    @property
    def frame(self) -> ReferenceFrame:
        """Reference frame in which both were trained."""
        return self.base.frame

    @property
    def training_positions(self) -> np.ndarray:
        """Training geometries of the map, aligned, shape (M, atoms, 3), in bohr."""
        return self.base.training_positions

    @property
    def method(self) -> str:
        """That of the map, ML-HK or ML-KS."""
        return self.base.method

    def align(self, positions: ArrayLike | Alignment) -> Alignment:
        """Return geometries, checked, in the reference frame."""
        return self.base.align(positions)

    def energies(self, positions: ArrayLike | Alignment) -> np.ndarray:
        """Return predicted energies of the better method, shape (S,), in Ha."""
        aligned = self.align(positions)
        return self.base.energies(aligned) + self.difference.energies(aligned)

    def energies_and_gradients(self, positions: ArrayLike | Alignment) -> SurfacePoints:
        """Return energies of the better method, their gradients, and how far geometries are."""
        aligned = self.align(positions)
        base = self.base.energies_and_gradients(aligned)
        added = self.difference.varying.energies_and_gradients(aligned)
        return SurfacePoints(
            base.energies + added.energies + self.difference.mean,
            base.gradients + added.gradients,
            np.maximum(base.domain_distances, added.domain_distances),
        )

    def energy_uncertainties(self, positions: ArrayLike | Alignment) -> np.ndarray:
        """Return the standard deviations of the energies' errors, shape (S,), in Ha."""
        aligned = self.align(positions)
        added = self.difference.varying.energy_uncertainties(aligned)
        return np.hypot(self.base.energy_uncertainties(aligned), added)

    def energy_intervals(self, positions: ArrayLike | Alignment, share: float) -> np.ndarray:
        """Return half-widths of intervals, shape (S,), in Ha; see `MoleculeMap.energy_intervals`.

        Squares of both half-widths add, which is exact where errors are normal.
        """
        aligned = self.align(positions)
        added = self.difference.varying.energy_intervals(aligned, share)
        return np.hypot(self.base.energy_intervals(aligned, share), added)

    def density(self, positions: ArrayLike | Alignment, points: ArrayLike) -> np.ndarray:
        """Return the density that the map predicts; see `MoleculeMap.density`."""
        return self.base.density(positions, points)

    def domain_distance(self, positions: ArrayLike | Alignment) -> np.ndarray:
        """Return the larger of the distances from both training sets, shape (S,)."""
        aligned = self.align(positions)
        of_both = (each.domain_distance(aligned) for each in (self.base, self.difference.varying))
        return np.maximum(*of_both)

    def in_domain(self, positions: ArrayLike | Alignment) -> np.ndarray:
        """Return whether `domain_distance` is at most 1, flags of shape (S,)."""
        return self.domain_distance(positions) <= 1

    def expect_symbols(self, symbols: Sequence[str]) -> None:
        """Raise `InputError` unless atoms of these elements are the molecule's in its order."""
        self.base.expect_symbols(symbols)


def differences_of(
    pool: SampleData, better: SampleData, base: SampleData
) -> tuple[SampleData, SampleData]:
    """Return the geometries whose energies are known by both methods.

    Args:
        pool: what the map that is corrected learns from, whose frame counts.
        better: geometries with energies of the better method.
        base: geometries with energies of the other one, those of `better`, by their numbers, among
            them.

    Returns:
        In the order of `better`: geometries with the differences, better less other, as energies;
        the same geometries with the energies of the other method.

    Raises:
        InputError: geometries of one number differ, or none is known by both.
    """
    _, own, other = np.intersect1d(better.geometry, base.geometry, return_indices=True)
    if not len(own):
        raise InputError(
            f"No geometry of {better.sample} of {better.molecule} has energies by both methods; a"
            " difference is learnt from those that have."
        )
    order = np.argsort(own)
    better, base = better.rows(own[order]), base.rows(other[order])
    if not np.array_equal(better.positions, base.positions):
        raise InputError(
            f"Geometries of {better.sample} of {better.molecule} are not those of {base.sample}"
            " with the same numbers; make both samples anew."
        )
    gradients = None
    if better.gradients is not None and base.gradients is not None:
        gradients = better.gradients - base.gradients
    differences = better.energies - base.energies
    return replace(better, energies=differences, gradients=gradients, frame=pool.frame), base


def difference_errors(
    pool: SampleData, differences: SampleData, base: SampleData, sizes: Sequence[int]
) -> pd.DataFrame:
    """Learn differences of the first geometries of a sample, and test on those left over.

    All sizes are tested on the geometries after the largest. The energies of the better method are
    tested there as well, by ML-KS of the pool's other geometries and the difference.

    Args:
        pool: what the map that is corrected learns from.
        differences, base: what `differences_of` returns.
        sizes: numbers of geometries to learn from.

    Returns:
        pandas.DataFrame with the columns of `DIFFERENCE_ERRORS`.

    Raises:
        InputError: nothing is left to test on, or as for `DifferenceMap.fit`.
    """
    largest, count = max(sizes), len(differences.energies)
    if largest >= count:
        raise InputError(
            f"The difference is to be learnt from {largest} geometries of {differences.sample} of"
            f" {differences.molecule}, of which {count} have energies by both methods; some must be"
            " left to test it on."
        )
    tested, base = (sample.rows(np.arange(largest, count)) for sample in (differences, base))
    places = {place.tobytes() for place in tested.positions}
    others = [place.tobytes() not in places for place in pool.positions]
    of_map = pool.rows(np.flatnonzero(others)).train(densities=False).energies(tested.positions)
    rows = []
    for size in sizes:
        learnt = DifferenceMap.fit(differences.rows(np.arange(size)))
        errors = learnt.energies(tested.positions) - tested.energies
        chosen = learnt.varying.energy_map
        for quantity, values in (
            (DIFFERENCE, errors),
            (CORRECTED, errors + of_map - base.energies),
        ):
            rows.append(
                {
                    "molecule": pool.molecule,
                    "sample": pool.sample,
                    "better": differences.sample,
                    "quantity": quantity,
                    "training_points": size,
                    "test_points": len(values),
                    "mae": float(mean_absolute(values)),
                    "maximum": float(maximum_absolute(values)),
                    "spread": float(tested.energies.std()),
                    "width": chosen.width,
                    "regularisation": chosen.regularisation,
                    "at_edge": bool(chosen.at_edge),
                }
            )
    return pd.DataFrame(rows, columns=DIFFERENCE_ERRORS.column_names)
