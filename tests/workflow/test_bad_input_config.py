"""A wrong config as the user sees it: one sentence from Snakemake, and nothing runs.

Which configs are wrong, and how, is in tests/unit/test_study_refusals.py.
"""

import pytest
from bad_input import expect_refused


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"networks": {"repeats": {"cuont": 3}}}, "cuont is unknown; .* Did you mean count?"),
        ({"molecules": {"H2O": None}}, "molecules.H2O is null, but H2O cannot be left out"),
        ({"molecules": {"frequencies": 6}}, "earlier version; use densities.frequencies instead."),
        (
            {"molecules": {"H2": {"structure": "nowhere.xyz"}}},
            "molecules.H2.structure is nowhere.xyz, which does not exist; paths are relative to",
        ),
    ],
)
def test_a_wrong_config_stops_the_run(checkout, override, words):
    expect_refused(checkout, words, override=override)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- seed\n- 3\n", "Config file must be given as JSON or YAML with keys at top level"),
        ("seed: [1\nmodel_systems: {", "Config file is not valid JSON or YAML"),
        ("1: 2\n", "The config has 1 as a name in its first level, which YAML reads as int"),
        ("seed: 1\nnetworks: {}\nseed: 2\n", "has the key seed in line 1 and again in line 3"),
        ("networks:\n  repeats: {count: 3,\n    count: 4}\n", "in line 2 and again in line 3"),
    ],
)
def test_a_file_that_is_no_config_stops_the_run(checkout, text, words):
    expect_refused(checkout, words, text=text)


def test_a_value_of_the_command_line_is_checked_too(checkout):
    expect_refused(checkout, "seed is abc; it must be of type", options=("--config", "seed=abc"))


def test_nested_values_of_the_command_line_are_read_as_in_a_file(checkout):
    nested_values = ("--config", "engines={tzv2p: {tolerance: 1e-9}}")
    words = "tzv2p.tolerance is 1e-9; it must be of type number. YAML reads it as text"
    expect_refused(checkout, words, options=nested_values)
    run = checkout.run(
        "results/maps/H2/drawn/errors.parquet",
        options=("--dry-run", "--config", nested_values[1].replace("1e-9", "1.0e-9")),
    )
    assert run.returncode == 0, run.stdout + run.stderr
