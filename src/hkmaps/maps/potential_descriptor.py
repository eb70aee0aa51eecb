"""Width and grid spacing of the Gaussians potential: which ones cross-validation prefers.

Paper B chose both by cross-validation (section 2.4). The study needs no grid, as inner products are
analytic; a grid can only come near to these, and how near depends on its spacing.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.gaussians_grid import BOX, gaussians_on_grid, grid_inner_products
from hkmaps.kernels.gaussians_potential import GAMMA, gaussians_inner_products
from hkmaps.maps.errors import mean_absolute
from hkmaps.maps.geometry_map import GeometryMap
from hkmaps.maps.hohenberg_kohn import HohenbergKohnMap
from hkmaps.maps.kohn_sham import KohnShamMap
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecules import Sampler, choose_training_points
from hkmaps.maps.results import (
    HOHENBERG_KOHN,
    KOHN_SHAM,
    POTENTIAL_SPACINGS,
    POTENTIAL_WIDTHS,
    PREDICTED,
)

GRID_GEOMETRIES = 4
"""Geometries whose potentials are compared on grids: the finest takes 50 MB for each."""


def potential_widths(
    data: MoleculeData,
    training_points: int,
    splits: Iterable[int],
    sampler: Sampler,
    seed: int,
    widths: Sequence[float],
) -> pd.DataFrame:
    """Train ML-KS and ML-HK with potentials of several widths, on the same training points.

    Args:
        data: the molecule's reference calculations.
        training_points: number M of training points.
        splits: numbers of the splits; see `MoleculeData.split`.
        sampler: chooses M training points from the pool of a split.
        seed: the study's seed; training points are those of `molecule_errors`.
        widths: widths gamma of the Gaussians, in bohr.

    Returns:
        pandas.DataFrame with the columns of `POTENTIAL_WIDTHS`.

    Raises:
        InputError: as for `choose_training_points`, or a width is not positive.
    """
    rows = []
    for split in splits:
        pool, test = data.split(split, seed)
        training = choose_training_points(data, pool, training_points, split, sampler, seed)
        for width in widths:
            for method, found in _errors_by_method(data, training, test, width).items():
                rows.append(found | {"method": method, "split": split, "gamma": width})
    frame = pd.DataFrame(rows).assign(molecule=data.name, training_points=training_points)
    return frame[POTENTIAL_WIDTHS.column_names]


def potential_spacings(
    data: MoleculeData, spacings: Sequence[float], gamma: float = GAMMA, box: float = BOX
) -> pd.DataFrame:
    """Compare inner products on grids of several spacings with the analytic ones.

    Args:
        data: the molecule's reference calculations, of which the first geometries count.
        spacings: distances of grid points, in bohr.
        gamma: width of the Gaussians in bohr.
        box: edge of the grid's cube in bohr.

    Returns:
        pandas.DataFrame with the columns of `POTENTIAL_SPACINGS`.

    Raises:
        InputError: as for `gaussians_on_grid`.
    """
    positions = data.positions[:GRID_GEOMETRIES]
    exact = gaussians_inner_products(data.charges, positions, data.charges, positions, gamma)
    rows = []
    for spacing in spacings:
        potentials = gaussians_on_grid(data.charges, positions, gamma, box, spacing)
        products = grid_inner_products(potentials, potentials, spacing)
        rows.append(
            {
                "molecule": data.name,
                "gamma": gamma,
                "spacing": spacing,
                "deviation": float(np.abs(products - exact).max() / np.abs(exact).max()),
            }
        )
    return pd.DataFrame(rows, columns=POTENTIAL_SPACINGS.column_names)


def _errors_by_method(
    data: MoleculeData, training: np.ndarray, test: np.ndarray, gamma: float
) -> dict[str, dict]:
    """What ML-KS and ML-HK find on their training points and on the test set."""
    densities = data.span_coordinates
    regression = CrossValidatedKernelRidge(metric="precomputed")
    geometries, energies = data.positions[training], data.energies[training]
    kohn_sham = GeometryMap(KohnShamMap(regression), gamma).fit(data.charges, geometries, energies)
    hohenberg_kohn = GeometryMap(HohenbergKohnMap(PREDICTED, regression), gamma).fit(
        data.charges, geometries, densities[training], energies
    )
    chosen = {
        KOHN_SHAM: kohn_sham.estimator_.regression_,
        HOHENBERG_KOHN: hohenberg_kohn.estimator_.density_regression_,
    }
    errors = {
        method: model.predict(data.charges, data.positions[test]) - data.energies[test]
        for method, model in ((KOHN_SHAM, kohn_sham), (HOHENBERG_KOHN, hohenberg_kohn))
    }
    # The energies' mean square is of one number, the densities' of all coordinates together.
    scale = {KOHN_SHAM: 1.0, HOHENBERG_KOHN: np.sqrt(densities.shape[1])}
    return {
        method: {
            "cv_error": scale[method] * float(np.squeeze(model.cv_error_)),
            "at_edge": bool(np.squeeze(model.at_edge_)),
            "mae": float(mean_absolute(errors[method])),
        }
        for method, model in chosen.items()
    }
