"""Entries of the published config that an override leaves out, and those that it cannot."""

import copy
from pathlib import Path

import pytest
import yaml

from hkmaps.configuration import read_schema
from hkmaps.errors import InputError
from hkmaps.omissions import NAMED, leave_out
from hkmaps.study import check_study

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text(encoding="utf-8"))
SCHEMA = read_schema(REPOSITORY / "workflow/schemas/config.schema.yaml")
SYSTEMS = "molecules.conformers.systems"


def without(*keys):
    """The published config with null in place of dotted keys."""
    config = copy.deepcopy(PUBLISHED)
    for key in keys:
        node = config
        *parents, last = key.split(".")
        for parent in parents:
            node = node[parent]
        node[last] = None
    return config


def names(value):
    """Every key and every text of a config."""
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    if isinstance(value, list):
        return set().union(*map(names, value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(
    "keys",
    [
        [f"{SYSTEMS}.benzene"],
        [f"{SYSTEMS}.benzene", "model_systems.data_sets.diatomics-converged"],
        ["model_systems.data_sets.atoms-converged"],
        ["molecules.systems.H2"],
        ["molecules.conformers.accuracy.others.level 0 alone"],
    ],
)
def test_what_is_left_out_is_named_nowhere_and_the_rest_is_a_study(keys):
    config = without(*keys)
    before = copy.deepcopy(config)
    rest = leave_out(config, PUBLISHED)
    assert config == before
    gone = {key.rpartition(".")[2] for key in keys}
    assert names(PUBLISHED) - names(rest) == gone
    check_study(rest, SCHEMA)


def test_a_goal_alone_is_left_out_without_its_molecule():
    rest = leave_out(without("molecules.conformers.accuracy.cost_goals.benzene"), PUBLISHED)
    assert "benzene" in rest["molecules"]["conformers"]["systems"]
    assert set(rest["molecules"]["conformers"]["accuracy"]["cost_goals"]) == {
        "ethane",
        "malonaldehyde",
    }


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            f"{SYSTEMS}.malonaldehyde",
            "cannot be left out: malonaldehyde is what trajectories.ab_initio.molecule and"
            " trajectories.driven.molecule names.",
        ),
        (
            f"{SYSTEMS}.ethane",
            "ethane cannot be left out: ethane is what molecules.conformers.draws.molecule names.",
        ),
        ("model_systems.data_sets.atoms", "atoms cannot be left out: figures and claims of paper"),
        ("molecules.systems.H2O", "H2O cannot be left out: Figure 1 of paper B"),
        (f"{SYSTEMS}.benzen", "its entries there are ethane, malonaldehyde, benzene."),
    ],
)
def test_what_cannot_be_left_out_is_said_in_a_sentence(key, words):
    with pytest.raises(InputError) as error:
        leave_out(without(key), PUBLISHED)
    assert str(error.value).startswith(f"The config key {key} is null")
    assert words in str(error.value)


def test_a_null_elsewhere_is_refused_as_before():
    with pytest.raises(InputError, match="seed is null; it must be of type integer"):
        check_study(leave_out(without("seed"), PUBLISHED), SCHEMA)
    for key in NAMED:
        config = without(key)
        with pytest.raises(InputError):
            check_study(leave_out(config, PUBLISHED), SCHEMA)
