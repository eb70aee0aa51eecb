"""A typical prediction of ML-HK, on the plane of the molecule, for figures."""

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.kernels.gaussians_potential import GAMMA
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecules import (
    Sampler,
    choose_training_points,
    misplaced_fractions,
    predict_linear,
    train_hohenberg_kohn,
    train_kohn_sham,
)
from hkmaps.maps.results import PREDICTED_DENSITY

POINTS = 121
"""Points of the plane along each of its axes."""

SHOWN_COEFFICIENTS = 8
"""Coefficients that are kept, those that vary most among the training densities."""


def predicted_density(
    data: MoleculeData,
    training_points: int,
    sampler: Sampler,
    seed: int,
    split: int = 0,
    extent: float = 3.0,
) -> pd.DataFrame:
    """Train ML-KS and ML-HK and return the prediction for a typical test geometry.

    Typical is the test geometry with the median of the electrons misplaced, the upper one of two.

    Args:
        data: the molecule's reference calculations, positions centred at the origin.
        training_points: number M of training points.
        sampler: chooses them from the pool.
        seed: the study's seed, as for `molecule_errors`, whose maps these are.
        split: number of the split.
        extent: distance from the origin at which the plane ends, in bohr.

    Returns:
        pandas.DataFrame of one row with the columns of `PREDICTED_DENSITY`.

    Raises:
        InputError: as for `molecule_errors`, or the plane is larger than the cube of the basis.
    """
    if not 0 < extent <= data.basis.length / 2:
        raise InputError(
            f"The plane ends {extent} bohr from the origin; it must be more than 0 and at most"
            f" {data.basis.length / 2:g}, where the cube of the basis ends."
        )
    pool, test = data.split(split, seed)
    training = choose_training_points(data, pool, training_points, split, sampler, seed)
    kohn_sham = train_kohn_sham(data, training)
    hohenberg_kohn = train_hohenberg_kohn(data, training, data.span_coordinates)
    on_grid = predict_linear(
        hohenberg_kohn, data.grid_densities[training], data.charges, data.positions[test]
    )
    exact = (data.grid_densities[row] for row in test)
    misplaced = misplaced_fractions(on_grid, exact, data.volume_element)
    typical = np.argsort(misplaced)[len(test) // 2]
    row = test[typical]
    positions = data.positions[row]
    reference = data.coefficients[row].astype(np.float64)
    molecule = data.charges, positions[None]
    predicted = predict_linear(hohenberg_kohn, data.coefficients[training], *molecule)[0]
    largest = np.sort(np.argsort(data.coefficients[training].var(axis=0))[-SHOWN_COEFFICIENTS:])
    axes = molecular_plane(positions)
    x = np.linspace(-extent, extent, POINTS)
    in_plane = np.stack(np.meshgrid(x, x, indexing="xy"), axis=-1).reshape(-1, 2)
    points = in_plane @ axes + positions.mean(axis=0)
    # The molecule's origin is the middle of the cube, which runs from 0 to its length.
    densities = data.basis.density(np.stack([reference, predicted]), points + data.basis.length / 2)
    return pd.DataFrame(
        [
            {
                "molecule": data.name,
                "symbols": " ".join(data.symbols),
                "training_points": training_points,
                "split": split,
                "geometry": int(data.geometry[row]),
                "electrons_misplaced": misplaced[typical],
                "electrons": float(data.basis.electron_count(predicted)),
                "energy": data.energies[row],
                "kohn_sham_energy": kohn_sham.predict(*molecule)[0],
                "hohenberg_kohn_energy": hohenberg_kohn.predict(*molecule)[0],
                "axis": x,
                "positions": ((positions - positions.mean(axis=0)) @ axes.T).ravel(),
                "potential": gaussians_potential(data.charges, positions, points),
                "reference_density": densities[0],
                "predicted_density": densities[1],
                "functions": largest.astype(np.float64),
                "reference_coefficients": reference[largest],
                "predicted_coefficients": predicted[largest],
            }
        ],
        columns=PREDICTED_DENSITY.column_names,
    )


def molecular_plane(positions: np.ndarray) -> np.ndarray:
    """Return two orthonormal vectors in the plane that holds the atoms best, shape (2, 3).

    The first points along the longest extent, towards the last atom; the second so that the first
    atom is on its positive side.

    Args:
        positions: shape (atoms, 3), in bohr.
    """
    centred = positions - positions.mean(axis=0)
    axes = np.linalg.svd(centred)[2][:2]
    signs = np.sign([centred[-1] @ axes[0], centred[0] @ axes[1]])
    return axes * np.where(signs == 0, 1, signs)[:, None]


def gaussians_potential(
    charges: np.ndarray, positions: np.ndarray, points: np.ndarray, gamma: float = GAMMA
) -> np.ndarray:
    """Return the Gaussians potential of a geometry at points, shape (P,) (paper B, equation 5).

    Args:
        charges: nuclear charges, shape (atoms,).
        positions: shape (atoms, 3), in bohr.
        points: shape (P, 3), in bohr.
        gamma: width of the Gaussians in bohr.
    """
    squared = ((points[:, None] - positions) ** 2).sum(axis=2)
    return np.exp(-squared / (2 * gamma**2)) @ charges
