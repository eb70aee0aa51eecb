"""A geometry in one number: how far it is from a plane, how far a methyl group has turned."""

import numpy as np


def distance_from_plane(positions: np.ndarray) -> np.ndarray:
    """Return how far atoms are from the plane that holds them best, root mean square.

    Args:
        positions: shape (geometries, atoms, 3).

    Returns:
        Shape (geometries,), in the unit of the positions.

    Example:
        >>> import numpy as np
        >>> square = np.array([[1, 1, 0], [1, -1, 0], [-1, -1, 0], [-1, 1, 0]], dtype=float)
        >>> bent = square + 0.1 * np.array([[0, 0, 1], [0, 0, -1], [0, 0, 1], [0, 0, -1]])
        >>> distance_from_plane(np.stack([square, bent])).round(12)
        array([0. , 0.1])
    """
    centred = positions - positions.mean(axis=1, keepdims=True)
    # The plane's normal is the direction of least extent.
    extents = np.linalg.svd(centred, compute_uv=False)
    return extents[:, 2] / np.sqrt(positions.shape[1])


def turn_from_eclipsed(
    positions: np.ndarray, axis: tuple[int, int], ends: tuple[list[int], list[int]]
) -> np.ndarray:
    """Return how far two methyl groups are turned from where their hydrogens face each other.

    Args:
        positions: shape (geometries, atoms, 3).
        axis: the atoms that hold the groups.
        ends: the three hydrogens of either.

    Returns:
        Shape (geometries,), in degrees: 0 where eclipsed, 60 where staggered. The mean over the
        nine pairs of hydrogens, on the circle of a third of a turn.
    """
    from ase.geometry import get_dihedrals  # noqa: PLC0415 - takes longer than the rest

    first, second = (
        positions[:, hydrogens] - positions[:, [atom]]
        for atom, hydrogens in zip(axis, ends, strict=True)
    )
    bond = positions[:, axis[1]] - positions[:, axis[0]]
    # Each hydrogen of one group with each of the other.
    pairs = np.broadcast_arrays(-first[:, :, None], bond[:, None, None], second[:, None])
    torsions = np.radians(get_dihedrals(*(vectors.reshape(-1, 3) for vectors in pairs)))
    # On the circle of a third of a turn equal torsions of a geometry add up.
    means = np.exp(3j * torsions).reshape(len(positions), -1).mean(axis=1)
    return np.degrees(np.abs(np.angle(means))) / 3
