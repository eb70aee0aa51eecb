"""What networks are to learn: one functional of one data set, with what trains and what tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import input_grid
from hkmaps.exact.grids import uniform_grid
from hkmaps.networks.hyperparameters import grid_search
from hkmaps.networks.repeats import train_repeats
from hkmaps.networks.results import repeat_errors
from hkmaps.networks.trained import TrainedFunctional
from hkmaps.tables import stack


@dataclass(frozen=True, eq=False)
class LearningTask:
    """A functional of a data set, as networks see it.

    Attributes:
        data_set: name of the data set.
        functional: the functional.
        points: grid of the inputs, shape (N,), bohr.
        training_inputs: potentials (Ha) or densities (1/bohr), shape (S, N).
        training_targets: the quantity, shape (S,), Ha.
        test_inputs: likewise of the test systems, shape (T, N).
        test_targets: likewise, shape (T,), Ha.
        test_systems: numbers of the test systems in the data set, shape (T,).
    """

    data_set: str
    functional: Functional
    points: np.ndarray
    training_inputs: np.ndarray
    training_targets: np.ndarray
    test_inputs: np.ndarray
    test_targets: np.ndarray
    test_systems: np.ndarray

    @classmethod
    def from_systems(
        cls, systems: pd.DataFrame, data_set: str, functional: Functional
    ) -> "LearningTask":
        """Return the task of a functional.

        Args:
            systems: rows of `hkmaps.datasets.systems.SYSTEMS`.
            data_set: name of the data set.
            functional: the functional.
        """
        training, test = (systems[systems["split"] == split] for split in ("train", "test"))
        inputs, targets = functional.input_column, functional.target_column
        test_inputs = stack(test[inputs])
        grid = uniform_grid(*systems[["grid_length", "grid_density"]].iloc[0])
        return cls(
            data_set,
            functional,
            input_grid(grid, test_inputs.shape[1]).points,
            stack(training[inputs]),
            training[targets].to_numpy(),
            test_inputs,
            test[targets].to_numpy(),
            test["system"].to_numpy(),
        )

    def search(self, **settings: Any) -> pd.DataFrame:
        """Search learning rate and batch size; settings and result are those of `grid_search`."""
        return grid_search(
            self.training_inputs,
            self.training_targets,
            data_set=self.data_set,
            functional=self.functional.label,
            **settings,
        )

    def train(self, **settings: Any) -> tuple[TrainedFunctional, pd.DataFrame]:
        """Train repeats and test them; settings and result are those of `train_repeats`."""
        return train_repeats(
            self.training_inputs,
            self.training_targets,
            self.test_inputs,
            self.test_targets,
            points=self.points,
            data_set=self.data_set,
            functional=self.functional.label,
            test_systems=self.test_systems,
            **settings,
        )

    def errors(self, **settings: Any) -> pd.DataFrame:
        """Train repeats; return functional, repeat, mae (Ha) and dead, one row per repeat."""
        errors = repeat_errors(self.train(**settings)[1])
        errors.insert(0, "functional", self.functional.label)
        return errors
