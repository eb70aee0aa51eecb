"""The gate between convergence and learning: is a data set's grid good enough for every system?"""

import pandas as pd

from hkmaps.datasets.parameters import system_label
from hkmaps.errors import ConvergenceError
from hkmaps.exact.potentials import potential_family

ERRORS = {"E1": "one_electron_error", "E2": "two_electron_error"}
"""Columns of the errors per particle that must meet the threshold, by energy."""


def check_data_set(
    name: str,
    systems: pd.DataFrame,
    threshold: float,
    accept_unconverged: bool,
    require_bound: bool,
) -> list[str]:
    """Check that every system is converged and, where asked, binds its second electron.

    Args:
        name: the data set's name, for the message.
        systems: rows of `hkmaps.datasets.systems.SYSTEMS`.
        threshold: largest error per particle allowed, in Ha (paper A: 0.8 mHa, section 2.1.1).
        accept_unconverged: whether the study accepts this data set although it misses the
            threshold; the misses are then returned instead of raised.
        require_bound: whether every system must have a positive electron affinity.

    Returns:
        One sentence for each energy that misses the threshold; empty when all is well.

    Raises:
        ConvergenceError: the threshold is missed and not accepted, or an electron is not bound.
    """
    unbound = systems[~systems["bound"]]
    if require_bound and len(unbound):
        raise ConvergenceError(
            f"The data set {name} asks for systems that bind the second electron"
            f" (require_bound), but {len(unbound)} of {len(systems)} do not, such as"
            f" {_name(unbound.iloc[0])}; change its parameters' ranges."
        )
    misses = []
    for energy, column in ERRORS.items():
        missed = systems[systems[column] > threshold]
        if len(missed):
            worst = missed.loc[missed[column].idxmax()]
            misses.append(
                f"{energy} misses {threshold:g} Ha per particle for {len(missed)} of"
                f" {len(systems)} systems, most at {_name(worst)} by {worst[column]:.3g} Ha"
            )
    if misses and not accept_unconverged:
        raise ConvergenceError(
            f"The grid of the data set {name} is not converged: {'; '.join(misses)}. Choose a"
            f" longer or denser grid, or accept it by adding {name} to"
            " model_systems.accept_unconverged in the config."
        )
    return misses


def _name(row: pd.Series) -> str:
    return system_label(row[list(potential_family(row["family"]).parameter_names)])
