"""What the dynamics knew of the geometries that maps are trained and tested on."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.ablation import Dynamics, Snapshots
from hkmaps.molecules.geometries import expect_positions
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.tables import read_table, stack

PathLike = str | os.PathLike


def read_dynamics(
    molecule: Molecule,
    geometries: PathLike,
    trajectories: Iterable[PathLike],
    test_geometries: PathLike,
    test_trajectories: Iterable[PathLike],
) -> Dynamics:
    """Read the snapshots of a pool and of a test sample as the dynamics has them.

    Args:
        molecule: the molecule.
        geometries: path of the pool's table `GEOMETRIES`.
        trajectories: paths of the tables `TRAJECTORY` that it was chosen from.
        test_geometries, test_trajectories: likewise of the test sample.

    Raises:
        InputError: a table is missing or damaged, or a geometry is no snapshot of the
            trajectories.
    """
    every = _read(trajectories)
    # In the order of time, one snapshot of each trajectory after the other.
    in_time = every.sort_values("frame", kind="stable")
    return Dynamics(
        _of_geometries(molecule, geometries, every),
        _of_geometries(molecule, test_geometries, _read(test_trajectories)),
        _snapshots(molecule, in_time),
    )


def _read(trajectories: Iterable[PathLike]) -> pd.DataFrame:
    """Snapshots of trajectories with the name of theirs."""
    return pd.concat(
        [read_table(path, TRAJECTORY).assign(trajectory=Path(path).stem) for path in trajectories],
        ignore_index=True,
    )


def _of_geometries(molecule: Molecule, geometries: PathLike, snapshots: pd.DataFrame) -> Snapshots:
    """The snapshots of a table of geometries, by their number."""
    origin = ["trajectory", "frame"]
    table = read_table(geometries, GEOMETRIES, ["geometry", *origin]).sort_values("geometry")
    found = table[origin].merge(snapshots, how="left", on=origin)
    missing = np.flatnonzero(found["potential_energy"].isna())
    if len(missing):
        raise InputError(
            f"The geometry {missing[0]} of {geometries} is no snapshot of the trajectories"
            f" {', '.join(snapshots['trajectory'].unique())}; each must be one."
        )
    return _snapshots(molecule, found)


def _snapshots(molecule: Molecule, rows: pd.DataFrame) -> Snapshots:
    return Snapshots(
        expect_positions(molecule, stack(rows["positions"])),
        rows["potential_energy"].to_numpy(dtype=np.float64),
    )
