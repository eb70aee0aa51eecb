"""Conformers of a molecule: snapshots of its dynamics as a pool to learn from and as a test set."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hkmaps.checks import expect_count
from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.geometries import expect_positions, geometry_table
from hkmaps.molecules.sampling import nested_choice
from hkmaps.seeds import stream_seed
from hkmaps.tables import stack


def training_pool(
    molecule: Molecule,
    trajectories: Mapping[str, pd.DataFrame],
    count: int,
    seed: int,
    average: bool = False,
) -> pd.DataFrame:
    """Choose snapshots of which every beginning is a training set, aligned.

    A larger pool of the same trajectories and seed begins with the smaller one.

    Args:
        molecule: the molecule.
        trajectories: rows of `TRAJECTORY` by name, such as those of several temperatures and of
            all tautomers.
        count: number of geometries.
        seed: the study's seed.
        average: whether the first geometry is the mean of all snapshots, of no trajectory. Of
            tautomers it lies between them, where no force field goes (F. Brockherde et al., Nat.
            Commun. 8, 872 (2017)).

    Returns:
        pandas.DataFrame with the columns of `GEOMETRIES`, in the order of choice: the first M are
        the training set of M points.

    Raises:
        InputError: the trajectories are not of the molecule, or have too few snapshots.
    """
    positions, origin = _aligned_snapshots(molecule, trajectories)
    different = len(np.unique(positions, axis=0))
    count = expect_count(count, "number of geometries of the pool", None)
    if not 1 <= count <= different:
        raise InputError(
            f"The trajectories of {molecule.name} have {different} different snapshots; a pool of"
            f" {count} was asked for, and it must be 1 to {different}."
        )
    stream = stream_seed(seed, "molecules", molecule.name, "pool", *trajectories)
    if not average:
        chosen = nested_choice(positions, count, stream)
        return geometry_table(molecule, positions[chosen], origin.iloc[chosen])
    chosen = nested_choice(positions, count - 1, stream) if count > 1 else np.empty(0, dtype=int)
    mean = molecule.frame.align(positions.mean(axis=0, keepdims=True)).positions
    nowhere = pd.DataFrame({"frame": [None], "trajectory": [None]}, dtype=object)
    return geometry_table(
        molecule,
        np.concatenate([mean, positions[chosen]]),
        pd.concat([nowhere, origin.iloc[chosen].astype(object)]),
    )


def held_out_conformers(
    molecule: Molecule, trajectories: Mapping[str, pd.DataFrame], count: int
) -> pd.DataFrame:
    """Return the first snapshots of trajectories as a test set, in the order of time.

    Args:
        molecule: the molecule.
        trajectories: rows of `TRAJECTORY` by name, one trajectory after the other, of none of
            which the pool has a snapshot.
        count: number of geometries, the same number from each trajectory.

    Returns:
        pandas.DataFrame with the columns of `GEOMETRIES`, in the order of time.

    Raises:
        InputError: the trajectories are not of the molecule, have too few snapshots, or cannot
            have equal parts.
    """
    count = expect_count(count, "number of test geometries", None)
    share, remainder = divmod(count, max(1, len(trajectories)))
    shortest = min((len(trajectory) for trajectory in trajectories.values()), default=0)
    if remainder or not 1 <= share <= shortest:
        raise InputError(
            f"A test set of {count} snapshots of {molecule.name} was asked for, in equal parts from"
            f" {len(trajectories)} trajectories, the shortest of which has {shortest}."
        )
    parts = {name: trajectory[:share] for name, trajectory in trajectories.items()}
    positions, origin = _aligned_snapshots(molecule, parts)
    return geometry_table(molecule, positions, origin)


def _aligned_snapshots(
    molecule: Molecule, trajectories: Mapping[str, pd.DataFrame]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Positions (snapshots, atoms, 3) in the molecule's frame; trajectory and frame number."""
    if not trajectories:
        raise InputError(f"No trajectory of {molecule.name} was given; at least one is needed.")
    for name, trajectory in trajectories.items():
        if not len(trajectory):
            raise InputError(f"The trajectory {name} of {molecule.name} has no snapshot.")
    origin = pd.concat(
        [trajectory[["frame"]].assign(trajectory=name) for name, trajectory in trajectories.items()]
    )
    raw = np.concatenate([stack(trajectory["positions"]) for trajectory in trajectories.values()])
    return molecule.frame.align(expect_positions(molecule, raw)).positions, origin
