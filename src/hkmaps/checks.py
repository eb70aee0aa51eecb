"""What counts as numbers, and as atoms, where a function of hkmaps takes them, in one place.

NumPy turns complex numbers into real ones, text and dates into numbers and masked values into what
is below the mask, some with a warning and some without: none of it is accepted here.
"""

import sys
from functools import cache
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.errors import InputError

KINDS = {
    "c": "complex numbers (Complex data not supported)",
    "U": "text",
    "S": "text",
    "M": "dates",
    "m": "durations",
}
"""What is not a real number, by the kind of its NumPy type."""

MINIMUM_SEPARATION = 0.01
"""Distance in bohr below which two atoms of a geometry count as coincident."""


def expect_real(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as an array of real numbers, without a copy where they are such.

    Args:
        values: what should be numbers.
        name: what they are, for messages.

    Raises:
        InputError: they are complex (whatever the imaginary part), text, dates, a sparse or a
            partly masked array, nested lists of unequal lengths, or no numbers at all.
    """
    if _is_sparse(values):
        raise InputError(_found("a sparse matrix", name))
    if np.ma.is_masked(values):
        raise InputError(_found("an array that is masked in part", name))
    try:
        numbers = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(_found(_unreadable(values, error), name)) from error
    if numbers.dtype.kind in "biuf":
        return numbers
    kinds = {numbers.dtype.kind}
    if kinds == {"O"}:
        # A conversion to real numbers would take text and NumPy's complex scalars as well.
        kinds = {np.asarray(value).dtype.kind for value in numbers.flat}
    wrong = sorted(kinds & KINDS.keys())
    if wrong:
        raise InputError(_found(KINDS[wrong[0]], name))
    try:
        return numbers.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(_found(_unreadable(values, error), name)) from error


def expect_finite(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as float64, without a copy where they are such.

    Args:
        values: what should be numbers.
        name: what they are, for messages.

    Raises:
        InputError: as for `expect_real`, or a value is not finite; the sentence names the first.
    """
    numbers = expect_real(values, name).astype(np.float64, copy=False)
    if not np.isfinite(numbers).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(numbers))[0])
        raise InputError(
            f"The array with the {name} holds {numbers[where]} at index {where}; every value must"
            " be finite."
        )
    return numbers


def expect_number(
    value: float, name: str, unit: str = "", minimum: float = 0.0, minimum_allowed: bool = False
) -> float:
    """Return `value` as a float that is finite and larger than a least value.

    Args:
        value: what should be a number.
        name: what it is, for messages.
        unit: its unit in words, for messages.
        minimum: the least value.
        minimum_allowed: whether the least value itself is allowed.

    Raises:
        InputError: it is text, complex, an array, not finite, or too small.
    """
    number = np.nan
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
    if np.isfinite(number) and (number > minimum or (minimum_allowed and number == minimum)):
        return number
    if minimum == 0:
        allowed = "a number that is zero or positive" if minimum_allowed else "a positive number"
    else:
        least = "at least" if minimum_allowed else "larger than"
        allowed = f"a number {least} {minimum:g}" if np.isfinite(minimum) else "a finite number"
    of_unit = f" of {unit}" if unit else ""
    raise InputError(f"The {name} is {_shown(value)}; it must be {allowed}{of_unit}.")


def expect_count(value: int, name: str, minimum: int | None = 1, maximum: int | None = None) -> int:
    """Return `value` as an int from `minimum` to `maximum`.

    Args:
        value: a whole number; not a float, even one without a fraction.
        name: what it is, for messages.
        minimum, maximum: the range, both ends allowed; None is no end.

    Raises:
        InputError: it is of another type or outside the range.
    """
    # Nothing counts with True, and 2.0 may be what is left of 1.9999999.
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    low, high = (-np.inf if minimum is None else minimum), (np.inf if maximum is None else maximum)
    if is_whole and low <= value <= high:
        return int(value)
    allowed = "" if minimum is None else f" of at least {minimum}"
    allowed = allowed if maximum is None else f" from {minimum} to {maximum}"
    raise InputError(f"The {name} is {_shown(value)}; it must be a whole number{allowed}.")


def expect_geometries(charges: ArrayLike, positions: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the charges and geometries of a molecule as float64.

    Args:
        charges: nuclear charges, shape (atoms,).
        positions: shape (geometries, atoms, 3), in bohr.

    Raises:
        InputError: charges are not finite and positive, positions have another shape, are not
            finite, or two atoms of a geometry are nearer than 0.01 bohr.
    """
    charges = expect_charges(charges)
    return charges, expect_positions(positions, len(charges))


def expect_charges(charges: ArrayLike) -> np.ndarray:
    """Return nuclear charges (atoms,) as float64; raise `InputError` unless they are positive."""
    charges = expect_finite(charges, "nuclear charges")
    if charges.ndim != 1 or len(charges) == 0 or charges.min() <= 0:
        raise InputError(
            f"The nuclear charges are {charges.tolist()}; they must be one list of positive"
            " numbers, one an atom."
        )
    return charges


def expect_positions(positions: ArrayLike, atoms: int) -> np.ndarray:
    """Return geometries (geometries, atoms, 3) as float64; see `expect_geometries`."""
    positions = expect_finite(positions, "positions of the atoms")
    if positions.ndim != 3 or positions.shape[1:] != (atoms, 3) or len(positions) == 0:
        raise InputError(
            f"The positions have the shape {positions.shape}; it must be (geometries, {atoms}, 3)"
            f" for {atoms} nuclear charges."
        )
    expect_apart(positions)
    return positions


def expect_shape(values: ArrayLike, shape: tuple[int, ...], name: str) -> None:
    """Raise `InputError` where values have another shape than what they go together with."""
    if np.shape(values) != shape:
        raise InputError(
            f"The array of {name} has the shape {np.shape(values)}; it must be {shape} to go"
            " together with the others."
        )


def expect_apart(positions: np.ndarray) -> None:
    """Raise `InputError` if two atoms of geometries (geometries, atoms, 3), in bohr, coincide."""
    if positions.shape[1] > 1:
        first, second = _pairs(positions.shape[1])
        apart = positions[:, first] - positions[:, second]
        squared = np.einsum("gpi,gpi->gp", apart, apart)
        if squared.min() < MINIMUM_SEPARATION**2:
            nearest = np.sqrt(squared.min(axis=1))
            geometry = int(nearest.argmin())
            raise InputError(
                f"Two atoms of geometry {geometry} are {nearest[geometry]:g} bohr apart; atoms"
                f" must be at least {MINIMUM_SEPARATION} bohr apart."
            )


@cache
def _pairs(atoms: int) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of atoms."""
    return np.triu_indices(atoms, k=1)


def _is_sparse(values: object) -> bool:
    """Whether it is a sparse array of SciPy, whose import would take longer than the check."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(values)


def _found(what: str, name: str) -> str:
    return f"The {name} must be an array of real numbers; found {what}."


def _unreadable(values: object, error: Exception) -> str:
    reason = " ".join(str(error).split()).rstrip(".")
    return f"a {type(values).__name__} that cannot be read as numbers ({reason})"


def _shown(value: object) -> str:
    """A value as a message shows it: text in quotes, arrays by their shape."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text.splitlines()) == 1 else f"a {type(value).__name__}"
