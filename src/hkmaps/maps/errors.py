"""Errors of maps: functional- and density-driven energy errors, electrons in the wrong place."""

from dataclasses import dataclass

import numpy as np

from hkmaps.checks import expect_real
from hkmaps.errors import InputError


@dataclass(frozen=True, eq=False)
class EnergyErrors:
    """Signed errors of an energy that comes from a predicted density (paper B, equation 14).

    E~ is the learned functional, E the exact one, n~ the predicted density and n the exact one.
    The integral of n V stands in both E~[n] and E[n], so dE_F is the error of F as well.

    Attributes:
        total: dE = E~[n~] - E[n], shape (systems,), in Ha.
        functional_driven: dE_F = E~[n] - E[n], likewise.
        density_driven: dE_D = E~[n~] - E~[n], likewise.
    """

    total: np.ndarray
    functional_driven: np.ndarray
    density_driven: np.ndarray


def energy_errors(
    at_predicted_density: np.ndarray, at_exact_density: np.ndarray, exact: np.ndarray
) -> EnergyErrors:
    """Split the error of predicted energies into its two sources (paper B, equation 14).

    The split holds for any property Q[n] that is learned as a functional of the density.

    Args:
        at_predicted_density: E~[n~], shape (systems,), in Ha.
        at_exact_density: E~[n], likewise.
        exact: E[n], likewise.

    Returns:
        The errors; functional_driven + density_driven = total.

    Raises:
        InputError: the arrays differ in shape.
    """
    given = (at_predicted_density, at_exact_density, exact)
    at_predicted_density, at_exact_density, exact = (expect_real(a, "energies") for a in given)
    shapes = [np.shape(a) for a in given]
    if len(set(shapes)) > 1:
        raise InputError(
            f"The energies at predicted densities, at exact densities and the exact energies have"
            f" the shapes {shapes[0]}, {shapes[1]} and {shapes[2]}; all three must be equal."
        )
    return EnergyErrors(
        total=at_predicted_density - exact,
        functional_driven=at_exact_density - exact,
        density_driven=at_predicted_density - at_exact_density,
    )


def mean_absolute(errors: np.ndarray) -> np.ndarray:
    """Return the mean absolute error over the systems, the first axis."""
    return np.abs(errors).mean(axis=0)


def maximum_absolute(errors: np.ndarray) -> np.ndarray:
    """Return the largest absolute error over the systems, the first axis."""
    return np.abs(errors).max(axis=0)


def electrons_misplaced(
    predicted: np.ndarray, exact: np.ndarray, volume_element: float
) -> np.ndarray:
    """Return the fraction of the electrons that a predicted density has in the wrong place.

    It is half the integral of |n~ - n| over the number of electrons: an electron that is missing
    here and found there counts once.

    Args:
        predicted: densities n~ on a grid, shape (..., points).
        exact: densities n, likewise.
        volume_element: the weight of a grid point in an integral (bohr in one dimension, bohr^3
            in three), in the inverse unit of the densities.

    Returns:
        Fractions of shape (...).
    """
    return 0.5 * normalised_absolute_error(predicted, exact, volume_element)


def normalised_absolute_error(
    predicted: np.ndarray, exact: np.ndarray, volume_element: float
) -> np.ndarray:
    """Return the integral of |n~ - n| over that of n, the NMAE of papers on predicted densities.

    It is twice the fraction of `electrons_misplaced`, whose arguments it takes.
    """
    electrons = np.sum(exact, axis=-1) * volume_element
    return np.sum(np.abs(predicted - exact), axis=-1) * volume_element / electrons
