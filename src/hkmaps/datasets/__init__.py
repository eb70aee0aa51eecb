"""Data sets of exactly solved model systems: what to solve, how well, and which part is tested."""

from hkmaps.datasets.functionals import FUNCTIONALS, INPUT_COLUMNS, VARIABLES, Functional

__all__ = ["FUNCTIONALS", "INPUT_COLUMNS", "VARIABLES", "Functional"]
