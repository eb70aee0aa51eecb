"""The sentence of the first thing that is wrong with a config."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from math import isfinite
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hkmaps.errors import HkmapsError, InputError
from hkmaps.study.blocks import HERE

Model = TypeVar("Model", bound=BaseModel)

TYPES = {
    "int_type": "integer",
    "float_type": "number",
    "string_type": "string",
    "bool_type": "boolean",
    "list_type": "array (a list in YAML)",
    "dict_type": "object (keys and values in YAML)",
}
"""What a value must be, by pydantic's name of the error."""

BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def validated(model: type[Model], value: Any, where: str = "") -> Model:
    """Return a value of the config as its model.

    Args:
        model: the block that it must be.
        value: what stands in the config.
        where: the key of the block; the whole config where there is none.

    Raises:
        InputError: something is wrong with it; the sentence names the key, the value and what is
            allowed.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(_sentence(first, where)) from None


@contextmanager
def of_key(key: str) -> Iterator[None]:
    """Put the config key in front of the sentence of an error."""
    try:
        yield
    except HkmapsError as error:
        raise InputError(f"The config key {key}: {error}") from error


def in_yaml(value: Any) -> str:
    """The value as one line of YAML."""
    # A JSON config comes in ordered dictionaries, which YAML has no word for.
    plain = json.loads(json.dumps(value, default=str))
    text = yaml.safe_dump(plain, default_flow_style=True, width=10**6, sort_keys=False).strip()
    return text.removesuffix("...").strip()


def expect_plain(value: Any, key: str = "") -> None:
    """Raise `InputError` unless all numbers are finite and all names are text."""
    if isinstance(value, float) and not isfinite(value):
        raise InputError(f"The config key {key} is {in_yaml(value)}; it must be a finite number.")
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if not isinstance(name, str):
                raise InputError(
                    f"The config has {in_yaml(name)} as a name in {key or 'its first level'}, which"
                    f" YAML reads as {type(name).__name__}; names must be text, if need be in"
                    " quotes."
                )
            expect_plain(entry, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for entry in value:
            expect_plain(entry, key)


def _sentence(error: Mapping[str, Any], where: str) -> str:
    places = [str(place) for place in error["loc"] if not re.fullmatch(r"<.*>", str(place))]
    is_name = places[-1:] == ["[key]"]
    if is_name:
        places = places[:-2]
    here = ".".join([where, *places] if where else places)
    kind, found, details = error["type"], in_yaml(error["input"]), error.get("ctx", {})
    if is_name:
        return (
            f"The config has the name {found} in {here}; names there must match the pattern"
            f" {details.get('pattern')}."
        )
    inner = ".".join(filter(None, (here, str(details.get("key", "")))))
    if kind == "unknown":
        return f"The config key {inner} is unknown; {_allowed_here(details)}"
    if kind == "lacking":
        return f"The config lacks the key {inner}."
    if kind == "contradiction":
        words = details["words"].replace(f"{HERE}.", f"{here}." if here else "")
        return f"The config key {inner} {words}."
    return f"The config key {here or 'of the first level'} is {found}; {_allowed(error)}"


def _allowed_here(details: Mapping[str, Any]) -> str:
    close = get_close_matches(details["key"], details["known"], n=1)
    hint = details.get("hint") or (f"Did you mean {close[0]}?" if close else "")
    return f"allowed here: {', '.join(details['known'])}. {hint}".strip()


def _allowed(error: Mapping[str, Any]) -> str:
    kind, details = error["type"], error.get("ctx", {})
    if kind in TYPES:
        other = f" or {details['or']}" if "or" in details else ""
        hint = ""
        if isinstance(error["input"], str) and _is_number(error["input"]):
            hint = " YAML reads it as text: a number with an exponent needs a point, as 1.0e-9."
        return f"it must be of type {TYPES[kind]}{other}.{hint}"
    if kind in BOUNDS:
        name, words = BOUNDS[kind]
        return f"it must be {words} {details[name]:g}."
    if kind == "literal_error":
        # Pydantic ends the list with "or".
        listed = re.sub(r" or (?=[^ ]+$)", ", ", details["expected"])
        return f"allowed: {listed.replace(chr(39), '')}."
    if kind == "unique":
        return "no entry may stand there twice."
    if kind in ("too_short", "too_long"):
        bound, name = (
            ("at least", "min_length") if kind == "too_short" else ("at most", "max_length")
        )
        return f"it needs {bound} {details[name]} entries."
    return f"{error['msg'].rstrip('.')}."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
