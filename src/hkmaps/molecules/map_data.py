"""The tables of a sample as maps of its molecule take them."""

import os
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.results import DENSITY_COORDINATES
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.file_alignment import frame_of_files
from hkmaps.molecules.results import GEOMETRIES, REFERENCE, REFERENCE_ENERGIES
from hkmaps.tables import read_table, stack

Path = str | os.PathLike


def read_sample_data(
    molecule: Molecule,
    sample: str,
    geometries: Path,
    energies: Path,
    coordinates: Path | None = None,
    subspace: DensitySubspace | None = None,
    own_axes: bool = False,
) -> SampleData:
    """Read what is known of a sample of a molecule's geometries.

    Args:
        molecule: the molecule.
        sample: the sample's name.
        geometries: path of a table `GEOMETRIES`.
        energies: path of a table `REFERENCE_ENERGIES` of the same geometries.
        coordinates: path of a table `DENSITY_COORDINATES` of those that converged, if their
            densities are known.
        subspace: what they are coordinates in; given with `coordinates`.
        own_axes: whether the geometries lie as a user's files have them: maps then have a frame of
            their own, which turns them least.

    Returns:
        The geometries whose calculations converged.

    Raises:
        InputError: a table is missing or damaged, they do not go together, or nothing converged.
    """
    places = read_table(geometries, GEOMETRIES, ["geometry", "positions"])
    every = read_table(energies, REFERENCE_ENERGIES)
    calculated = every[every["converged"].astype(bool)]
    numbers = calculated["geometry"].to_numpy()
    if (
        sorted(every["geometry"]) != sorted(places["geometry"])
        or every["geometry"].duplicated().any()
    ):
        raise InputError(
            f"{geometries} holds {len(places)} geometries of {molecule.name} and {energies}"
            f" {len(every)} calculations; every geometry must have one. Delete {energies} to have"
            " it made again."
        )
    if not len(numbers):
        raise InputError(
            f"None of the {len(every)} reference calculations of {sample} of {molecule.name}"
            " converged; maps need converged ones."
        )
    chosen = stack(places.set_index("geometry").loc[numbers, "positions"])
    positions = chosen.reshape(len(numbers), -1, 3)
    densities = {}
    if coordinates is not None:
        table = read_table(coordinates, DENSITY_COORDINATES)
        if not np.array_equal(table["geometry"], numbers):
            raise InputError(
                f"{coordinates} holds {len(table)} densities of {sample} of {molecule.name} and"
                f" {energies} {len(numbers)} energies; they must be of the same geometries in the"
                " same order. Delete both to have them made again."
            )
        densities = {
            "subspace": subspace,
            "coordinates": stack(table["coordinates"]),
            "residuals": table["residual"].to_numpy(),
        }
    gradients = None
    if (known := calculated["forces"].notna().to_numpy()).any():
        gradients = np.full(positions.shape, np.nan)
        gradients[known] = -stack(calculated["forces"][known]).reshape(-1, *positions.shape[1:])
    return SampleData(
        molecule=molecule.name,
        sample=sample,
        symbols=tuple(molecule.symbols),
        charges=molecule.charges,
        frame=frame_of_files(molecule, positions) if own_axes else molecule.frame,
        geometry=numbers,
        positions=positions,
        energies=calculated["energy"].to_numpy(dtype=np.float64),
        failed=len(every) - len(numbers),
        gradients=gradients,
        **densities,
    )


def read_densities(chunks: Iterable[Path]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Read the densities of a sample's reference calculations that converged.

    Args:
        chunks: paths of tables `REFERENCE`, in the order of the sample's geometries.

    Returns:
        Numbers of the geometries, shape (S,); coefficients, a block of rows for each chunk.
    """
    geometries, densities = [], []
    for path in chunks:
        chunk = read_table(path, REFERENCE, ["geometry", "converged", "coefficients"])
        chunk = chunk[chunk["converged"].astype(bool)]
        if len(chunk):
            geometries.append(chunk["geometry"].to_numpy())
            densities.append(stack(chunk["coefficients"]))
    return np.concatenate(geometries or [np.empty(0, dtype=int)]), densities


def density_coordinates(
    geometries: np.ndarray, densities: list[np.ndarray], subspace: DensitySubspace
) -> pd.DataFrame:
    """Return rows of `DENSITY_COORDINATES` of what `read_densities` read."""
    coordinates, residuals = subspace.project_with_residual(densities)
    columns = {"geometry": geometries, "coordinates": list(coordinates), "residual": residuals}
    return pd.DataFrame(columns)


def read_pool_and_test(
    molecule: Molecule,
    paths: Mapping[str, Path],
    sample: str,
    test: int | str,
    own_axes: bool = False,
) -> tuple[SampleData, SampleData | int]:
    """Read the sample that maps learn from, and the one that they are tested on.

    Args:
        molecule: the molecule.
        paths: `geometries`, `energies` and, where densities are known, `coordinates` and
            `subspace` of the pool; `test_geometries`, `test_energies` and `test_coordinates` of a
            test sample.
        sample: name of the pool.
        test: name of the test sample, or number of the pool's geometries that are kept for tests.
        own_axes: as for `read_sample_data`.

    Raises:
        InputError: as for `read_sample_data`.
    """
    subspace = paths.get("subspace")
    subspace = None if subspace is None else DensitySubspace.load(subspace)
    samples = [
        read_sample_data(
            molecule,
            name,
            paths[f"{prefix}geometries"],
            paths[f"{prefix}energies"],
            paths.get(f"{prefix}coordinates"),
            subspace,
            own_axes,
        )
        for prefix, name in (("", sample), ("test_", test))
        if isinstance(name, str)
    ]
    return samples[0], samples[1] if len(samples) > 1 else test
