"""Keys of earlier configs, which are refused with what they are now."""

from collections.abc import Mapping
from typing import Any

from hkmaps.errors import InputError
from hkmaps.study.sentences import in_yaml

_ENGINE = "an entry of engines, which molecules.<name>.engine names,"
_OLD, _CONFORMERS = "molecules.systems.<name>", "molecules.conformers"
_SYSTEMS = f"{_CONFORMERS}.systems"

MOVED = {
    "molecules.engine": _ENGINE,
    "molecules.box_length": "densities.box_length",
    "molecules.frequencies": "densities.frequencies",
    "molecules.coefficient_precision": "densities.precision",
    "molecules.allowed_failures": "allowed_failures",
    "molecules.coupled_cluster": "coupled_cluster",
    "molecules.files": "molecules.<name>.samples.<sample>.files",
    f"{_OLD}.geometries": "molecules.<name>.samples.drawn.geometries",
    f"{_OLD}.test": "molecules.<name>.maps.test",
    "molecules.systems": "molecules",
    f"{_CONFORMERS}.engine": _ENGINE,
    f"{_CONFORMERS}.accuracy": "accuracy",
    f"{_CONFORMERS}.dynamics": "dynamics",
    f"{_CONFORMERS}.test.temperature": "molecules.<name>.samples.test.temperatures",
    f"{_CONFORMERS}.test.geometries": "molecules.<name>.samples.test.snapshots",
    f"{_CONFORMERS}.draws.training_points": "draws.size",
    f"{_CONFORMERS}.draws.test": "draws.geometries",
    f"{_CONFORMERS}.draws": "draws",
    f"{_SYSTEMS}.<name>.pools": "molecules.<name>.maps.pools, names of molecules.<name>.samples,",
    f"{_SYSTEMS}.<name>.training_points": "molecules.<name>.maps.sizes",
    _SYSTEMS: "molecules",
    _CONFORMERS: "molecules",
    "maps.molecules.splits": "molecules.<name>.maps.splits",
    "maps.molecules.training_points.<name>": "molecules.<name>.maps.sizes",
    "maps.molecules.training_points": "molecules.<name>.maps.sizes",
    "maps.molecules.potential_widths": "maps.potential.widths",
    "maps.molecules.potential_spacings": "maps.potential.spacings",
    "maps.molecules": "molecules.<name>.maps",
    "trajectories.driven.friction": "an entry of trajectories.driven.frictions, in 1/ps,",
}
"""Keys of earlier configs and what they are now, inner keys before those that hold them."""

NAMES_NOW = ("trajectories.pool", "draws.pool")
"""Keys that were lists of temperatures."""


def refuse_earlier_keys(config: Mapping[str, Any]) -> None:
    """Raise `InputError` where a config has a key of an earlier one; the sentence has the new."""
    for old, new in MOVED.items():
        found = _find(config, old.split("."), [])
        if found is None:
            continue
        names = [name for part, name in zip(old.split("."), found, strict=True) if part == "<name>"]
        place = new.replace("<name>", names[0]) if names else new
        raise InputError(
            f"The config key {'.'.join(found)} is of an earlier version; use {place} instead."
        )
    for key in NAMES_NOW:
        block, _, name = key.partition(".")
        value = config[block].get(name) if isinstance(config.get(block), Mapping) else None
        if isinstance(value, list):
            raise InputError(
                f"The config key {key} is {in_yaml(value)}; it is the name of a sample now, such as"
                " 300+350K."
            )


def _find(value: Any, parts: list[str], before: list[str]) -> list[str] | None:
    """The first key that a pattern fits, as a list of names; None where there is none."""
    if not parts:
        # Nothing of an earlier config has a structure: it is a molecule of such a name.
        is_molecule = isinstance(value, Mapping) and "structure" in value
        return None if is_molecule else before
    if not isinstance(value, Mapping):
        return None
    names = list(value) if parts[0] == "<name>" else [parts[0]] if parts[0] in value else []
    if before[:1] == ["molecules"] and len(before) == 2 and "structure" in value:
        return None
    for name in names:
        found = _find(value[name], parts[1:], [*before, str(name)])
        if found is not None:
            return found
    return None
