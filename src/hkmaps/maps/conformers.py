"""ML-KS and ML-HK of conformers: errors on an independent run, energies along a trajectory.

As in paper B's Table 2, the training points of a size are chosen in the pool's geometries, and all
sizes are measured on the same test set. Densities are held as coordinates in a `DensitySubspace`
of pool and test set, in which the maps are those of all coefficients.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hkmaps.errors import InputError
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.error_rows import Sample, hohenberg_kohn_rows, kohn_sham_rows
from hkmaps.maps.inputs import expect_samples
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.molecules import (
    Sampler,
    choose_training_points,
    misplaced_fractions,
    train_hohenberg_kohn,
    train_kohn_sham,
)
from hkmaps.maps.results import (
    CONFORMER_ERRORS,
    HOHENBERG_KOHN,
    KOHN_SHAM,
    SHARED,
    TRAJECTORY_ENERGIES,
)

DENSITIES_AT_ONCE = 32
"""Densities that are expanded at once: 32 MB of coefficients, and each on its grid."""


@dataclass(frozen=True, eq=False)
class ConformerData:
    """Energies and densities of the S geometries of one sample of a molecule.

    Attributes:
        name: the molecule.
        charges: nuclear charges of its atoms, shape (atoms,).
        geometry: numbers of the geometries in their table, shape (S,).
        positions: aligned, shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha.
        subspace: what the densities are represented in.
        coordinates: the densities in it, shape (S, subspace.rank), in bohr^-3/2.
        failed: geometries of the sample that are not here, as their calculations did not converge.

    Raises:
        InputError: the arrays do not go together.
    """

    name: str
    charges: np.ndarray
    geometry: np.ndarray
    positions: np.ndarray
    energies: np.ndarray
    subspace: DensitySubspace
    coordinates: np.ndarray
    failed: int = 0

    def __post_init__(self):
        shape = (len(self.energies), self.subspace.rank)
        expect_samples(self.coordinates, shape, f"density coordinates of {self.name}")

    @classmethod
    def in_subspace(cls, data: MoleculeData, subspace: DensitySubspace) -> "ConformerData":
        """Return reference calculations with their densities in a subspace."""
        return cls(
            name=data.name,
            charges=data.charges,
            geometry=data.geometry,
            positions=data.positions,
            energies=data.energies,
            subspace=subspace,
            coordinates=subspace.project(data.coefficients),
        )


def conformer_errors(
    training: ConformerData,
    test: ConformerData,
    pool: str,
    sizes: Sequence[int],
    sampler: Sampler,
    seed: int,
) -> pd.DataFrame:
    """Train all maps of a molecule on every size of a pool, and measure them on a test set.

    Args:
        training: reference calculations of the pool.
        test: those of the test set, densities in the same subspace.
        pool: name of the pool, which with the seed decides the sampler's random numbers.
        sizes: numbers M of training points; one that counts on calculations that failed is what
            is left of the pool.
        sampler: chooses M training points from the pool's geometries, aligned, in bohr.
        seed: the study's seed.

    Returns:
        pandas.DataFrame with the columns of `CONFORMER_ERRORS`: ML-KS, and ML-HK with the energy
        map trained on predicted and on reference densities.

    Raises:
        InputError: pool and test set are of different molecules or subspaces, the pool has fewer
            than M geometries, or the sampler does not choose M of them.
    """
    if not np.array_equal(training.charges, test.charges):
        raise InputError(
            f"The pool {pool} is of {training.name} and the test set of {test.name}, with other"
            " atoms; both must be of one molecule, its atoms in one order."
        )
    if training.subspace.fingerprint != test.subspace.fingerprint:
        raise InputError(
            f"The densities of the pool {pool} and of the test set of {test.name} are in different"
            " subspaces; both must be in one that spans them together."
        )
    rows = []
    for size in _without_failures(sizes, training):
        chosen = choose_training_points(
            training, np.arange(len(training.energies)), size, pool, sampler, seed
        )
        kohn_sham = train_kohn_sham(training, chosen)
        found = kohn_sham_rows(kohn_sham, Sample(test.positions, test.energies))
        found += _hohenberg_kohn_rows(training, chosen, test)
        rows += [row | {"training_points": size} for row in found]
    table = pd.DataFrame(rows).assign(molecule=training.name, pool=pool)
    return table[CONFORMER_ERRORS.column_names]


def trajectory_energies(
    model: MoleculeMap,
    positions: ArrayLike,
    times: ArrayLike,
    reference_energies: ArrayLike,
    kohn_sham: MoleculeMap | None = None,
    frames: ArrayLike | None = None,
) -> pd.DataFrame:
    """Predict the energies along a trajectory.

    Args:
        model: a trained ML-HK.
        positions: snapshots in any place and orientation, shape (S, atoms, 3), in bohr.
        times: shape (S,), in hbar/Ha.
        reference_energies: shape (S,), in Ha.
        kohn_sham: a trained ML-KS of the same molecule, if there is one.
        frames: numbers of the snapshots, shape (S,); by default from 0.

    Returns:
        pandas.DataFrame with the columns of `TRAJECTORY_ENERGIES`.

    Raises:
        InputError: the arrays do not go together, a geometry is none of the molecule, or a map is
            of another method or molecule than it must be.
    """
    for found, method in ((model, HOHENBERG_KOHN), (kohn_sham, KOHN_SHAM)):
        if found is not None and found.method != method:
            raise InputError(
                f"The map of {found.name} that is to predict the energies of {method} is"
                f" {found.method}."
            )
    if kohn_sham is not None:
        kohn_sham.expect_symbols(model.symbols)
    count = len(positions)
    frames = np.arange(count) if frames is None else frames
    for values, name in (
        (frames, "frames"),
        (times, "times"),
        (reference_energies, "reference energies"),
    ):
        expect_samples(values, (count,), name)
    if not count:
        return TRAJECTORY_ENERGIES.empty()
    return pd.DataFrame(
        {
            "frame": frames,
            "time": times,
            "reference_energy": reference_energies,
            "predicted_energy": model.energies(positions),
            "kohn_sham_energy": np.nan if kohn_sham is None else kohn_sham.energies(positions),
            "energy_uncertainty": np.sqrt(model.energy_variances(positions)),
            "in_domain": model.in_domain(positions),
        },
        columns=TRAJECTORY_ENERGIES.column_names,
    )


def _without_failures(sizes: Sequence[int], training: ConformerData) -> list[int]:
    """The sizes, each once, less what failed calculations have taken from a pool."""
    left = len(training.energies)
    return list(
        dict.fromkeys(left if left < size <= left + training.failed else size for size in sizes)
    )


def _hohenberg_kohn_rows(
    training: ConformerData, chosen: np.ndarray, test: ConformerData
) -> list[dict]:
    model = train_hohenberg_kohn(training, chosen, training.coordinates)
    predicted = model.predict_coefficients(test.charges, test.positions)
    subspace = test.subspace
    misplaced = misplaced_fractions(
        _on_grid(subspace, predicted),
        _on_grid(subspace, test.coordinates),
        (subspace.basis.length / subspace.basis.functions_per_dimension) ** 3,
    )
    common = {"hyperparameters": SHARED, "electrons_misplaced": float(misplaced.mean())}
    found = hohenberg_kohn_rows(
        model,
        Sample.rows(training, training.coordinates, chosen),
        Sample(test.positions, test.energies, test.coordinates),
        predicted,
    )
    return [row | common for row in found]


def _on_grid(subspace: DensitySubspace, coordinates: np.ndarray) -> Iterator[np.ndarray]:
    """Densities on the coarsest grid that holds all of the basis, one after the other."""
    points = subspace.basis.functions_per_dimension
    for start in range(0, len(coordinates), DENSITIES_AT_ONCE):
        for row in subspace.expand(coordinates[start : start + DENSITIES_AT_ONCE]):
            yield subspace.basis.density_on_grid(row, points).ravel()
