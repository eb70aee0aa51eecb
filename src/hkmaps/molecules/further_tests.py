"""Further samples that maps of a pool are tested on, as `map_errors` takes them."""

from collections.abc import Mapping, Sequence

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.map_data import Path, read_sample_data
from hkmaps.molecules.results import REFERENCE_ENERGIES
from hkmaps.tables import read_table


def read_further_tests(
    molecule: Molecule,
    paths: Mapping[str, Sequence[Path]],
    names: Sequence[str],
    pool: SampleData,
    own_axes: bool = False,
) -> list[SampleData]:
    """Read further samples that maps of a pool are tested on.

    Args:
        molecule: the molecule.
        paths: `also_geometries`, `also_energies` and, where the pool has densities,
            `also_coordinates`, each with a path a sample.
        names: names of the samples.
        pool: the sample that maps learn from.
        own_axes: as for `read_sample_data`.

    Returns:
        The samples but for those of which no calculation converged, as of dynamics that broke at
        once: there is nothing to test on.

    Raises:
        InputError: as for `read_sample_data`.
    """
    nothing = [None] * len(names)
    tables = [
        paths.get(f"also_{table}") or nothing for table in ("geometries", "energies", "coordinates")
    ]
    return [
        read_sample_data(molecule, name, geometries, energies, coordinates, pool.subspace, own_axes)
        for name, geometries, energies, coordinates in zip(names, *tables, strict=True)
        if read_table(energies, REFERENCE_ENERGIES, ["converged"])["converged"].any()
    ]
