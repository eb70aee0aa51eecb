"""The geometries that a map is least certain of, no two of them alike."""

import numpy as np

from hkmaps.maps.molecule_map import MoleculeMap


def least_certain(
    molecule_map: MoleculeMap,
    positions: np.ndarray,
    uncertainties: np.ndarray,
    count: int,
    above: float,
) -> np.ndarray:
    """Choose the geometries that a map should learn next.

    One after the other, the geometry is chosen whose uncertainty is largest. It counts less where
    a geometry nearby was chosen before: in proportion to the distance of their descriptors, up to
    the radius of the map's domain, the usual distance of neighbours in training.

    Args:
        molecule_map: the trained map.
        positions: geometries to choose from, shape (S, atoms, 3), in bohr.
        uncertainties: standard deviations of their energies by the map, shape (S,), in Ha.
        count: how many at most.
        above: uncertainty below which none is chosen, in Ha, after it counts less as well.

    Returns:
        Rows in the order of choice, at most `count`.
    """
    scores = np.asarray(uncertainties, dtype=np.float64).copy()
    if not len(scores):
        return np.empty(0, dtype=int)
    aligned = molecule_map.align(positions).positions
    descriptor, radius = molecule_map.descriptor, molecule_map.domain.radius
    nearest, chosen = np.full(len(scores), np.inf), []
    while len(chosen) < count:
        weighted = scores * np.minimum(nearest / radius, 1)
        place = int(weighted.argmax())
        if not weighted[place] > above:
            break
        chosen.append(place)
        own = descriptor.prepare(aligned[place : place + 1])
        distances = np.sqrt(descriptor.squared_distances(aligned, own)[:, 0])
        nearest = np.minimum(nearest, distances)
        nearest[place] = 0
    return np.array(chosen, dtype=int)
