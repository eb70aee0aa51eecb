"""Configs for tests: those that come with the study, and edits of them."""

import copy
from pathlib import Path

import yaml
from snakemake.utils import update_config

REPOSITORY = Path(__file__).parents[2]


def read(name):
    return yaml.safe_load((REPOSITORY / f"config/{name}.yaml").read_text(encoding="utf-8"))


PUBLISHED = read("config")


def merged(*overrides):
    """The published config with overrides, as Snakemake merges them."""
    config = copy.deepcopy(PUBLISHED)
    for override in overrides:
        update_config(config, copy.deepcopy(override))
    return config


def nested(key, value):
    """The override that sets a dotted key."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


OWN = {
    "structure": "config/molecules/H2.xyz",
    "engine": "dzvp",
    "samples": {
        "train": {"dynamics": "xtb", "temperatures": [350], "length": 50, "choose": 300},
        "test": {"dynamics": "xtb", "temperatures": [300], "length": 20, "choose": 100},
    },
    "maps": {"pools": ["train"], "test": "test", "sizes": [50, 100, 300]},
}
"""A molecule of one's own, with no more than it needs."""
