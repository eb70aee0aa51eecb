"""Saving and loading estimators: arrays as tensors of one safetensors file, the rest its header."""

from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sklearn.base import BaseEstimator

from hkmaps.errors import InputError
from hkmaps.tensor_files import read_tensors, reading, write_tensors

Model = TypeVar("Model", bound=BaseEstimator)


def write_model(model: BaseEstimator, path: str | Path, **notes: Any) -> None:
    """Write an estimator's parameters and fitted attributes to one file, whole or not at all.

    Args:
        model: an estimator; parameters and attributes may be arrays, plain values, other
            estimators, and dictionaries of these.
        path: the safetensors file; its folder is made where missing.
        notes: what else the file is to hold, likewise.
    """
    tensors: dict[str, np.ndarray] = {}
    header = {name: _encode(item, name, tensors) for name, item in notes.items()}
    header["model"] = _encode(model, "model", tensors)
    write_tensors(path, tensors, header)


def read_model(kind: type[Model], path: str | Path, *parts: type[BaseEstimator]) -> Model:
    """Read an estimator that `write_model` wrote.

    Args:
        kind: class of the estimator.
        path: the file.
        parts: classes of estimators that it may hold.

    Returns:
        The fitted estimator.

    Raises:
        InputError: there is no file, or it is damaged or holds another kind of model.
    """
    return read_model_and_notes(kind, path, *parts)[0]


def read_model_and_notes(
    kind: type[Model], path: str | Path, *parts: type[BaseEstimator]
) -> tuple[Model, dict[str, Any]]:
    """Read an estimator and the notes that `write_model` wrote with it; see `read_model`."""
    what = f"saved {kind.__name__}"
    with reading(path, what):
        tensors, header = read_tensors(path, what)
        found = header["model"]["estimator"]
        if found != kind.__name__:
            raise InputError(f"{path} holds a {found}; it must hold a {kind.__name__}.")
        classes = {part.__name__: part for part in (kind, *parts)}
        values = {name: _decode(item, tensors, classes) for name, item in header.items()}
        return values.pop("model"), values


def _encode(value: Any, name: str, tensors: dict[str, np.ndarray]) -> dict[str, Any]:
    """Describe a value in plain values; its arrays are added to `tensors`."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return {"names": value.tolist()}
    if isinstance(value, np.ndarray | np.generic):
        tensors[name] = np.asarray(value)
        return {"tensor": name}
    if isinstance(value, dict):
        return {
            "entries": {key: _encode(item, f"{name}.{key}", tensors) for key, item in value.items()}
        }
    if isinstance(value, BaseEstimator):
        fitted = {key: item for key, item in vars(value).items() if key.endswith("_")}
        return {
            "estimator": type(value).__name__,
            "parameters": _encode(value.get_params(deep=False), name, tensors),
            "fitted": _encode(fitted, name, tensors),
        }
    return {"value": value}


def _decode(
    description: dict[str, Any],
    tensors: dict[str, np.ndarray],
    classes: dict[str, type[BaseEstimator]],
) -> Any:
    if "tensor" in description:
        return tensors[description["tensor"]]
    if "names" in description:
        return np.array(description["names"], dtype=object)
    if "entries" in description:
        entries = description["entries"].items()
        return {key: _decode(item, tensors, classes) for key, item in entries}
    if "estimator" in description:
        model = classes[description["estimator"]](
            **_decode(description["parameters"], tensors, classes)
        )
        vars(model).update(_decode(description["fitted"], tensors, classes))
        return model
    return description["value"]
