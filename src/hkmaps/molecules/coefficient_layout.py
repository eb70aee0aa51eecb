"""How a file orders, signs and scales Fourier coefficients, and its exact conversion.

A value of a file is a moment s_a s_b s_c of a density n, the integral of n(x, y, z) times three
real functions cos(2 pi k x / L) or sin(2 pi k x / L) of one coordinate each, scaled by s. So is a
coefficient of `FourierBasis`. Every layout here differs from it by a choice, an order and a factor
of the functions of one dimension, so that converting rounds but loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from hkmaps.checks import expect_count, expect_number
from hkmaps.densities.fourier import DIMENSIONS, FourierBasis
from hkmaps.errors import InputError

REAL_THEN_IMAGINARY, INTERLEAVED, PACKED = "real_then_imaginary", "interleaved", "packed"

PARTS = {
    REAL_THEN_IMAGINARY: "cosines of frequency 0, 1, 2, ..., then the sines of 0, 1, 2, ...",
    INTERLEAVED: "cosine and sine of frequency 0, then of 1, then of 2, ...",
    PACKED: "cosine of 0, cosine and sine of 1, then of 2, ...; no sine of frequency 0",
}
"""Which function each value of a dimension stands for."""

NORMALISATIONS: dict[str, Callable[[np.ndarray, float, int | None], np.ndarray]] = {
    "orthonormal": lambda k, length, points: np.sqrt(np.where(k == 0, 1, 2) / length),
    "grid_sum": lambda k, length, points: np.full(k.shape, points / length),
    "grid_mean": lambda k, length, points: np.full(k.shape, 1 / length),
    "integral": lambda k, length, points: np.ones(k.shape),
    "fourier_series": lambda k, length, points: np.full(k.shape, 2 / length),
    "amplitudes": lambda k, length, points: np.where(k == 0, 1, 2) / length,
}
"""Scale s of one dimension from frequencies (...), the edge L in bohr and the grid's points: value
= s times the integral. `grid_sum` is what `numpy.fft.rfft` returns for a density on a grid."""

CORNER, CENTRE = "corner", "centre"
SINE, MINUS_SINE = "sine", "minus_sine"
ORDERS = tuple("".join(order) for order in permutations("xyz"))

_ALLOWED = {
    "parts": tuple(PARTS),
    "normalisation": tuple(NORMALISATIONS),
    "imaginary": (SINE, MINUS_SINE),
    "order": ORDERS,
    "origin": (CORNER, CENTRE),
    "phase_origin": (CORNER, CENTRE),
}


@dataclass(frozen=True)
class CoefficientLayout:
    """The layout of the Fourier coefficients of densities in a file.

    Attributes:
        values_per_dimension: values of one dimension, 50 for 25 real and 25 imaginary parts.
        parts: one of `PARTS`.
        imaginary: whether an imaginary part is the moment of the sine or of minus the sine, as in
            exp(-2 pi i k x / L), the sign of `numpy.fft`.
        normalisation: one of `NORMALISATIONS`.
        box_length: edge L of the cube in bohr.
        origin: where in the cube the geometries' coordinates are zero, corner or centre.
        order: axes from the slowest to the fastest running one; xyz where z runs fastest.
        phase_origin: where in the cube all cosines are at their maximum, corner or centre.
        grid_points: points per dimension of the grid that was summed over; `grid_sum` only.
        factor: what every value must be multiplied by besides, such as for another unit.

    Raises:
        InputError: a value is not allowed.
    """

    values_per_dimension: int
    parts: str
    imaginary: str
    normalisation: str
    box_length: float
    origin: str
    order: str = "xyz"
    phase_origin: str = CORNER
    grid_points: int | None = None
    factor: float = 1.0

    def __post_init__(self):
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                raise InputError(
                    f"The layout of the densities has {name}: {getattr(self, name)!r}; it must be"
                    f" one of {', '.join(allowed)}."
                )
        of = "of the layout of the densities"
        expect_count(self.values_per_dimension, f"values_per_dimension {of}", 4)
        expect_number(self.box_length, f"box_length {of}", "bohr")
        if expect_number(self.factor, f"factor {of}", minimum=-np.inf) == 0:
            raise InputError(f"The factor {of} is 0; it must be another number.")
        if self.values_per_dimension % 2 and self.parts != PACKED:
            raise InputError(
                f"The layout of the densities has {self.values_per_dimension} values per dimension"
                f" and parts: {self.parts}; as many real as imaginary parts are an even number."
            )
        if self.normalisation == "grid_sum":
            # The grid must resolve the highest frequency.
            expect_count(self.grid_points, f"grid_points {of}", 2 * self.frequencies + 1)
        elif self.grid_points is not None:
            raise InputError(
                f"The layout of the densities has grid_points: {self.grid_points!r}, which go with"
                f" the normalisation grid_sum alone, not with {self.normalisation}."
            )

    @property
    def size(self) -> int:
        """Values of one density."""
        return self.values_per_dimension**DIMENSIONS

    @property
    def frequencies(self) -> int:
        """The highest frequency."""
        return int(dimension_functions(self.parts, self.values_per_dimension)[0].max())

    def expect_basis(self, basis: FourierBasis) -> None:
        """Raise `InputError` unless the basis has the cube and all functions of the layout."""
        if not np.isclose(self.box_length, basis.length, rtol=1e-9):
            raise InputError(
                f"The layout of the densities has box_length: {self.box_length:g} bohr; it must be"
                f" that of the study, densities.box_length: {basis.length:g} bohr."
            )
        found = set(zip(*self._meaningful(), strict=True))
        known = set(zip(*dimension_functions(PACKED, basis.functions_per_dimension), strict=True))
        if found - known:
            raise InputError(
                f"The layout of the densities reaches frequency {self.frequencies}, the basis of"
                f" the study {basis.frequencies} (its last with a cosine alone); raise"
                " densities.frequencies so that nothing is cut off."
            )

    def convert(self, values: np.ndarray, basis: FourierBasis) -> np.ndarray:
        """Return values of a file as coefficients in a basis of the same cube.

        Functions that the file lacks get zero; those that the basis lacks are left out, which
        `expect_basis` tells.

        Args:
            values: shape (S, size).
            basis: a basis of the same cube.

        Returns:
            Coefficients of shape (S, basis.size), in bohr^-3/2, in double precision.
        """
        source, target, factors = self._matches(basis)
        tensor = np.reshape(values, (-1, *[self.values_per_dimension] * DIMENSIONS))
        tensor = np.moveaxis(tensor, [1 + self.order.index(axis) for axis in "xyz"], [1, 2, 3])
        chosen = tensor[:, *np.ix_(source, source, source)].astype(np.float64)
        chosen *= self.factor * np.einsum("a,b,c->abc", factors, factors, factors)
        functions = basis.functions_per_dimension
        converted = np.zeros((len(tensor), functions, functions, functions))
        converted[:, *np.ix_(target, target, target)] = chosen
        return converted.reshape(len(tensor), basis.size)

    def vanishing(self, values: np.ndarray) -> np.ndarray:
        """Return the largest part of the largest value where the sine of frequency 0 stands.

        Args:
            values: shape (S, size).

        Returns:
            Shape (S,); zero for every density in this layout.
        """
        frequency, is_sine = dimension_functions(self.parts, self.values_per_dimension)
        no_function = (frequency == 0) & is_sine
        anywhere = np.logical_or.reduce(np.meshgrid(*[no_function] * DIMENSIONS)).ravel()
        sizes = np.abs(values)
        largest = np.maximum(sizes.max(axis=1), np.finfo(float).tiny)
        return sizes[:, anywhere].max(axis=1, initial=0.0) / largest

    def count_hint(self, part: float) -> str:
        """Say what would make up for holding only a part of the electrons, or more than all."""

        def scale(name: str, points: int | None) -> float:
            zero = np.zeros(1, dtype=int)
            return float(NORMALISATIONS[name](zero, self.box_length, points)[0])

        edge = np.cbrt(part) * scale(self.normalisation, self.grid_points)
        fitting = [
            f"normalisation: {name}"
            for name in NORMALISATIONS
            if name != "grid_sum" and np.isclose(edge, scale(name, None), rtol=0.003)
        ]
        # As many points would be needed in a sum for it to be this many times the mean.
        points = edge * self.box_length
        if points > 2 * self.frequencies and abs(points % 1 - 0.5) > 0.4:
            fitting.append(f"normalisation: grid_sum with grid_points: {round(points)}")
        if fitting:
            return f"their number would fit {' or '.join(fitting)}"
        return "normalisation, grid_points, factor or parts of the layout could be wrong"

    def _meaningful(self) -> tuple[np.ndarray, np.ndarray]:
        """Frequency and kind of each function of a dimension but the sine of frequency 0."""
        frequency, is_sine = dimension_functions(self.parts, self.values_per_dimension)
        kept = (frequency > 0) | ~is_sine
        return frequency[kept], is_sine[kept]

    def _matches(self, basis: FourierBasis) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places in the file and in the basis of the functions that both have, and factors."""
        in_file = zip(*dimension_functions(self.parts, self.values_per_dimension), strict=True)
        place = {function: number for number, function in enumerate(in_file)}
        frequency, is_sine = dimension_functions(PACKED, basis.functions_per_dimension)
        source = [place.get(function, -1) for function in zip(frequency, is_sine, strict=True)]
        target = np.flatnonzero(np.array(source) >= 0)
        k, is_sine = frequency[target], is_sine[target]
        scales = NORMALISATIONS[self.normalisation](k, self.box_length, self.grid_points)
        signs = np.where(is_sine & (self.imaginary == MINUS_SINE), -1.0, 1.0)
        if self.phase_origin == CENTRE:
            # Half a period of the cube is k half-turns of the phase.
            signs *= np.where(k % 2, -1.0, 1.0)
        amplitudes = NORMALISATIONS["orthonormal"](k, basis.length, None)
        return np.array(source)[target], target, signs * amplitudes / scales


def dimension_functions(parts: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequency of each function of a dimension, and whether it is a sine.

    Args:
        parts: one of `PARTS`.
        count: number of functions, or of values in a file.

    Returns:
        Two arrays of shape (count,).
    """
    numbers = np.arange(count)
    if parts == REAL_THEN_IMAGINARY:
        half = count // 2
        return numbers % half, numbers >= half
    if parts == INTERLEAVED:
        return numbers // 2, numbers % 2 == 1
    return (numbers + 1) // 2, (numbers > 0) & (numbers % 2 == 0)
