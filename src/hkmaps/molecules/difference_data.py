"""The tables of a pool and of a better method as the difference of the two takes them."""

from collections.abc import Mapping

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.difference import differences_of
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.map_data import Path, read_sample_data


def read_differences(
    molecule: Molecule,
    inputs: Mapping[str, Path],
    pool: str,
    better: str,
    own_axes: bool = False,
) -> tuple[SampleData, SampleData, SampleData]:
    """Read a pool, the differences of a better method from its own, and the pool's own energies.

    Args:
        molecule: the molecule.
        inputs: paths of the tables `GEOMETRIES` and `REFERENCE_ENERGIES` of the pool, `geometries`
            and `energies`; of the better method, `better_geometries` and `better_energies`; and of
            a sample with the energies of the pool's method at its geometries, `base_geometries`
            and `base_energies`.
        pool: name of the pool.
        better: name of the sample of the better method.
        own_axes: as for `read_sample_data`, of the pool.

    Returns:
        The pool, without densities, and what `hkmaps.maps.difference.differences_of` returns.

    Raises:
        InputError: as for `read_sample_data` and `differences_of`.
    """
    learnt_from = read_sample_data(
        molecule, pool, inputs["geometries"], inputs["energies"], own_axes=own_axes
    )
    both = (
        read_sample_data(
            molecule, better, inputs[f"{prefix}_geometries"], inputs[f"{prefix}_energies"]
        )
        for prefix in ("better", "base")
    )
    return learnt_from, *differences_of(learnt_from, *both)
