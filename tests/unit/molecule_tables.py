"""Small molecules with analytic energies and Gaussian densities, as their tables hold them."""

import numpy as np
import pandas as pd

from hkmaps.densities.fourier import FourierBasis
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.sample_data import SampleData
from hkmaps.molecules.results import GEOMETRIES, REFERENCE

BASIS = FourierBasis(length=12.0, frequencies=8)
POINTS = 20
CHARGES = {"H2": (1.0, 1.0), "H2O": (8.0, 1.0, 1.0)}
FRAMES = {
    "H2": [[-0.7, 0.0, 0.0], [0.7, 0.0, 0.0]],
    "H2O": [[-0.6, 0.0, 0.0], [0.5, 1.4, 0.0], [0.5, -1.4, 0.0]],
}
SYMBOLS = {"H2": ("H", "H"), "H2O": ("O", "H", "H")}


def geometry_table(name, count, seed=3):
    """Geometries centred at the origin."""
    stream = np.random.default_rng(seed)
    lengths = stream.uniform(1.0, 2.8, (count, 1))
    positions = np.zeros((count, len(CHARGES[name]), 3))
    coordinates = lengths
    if name == "H2O":
        lengths = stream.uniform(1.7, 1.95, (count, 2))
        angle = stream.uniform(1.7, 1.95, count)
        coordinates = np.column_stack([lengths, angle])
        for atom, sign in ((1, 1), (2, -1)):
            positions[:, atom, 0] = lengths[:, atom - 1] * np.cos(angle / 2)
            positions[:, atom, 1] = sign * lengths[:, atom - 1] * np.sin(angle / 2)
    else:
        positions[:, 1, 0] = lengths[:, 0]
    positions -= positions.mean(axis=1, keepdims=True)
    rows = {
        "geometry": np.arange(count),
        "positions": list(positions.reshape(count, -1)),
        "bond_lengths": list(lengths),
        "coordinates": list(coordinates),
        "trajectory": None,
        "frame": None,
    }
    return pd.DataFrame(rows)[GEOMETRIES.column_names]


def reference_table(name, geometries):
    """A Morse energy of each bond and of the angle; a Gaussian density about each atom."""
    x = np.arange(POINTS) * BASIS.length / POINTS - BASIS.length / 2
    rows = []
    for row in geometries.itertuples():
        angle = row.coordinates[2] - 1.82 if name == "H2O" else 0.0
        bonds = (1 - np.exp(-(np.asarray(row.bond_lengths) - 1.4))) ** 2
        density = np.zeros((POINTS, POINTS, POINTS))
        atoms = np.reshape(row.positions, (-1, 3))
        for charge, place in zip(CHARGES[name], atoms, strict=True):
            a, b, c = np.exp(-((x - place[:, None]) ** 2) / 2)
            electrons = charge + 0.05 * bonds.sum()
            density += electrons * (2 * np.pi) ** -1.5 * a[:, None, None] * b[:, None] * c
        rows.append(
            {
                "geometry": row.geometry,
                "energy": -1.0 + 0.17 * bonds.sum() + 0.1 * angle**2,
                "converged": True,
                "iterations": 1,
                "seconds": 0.0,
                "engine": "analytic",
                "failure": None,
                "forces": None,
                "coefficients": BASIS.coefficients(density).astype(np.float32),
            }
        )
    return pd.DataFrame(rows)[REFERENCE.column_names]


def sample_data(name, count, seed=3, sample="drawn", subspace=None, densities=True, frame=None):
    """Reference data of geometries, in the subspace of their own densities where none is given."""
    geometries = geometry_table(name, count, seed)
    positions = np.stack(geometries["positions"]).reshape(count, -1, 3)
    masses = np.where(np.array(CHARGES[name]) > 1, 16.0, 1.0)
    frame = frame or ReferenceFrame(np.array(FRAMES[name]), masses)
    geometries["positions"] = list(frame.align(positions).positions.reshape(count, -1))
    reference = reference_table(name, geometries)
    known = {}
    if densities:
        coefficients = np.stack(reference["coefficients"])
        subspace = subspace or DensitySubspace.spanning(BASIS, coefficients)
        coordinates, residuals = subspace.project_with_residual(coefficients)
        known = {"subspace": subspace, "coordinates": coordinates, "residuals": residuals}
    return SampleData(
        name,
        sample,
        SYMBOLS[name],
        np.array(CHARGES[name]),
        frame,
        np.arange(count),
        np.stack(geometries["positions"]).reshape(count, -1, 3),
        reference["energy"].to_numpy(),
        **known,
    )


def equally_spaced(positions, count, seed):
    order = np.argsort(np.linalg.norm(positions[:, 0] - positions[:, 1], axis=1))
    return order[np.linspace(0, len(order) - 1, count).round().astype(int)]


def drawn(positions, count, seed):
    return np.random.default_rng(seed).choice(len(positions), count, replace=False)
