"""Saving and loading estimators: arrays as tensors of one safetensors file, the rest its header."""

import json
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.base import BaseEstimator

import hkmaps
from hkmaps.errors import InputError
from hkmaps.tables import atomic_path

Model = TypeVar("Model", bound=BaseEstimator)


def write_model(model: BaseEstimator, path: str | Path) -> None:
    """Write an estimator's parameters and fitted attributes to one file, whole or not at all.

    Args:
        model: an estimator; parameters and attributes may be arrays, plain values, other
            estimators, and dictionaries of these.
        path: the safetensors file; its folder is made where missing.
    """
    tensors: dict[str, np.ndarray] = {}
    header = {"model": _encode(model, "model", tensors), "hkmaps": hkmaps.__version__}
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, {key: json.dumps(item) for key, item in header.items()})


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
    path = Path(path)
    if not path.is_file():
        raise InputError(f"A {kind.__name__} should be at {path}, where there is no file.")
    try:
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            description = json.loads(file.metadata()["model"])
        found = description["estimator"]
        if found == kind.__name__:
            return _decode(description, tensors, {part.__name__: part for part in (kind, *parts)})
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is not a saved {kind.__name__} or is damaged ({str(error).splitlines()[0]});"
            " delete it to have it made again."
        ) from error
    raise InputError(f"{path} holds a {found}; it must hold a {kind.__name__}.")


def _encode(value: Any, name: str, tensors: dict[str, np.ndarray]) -> dict[str, Any]:
    """Describe a value in plain values; its arrays are added to `tensors`."""
    if isinstance(value, np.ndarray | np.generic):
        # The file holds rows one after the other; another order in memory would be misread.
        tensors[name] = np.asarray(value, order="C")
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
