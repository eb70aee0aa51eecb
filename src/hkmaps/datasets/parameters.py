"""Parameter grids of a family of model systems, split into training points and test midpoints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from hkmaps.checks import expect_count, expect_number
from hkmaps.errors import InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.hamiltonians import kinetic_bands
from hkmaps.exact.potentials import PotentialFamily, potential_family


@dataclass(frozen=True)
class ParameterRange:
    """Equally spaced training values of a parameter; tests lie halfway between neighbours.

    Attributes:
        start, stop: first and last training value, in the parameter's unit.
        points: number of training values, at least 2.

    Raises:
        InputError: fewer than two points, or a range that does not grow.
    """

    start: float
    stop: float
    points: int

    def __post_init__(self):
        for name in ("start", "stop"):
            expect_number(getattr(self, name), f"{name} of a parameter range", minimum=-np.inf)
        expect_count(self.points, "number of points of a parameter range", None)
        if self.points < 2 or not self.start < self.stop:
            raise InputError(
                f"A parameter range needs at least 2 points from a smaller to a larger value;"
                f" found {self.points} points from {self.start} to {self.stop}."
            )

    @property
    def training_values(self) -> np.ndarray:
        """The training values, shape (points,)."""
        return np.linspace(self.start, self.stop, self.points)

    @property
    def test_values(self) -> np.ndarray:
        """The midpoints of neighbouring training values, shape (points - 1,)."""
        values = self.training_values
        return 0.5 * (values[:-1] + values[1:])


def parameter_values(specification: float | Mapping) -> float | ParameterRange:
    """Return a fixed value, or the range of a mapping with `start`, `stop` and `points`."""
    if isinstance(specification, Mapping):
        return ParameterRange(**specification)
    return expect_number(specification, "value of a parameter", minimum=-np.inf)


def parameter_grid(
    family: PotentialFamily, parameters: Mapping[str, float | Mapping]
) -> pd.DataFrame:
    """Return the systems of a data set: all combinations of the parameters' values.

    The training set is the product of the training values and the test set the product of the
    midpoints, so that every test system lies in the middle of a cell of training systems
    (paper A, Figure 3b and section 2.1.2).

    Args:
        family: the family of potentials, whose parameters must all be given.
        parameters: a fixed value, or a mapping with `start`, `stop` and `points`, by parameter.

    Returns:
        pandas.DataFrame with the columns `system` (from 0; training systems first), `split`
        ("train" or "test") and one column per parameter.

    Raises:
        InputError: a parameter is missing, unknown or outside what the family allows, or no
            parameter has a range.
    """
    names = family.parameter_names
    if not isinstance(parameters, Mapping):
        raise InputError(
            f"The parameters of a data set are a {type(parameters).__name__}; they must be values"
            f" by name, of {', '.join(names)}."
        )
    if set(parameters) != set(names):
        raise InputError(
            f"A data set of the family {family.name} has the parameters {', '.join(parameters)};"
            f" it needs exactly {', '.join(names)}."
        )
    values = {name: parameter_values(parameters[name]) for name in names}
    if not any(isinstance(value, ParameterRange) for value in values.values()):
        raise InputError(
            f"A data set of the family {family.name} needs a range (start, stop, points) for at"
            f" least one of {', '.join(names)}; all are fixed."
        )
    rows = []
    for split, attribute in (("train", "training_values"), ("test", "test_values")):
        axes = [
            getattr(value, attribute) if isinstance(value, ParameterRange) else [value]
            for value in values.values()
        ]
        rows += [(split, *map(float, combination)) for combination in product(*axes)]
    grid = pd.DataFrame(rows, columns=["split", *values])
    grid.insert(0, "system", np.arange(len(grid)))
    for row in grid[list(values)].drop_duplicates().itertuples(index=False):
        family.check(row._asdict())
    return grid


def data_set_size(settings: Mapping, stencil: int) -> int:
    """Return how many systems a data set has, having checked that each can be solved.

    Args:
        settings: `family`, `parameters` and `grid` of the data set, as in the config.
        stencil: points of the second-derivative stencil.

    Returns:
        The number of training and test systems.

    Raises:
        InputError: the family is unknown, a parameter is not allowed, or the grid is too small.
    """
    kinetic_bands(uniform_grid(**settings["grid"]), stencil)
    return len(parameter_grid(potential_family(settings["family"]), settings["parameters"]))


def charge_state_systems(settings: Mapping, stencil: int) -> pd.DataFrame:
    """Return the systems of a data set, having checked that each can be solved.

    Args:
        settings: `family`, `parameters` and `grid` of the data set, as in the config.
        stencil: points of the second-derivative stencil.

    Returns:
        The training systems of `parameter_grid`.

    Raises:
        InputError: the family is unknown, a parameter is not allowed, or the grid is too small.
    """
    kinetic_bands(uniform_grid(**settings["grid"]), stencil)
    systems = parameter_grid(potential_family(settings["family"]), settings["parameters"])
    return systems[systems["split"] == "train"]


def system_label(parameters: Mapping[str, float]) -> str:
    """Return parameters as text, such as `Z=0.5 alpha=0.65`; those without a value are left out."""
    return " ".join(f"{name}={value:.4g}" for name, value in parameters.items() if pd.notna(value))


def extreme_systems(
    family: PotentialFamily, parameters: Mapping[str, float | Mapping]
) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Return the systems at the corners of a data set's parameter grid.

    These are the systems that paper A tests for convergence (section 2.1.2).

    Args:
        family: the family of potentials.
        parameters: as for `parameter_grid`.

    Returns:
        The potential in Ha as a function of positions in bohr, by the system's label.
    """
    grid = parameter_grid(family, parameters)
    training = grid.loc[grid["split"] == "train", list(family.parameter_names)]
    corners = training[((training == training.min()) | (training == training.max())).all(axis=1)]
    return {
        system_label(values): partial(family.potential, **values)
        for values in corners.to_dict("records")
    }
