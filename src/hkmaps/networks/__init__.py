"""Ensembles of convolutional networks that learn functionals: the only room that needs PyTorch."""

from hkmaps.networks.architecture import ARCHITECTURE, architecture_table
from hkmaps.networks.cnn import Architecture, EnsembleCNN
from hkmaps.networks.grid_search import (
    GRID_SEARCH,
    average_runs,
    compare_cell,
    grid_search,
    select_hyperparameters,
)
from hkmaps.networks.repeats import PREDICTIONS, mean_absolute_errors, summarise, train_repeats
from hkmaps.networks.trained import TrainedFunctional
from hkmaps.networks.training import Member, TrainingPlan, train_ensemble

__all__ = [
    "ARCHITECTURE",
    "GRID_SEARCH",
    "PREDICTIONS",
    "Architecture",
    "EnsembleCNN",
    "Member",
    "TrainedFunctional",
    "TrainingPlan",
    "architecture_table",
    "average_runs",
    "compare_cell",
    "grid_search",
    "mean_absolute_errors",
    "select_hyperparameters",
    "summarise",
    "train_ensemble",
    "train_repeats",
]
