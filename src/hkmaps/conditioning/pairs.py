"""All pairs of a data set's training systems: how near to a constant shift, how sensitive."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from hkmaps.conditioning.measures import (
    constant_shift_deviation,
    constant_shift_deviation_as_printed,
    density_distance,
    density_distance_as_printed,
    sensitivity,
)
from hkmaps.errors import InputError
from hkmaps.exact.quantities import QUANTITIES
from hkmaps.seeds import random_stream
from hkmaps.tables import Column, TableSchema, stack

DISTANCES = (
    Column("constant_shift_deviation", "number", "Ha", "TV(V_a - V_b), equation 6"),
    Column(
        "constant_shift_deviation_as_printed",
        "number",
        "Ha",
        "equation 6 with slopes by central differences",
    ),
    Column("density_distance", "number", "bohr^-1/2", "||n_a - n_b||, equation 5"),
    Column("density_distance_as_printed", "number", "1", "vector norm of n_a - n_b times dx"),
)


def quantity_columns(quantities: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of difference and sensitivity of each quantity, by key."""
    columns = []
    for key in quantities:
        columns += [
            Column(f"difference_{key}", "number", "Ha", f"|{key}_a - {key}_b|"),
            Column(
                f"sensitivity_{key}",
                "number",
                "Ha bohr^1/2",
                f"sensitivity of {key}[n], equation 7 with the norm of equation 5",
            ),
            Column(
                f"sensitivity_as_printed_{key}",
                "number",
                "Ha",
                f"sensitivity of {key}[n] with the distance as printed",
            ),
        ]
    return tuple(columns)


PAIRS = TableSchema(
    "pairs",
    "Every pair of training systems of a data set (paper A, sections 3.2 and 3.3)",
    (
        Column("system_a", "integer", "", "number of the first system"),
        Column("system_b", "integer", "", "number of the second system"),
        *DISTANCES,
        *quantity_columns(QUANTITIES),
        Column("selected", "flag", "", "whether the pair is in the random selection"),
    ),
)


def compare(
    potentials: tuple[np.ndarray, np.ndarray],
    densities: tuple[np.ndarray, np.ndarray],
    quantities: Mapping[str, tuple[np.ndarray, np.ndarray]],
    spacing: float,
) -> dict[str, np.ndarray]:
    """Return deviation, distances, differences and sensitivities of pairs of systems.

    Args:
        potentials: potentials of the first and of the second systems, each (..., points), in Ha.
        densities: densities likewise, in 1/bohr.
        quantities: values of the first and of the second systems, each (...), in Ha, by key.
        spacing: distance of grid points in bohr.

    Returns:
        Arrays of shape (...) by the column names of `PAIRS`.
    """
    distance = density_distance(*densities, spacing)
    as_printed = density_distance_as_printed(*densities, spacing)
    result = {
        "constant_shift_deviation": constant_shift_deviation(*potentials),
        "constant_shift_deviation_as_printed": constant_shift_deviation_as_printed(*potentials),
        "density_distance": distance,
        "density_distance_as_printed": as_printed,
    }
    for key, (first, second) in quantities.items():
        difference = np.abs(first - second)
        result[f"difference_{key}"] = difference
        result[f"sensitivity_{key}"] = sensitivity(difference, distance)
        result[f"sensitivity_as_printed_{key}"] = sensitivity(difference, as_printed)
    return result


def pair_table(systems: pd.DataFrame, selected: int, seed: int, name: str) -> pd.DataFrame:
    """Compare every pair of training systems of a data set.

    Args:
        systems: rows of `hkmaps.datasets.systems.SYSTEMS`.
        selected: how many pairs the random selection holds (619 in paper A's Figure 11).
        seed: the study's seed.
        name: the data set's name, which with the seed decides the selection.

    Returns:
        pandas.DataFrame with the columns of `PAIRS`, one row per pair.

    Raises:
        InputError: there are fewer pairs than are to be selected.
    """
    training = systems[systems["split"] == "train"]
    first, second = np.triu_indices(len(training), k=1)
    if selected > len(first):
        raise InputError(
            f"The data set {name} has {len(first)} pairs of training systems;"
            f" conditioning.selected_pairs asks for {selected}."
        )
    potential, density = stack(training["potential"]), stack(training["density"])
    spacing = training["grid_length"].iloc[0] / (density.shape[1] - 1)
    values = {key: training[quantity.column].to_numpy() for key, quantity in QUANTITIES.items()}
    numbers = training["system"].to_numpy()
    chosen = np.zeros(len(first), dtype=bool)
    stream = random_stream(seed, "conditioning", name, "selected pairs")
    chosen[stream.choice(len(first), size=selected, replace=False)] = True
    return pd.DataFrame(
        {
            "system_a": numbers[first],
            "system_b": numbers[second],
            **compare(
                (potential[first], potential[second]),
                (density[first], density[second]),
                {key: (value[first], value[second]) for key, value in values.items()},
                spacing,
            ),
            "selected": chosen,
        }
    )


def find_printed_pair(pairs: pd.DataFrame, printed: Mapping[str, float]) -> pd.Series:
    """Return the pair whose values come closest to printed ones.

    Paper A does not say which two systems its Figure 10 shows; their printed differences do.

    Args:
        pairs: rows of `PAIRS`.
        printed: printed values by column of `PAIRS`, in the column's unit, all positive.

    Returns:
        The row with the smallest sum of squared logarithms of the ratios to the printed values.
    """
    # Ratios weigh a difference of 1.6 mHa like one of 218 mHa; a zero is infinitely far away.
    with np.errstate(divide="ignore"):
        misfit = sum(np.log(pairs[column] / value) ** 2 for column, value in printed.items())
    return pairs.loc[misfit.idxmin()]
