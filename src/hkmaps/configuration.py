"""The config against its schema: one sentence for the first thing that is wrong, and its manual."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import relevance
from jsonschema.validators import extend

from hkmaps.contradictions import check_contradictions, check_engine, in_yaml
from hkmaps.errors import InputError

# JSON takes 2.0 for an integer; Python's range does not.
Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


def read_schema(path: Path) -> dict:
    """Return the JSON schema in the YAML file `path`."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def validate_config(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check a config against the schema and against itself.

    Args:
        config: the merged config.
        schema: its JSON schema.

    Raises:
        InputError: a key is missing, unknown, of the wrong type or outside its limits, a number
            is not finite, or keys contradict each other; the sentence names the key, the value and
            what is allowed.
    """
    _check_entries(config, "")
    _check_schema(config, schema, "")
    check_contradictions(config)
    _check_compared_settings(config["molecules"]["conformers"], schema)


def check_unique_keys(path: Path) -> None:
    """Raise `InputError` where a mapping in a YAML file has a key twice, of which one is lost."""
    # JSON, which may be indented by tabs, is not always YAML.
    is_yaml = Path(path).suffix in (".yaml", ".yml")
    nodes = [yaml.compose(Path(path).read_text(encoding="utf-8"))] if is_yaml else []
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        lines: dict[str, int] = {}
        for key, value in node.value:
            nodes.append(value)
            line = key.start_mark.line + 1
            if key.value in lines:
                raise InputError(
                    f"The config file {path} has the key {key.value} in line {lines[key.value]} and"
                    f" again in line {line}; a key may stand in one place once."
                )
            lines[key.value] = line


def typed(value: Any) -> Any:
    """Return values that were read as text, as a config file would have them.

    Args:
        value: text, or a mapping or a list of such values; numbers are returned as they are.
    """
    if isinstance(value, Mapping):
        return {key: typed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [typed(entry) for entry in value]
    if not isinstance(value, str):
        return value
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        return value
    # Text that looks like a mapping or a list was in quotes, or it would have been one.
    return value if isinstance(read, (Mapping, list)) else read


def describe_schema(schema: Mapping[str, Any]) -> str:
    """Return the manual of the config: a Markdown table of every key of the schema."""
    lines = ["| key | type | unit | default | meaning |", "|---|---|---|---|---|"]
    for key, entry in _entries(schema, schema, ""):
        default = f"`{in_yaml(entry['default'])}`" if "default" in entry else ""
        allowed = _type_names(entry.get("type", ""))
        if "enum" in entry:
            allowed = " \\| ".join(map(str, entry["enum"]))
        if "oneOf" in entry:
            allowed = "number or range"
        unit = entry.get("unit", "")
        lines.append(f"| `{key}` | {allowed} | {unit} | {default} | {entry['description']} |")
    return "\n".join(lines) + "\n"


def _type_names(allowed: str | list[str]) -> str:
    return allowed if isinstance(allowed, str) else " or ".join(allowed)


def _entries(node: Mapping, root: Mapping, prefix: str) -> Iterator[tuple[str, Mapping]]:
    node = _resolve(node, root)
    if prefix:
        yield prefix, node
    for key, child in node.get("properties", {}).items():
        yield from _entries(child, root, f"{prefix}.{key}" if prefix else key)
    extra = node.get("additionalProperties")
    if isinstance(extra, Mapping):
        yield from _entries(extra, root, f"{prefix}.<name>")
    for option in node.get("oneOf", ()):
        for key, child in option.get("properties", {}).items():
            yield from _entries(child, root, f"{prefix}.{key}")


def _resolve(node: Mapping, root: Mapping) -> Mapping:
    """The node with what its `$ref` points to; the node's own keys come first."""
    if "$ref" not in node:
        return node
    target = root
    for key in node["$ref"].removeprefix("#/").split("/"):
        target = target[key]
    return {**target, **node}


def _innermost(error: ValidationError) -> ValidationError:
    """The error that says most: of alternatives, the deepest error of the one that fits best."""
    while error.context:
        error = max(error.context, key=lambda cause: (len(cause.path), relevance(cause)))
    return error


def _check_entries(value: Any, key: str) -> None:
    """All numbers are finite, which limits of the schema do not see, and all names are text."""
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
            _check_entries(entry, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for entry in value:
            _check_entries(entry, key)


def _check_schema(value: Any, schema: Mapping[str, Any], where: str) -> None:
    """Raise `InputError` for the first thing that the schema forbids at the key `where`."""
    errors = sorted(Validator(schema).iter_errors(value), key=relevance)
    if errors:
        raise InputError(_sentence(_innermost(errors[-1]), where))


def _check_compared_settings(conformers: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Settings beside the chosen ones are such as the engine has, and go together with these."""
    engine, accuracy = conformers["engine"], conformers["accuracy"]
    engines = schema["$defs"]["engine"]["properties"]
    chosen = engine["name"]
    compared = {"tight": accuracy["tight"]}
    compared |= {f"others.{name}": changes for name, changes in accuracy["others"].items()}
    for name, changes in compared.items():
        where = f"molecules.conformers.accuracy.{name}"
        # As everywhere, settings of a program that is not chosen change nothing.
        kept = {
            key: value
            for key, value in changes.items()
            if key in engines[chosen]["properties"]
            or not any(key in entry.get("properties", {}) for entry in engines.values())
        }
        settings = {**engine[chosen], **kept}
        _check_schema(settings, engines[chosen], where)
        check_engine(chosen, settings, where)


def _sentence(error: ValidationError, where: str) -> str:
    path = [where] if where else []
    key = ".".join(map(str, [*path, *error.absolute_path])) or "the config"
    found = in_yaml(error.instance)
    allowed = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            unknown = next(name for name in error.instance if name not in known)
            close = get_close_matches(unknown, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            prefix = "" if key == "the config" else f"{key}."
            return (
                f"The config key {prefix}{unknown} is unknown; allowed here:"
                f" {', '.join(known)}.{hint}"
            )
        case "required":
            missing = next(name for name in allowed if name not in error.instance)
            return f"The config lacks the key {key}.{missing}.".replace("the config.", "")
        case "type":
            hint = ""
            if isinstance(error.instance, str) and _is_number(error.instance):
                hint = " YAML reads it as text: a number with an exponent needs a point, as 1.0e-9."
            return (
                f"The config key {key} is {found}; it must be of type {_type_names(allowed)}.{hint}"
            )
        case "enum" | "const":
            values = allowed if error.validator == "enum" else [allowed]
            return f"The config key {key} is {found}; allowed: {', '.join(map(str, values))}."
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            bound = {
                "minimum": "at least",
                "exclusiveMinimum": "greater than",
                "maximum": "at most",
                "exclusiveMaximum": "less than",
            }[error.validator]
            return f"The config key {key} is {found}; it must be {bound} {allowed}."
        case "uniqueItems":
            return f"The config key {key} is {found}; no entry may stand there twice."
        case "pattern":
            return (
                f"The config has the name {found} in {key}; names there must match the pattern"
                f" {allowed}."
            )
        case "minItems" | "maxItems" | "minProperties":
            bound = "at most" if error.validator == "maxItems" else "at least"
            return f"The config key {key} is {found}; it needs {bound} {allowed} entries."
        case _:
            return f"The config key {key} is {found}; {error.message}."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
