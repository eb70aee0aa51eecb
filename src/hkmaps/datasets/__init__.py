"""Data sets of exactly solved model systems: what to solve, how well, and which part is tested."""

from hkmaps.datasets.functionals import FUNCTIONALS, INPUT_COLUMNS, VARIABLES, Functional
from hkmaps.datasets.gate import check_data_set
from hkmaps.datasets.gauge_shift import GAUGE_SHIFT, solve_shifted
from hkmaps.datasets.parameters import (
    ParameterRange,
    data_set_size,
    extreme_systems,
    parameter_grid,
    system_label,
)
from hkmaps.datasets.systems import SYSTEMS, input_grid, solve_systems

__all__ = [
    "FUNCTIONALS",
    "GAUGE_SHIFT",
    "INPUT_COLUMNS",
    "SYSTEMS",
    "VARIABLES",
    "Functional",
    "ParameterRange",
    "check_data_set",
    "data_set_size",
    "extreme_systems",
    "input_grid",
    "parameter_grid",
    "solve_shifted",
    "solve_systems",
    "system_label",
]
