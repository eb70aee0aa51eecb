"""Saving and loading estimators: arrays as tensors of one safetensors file, the rest its header."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.base import BaseEstimator

import hkmaps
from hkmaps.digests import PLACE, expect_sealed, seal
from hkmaps.errors import InputError
from hkmaps.tables import atomic_path

Model = TypeVar("Model", bound=BaseEstimator)

DIGEST = "digest"
"""Entry of the header for the digest of the file."""


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
    with reading(path, kind.__name__):
        tensors, header = read_tensors(path, kind.__name__)
        found = header["model"]["estimator"]
        if found != kind.__name__:
            raise InputError(f"{path} holds a {found}; it must hold a {kind.__name__}.")
        classes = {part.__name__: part for part in (kind, *parts)}
        values = {
            name: _decode(item, tensors, classes)
            for name, item in header.items()
            if name != "hkmaps"
        }
        return values.pop("model"), values


def write_tensors(path: str | Path, tensors: dict[str, np.ndarray], header: dict[str, Any]) -> None:
    """Write arrays and plain values to one safetensors file, whole or not at all.

    Args:
        path: the file; its folder is made where missing.
        tensors: the arrays, each with its rows one after the other.
        header: values that JSON can hold; the version of hkmaps is added, and a digest of the
            whole file.
    """
    header = header | {"hkmaps": hkmaps.__version__, DIGEST: PLACE}
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, {key: json.dumps(item) for key, item in header.items()})
        seal(temporary)


def read_tensors(path: str | Path, what: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read the arrays and the header that `write_tensors` wrote.

    Args:
        path: the file.
        what: what it should hold, for messages.

    Raises:
        InputError: there is no file, or it is damaged, be it in one byte.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"A {what} should be at {path}, where there is no file.")
    expect_sealed(path, f"a saved {what}")
    with reading(path, what), safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        header = {key: json.loads(item) for key, item in file.metadata().items()}
    del header[DIGEST]
    return tensors, header


@contextmanager
def reading(path: str | Path, what: str) -> Iterator[None]:
    """Turn errors of reading a file, or of what it lacks, into an `InputError` that names it."""
    try:
        yield
    except InputError:
        raise
    except (SafetensorError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is not a saved {what} or is damaged ({str(error).splitlines()[0]});"
            " delete it to have it made again."
        ) from error


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
