"""Rows of the tables of errors: trained maps of a molecule, measured on geometries.

The errors of ML-HK are split by equation 14 with E~, the learned energy of a density, n~ the
predicted and n the reference density of a test geometry: dE = E~[n~] - E, dE_F = E~[n] - E and
dE_D = E~[n~] - E~[n].
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.maps.errors import energy_errors, maximum_absolute, mean_absolute
from hkmaps.maps.geometry_map import GeometryMap
from hkmaps.maps.hohenberg_kohn import ENERGY_TRAINING
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM, MAP_ERRORS


class ReferenceData(Protocol):
    """What maps of a molecule need of its reference calculations, beside the densities.

    Attributes:
        name: the molecule.
        charges: nuclear charges of the atoms, shape (atoms,).
        geometry: numbers of the geometries in their table, shape (S,).
        positions: aligned, shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha.
    """

    name: str
    charges: np.ndarray
    geometry: np.ndarray
    positions: np.ndarray
    energies: np.ndarray


@dataclass(frozen=True, eq=False)
class Sample:
    """Geometries of a molecule that a map is trained or measured on.

    Attributes:
        positions: shape (S, atoms, 3), in bohr.
        energies: shape (S,), in Ha.
        densities: in the representation of the map, shape (S, coefficients), in bohr^-3/2; None
            where the map has none.
    """

    positions: np.ndarray
    energies: np.ndarray
    densities: np.ndarray | None = None

    @classmethod
    def rows(cls, data: ReferenceData, densities: np.ndarray | None, rows: np.ndarray) -> "Sample":
        """Return some rows of reference data and of densities that belong to it."""
        chosen = None if densities is None else densities[rows]
        return cls(data.positions[rows], data.energies[rows], chosen)


def kohn_sham_rows(model: GeometryMap, test: Sample) -> list[dict]:
    """Return the row of `MAP_ERRORS` of a trained ML-KS."""
    error = model.predict(model.charges_, test.positions) - test.energies
    return [error_row(KOHN_SHAM, "dE", error) | _chosen(model.estimator_.regression_)]


def hohenberg_kohn_rows(
    model: GeometryMap, training: Sample, test: Sample, predicted: np.ndarray
) -> list[dict]:
    """Return the rows of `MAP_ERRORS` of a trained ML-HK, with either training of its energy map.

    Args:
        model: the trained map.
        training: what it was trained on.
        test: what it is measured on.
        predicted: its predicted densities of the test geometries, shape (S, coefficients).
    """
    density_map = model.estimator_.density_regression_
    common = {
        "density_width": float(np.median(density_map.width_)),
        "density_regularisation": float(np.median(density_map.regularisation_)),
        "density_at_edge": float(np.mean(density_map.at_edge_)),
    }
    distances = model.distances(model.charges_, model.positions_)
    rows = []
    for energy_training in ENERGY_TRAINING:
        maps = model.estimator_
        if energy_training != maps.energy_training:
            maps = maps.refit_energy(
                energy_training, distances, training.densities, training.energies
            )
        errors = energy_errors(
            maps.predict_from_density(predicted),
            maps.predict_from_density(test.densities),
            test.energies,
        )
        common |= {"energy_training": energy_training, **_chosen(maps.energy_regression_)}
        rows += [
            error_row(HOHENBERG_KOHN, quantity, values) | common
            for quantity, values in (
                ("dE", errors.total),
                ("dE_F", errors.functional_driven),
                ("dE_D", errors.density_driven),
            )
        ]
    return rows


def error_row(method: str, quantity: str, errors: np.ndarray) -> dict:
    """Return a row of `MAP_ERRORS` with the errors of a method and nothing else."""
    return dict.fromkeys(column.name for column in MAP_ERRORS) | {
        "method": method,
        "quantity": quantity,
        "mae": float(mean_absolute(errors)),
        "maximum": float(maximum_absolute(errors)),
    }


def _chosen(regression: CrossValidatedKernelRidge) -> dict:
    """Width, regularisation and edge of the one energy that a regression learned."""
    return {
        "width": float(np.squeeze(regression.width_)),
        "regularisation": float(np.squeeze(regression.regularisation_)),
        "at_edge": bool(np.squeeze(regression.at_edge_)),
    }
