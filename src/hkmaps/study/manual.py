"""What is generated from the models of the config: its manual, and a JSON schema for editors."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hkmaps.study.config import Study
from hkmaps.study.omissions import NAMED
from hkmaps.study.sentences import in_yaml

HEAD = "| key | type | unit | default | meaning |\n|---|---|---|---|---|\n"


def config_table() -> str:
    """Return a Markdown table of every key of the config."""
    rows: dict[str, dict[str, Any]] = {}
    schema = Study.model_json_schema()
    for key, entry in _entries(schema, schema, ""):
        row = {
            "type": _type(entry, schema),
            "unit": entry.get("unit", ""),
            "default": _default(entry),
            "meaning": entry["description"],
        }
        known = rows.setdefault(key, row)
        if row["type"] not in known["type"]:
            known["type"] = f"{known['type']} \\| {row['type']}"
        if {**row, "type": ""} != {**known, "type": ""}:
            raise ValueError(f"The key {key} has two rows: {known} and {row}.")
    lines = [f"| `{key}` | {' | '.join(row.values())} |" for key, row in rows.items()]
    return HEAD + "\n".join(lines) + "\n"


def with_table(manual: str) -> str:
    """Return the manual of the config with the table of its keys as it is now, at its end."""
    introduction, _, _ = manual.partition(HEAD)
    return introduction + config_table()


def editor_schema() -> str:
    """Return the JSON schema of an override, as YAML: no key is needed, entries may be null."""
    schema = copy.deepcopy(Study.model_json_schema())
    for node in list(_nodes(schema)):
        # Of what is merged with the published config, any part may be there.
        node.pop("required", None)
        node.pop("title", None)
        if "oneOf" in node:
            node["anyOf"] = node.pop("oneOf")
    # Inner places before those that hold them, since null has no inner places.
    for pattern in sorted(NAMED, key=lambda each: -each.count(".")):
        _let_be_null(schema, pattern)
    head = "# Of an override of config.yaml, for editors; made by python -m hkmaps.study.\n"
    # What editors need last is last: the definitions.
    definitions = {"$defs": schema.pop("$defs")}
    return head + yaml.safe_dump(
        schema | definitions, sort_keys=False, allow_unicode=True, width=100
    )


def _let_be_null(schema: dict[str, Any], pattern: str) -> None:
    """Allow null for the entries of a place of `NAMED`."""
    node: Any = schema
    for part in pattern.split("."):
        node = _resolve(node, schema)
        node = node["properties"][part] if part in node.get("properties", {}) else _of_names(node)
    entries: Any = _resolve(node, schema)
    if "patternProperties" in entries:
        entries["additionalProperties"] = False
        entries, place = entries["patternProperties"], next(iter(entries["patternProperties"]))
    else:
        place = "additionalProperties"
    entries[place] = {"anyOf": [entries[place], {"type": "null"}]}


def _nodes(value: Any) -> Iterator[dict]:
    """All JSON schemas within one, but for what properties are called."""
    if isinstance(value, list):
        for entry in value:
            yield from _nodes(entry)
    elif isinstance(value, dict):
        yield value
        for key, entry in value.items():
            if key in ("properties", "patternProperties", "$defs"):
                yield from _nodes(list(entry.values()))
            elif key != "default":
                yield from _nodes(entry)


def _resolve(node: Mapping, root: Mapping) -> Mapping:
    """The node with what its `$ref` points to."""
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _merged(node: Mapping, root: Mapping) -> Mapping:
    """The node with what its `$ref` points to; the node's own keys come first."""
    return {**_resolve(node, root), **node}


def _of_names(node: Mapping) -> Mapping | None:
    """The schema of entries whose names are free."""
    if patterns := node.get("patternProperties"):
        return next(iter(patterns.values()))
    extra = node.get("additionalProperties")
    return extra if isinstance(extra, Mapping) else None


def _options(node: Mapping, root: Mapping) -> list[Mapping]:
    """The alternatives that a value may be, null left out."""
    options = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    return [each for each in (_merged(each, root) for each in options) if each["type"] != "null"]


def _entries(node: Mapping, root: Mapping, prefix: str) -> Iterator[tuple[str, Mapping]]:
    node = _merged(node, root)
    if prefix:
        yield prefix, node
    yield from _inner(node, root, prefix)


def _inner(node: Mapping, root: Mapping, prefix: str) -> Iterator[tuple[str, Mapping]]:
    for key, child in node.get("properties", {}).items():
        yield from _entries(child, root, f"{prefix}.{key}" if prefix else key)
    if extra := _of_names(node):
        yield from _entries(extra, root, f"{prefix}.<name>")
    for option in _options(node, root):
        yield from _inner(option, root, prefix)


def _default(node: Mapping) -> str:
    """The default of a key as code; nothing for blocks whose keys have defaults of their own."""
    inner = node.get("properties", {}).values()
    if "default" not in node or (inner and all("default" in each for each in inner)):
        return ""
    return f"`{in_yaml(node['default'])}`"


def _type(node: Mapping, root: Mapping) -> str:
    if "const" in node:
        return str(node["const"])
    if "enum" in node:
        return " \\| ".join(map(str, node["enum"]))
    options = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    if options:
        types = dict.fromkeys(_type(_merged(each, root), root) for each in options)
        return " or ".join(types)
    return node["type"]
