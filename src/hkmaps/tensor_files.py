"""Arrays and plain values in one safetensors file: equal content, equal bytes.

safetensors writes the entries of its metadata in an order that changes from call to call, so all
plain values are one entry of it, as JSON with sorted keys.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

import hkmaps
from hkmaps.digests import PLACE, expect_sealed, seal
from hkmaps.errors import InputError
from hkmaps.tables import atomic_path

ENTRY = "hkmaps"
"""The one entry of the metadata."""


def write_tensors(
    path: str | Path, tensors: Mapping[str, np.ndarray], header: Mapping[str, Any]
) -> None:
    """Write arrays and plain values to one safetensors file, whole or not at all.

    Args:
        path: the file; its folder is made where missing.
        tensors: the arrays.
        header: values that JSON can hold, by names of which their order is lost; the version of
            hkmaps is added, and a digest of the whole file.
    """
    # The file holds rows one after the other; another order in memory would be misread.
    tensors = {name: np.asarray(values, order="C") for name, values in tensors.items()}
    # The digest is looked for near the begin of the file.
    text = json.dumps([PLACE, hkmaps.__version__, header], sort_keys=True)
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, {ENTRY: text})
        seal(temporary)


def read_tensors(path: str | Path, what: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read the arrays and the header that `write_tensors` wrote.

    Args:
        path: the file.
        what: what it should hold, for messages, such as "trained functional".

    Raises:
        InputError: there is no file, or it is damaged, be it in one byte.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"A {what} should be at {path}, where there is no file.")
    expect_sealed(path, f"a {what}")
    with reading(path, what), safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        _, _, header = json.loads(file.metadata()[ENTRY])
    return tensors, header


@contextmanager
def reading(path: str | Path, what: str) -> Iterator[None]:
    """Turn errors of reading a file, or of what it lacks, into an `InputError` that names it."""
    try:
        yield
    except InputError:
        raise
    except (
        SafetensorError,
        AttributeError,
        KeyError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise InputError(
            f"{path} is not a {what} or is damaged ({str(error).splitlines()[0]}); delete it to"
            " have it made again."
        ) from error
