"""E[n] of a molecule against F[n] + integral of n v, at densities with errors.

Paper A's remedy for E[n] (its section 3.3) is to learn what the potential does not give, F = E -
integral of n v (and less the repulsion of the nuclei), and to add the rest exactly. An error of the
density then enters with the whole potential, unless F answers to it. The exact F does: by Euler's
equation dF/dn = -v for all changes that keep the number of electrons, so that E changes to second
order alone. A regression of values knows F on the training densities and not beside them; a third
route therefore learns F together with that derivative.

All is done in the coordinates u of the subspace that the pool's densities span, where errors of
predicted densities lie, too.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.spatial.distance import pdist

from hkmaps.checks import expect_count, expect_shape
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.gradient_ridge import learn_gradients
from hkmaps.kernels.kernel_functions import gaussian_kernel, squared_distances
from hkmaps.maps.density_noise_results import (
    CONSERVING,
    DENSITY_NOISE,
    EULER,
    TOTAL_ENERGY,
    UNIVERSAL,
    WHITE,
)
from hkmaps.maps.map_regressions import density_pairs
from hkmaps.maps.sample_data import SampleData
from hkmaps.seeds import random_stream

Functional = Callable[[np.ndarray], np.ndarray]
"""From coordinates of densities (S, rank), in bohr^-3/2, to values (S,), in Ha."""


def learn_values(coordinates: np.ndarray, values: np.ndarray) -> Functional:
    """Learn a functional from its values, less their mean.

    Args:
        coordinates: training densities, shape (M, rank), in bohr^-3/2.
        values: shape (M,), in Ha.
    """
    mean = values.mean()
    model = CrossValidatedKernelRidge().fit(coordinates, values - mean)
    return lambda densities: model.predict(densities) + mean


def learn_with_derivative(
    coordinates: np.ndarray, values: np.ndarray, derivatives: np.ndarray, directions: np.ndarray
) -> Functional:
    """Learn a functional from its values and its derivatives along some directions.

    Args:
        coordinates: training densities, shape (M, rank), in bohr^-3/2.
        values: shape (M,), in Ha.
        derivatives: with respect to the coordinates, shape (M, rank), in Ha bohr^3/2.
        directions: those along which they are known, orthonormal rows, shape (D, rank).
    """
    moved = np.broadcast_to(directions, (len(coordinates), *directions.shape))
    found = learn_gradients(density_pairs(coordinates, moved), values, derivatives @ directions.T)
    weights = found.gradient_weights @ directions
    own = np.sum(weights * coordinates, axis=1)

    def functional(densities: np.ndarray) -> np.ndarray:
        kernel = gaussian_kernel(squared_distances(densities, coordinates), found.width)
        counted = found.weights + (densities @ weights.T - own) / found.width**2
        return found.constant + np.sum(kernel * counted, axis=1)

    return functional


def density_noise(
    pool: SampleData,
    potentials: np.ndarray,
    repulsion: np.ndarray,
    test: int,
    sizes: Sequence[float],
    draws: int,
    seed: int,
    universal: bool,
) -> pd.DataFrame:
    """Measure the errors of energies against the noise of the densities that they are given.

    Args:
        pool: reference data with densities.
        potentials: overlaps of the potential of each geometry with the components of the
            subspace, shape (S, rank), in Ha bohr^3/2.
        repulsion: of the nuclei, shape (S,), in Ha.
        test: geometries of the random split that are tested on; the others are learnt from.
        sizes: L2 norms of the noise over that of the densities.
        draws: draws of the noise.
        seed: the study's seed.
        universal: whether the potentials are all of the external potential, so that Euler's
            equation holds with them.

    Returns:
        pandas.DataFrame with the columns of `DENSITY_NOISE`.

    Raises:
        InputError: the arrays do not go together.
    """
    expect_shape(potentials, pool.coordinates.shape, f"potentials of {pool.molecule}")
    expect_shape(repulsion, pool.energies.shape, f"repulsion of the nuclei of {pool.molecule}")
    draws = expect_count(draws, "number of draws of the noise")
    learnt_from, tested = pool.random_split(test, 0, seed)
    densities, energies = pool.coordinates, pool.energies
    rest = energies - np.sum(densities * potentials, axis=1) - repulsion
    basis = pool.subspace.basis
    electrons = basis.electron_count(pool.subspace.expand(np.eye(pool.subspace.rank)))
    conserving = null_space(electrons[None]).T
    routes = {TOTAL_ENERGY: learn_values(densities[learnt_from], energies[learnt_from])}
    routes[UNIVERSAL] = learn_values(densities[learnt_from], rest[learnt_from])
    if universal:
        routes[EULER] = learn_with_derivative(
            densities[learnt_from], rest[learnt_from], -potentials[learnt_from], conserving
        )
    rows = []
    norms = np.linalg.norm(densities[tested], axis=1, keepdims=True)
    quotient = np.max(pdist(energies[:, None]) / pdist(densities))
    for draw in range(draws):
        stream = random_stream(seed, "maps", pool.molecule, "density noise", draw)
        unit = stream.standard_normal(densities[tested].shape)
        for kind, noise in ((WHITE, unit), (CONSERVING, unit @ conserving.T @ conserving)):
            direction = noise / np.linalg.norm(noise, axis=1, keepdims=True)
            for size in sizes:
                noisy = densities[tested] + size * norms * direction
                external = np.sum(noisy * potentials[tested], axis=1) + repulsion[tested]
                for route, functional in routes.items():
                    found = functional(noisy) + (0 if route == TOTAL_ENERGY else external)
                    errors = np.abs(found - energies[tested])
                    rows.append(
                        {
                            "molecule": pool.molecule,
                            "training_points": len(learnt_from),
                            "route": route,
                            "noise": kind,
                            "size": float(size),
                            "noise_norm": float(size * norms.mean()),
                            "draw": draw,
                            "mae": float(errors.mean()),
                            "maximum": float(errors.max()),
                            "quotient": float(quotient),
                        }
                    )
    return pd.DataFrame(rows, columns=DENSITY_NOISE.column_names)
