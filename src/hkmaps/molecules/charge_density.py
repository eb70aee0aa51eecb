"""Densities that Quantum ESPRESSO leaves behind: the plane waves in `charge-density.dat`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.io import FortranFile

from hkmaps.densities.fourier import DIMENSIONS, FourierBasis
from hkmaps.errors import InputError

SAME_CELL = 1e-6
"""Relative difference of cells that counts as rounding: programs round the bohr differently."""


@dataclass(frozen=True, eq=False)
class ChargeDensity:
    """A periodic density rho(r) = sum over G of rho(G) exp(i G r).

    Attributes:
        reciprocal_vectors: rows b1, b2, b3, shape (3, 3), in 1/bohr.
        indices: integers h of G = h b, shape (plane waves, 3).
        values: rho(G) in bohr^-3, complex, shape (plane waves,).
        half_sphere: whether rho(-G), the complex conjugate of rho(G), is left out.
    """

    reciprocal_vectors: np.ndarray
    indices: np.ndarray
    values: np.ndarray
    half_sphere: bool

    def coefficients(self, basis: FourierBasis) -> np.ndarray:
        """Return the overlaps with the functions of `basis`.

        They are exact: plane waves outside of the basis have no overlap with it, and functions
        of the basis without a plane wave in the file have the coefficient zero.

        Args:
            basis: one whose cube is the density's cell.

        Returns:
            Coefficients of shape (basis.size,), in bohr^-3/2.

        Raises:
            InputError: the cell is not the basis's cube.
        """
        cube = 2 * np.pi / basis.length * np.eye(DIMENSIONS)
        if not np.allclose(self.reciprocal_vectors, cube, rtol=0, atol=SAME_CELL * cube[0, 0]):
            raise InputError(
                "The density's cell has the reciprocal vectors"
                f" {np.round(self.reciprocal_vectors, 6).tolist()} per bohr; it must be the cube of"
                f" the Fourier basis, whose edge is {basis.length:g} bohr."
            )
        # The smallest grid that tells the basis's frequencies, -F .. F, from each other.
        points = 2 * basis.frequencies + 1
        spectrum = np.zeros((points,) * DIMENSIONS, dtype=np.complex128)
        inside = (np.abs(self.indices) <= basis.frequencies).all(axis=1)
        indices, values = self.indices[inside], self.values[inside]
        if self.half_sphere:
            spectrum[tuple(-indices.T)] = values.conj()
        spectrum[tuple(indices.T)] = values
        return basis.coefficients(np.fft.ifftn(spectrum, norm="forward").real)


def read_charge_density(path: Path) -> ChargeDensity:
    """Read the density that pw.x writes to `charge-density.dat`.

    The file is Fortran unformatted. Its records: whether the sphere of plane waves is halved, the
    number of plane waves, that of spin components; b1, b2, b3; the indices; rho(G), the first
    component being the sum over spins (`write_rhog` in `io_rho_xml.f90` and `io_base.f90`).

    Args:
        path: the file.

    Returns:
        The density.

    Raises:
        InputError: the file is missing, cut short or something else.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            f"There is no file {path.name} where pw.x leaves its density; a build of pw.x with HDF5"
            " writes another format and cannot be used."
        )
    try:
        with FortranFile(path) as file:
            half_sphere, plane_waves, _ = file.read_ints(np.int32)
            reciprocal_vectors = file.read_reals(np.float64).reshape(DIMENSIONS, DIMENSIONS)
            indices = file.read_ints(np.int32).reshape(plane_waves, DIMENSIONS)
            values = file.read_record(np.complex128).reshape(plane_waves)
    except (TypeError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"The file {path.name} is not a density of Quantum ESPRESSO, or cut short: {reason}."
        ) from error
    return ChargeDensity(reciprocal_vectors, indices, values, bool(half_sphere))
