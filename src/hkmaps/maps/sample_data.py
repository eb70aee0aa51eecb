"""Reference data of one sample of a molecule's geometries, and what is trained and tested on it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hkmaps.checks import expect_shape
from hkmaps.descriptors.gaussians_potential import GAMMA, GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.seeds import random_stream, stream_seed

Sampler = Callable[[np.ndarray, int, int], np.ndarray]
"""Chooses training points: from positions (P, atoms, 3) in bohr, the number of points and a seed,
to the rows of the points."""


@dataclass(frozen=True, eq=False)
class SampleData:
    """What is known of the S geometries of a sample whose calculations converged.

    Attributes:
        molecule: name of the molecule.
        sample: name of the sample, such as "300+350K".
        symbols: chemical symbols of the atoms.
        charges: nuclear charges of the atoms, shape (atoms,).
        frame: reference frame of the molecule's maps.
        geometry: numbers of the geometries in their table, shape (S,).
        positions: aligned, shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha.
        gradients: of the energies with respect to the positions, minus the forces, shape
            (S, atoms, 3), in Ha/bohr, NaN where they are not known; None where none are.
        subspace: that of the densities of the pool that maps learn from; None without densities.
        coordinates: densities in it, shape (S, subspace.rank), in bohr^-3/2; likewise.
        residuals: part of each density outside of the subspace, by its L2 norm, shape (S,).
        failed: geometries of the sample that are not here, as their calculations did not converge.

    Raises:
        InputError: the arrays do not go together.
    """

    molecule: str
    sample: str
    symbols: tuple[str, ...]
    charges: np.ndarray
    frame: ReferenceFrame
    geometry: np.ndarray
    positions: np.ndarray
    energies: np.ndarray
    subspace: DensitySubspace | None = None
    coordinates: np.ndarray | None = None
    residuals: np.ndarray | None = None
    failed: int = 0
    gradients: np.ndarray | None = None

    def __post_init__(self):
        count, of = len(self.energies), f"{self.sample} of {self.molecule}"
        expect_shape(self.positions, (count, len(self.symbols), 3), f"positions of {of}")
        if self.subspace is not None:
            shape = (count, self.subspace.rank)
            expect_shape(self.coordinates, shape, f"density coordinates of {of}")

    def rows(self, rows: np.ndarray) -> "SampleData":
        """Return some of the geometries."""
        known = ("geometry", "positions", "energies", "coordinates", "residuals", "gradients")
        arrays = {name: getattr(self, name) for name in known}
        return replace(
            self, **{name: None if array is None else array[rows] for name, array in arrays.items()}
        )

    @property
    def digest(self) -> str:
        """A hash of all that is known of the geometries."""
        known = (self.molecule, self.sample, self.symbols, self.frame.masses.tolist(), self.failed)
        digest = hashlib.sha256(repr(known).encode())
        arrays = (self.charges, self.frame.positions, self.geometry, self.positions, self.energies)
        for array in (*arrays, self.gradients, self.coordinates, self.residuals):
            digest.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def has_gradients(self) -> bool:
        """Whether the gradients of all geometries are known."""
        return self.gradients is not None and bool(np.isfinite(self.gradients).all())

    def train(
        self,
        densities: bool = True,
        gamma: float = GAMMA,
        forces: bool = False,
        say: Callable[[str], None] = lambda message: None,
    ) -> MoleculeMap:
        """Return ML-HK trained on all geometries, or ML-KS where densities are not to count.

        Args:
            densities: whether densities are learnt.
            gamma: width of the Gaussians of the potential, in bohr.
            forces: whether the energy is learnt from forces as well.
            say: called with a line of text after each step of a search that takes long.

        Raises:
            InputError: forces are to be learnt of which some are not known, or as for
                `MoleculeMap.fit`.
        """
        if forces and not self.has_gradients:
            raise InputError(
                f"The map of {self.molecule} is to learn from forces, which are not known of all"
                f" {len(self.energies)} geometries of {self.sample}."
            )
        return MoleculeMap.fit(
            self.molecule,
            self.symbols,
            self.frame,
            GaussiansPotential(self.charges, gamma),
            self.positions,
            self.energies,
            *((self.coordinates, self.subspace) if densities else (None, None)),
            self.gradients if forces else None,
            say,
        )

    def random_split(self, test: int, number: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows to learn from and those to test on of a random split.

        Args:
            test: geometries of the test set, drawn from all.
            number: number of the split.
            seed: the study's seed.

        Raises:
            InputError: the test set is empty or leaves nothing.
        """
        count = len(self.energies)
        if not 0 < test < count:
            raise InputError(
                f"{test} of the {count} converged geometries of {self.molecule} were to be test"
                " geometries; maps need some to train on and others to test on."
            )
        stream = random_stream(seed, "maps", self.molecule, "split", number)
        order = stream.permutation(count)
        return np.sort(order[test:]), np.sort(order[:test])

    def training_points(
        self,
        pool: np.ndarray,
        size: int,
        name: int | str,
        sampler: Sampler | None,
        seed: int,
    ) -> np.ndarray:
        """Return the rows of a training set.

        Args:
            pool: rows that it is chosen from.
            size: number M of training points.
            name: number of the split or name of the sample, which with the seed decides the
                sampler's random numbers.
            sampler: chooses from the pool, and is not asked for all of it; None takes the first M.
            seed: the study's seed.

        Raises:
            InputError: the pool has fewer points, the sampler does not choose M of them, or two of
                these are the same geometry.
        """
        if not 2 <= size <= len(pool):
            raise InputError(
                f"{size} training points are asked for of {self.molecule}; there must be at least 2"
                f" and at most as many as the pool has, {len(pool)}."
            )
        chosen = np.arange(size)
        if size < len(pool) and sampler is not None:
            own_seed = stream_seed(seed, "maps", self.molecule, "training points", name, size)
            chosen = np.unique(sampler(self.positions[pool], size, own_seed))
        if len(chosen) != size:
            raise InputError(
                f"The sampler chose {len(chosen)} different training points of {self.molecule}; it"
                f" must choose {size}."
            )
        return pool[chosen]


