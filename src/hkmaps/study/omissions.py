"""What an override leaves out of the published config by `null`, and what follows from it."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hkmaps.errors import InputError

NAMED = {
    "model_systems.data_sets": (
        "model_systems.accept_unconverged",
        "model_systems.convergence.data_sets",
        "networks.grid_search.data_sets",
        "networks.repeats.data_sets",
        "networks.repeats.counts",
        "networks.fully_connected.data_sets",
        "networks.depths.data_sets",
        "networks.random_search.data_sets",
        "networks.seeds.data_sets",
        "conditioning.data_sets",
        "maps.exact_systems.data_sets",
    ),
    "engines": (),
    "trajectories.driven.frictions": (),
    "follow_up.data_sets": (),
    "molecules": (
        *("accuracy.molecules", "accuracy.cost_goals", "trajectories.classical"),
        "maps.ablation.molecules",
    ),
    "molecules.<name>.samples": (
        "molecules.<name>.maps.pools",
        "molecules.<name>.maps.also_tests",
    ),
    "accuracy.others": (),
    "accuracy.cost_goals": (),
}
"""Key whose entries may be left out -> lists and mappings that name them, which lose them too."""

NEEDED = {
    "model_systems.data_sets": {
        "atoms": "figures and claims of paper A need it",
        "diatomics": "figures and claims of paper A need it",
    },
    "follow_up.data_sets": {
        "soft-atoms": "claims of the follow-up of paper A need it",
    },
    "molecules": {
        "H2O": "Figure 1 of paper B and the comparison with coupled cluster need it",
    },
}
"""Key -> entries that cannot be left out, and why."""

MOVED = (
    *("trajectories.ab_initio.molecule", "trajectories.thermal.molecule"),
    *("trajectories.driven.molecule", "draws.molecule"),
)
"""Keys that hold one of the molecules."""


def leave_out(config: Mapping[str, Any], published: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config without the entries that are null, wherever they are named.

    Args:
        config: the merged config, not yet checked.
        published: the published config.

    Raises:
        InputError: an entry cannot be left out, or the published config has none of its name.
    """
    config = copy.deepcopy(dict(config))
    for pattern, patterns in NAMED.items():
        for key, inner in _keys(config, pattern):
            entries = _value(config, key)
            if not isinstance(entries, Mapping):
                continue
            for name in [name for name, entry in entries.items() if entry is None]:
                _expect_dispensable(config, published, key, name)
                for place in (key, *(each.replace("<name>", inner) for each in patterns)):
                    _remove(config, place, name)
    _take_back_keys_of_samples(config, published)
    return config


def _take_back_keys_of_samples(config: dict, published: Mapping) -> None:
    """Remove what an override takes from a published sample, to give it another source."""
    for key, _ in _keys(config, "molecules.<name>.samples"):
        for name, sample in (_value(config, key) or {}).items():
            known = (_value(published, key) or {}).get(name)
            if isinstance(sample, dict) and isinstance(known, Mapping):
                for each in [each for each in known if sample.get(each, "") is None]:
                    del sample[each]


def _keys(config: Mapping[str, Any], pattern: str) -> Iterator[tuple[str, str]]:
    """Keys of a pattern, each with the name that it has in place of `<name>`."""
    before, placeholder, _ = pattern.partition(".<name>")
    names = _value(config, before) if placeholder else None
    if not placeholder:
        yield pattern, ""
    elif isinstance(names, Mapping):
        for name in list(names):
            yield pattern.replace("<name>", str(name)), str(name)


def _expect_dispensable(config: Mapping, published: Mapping, key: str, name: str) -> None:
    known = _value(published, key) or {}
    if name not in known:
        raise InputError(
            f"The config key {key}.{name} is null, but the published config has no {name} there"
            f" to leave out; it has {', '.join(known) or 'none'}."
        )
    reason = NEEDED.get(key, {}).get(name)
    if key == "molecules" and reason is None:
        reason = " and ".join(place for place in MOVED if _value(config, place) == name)
        reason = f"{name} is what {reason} names" if reason else None
    if reason:
        raise InputError(
            f"The config key {key}.{name} is null, but {name} cannot be left out: {reason}."
        )


def _value(config: Mapping, key: str) -> Any:
    """The value of a dotted key; None where there is none."""
    value: Any = config
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _remove(config: dict, key: str, name: str) -> None:
    value = _value(config, key)
    if isinstance(value, dict):
        value.pop(name, None)
    elif isinstance(value, list):
        value[:] = [entry for entry in value if entry != name]
