"""Real orthonormal Fourier basis in a periodic cube, for densities of molecules (paper B, 2.3)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.fft import rfft

from hkmaps.checks import expect_count, expect_finite, expect_number
from hkmaps.densities.coefficients import expect_coefficients, l2_norm
from hkmaps.errors import InputError

DIMENSIONS = 3
POINTS_AT_ONCE = 512
"""Points at which a density is evaluated at once, which bounds the memory."""


@dataclass(frozen=True)
class FourierBasis:
    """Products of three real Fourier functions in the cube from 0 to `length`, with its period.

    In each dimension there are two functions a frequency, 50 for the 25 frequencies of paper B and
    so 125 000 in three dimensions: the constant 1/sqrt(L), then sqrt(2/L) times cos(2 pi k x / L)
    and sin(2 pi k x / L) for k = 1 .. frequencies - 1, then the cosine of k = frequencies. (The
    sine of frequency zero vanishes; the last cosine takes its place.) Function (a, b, c) of x, y, z
    has the number (a * F + b) * F + c with F functions a dimension.

    Attributes:
        length: edge of the cube in bohr.
        frequencies: frequencies per dimension.

    Raises:
        InputError: the length is not positive, or there is no frequency.
    """

    length: float
    frequencies: int

    def __post_init__(self):
        expect_number(self.length, "edge of the Fourier basis's cube", "bohr")
        expect_count(self.frequencies, "number of frequencies of the Fourier basis per dimension")

    @property
    def functions_per_dimension(self) -> int:
        """The number of functions of x, two a frequency."""
        return 2 * self.frequencies

    @property
    def size(self) -> int:
        """The number of basis functions in three dimensions."""
        return self.functions_per_dimension**DIMENSIONS

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """Return the overlaps of functions on a grid with the basis functions, by FFT.

        They are exact for functions whose frequencies, with those of the basis, the grid resolves:
        below n - frequencies for n points per dimension.

        Args:
            values: densities (bohr^-3) at the points i * length / n, i = 0 .. n - 1, of each
                dimension, shape (..., n, n, n).

        Returns:
            Coefficients of shape (..., size), in bohr^-3/2.

        Raises:
            InputError: the values are not finite, not on a cubic grid, or on one that is too
                coarse for the basis.
        """
        values = expect_finite(values, "density on the grid")
        if values.ndim < DIMENSIONS or len(set(values.shape[-DIMENSIONS:])) > 1:
            raise InputError(
                f"The density has the shape {values.shape}; the last three axes must be the equal"
                " dimensions of a cubic grid."
            )
        points = values.shape[-1]
        if points <= self.functions_per_dimension:
            raise InputError(
                f"The grid has {points} points per dimension; for {self.frequencies} frequencies it"
                f" must have more than {self.functions_per_dimension}."
            )
        for axis in (-3, -2, -1):
            values = self._overlaps(values, axis)
        return values.reshape(*values.shape[:-DIMENSIONS], self.size)

    def density(self, coefficients: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return densities at any points, bohr^-3.

        Args:
            coefficients: shape (..., size).
            points: positions of shape (P, 3), in bohr; the density has the cube's period.

        Returns:
            Densities of shape (..., P).

        Raises:
            InputError: the coefficients are not as many as the functions, or the points not
                positions in three dimensions.
        """
        points = expect_points(points)
        tensor = self._tensor(coefficients)
        blocks = []
        for start in range(0, len(points), POINTS_AT_ONCE):
            x, y, z = (self.functions(axis).T for axis in points[start : start + POINTS_AT_ONCE].T)
            # One matrix product for z; what is left for y and x is a sum at each point.
            values = np.einsum("...abp,bp->...ap", tensor @ z, y)
            blocks.append(np.einsum("...ap,ap->...p", values, x))
        return np.concatenate(blocks, axis=-1)

    def density_on_grid(self, coefficients: np.ndarray, points: int) -> np.ndarray:
        """Return densities on the grid of `coefficients`, bohr^-3.

        Args:
            coefficients: shape (..., size).
            points: points per dimension, any number from 1.

        Returns:
            Densities of shape (..., points, points, points).

        Raises:
            InputError: the coefficients are not as many as the functions.
        """
        points = expect_count(points, "number of points of the grid per dimension")
        values = self._tensor(coefficients)
        functions = self.functions(np.arange(points) * self.length / points)
        for _ in range(DIMENSIONS):
            # Each pass takes the first of the three axes and puts it last.
            values = np.moveaxis(values, -DIMENSIONS, -1) @ functions.T
        return values

    def functions(self, x: np.ndarray) -> np.ndarray:
        """Return the functions of one dimension at x (points,), in bohr, (points, functions)."""
        phase = 2 * np.pi / self.length * np.multiply.outer(x, self._frequency)
        return self._amplitude * np.where(self._is_sine, np.sin(phase), np.cos(phase))

    def electron_count(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the integral of the densities over the cube, shape (...).

        Only the constant function has one.
        """
        return self._tensor(coefficients)[..., 0, 0, 0] * self.length ** (DIMENSIONS / 2)

    def norm(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the L2 norm of the densities, bohr^-3/2, shape (...)."""
        return l2_norm(expect_coefficients(coefficients, self.size))

    @cached_property
    def _frequency(self) -> np.ndarray:
        """Frequency of each function of one dimension: 0, 1, 1, 2, 2, ..., frequencies."""
        return (np.arange(self.functions_per_dimension) + 1) // 2

    @cached_property
    def _is_sine(self) -> np.ndarray:
        numbers = np.arange(self.functions_per_dimension)
        return (numbers > 0) & (numbers % 2 == 0)

    @cached_property
    def _amplitude(self) -> np.ndarray:
        return np.sqrt(np.where(self._frequency == 0, 1, 2) / self.length)

    def _overlaps(self, values: np.ndarray, axis: int) -> np.ndarray:
        """Replace an axis of grid points by one of basis functions."""
        points = values.shape[axis]
        # The transform is the sum of f exp(-2 pi i k x / L): cosines real, sines minus imaginary.
        spectrum = np.moveaxis(rfft(values, axis=axis), axis, -1)[..., self._frequency]
        overlaps = np.where(self._is_sine, -spectrum.imag, spectrum.real)
        return np.moveaxis(overlaps * self._amplitude * self.length / points, -1, axis)

    def _tensor(self, coefficients: np.ndarray) -> np.ndarray:
        coefficients = expect_coefficients(coefficients, self.size)
        return coefficients.reshape(
            *coefficients.shape[:-1], *[self.functions_per_dimension] * DIMENSIONS
        )


def expect_points(points: np.ndarray) -> np.ndarray:
    """Return finite positions (points, 3) as float64; raise `InputError` for others."""
    points = expect_finite(points, "points")
    if points.ndim != 2 or points.shape[1] != DIMENSIONS or not len(points):
        raise InputError(f"The points have the shape {points.shape}; it must be (points, 3).")
    return points
