"""How errors of a density become errors of a learned functional.

White noise is added to the exact densities of the test systems: at each grid point an independent
normal number of the same standard deviation. The noisy density is used as it is: it is neither
renormalised nor made positive, because a learned functional is given whatever a density map or a
measurement gives, and because the noise's L2 norm is then known. The noise of a draw is the same
for all functionals and methods and scales with its size, so that only the size makes a difference.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from hkmaps.datasets.functionals import Functional
from hkmaps.errors import InputError
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.maps.exact_systems import ExactSystems, by_quantity
from hkmaps.maps.gauge_aware import gauge_aware_quantities
from hkmaps.maps.grid_basis import GridBasis
from hkmaps.maps.results import GAUGE_AWARE_PREFIX, NOISE_RESPONSE
from hkmaps.seeds import random_stream

DensityFunctional = Callable[[np.ndarray], np.ndarray]
"""From densities (S, N), 1/bohr, to values (S,) or, of several networks, (R, S), Ha."""


def noise_response(
    test: ExactSystems,
    dataset: str,
    learned: Mapping[str, Mapping[str, DensityFunctional]],
    sizes: Sequence[float],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Measure the error of learned density functionals against the noise of their input.

    Args:
        test: the test systems.
        dataset: the data set's name, which with the seed decides the noise.
        learned: method, such as "KRR" -> quantity -> functional. Where a method has T and Eg, the
            gauge-aware E and A that follow from them are measured as well, with the integral of
            n V over the noisy density.
        sizes: standard deviations of the noise at a grid point, in 1/bohr; zero is allowed.
        draws: how many draws of the noise.
        seed: the study's seed.

    Returns:
        pandas.DataFrame with the columns of `NOISE_RESPONSE`.

    Raises:
        InputError: a size is negative, there are no draws, or a functional gives values of another
            shape than (systems,) or (networks, systems).
    """
    if draws < 1 or any(not (np.isfinite(size) and size >= 0) for size in sizes):
        raise InputError(
            f"The noise has the sizes {', '.join(map(str, sizes))} and {draws} draws; sizes must"
            " be zero or positive and there must be at least one draw."
        )
    basis = GridBasis(test.grid)
    exact = by_quantity(test.quantities)
    without_noise = _evaluate(learned, test.densities, test)
    rows = []
    for draw in range(draws):
        stream = random_stream(seed, "maps", dataset, "noise", draw)
        unit = stream.standard_normal(test.densities.shape)
        for size in sizes:
            noise = size * unit
            norm = float(basis.norm(basis.coefficients(noise)).mean())
            for (method, key), values in _evaluate(learned, test.densities + noise, test).items():
                errors = np.abs(values - exact[key])
                rows.append(
                    {
                        "dataset": dataset,
                        "functional": Functional(key, "n").label,
                        "quantity": key,
                        "method": method,
                        "noise": float(size),
                        "noise_norm": norm,
                        "draw": draw,
                        "mae": _finite_mean(errors),
                        "maximum": float(np.max(errors, initial=0.0, where=np.isfinite(errors))),
                        "response": _finite_mean(np.abs(values - without_noise[method, key])),
                    }
                )
    return pd.DataFrame(rows, columns=NOISE_RESPONSE.column_names)


def _finite_mean(errors: np.ndarray) -> float:
    """The mean without networks whose training diverged; NaN where there is no other."""
    finite = errors[np.isfinite(errors)]
    return float(finite.mean()) if len(finite) else np.nan


def _evaluate(
    learned: Mapping[str, Mapping[str, DensityFunctional]],
    densities: np.ndarray,
    test: ExactSystems,
) -> dict[tuple[str, str], np.ndarray]:
    """Values of every functional, and of the gauge-aware route, by method and quantity."""
    values = {}
    for method, functionals in learned.items():
        found = {key: np.asarray(predict(densities)) for key, predict in functionals.items()}
        for key, value in found.items():
            if key not in QUANTITIES or value.shape[-1:] != densities.shape[:1] or value.ndim > 2:
                raise InputError(
                    f"The functional {key}[n] by {method} gives values of the shape {value.shape}"
                    f" for {len(densities)} densities; it must be one of {', '.join(QUANTITIES)}"
                    " and give (systems,) or (networks, systems)."
                )
            values[method, key] = value
        if {"T", "Eg"} <= found.keys():
            combined = gauge_aware_quantities(found, densities, test.potentials, test.grid.spacing)
            for key, value in combined.items():
                values[GAUGE_AWARE_PREFIX + method, key] = value
    return values
