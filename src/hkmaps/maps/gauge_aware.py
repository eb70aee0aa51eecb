"""Gauge-dependent properties from gauge-invariant functionals of the density.

Paper A shows that E[n] and A[n] are ill-conditioned: potentials that differ by nearly a constant
have nearly equal densities and energies that differ by that constant. Where the potential is at
hand, that constant need not be read off the density. The kinetic energy T and the fundamental gap
Eg do not change under a constant shift; with E1 = T + integral of n V (paper A, equation 3),

    E  = E1                          =  T[n] + integral of n V,
    A  = E1 - E2 = -(Eg + E1)        = -Eg[n] - T[n] - integral of n V,

because Eg = E2 - 2 E1. T and Eg themselves have nothing to gain: they are learned as they are.
The integral is linear in the density and known exactly, so an error of the density enters with
the size of the potential, not with the sensitivity of E[n].
"""

from collections.abc import Mapping

import numpy as np

from hkmaps.errors import InputError


def gauge_aware_quantities(
    learned: Mapping[str, np.ndarray],
    densities: np.ndarray,
    potentials: np.ndarray,
    spacing: float,
) -> dict[str, np.ndarray]:
    """Return E and A from learned T and Eg and the integral of n V.

    Args:
        learned: T and Eg, each of shape (systems,), in Ha, by key.
        densities: the densities that T and Eg were evaluated at, (systems, points), in 1/bohr.
        potentials: the external potentials likewise, in Ha.
        spacing: distance of grid points in bohr (rectangle rule).

    Returns:
        E and A, each of shape (systems,), in Ha, by key.

    Raises:
        InputError: T or Eg is missing.
    """
    missing = [key for key in ("T", "Eg") if key not in learned]
    if missing:
        raise InputError(
            f"The gauge-aware route lacks {' and '.join(missing)}; it needs T and Eg as functionals"
            " of the density."
        )
    total_energy = learned["T"] + np.sum(densities * potentials, axis=-1) * spacing
    return {"E": total_energy, "A": -learned["Eg"] - total_energy}
