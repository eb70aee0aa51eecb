"""Ensembles of convolutional networks that learn functionals: the only room that needs PyTorch."""

from importlib import import_module
from typing import TYPE_CHECKING

from hkmaps.networks.results import (
    ARCHITECTURE,
    GRID_SEARCH,
    GRID_SEARCH_SUMMARY,
    PREDICTIONS,
    TABLE1,
    average_runs,
    mean_absolute_errors,
    select_hyperparameters,
    summarise,
    summarise_grid_search,
)

if TYPE_CHECKING:
    from hkmaps.networks.architecture import architecture_table
    from hkmaps.networks.cnn import Architecture, EnsembleCNN
    from hkmaps.networks.data import EnsembleData, SampledFunctions
    from hkmaps.networks.hyperparameters import grid_search
    from hkmaps.networks.repeats import train_repeats
    from hkmaps.networks.trained import TrainedFunctional
    from hkmaps.networks.training import Member, TrainingPlan, train_ensemble

# Loading PyTorch and Lightning takes seconds; who only reads results need not wait for them.
_NEED_PYTORCH = {
    "Architecture": "cnn",
    "EnsembleCNN": "cnn",
    "EnsembleData": "data",
    "Member": "training",
    "SampledFunctions": "data",
    "TrainedFunctional": "trained",
    "TrainingPlan": "training",
    "architecture_table": "architecture",
    "grid_search": "hyperparameters",
    "train_ensemble": "training",
    "train_repeats": "repeats",
}

__all__ = [
    "ARCHITECTURE",
    "GRID_SEARCH",
    "GRID_SEARCH_SUMMARY",
    "PREDICTIONS",
    "TABLE1",
    "Architecture",
    "EnsembleCNN",
    "EnsembleData",
    "Member",
    "SampledFunctions",
    "TrainedFunctional",
    "TrainingPlan",
    "architecture_table",
    "average_runs",
    "grid_search",
    "mean_absolute_errors",
    "select_hyperparameters",
    "summarise",
    "summarise_grid_search",
    "train_ensemble",
    "train_repeats",
]


def __getattr__(name: str):
    if name in _NEED_PYTORCH:
        return getattr(import_module(f"{__name__}.{_NEED_PYTORCH[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
