"""Entries of the published config that an override leaves out, and those that it cannot."""

import copy

import pytest
from study_configs import PUBLISHED, merged, nested

from hkmaps.errors import InputError
from hkmaps.study import check_study
from hkmaps.study.omissions import NAMED, leave_out


def without(*keys):
    """The published config with null in place of dotted keys."""
    return merged(*(nested(key, None) for key in keys))


def names(value):
    """Every key and every text of a config."""
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    if isinstance(value, list):
        return set().union(*map(names, value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(
    ("keys", "with_them"),
    [
        (
            ["molecules.benzene"],
            {"config/molecules/benzene.xyz", "config/molecules/benzene.prmtop"},
        ),
        (["molecules.H2"], {"config/molecules/H2.xyz", "bond_limits"}),
        (["model_systems.data_sets.atoms-converged"], set()),
        (["accuracy.others.level 0"], set()),
        (
            ["molecules.benzene", "model_systems.data_sets.diatomics-converged"],
            {"config/molecules/benzene.xyz", "config/molecules/benzene.prmtop"},
        ),
        (["molecules.ethane.samples.300+400K", "molecules.benzene.samples.300+400K"], set()),
    ],
)
def test_what_is_left_out_is_named_nowhere_and_the_rest_is_a_study(keys, with_them):
    config = without(*keys)
    before = copy.deepcopy(config)
    rest = leave_out(config, PUBLISHED)
    assert config == before
    assert names(PUBLISHED) - names(rest) == {key.rpartition(".")[2] for key in keys} | with_them
    check_study(config, PUBLISHED)


def test_a_goal_alone_is_left_out_without_its_molecule():
    rest = check_study(without("accuracy.cost_goals.benzene"), PUBLISHED)
    assert "benzene" in rest["molecules"]
    assert set(rest["accuracy"]["cost_goals"]) == {"ethane", "malonaldehyde"}


def test_a_published_sample_takes_another_source_where_the_keys_of_its_own_are_null():
    drawn = {"coordinates": None, "displacement": 0.05}
    config = merged({"molecules": {"H2O": {"samples": {"drawn": drawn}}}})
    sample = check_study(config, PUBLISHED)["molecules"]["H2O"]["samples"]["drawn"]
    assert sample["displacement"] == 0.05 and sample["geometries"] == 350
    assert "coordinates" not in sample


def test_keys_that_a_published_sample_has_not_cannot_be_taken_from_it():
    drawn = {"displacement": None}
    config = merged({"molecules": {"H2O": {"samples": {"drawn": drawn}}}})
    with pytest.raises(InputError, match=r"coordinates and displacement; a sample has one source"):
        check_study(config, PUBLISHED)


def test_a_sample_is_left_out_of_one_molecule_alone():
    rest = check_study(without("molecules.ethane.samples.300K"), PUBLISHED)
    assert rest["molecules"]["ethane"]["maps"]["pools"] == ["300+350K", "300+400K"]
    assert rest["molecules"]["benzene"] == check_study(PUBLISHED, PUBLISHED)["molecules"]["benzene"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "molecules.malonaldehyde",
            "cannot be left out: malonaldehyde is what trajectories.ab_initio.molecule and"
            " trajectories.thermal.molecule and trajectories.driven.molecule names.",
        ),
        ("molecules.ethane", "ethane cannot be left out: ethane is what draws.molecule names."),
        ("model_systems.data_sets.atoms", "atoms cannot be left out: figures and claims of paper"),
        ("molecules.H2O", "H2O cannot be left out: Figure 1 of paper B"),
        ("molecules.benzen", "no benzen there to leave out; it has H2, H2O, ethane, malonal"),
        ("molecules.ethane.samples.400K", "leave out; it has 300K, 300+350K, 300+400K, test."),
    ],
)
def test_what_cannot_be_left_out_is_said_in_a_sentence(key, words):
    with pytest.raises(InputError) as error:
        check_study(without(key), PUBLISHED)
    assert str(error.value).startswith(f"The config key {key} is null")
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("molecules.ethane.samples.test", "ethane.maps.test names test, which is not in"),
        ("molecules.ethane.samples.300+350K", "rounds.pool is 300+350K; it must be one of mol"),
        ("molecules.malonaldehyde.samples.300+350K", "maps.pools is []; it needs at least 1"),
        ("engines.tzv2p", "molecules.H2.engine names tzv2p, which is not in engines: dzvp"),
        ("seed", "seed is null; it must be of type integer"),
        *((key, "is null; it must be of type") for key in NAMED if "<" not in key),
    ],
)
def test_what_else_names_it_says_so(key, words):
    with pytest.raises(InputError) as error:
        check_study(without(key), PUBLISHED)
    assert words in str(error.value)
