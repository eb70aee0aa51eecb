"""Checks of the shapes that maps are trained on and applied to.

Values are checked by the regressions, in blocks and in the precision in which they come: the
coefficients of many densities are too large for copies.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.checks import expect_real
from hkmaps.errors import InputError


def expect_rows(values: ArrayLike, name: str) -> np.ndarray:
    """Return real numbers (samples, length); raise `InputError` for anything else."""
    values = expect_real(values, name)
    if values.ndim != 2 or 0 in values.shape:
        raise InputError(
            f"The array of {name} has the shape {values.shape}; it must be (samples, length), with"
            " at least one of each."
        )
    return values


def expect_trained_size(values: ArrayLike, size: int, name: str) -> np.ndarray:
    """Return an array (samples, size); raise `InputError` where a map knows another size."""
    values = expect_rows(values, name)
    if values.shape[1] != size:
        raise InputError(
            f"The {name} have {values.shape[1]} values a sample; this map was trained on {size} and"
            " can only be applied to what was represented as its training samples were."
        )
    return values


def expect_targets(values: ArrayLike, samples: int, name: str) -> np.ndarray:
    """Return targets (samples,) or (samples, targets); raise `InputError` otherwise."""
    values = expect_real(values, name)
    if values.ndim not in (1, 2) or len(values) != samples:
        raise InputError(
            f"The array of {name} has the shape {values.shape}; it must hold one row for each of"
            f" the {samples} training samples."
        )
    return values


def expect_samples(values: ArrayLike, shape: tuple[int, ...], name: str) -> None:
    """Raise `InputError` where values have another shape than what they go together with."""
    if np.shape(values) != shape:
        raise InputError(
            f"The array of {name} has the shape {np.shape(values)}; it must be {shape} to go"
            " together with the other training data."
        )


def expect_molecule(symbols: Sequence[str], known: Sequence[str], name: str) -> None:
    """Raise `InputError` unless atoms are those of a molecule, in its order.

    Args:
        symbols: chemical symbols of the atoms.
        known: those of the molecule.
        name: its name.
    """
    given, needed = " ".join(symbols), " ".join(known)
    if given == needed:
        return
    if sorted(symbols) == sorted(known):
        raise InputError(
            f"The atoms are given in the order {given}; the map of {name} takes them in the order"
            f" {needed}, and which atom is which cannot be guessed."
        )
    raise InputError(
        f"The atoms are {given}; the map of {name} holds for its atoms alone, {needed}."
    )
