"""Why gauge-dependent functionals of the density are ill-conditioned (paper A, section 3)."""

from hkmaps.conditioning.diatomics import COMPARISONS, compare_diatomics
from hkmaps.conditioning.measures import (
    constant_shift_deviation,
    constant_shift_deviation_as_printed,
    density_distance,
    density_distance_as_printed,
    sensitivity,
)
from hkmaps.conditioning.pairs import PAIRS, compare, find_printed_pair, pair_table

__all__ = [
    "COMPARISONS",
    "PAIRS",
    "compare",
    "compare_diatomics",
    "constant_shift_deviation",
    "constant_shift_deviation_as_printed",
    "density_distance",
    "density_distance_as_printed",
    "find_printed_pair",
    "pair_table",
    "sensitivity",
]
