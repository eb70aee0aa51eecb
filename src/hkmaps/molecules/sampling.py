"""Choice of training points from the pool of a molecule's geometries."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans, kmeans_plusplus

from hkmaps.checks import expect_count
from hkmaps.errors import InputError

K_MEANS_STARTS = 10
"""Starts of K-means, the best of which counts."""

CANDIDATES = 2
"""Geometries drawn for each place of a nested choice, the better of which is chosen.

With more of them, geometries crowd around the mean as those of K-means do; see
benchmarks/nested_choice.py.
"""

EQUALLY_NEAR = 1e-9
"""Part of a distance by which that of an equally near geometry may differ by rounding: the two
geometries of a cluster of two are equally near to their centroid."""


def equally_spaced(positions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Choose the geometries nearest to equally spaced values of one degree of freedom.

    The shortest and the longest are always among them; for one training point it is the one
    nearest to the middle.

    Args:
        positions: geometries of two atoms, shape (geometries, 2, 3), in bohr.
        count: number of geometries to choose.
        seed: not used, nothing is random.

    Returns:
        Indices of `count` different geometries, shape (count,), by growing length.

    Raises:
        InputError: the molecule has more than two atoms.
    """
    if positions.shape[1] != 2:
        raise InputError(
            f"Equally spaced training points were asked of a molecule of {positions.shape[1]}"
            " atoms; they need one degree of freedom, the length of a diatomic molecule."
        )
    lengths = np.linalg.norm(positions[:, 1] - positions[:, 0], axis=1)
    low, high = lengths.min(), lengths.max()
    targets = np.linspace(low, high, count) if count > 1 else np.array([0.5 * (low + high)])
    # The assignment with the least squared distance uses no geometry twice.
    _, chosen = linear_sum_assignment((targets[:, None] - lengths) ** 2)
    return chosen


def k_means(
    positions: np.ndarray, count: int, seed: int, starts: int = K_MEANS_STARTS
) -> np.ndarray:
    """Choose the geometry nearest to the centroid of each cluster of the aligned positions.

    Of equally near ones the first is chosen, so that rounding does not decide.

    Args:
        positions: aligned geometries, shape (geometries, atoms, 3), in bohr.
        count: number of clusters, and so of geometries to choose.
        seed: seed of the starting centroids.
        starts: number of sets of starting centroids, the best of which counts.

    Returns:
        Indices of `count` different geometries, shape (count,), in growing order.
    """
    points = positions.reshape(len(positions), -1)
    clusters = KMeans(count, n_init=starts, random_state=seed % 2**32).fit(points)
    distances = np.linalg.norm(points - clusters.cluster_centers_[clusters.labels_], axis=1)
    members = [np.flatnonzero(clusters.labels_ == cluster) for cluster in range(count)]
    return np.sort([group[_first_nearest(distances[group])] for group in members])


def _first_nearest(distances: np.ndarray) -> int:
    return int((distances <= (1 + EQUALLY_NEAR) * distances.min()).argmax())


def nested_choice(positions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Choose geometries by K-means++, in an order of which every beginning is a choice of its size.

    Each is drawn with a probability that is proportional to the squared distance from the nearest
    of those before it. The count decides nothing but where the order ends.

    Args:
        positions: aligned geometries, shape (geometries, atoms, 3), in bohr.
        count: number of geometries to choose.
        seed: seed of what is drawn.

    Returns:
        Indices of `count` different geometries, shape (count,), in the order of choice; of equal
        geometries the first.

    Raises:
        InputError: there are not `count` different geometries.

    Source:
        D. Arthur and S. Vassilvitskii, Proc. 18th ACM-SIAM Symp. Discrete Algorithms, 1027 (2007).
    """
    points = positions.reshape(len(positions), -1)
    first = np.sort(np.unique(points, axis=0, return_index=True)[1])
    count = expect_count(count, "number of geometries of a nested choice", 1, len(first))
    _, drawn = kmeans_plusplus(
        points[first], count, random_state=seed % 2**32, n_local_trials=CANDIDATES
    )
    chosen: dict[int, None] = {}
    others = iter(range(len(first)))
    for place in map(int, drawn):
        # Where all that are left are as near as rounding, one may be drawn again.
        while place in chosen:
            place = next(others)  # noqa: PLW2901
        chosen[place] = None
    return first[list(chosen)]


SAMPLERS: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "equally_spaced": equally_spaced,
    "k_means": k_means,
}
"""Samplers by name: (positions, count, seed) -> indices of the chosen geometries."""
