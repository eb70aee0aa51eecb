"""Reference geometries of the molecules that dynamics samples, as their symmetry leaves them.

Each function is linear and homogeneous in its coordinates. The coordinates below minimise the
energy of PBE with GTH pseudopotentials in the basis gth-dzvp; the program beside the force fields,
`force_fields/optimise_geometries.py`, finds them again.
"""

from collections.abc import Callable

import numpy as np


def staggered_ethane(coordinates: np.ndarray) -> np.ndarray:
    """Return ethane of symmetry D3d, its carbons on the z axis.

    Args:
        coordinates: height of a carbon above the middle, and distance from the axis and height of
            its hydrogens, shape (3,), in any unit of length.

    Returns:
        Positions of C, C, the hydrogens of the first and those of the second, shape (8, 3).
    """
    carbon, radius, height = coordinates
    angles = 2 * np.pi / 3 * np.arange(3)
    methyl = np.column_stack([radius * np.cos(angles), radius * np.sin(angles), np.full(3, height)])
    carbons = np.array([[0.0, 0.0, carbon], [0.0, 0.0, -carbon]])
    return np.concatenate([carbons, methyl, -methyl])


def hexagonal_benzene(coordinates: np.ndarray) -> np.ndarray:
    """Return benzene of symmetry D6h in the xy plane.

    Args:
        coordinates: radii of the rings of carbons and of hydrogens, shape (2,), in any unit of
            length.

    Returns:
        Positions of the carbons around the ring, then of their hydrogens, shape (12, 3).
    """
    angles = np.pi / 3 * np.arange(6)
    ring = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(6)])
    return np.concatenate([radius * ring for radius in coordinates])


def bridged_malonaldehyde(coordinates: np.ndarray) -> np.ndarray:
    """Return malonaldehyde of symmetry C2v in the xy plane, its proton midway between the oxygens.

    Args:
        coordinates: x and y of oxygen, of the carbon beside it and of its hydrogen, then y of the
            middle carbon, of its hydrogen and of the proton, shape (9,), in any unit of length.

    Returns:
        Positions of O, C, C, C, O along the chain, the proton, and the hydrogens of the three
        carbons, shape (9, 3).
    """
    *pairs, carbon, hydrogen, proton = coordinates
    oxygen, outer, outer_hydrogen = np.reshape(pairs, (3, 2))
    mirror = np.array([-1.0, 1.0])
    plane = [oxygen, outer, [0.0, carbon], mirror * outer, mirror * oxygen]
    plane += [[0.0, proton], outer_hydrogen, [0.0, hydrogen], mirror * outer_hydrogen]
    return np.column_stack([np.array(plane), np.zeros(9)])


SymmetricGeometry = Callable[[np.ndarray], np.ndarray]
"""Positions, shape (atoms, 3), from the coordinates that a symmetry leaves."""

OPTIMISED: dict[str, tuple[SymmetricGeometry, tuple[float, ...]]] = {
    "ethane": (staggered_ethane, (0.76873, 1.03376, 1.17473)),
    "benzene": (hexagonal_benzene, (1.4114, 2.51329)),
    "malonaldehyde": (
        bridged_malonaldehyde,
        (1.19677, 1.19376, 1.20142, -0.10143, 2.19575, -0.59862, -0.85001, -1.94719, 1.42382),
    ),
}
"""Function and optimised coordinates, in Angstrom, of each molecule."""


def optimised_geometry(name: str) -> np.ndarray:
    """Return the optimised geometry of a molecule, shape (atoms, 3), in Angstrom.

    Args:
        name: a key of `OPTIMISED`.
    """
    place, coordinates = OPTIMISED[name]
    return place(np.array(coordinates))
