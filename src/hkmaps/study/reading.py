"""What YAML and the command line make of a config before it is checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hkmaps.errors import InputError

# PyYAML has libyaml's parser, ten times faster, where it was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check_unique_keys(path: Path) -> None:
    """Raise `InputError` where a mapping in a YAML file has a key twice, of which one is lost."""
    # JSON, which may be indented by tabs, is not always YAML.
    is_yaml = Path(path).suffix in (".yaml", ".yml")
    nodes = [yaml.compose(Path(path).read_text(encoding="utf-8"), LOADER)] if is_yaml else []
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
                    f" again in line {line}; a block may have a key only once."
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
