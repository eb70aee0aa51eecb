"""Width and grid spacing of the Gaussians potential: which ones cross-validation prefers.

Paper B chose both by cross-validation (section 2.4). The study needs no grid, as inner products are
analytic; a grid can only come near to these, and how near depends on its spacing.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from hkmaps.descriptors.gaussians_potential import (
    BOX,
    GAMMA,
    GaussiansPotential,
    grid_inner_products,
)
from hkmaps.maps.errors import mean_absolute
from hkmaps.maps.results import POTENTIAL_SPACINGS, POTENTIAL_WIDTHS
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test

GRID_GEOMETRIES = 4
"""Geometries whose potentials are compared on grids: the finest takes 50 MB for each."""


def potential_widths(
    pool: SampleData,
    test: SampleData | int,
    size: int,
    sampler: Sampler | None,
    seed: int,
    widths: Sequence[float],
    splits: Iterable[int] = (0,),
) -> pd.DataFrame:
    """Train ML-KS and ML-HK with potentials of several widths, on the same training points.

    Args:
        pool, test, sampler, seed, splits: as for `map_errors`, whose training sets these are.
        size: number M of training points.
        widths: widths gamma of the Gaussians, in bohr.

    Returns:
        pandas.DataFrame with the columns of `POTENTIAL_WIDTHS`.

    Raises:
        InputError: as for `map_errors`, or a width is not positive.
    """
    rows = []
    for split in splits:
        training, tested = training_and_test(pool, test, size, sampler, seed, split)
        for width in widths:
            for densities in (False, True) if pool.subspace is not None else (False,):
                model = training.train(densities, width)
                # The energies' mean square is of one number, that of densities of all coordinates.
                chosen, scale = model.energy_map, 1.0
                if densities:
                    chosen, scale = model.density_map, np.sqrt(pool.subspace.rank)
                errors = model.energies(tested.positions) - tested.energies
                rows.append(
                    {
                        "molecule": pool.molecule,
                        "training_points": len(training.energies),
                        "split": split,
                        "gamma": width,
                        "method": model.method,
                        "cv_error": scale * chosen.cv_error,
                        "at_edge": chosen.at_edge,
                        "mae": float(mean_absolute(errors)),
                    }
                )
    return pd.DataFrame(rows, columns=POTENTIAL_WIDTHS.column_names)


def potential_spacings(
    pool: SampleData, spacings: Sequence[float], gamma: float = GAMMA, box: float = BOX
) -> pd.DataFrame:
    """Compare inner products on grids of several spacings with the analytic ones.

    Args:
        pool: reference data of a sample, of which the first geometries count.
        spacings: distances of grid points, in bohr.
        gamma: width of the Gaussians in bohr.
        box: edge of the grid's cube in bohr.

    Returns:
        pandas.DataFrame with the columns of `POTENTIAL_SPACINGS`.

    Raises:
        InputError: as for `GaussiansPotential.on_grid`.
    """
    descriptor, positions = (
        GaussiansPotential(pool.charges, gamma),
        pool.positions[:GRID_GEOMETRIES],
    )
    exact = descriptor.inner_products(positions, positions)
    rows = []
    for spacing in spacings:
        potentials = descriptor.on_grid(positions, box, spacing)
        products = grid_inner_products(potentials, potentials, spacing)
        rows.append(
            {
                "molecule": pool.molecule,
                "gamma": gamma,
                "spacing": spacing,
                "deviation": float(np.abs(products - exact).max() / np.abs(exact).max()),
            }
        )
    return pd.DataFrame(rows, columns=POTENTIAL_SPACINGS.column_names)
