"""The config against its schema: one sentence for the first thing that is wrong, and its manual."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import relevance

from hkmaps.errors import InputError


def read_schema(path: Path) -> dict:
    """Return the JSON schema in the YAML file `path`."""
    return yaml.safe_load(Path(path).read_text())


def validate_config(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check a config against the schema and against itself.

    Args:
        config: the merged config.
        schema: its JSON schema.

    Raises:
        InputError: a key is missing, unknown, of the wrong type or outside its limits, or keys
            contradict each other; the sentence names the key, the value and what is allowed.
    """
    errors = sorted(Draft202012Validator(schema).iter_errors(config), key=relevance)
    if errors:
        raise InputError(_sentence(_innermost(errors[-1])))
    _check_names(config)


def describe_schema(schema: Mapping[str, Any]) -> str:
    """Return the manual of the config: a Markdown table of every key of the schema."""
    lines = ["| key | type | unit | default | meaning |", "|---|---|---|---|---|"]
    for key, entry in _entries(schema, schema, ""):
        default = f"`{_flow(entry['default'])}`" if "default" in entry else ""
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


def _sentence(error: ValidationError) -> str:
    key = ".".join(str(part) for part in error.absolute_path) or "the config"
    found = _flow(error.instance)
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
            return f"The config key {key} is {found}; it must be of type {_type_names(allowed)}."
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
        case "minItems" | "maxItems" | "minProperties":
            bound = "at most" if error.validator == "maxItems" else "at least"
            return f"The config key {key} is {found}; it needs {bound} {allowed} entries."
        case _:
            return f"The config key {key} is {found}; {error.message}."


def _check_names(config: Mapping[str, Any]) -> None:
    """Names of data sets must exist, and what a key needs must be there."""
    known = list(config["model_systems"]["data_sets"])
    networks, conditioning = config["networks"], config["conditioning"]
    maps = config["maps"]["exact_systems"]
    convergence = config["model_systems"]["convergence"]
    lists = {
        "model_systems.convergence.data_sets": convergence["data_sets"],
        "model_systems.accept_unconverged": config["model_systems"]["accept_unconverged"],
        "networks.grid_search.data_sets": networks["grid_search"]["data_sets"],
        "networks.repeats.data_sets": networks["repeats"]["data_sets"],
        "conditioning.data_sets": conditioning["data_sets"],
        "maps.exact_systems.data_sets": maps["data_sets"],
    }
    for key, names in lists.items():
        for name in names:
            if name not in known:
                raise InputError(
                    f"The config key {key} names the data set {name}, which is not in"
                    f" model_systems.data_sets: {', '.join(known)}."
                )
    for name in maps["data_sets"]:
        for key in ("networks.repeats.data_sets", "conditioning.data_sets"):
            if name not in lists[key]:
                raise InputError(
                    f"The config key maps.exact_systems.data_sets names {name}, whose networks and"
                    f" pairs it needs, but {key} lacks it."
                )
    _check_molecules(config["molecules"]["systems"], config["maps"]["molecules"])
    _check_trajectories(config["trajectories"], config["molecules"]["conformers"]["systems"])
    if networks["repeats"]["hyperparameters"] == "winner":
        searched = networks["grid_search"]["data_sets"]
        missing = [name for name in networks["repeats"]["data_sets"] if name not in searched]
        if missing:
            raise InputError(
                "The config key networks.repeats.hyperparameters is winner, which needs a grid"
                f" search, but networks.grid_search.data_sets lacks {', '.join(missing)}."
            )


def _check_molecules(systems: Mapping[str, Any], maps: Mapping[str, Any]) -> None:
    """Every molecule has training sizes, and its pool is large enough for them."""
    sizes = maps["training_points"]
    if set(systems) != set(sizes):
        raise InputError(
            f"The config key maps.molecules.training_points has {', '.join(sizes)};"
            f" it must have the molecules of molecules.systems: {', '.join(systems)}."
        )
    for name, settings in systems.items():
        pool = settings["geometries"] - settings["test"]
        largest = max(sizes[name])
        if largest > pool:
            raise InputError(
                f"The config key maps.molecules.training_points.{name} asks for {largest} training"
                f" points; molecules.systems.{name} leaves {pool} geometries that are not tested."
            )


def _check_trajectories(trajectories: Mapping[str, Any], systems: Mapping[str, Any]) -> None:
    """The molecules that move are known, and the pool of the maps is one of theirs."""
    named = {"classical": trajectories["classical"]} | {
        f"{kind}.molecule": [trajectories[kind]["molecule"]] for kind in ("ab_initio", "driven")
    }
    for key, molecules in named.items():
        for name in molecules:
            if name not in systems:
                raise InputError(
                    f"The config key trajectories.{key} names {name}, which is not in"
                    f" molecules.conformers.systems: {', '.join(systems)}."
                )
            if trajectories["pool"] not in systems[name]["pools"]:
                raise InputError(
                    f"The config key trajectories.pool is {_flow(trajectories['pool'])}, which is"
                    f" none of molecules.conformers.systems.{name}.pools:"
                    f" {_flow(systems[name]['pools'])}."
                )


def _flow(value: Any) -> str:
    """The value as one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6).strip()
    return text.removesuffix("...").strip()
