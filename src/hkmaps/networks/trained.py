"""Trained functionals: saving, loading, and applying them to a user's own density or potential."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.interpolate import CubicSpline

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError
from hkmaps.networks.cnn import Architecture, EnsembleCNN
from hkmaps.tensor_files import read_tensors, reading, write_tensors

FILE_NAME = "ensemble.safetensors"
CONSTANT = 1e-6
"""Relative spread of outputs below which a network is dead: that of rounding in single precision;
networks that learnt reach 1e-2."""

CHUNK = 256
"""Inputs that are predicted at once, which bounds the memory."""


def is_constant(predictions: np.ndarray) -> np.ndarray:
    """Return which networks are dead, that is, give the same output for every input, or none.

    Args:
        predictions: shape (members, samples), Ha; not finite where training diverged.

    Returns:
        Flags of shape (members,).
    """
    diverged = ~np.isfinite(predictions).all(axis=1)
    finite = np.where(diverged[:, None], 0.0, predictions)
    return finite.std(axis=1) <= CONSTANT * np.abs(finite).max(axis=1)


@dataclass
class TrainedFunctional:
    """A functional such as E[n], learnt by several networks.

    Attributes:
        network: the networks.
        points: grid that inputs are sampled on, shape (N,), bohr.
        functional: name of the functional, such as "E[n]".
        data_set: name of the data set that trained it.
        dead: which of the networks have constant output.
        settings: how it was trained, plain values.
    """

    network: EnsembleCNN
    points: np.ndarray
    functional: str
    data_set: str
    dead: np.ndarray
    settings: dict[str, Any]

    def predict(self, values: np.ndarray, x: np.ndarray | None = None) -> np.ndarray:
        """Predict the quantity as the mean over the networks that are not dead.

        Args:
            values: density (1/bohr) or potential (Ha), shape (N,) or (S, N).
            x: the points of `values` where they are not `points`, ascending, bohr; the values are
                then interpolated by cubic splines.

        Returns:
            A number or shape (S,), Ha.

        Raises:
            InputError: values are not finite, have another length than the grid, or do not cover
                it.
        """
        repeats = self.predict_repeats(values, x)
        return repeats.mean(axis=0) if self.dead.all() else repeats[~self.dead].mean(axis=0)

    def predict_repeats(self, values: np.ndarray, x: np.ndarray | None = None) -> np.ndarray:
        """Predict by each network, as `predict`; return shape (R,) or (R, S), Ha."""
        values = expect_finite(values, f"input of {self.functional}")
        if values.ndim not in (1, 2):
            raise InputError(
                f"The input of {self.functional} has {values.ndim} dimensions;"
                " it must be (points,) or (systems, points)."
            )
        if x is not None:
            values = self._interpolate(values, x)
        elif values.shape[-1] != len(self.points):
            raise InputError(
                f"The input of {self.functional} has {values.shape[-1]} points; without x it must"
                f" have the {len(self.points)} points from {self.points[0]:g} to"
                f" {self.points[-1]:g} bohr that trained it."
            )
        parameter = next(self.network.parameters())
        rows = torch.as_tensor(np.atleast_2d(values)).to(parameter)
        with torch.inference_mode():
            predictions = torch.cat([self.network(chunk) for chunk in rows.split(CHUNK)], dim=1)
        predictions = predictions.double().cpu().numpy()
        return predictions if values.ndim == 2 else predictions[:, 0]

    def save(self, folder: str | Path) -> Path:
        """Write everything into one file in `folder` and return its path."""
        path = Path(folder) / FILE_NAME
        header = {
            "functional": self.functional,
            "data_set": self.data_set,
            "architecture": asdict(self.network.architecture),
            "input_length": self.network.input_length,
            "members": len(self.network.members),
            "dead": self.dead.tolist(),
            "settings": self.settings,
        }
        weights = {name: value.cpu().numpy() for name, value in self.network.state_dict().items()}
        write_tensors(path, weights | {"points": self.points}, header)
        return path

    @classmethod
    def load(cls, folder: str | Path) -> "TrainedFunctional":
        """Read a functional from its results folder.

        Raises:
            InputError: there is no file, or it is not, byte by byte, one that `save` wrote.
        """
        path = Path(folder)
        path = path / FILE_NAME if path.is_dir() else path
        what = "trained functional"
        tensors, header = read_tensors(path, what)
        with reading(path, what):
            points = tensors.pop("points")
            architecture = Architecture(**header["architecture"])
            seeds = range(header["members"])
            network = EnsembleCNN(architecture, header["input_length"], seeds)
            weights = {name: torch.from_numpy(values) for name, values in tensors.items()}
            network.to(next(iter(weights.values())).dtype).load_state_dict(weights)
        return cls(
            network.eval(),
            points,
            header["functional"],
            header["data_set"],
            np.array(header["dead"], dtype=bool),
            header["settings"],
        )

    def _interpolate(self, values: np.ndarray, x: np.ndarray) -> np.ndarray:
        x = expect_finite(x, "points x")
        if x.ndim != 1 or len(x) != values.shape[-1] or len(x) < 4 or (np.diff(x) <= 0).any():
            raise InputError(
                f"x has shape {x.shape} for values of shape {values.shape}; it must hold one point"
                " a value, at least four, ascending."
            )
        slack = 1e-9 * (self.points[-1] - self.points[0])
        if x[0] > self.points[0] + slack or x[-1] < self.points[-1] - slack:
            raise InputError(
                f"x runs from {x[0]:g} to {x[-1]:g} bohr; it must cover the grid from"
                f" {self.points[0]:g} to {self.points[-1]:g} bohr that trained {self.functional}."
            )
        return CubicSpline(x, values, axis=-1)(self.points)