def training_and_test(
    pool: SampleData,
    test: SampleData | int,
    size: int,
    sampler: Sampler | None,
    seed: int,
    split: int = 0,
) -> tuple[SampleData, SampleData]:
    """Return a training set of a pool and what its maps are tested on.

    Args:
        pool: the sample that maps learn from.
        test: another sample of the molecule, or a number of the pool's geometries that a random
            split keeps for the test.
        size: number M of training points; one that counts on calculations that failed is what is
            left of the pool.
        sampler: chooses the training points; None takes the first M, as of a sample whose
            geometries are in order of choice.
        seed: the study's seed.
        split: number of the random split.

    Raises:
        InputError: the samples do not go together, or as for `SampleData.random_split` and
            `SampleData.training_points`.
    """
    if isinstance(test, SampleData):
        _expect_together(pool, test)
        rows, name = np.arange(len(pool.energies)), pool.sample
    else:
        rows, tested = pool.random_split(test, split, seed)
        name, test = split, pool.rows(tested)
    if len(rows) < size <= len(rows) + pool.failed:
        size = len(rows)
    return pool.rows(pool.training_points(rows, size, name, sampler, seed)), test


def _expect_together(pool: SampleData, test: SampleData) -> None:
    if not np.array_equal(pool.charges, test.charges):
        raise InputError(
            f"The pool {pool.sample} is of {pool.molecule} and the test set {test.sample} of"
            f" {test.molecule}, with other atoms; both must be of one molecule, its atoms in one"
            " order."
        )
    both = pool.subspace is not None and test.subspace is not None
    if both and pool.subspace.fingerprint != test.subspace.fingerprint:
        raise InputError(
            f"The densities of the pool {pool.sample} and of the test set {test.sample} of"
            f" {test.molecule} are in different subspaces; both must be in that of the pool."
        )
