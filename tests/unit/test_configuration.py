import copy
from functools import reduce
from pathlib import Path

import pytest
import yaml

from hkmaps.configuration import describe_schema, read_schema, typed, validate_config
from hkmaps.datasets import FUNCTIONALS
from hkmaps.errors import InputError

REPOSITORY = Path(__file__).parents[2]
SCHEMA = read_schema(REPOSITORY / "workflow/schemas/config.schema.yaml")
PUBLISHED = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())


def with_value(key, value):
    """The published config with one key (dotted path) set, or removed where value is `...`."""
    config = copy.deepcopy(PUBLISHED)
    *parents, last = key.split(".")
    node = reduce(dict.__getitem__, parents, config)
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return config


def leaves(schema, config, prefix=""):
    """Pairs of a schema entry that has a default and the published value."""
    for key, entry in schema.get("properties", {}).items():
        if "default" in entry:
            yield prefix + key, entry["default"], config[key]
        else:
            yield from leaves(entry, config[key], f"{prefix}{key}.")


def test_the_published_config_is_valid_and_is_the_schema_s_default():
    validate_config(PUBLISHED, SCHEMA)
    pairs = list(leaves(SCHEMA, PUBLISHED))
    assert len(pairs) > 25
    for key, default, value in pairs:
        assert default == value, key


def test_every_key_has_type_unit_and_description():
    def check(node, where):
        for key, entry in node.get("properties", {}).items():
            name = f"{where}.{key}"
            merged = {**SCHEMA["$defs"].get(entry.get("$ref", "").split("/")[-1], {}), **entry}
            assert merged.get("description"), name
            assert "unit" in merged, name
            assert {"type", "enum", "const"} & set(merged), name
            check(entry, name)

    check(SCHEMA, "")
    for name, node in SCHEMA["$defs"].items():
        check(node, name)


def test_the_published_study_learns_the_functionals_of_table_1():
    names = [functional.path_name for functional in FUNCTIONALS]
    assert PUBLISHED["networks"]["functionals"] == names
    assert SCHEMA["properties"]["networks"]["properties"]["functionals"]["items"] == {"enum": names}


def test_the_manual_holds_what_the_schema_says():
    manual = (REPOSITORY / "config/README.md").read_text()
    assert describe_schema(SCHEMA) in manual


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("networks.repeats.cuont", 3, r"networks\.repeats\.cuont is unknown.*Did you mean count"),
        ("sed", 3, r"config key sed is unknown.*Did you mean seed"),
        ("seed", ..., "lacks the key seed"),
        ("seed", -1, "seed is -1; it must be at least 0"),
        ("seed", "one", "seed is one; it must be of type integer"),
        ("model_systems.stencil", 4, "stencil is 4; allowed: 3, 5"),
        ("model_systems.threshold", 0, "threshold is 0; it must be greater than 0"),
        ("model_systems.reference_grid", {"length": 30}, "reference_grid.density"),
        ("model_systems.data_sets.atoms.parameters.Z", "wide", "parameters.Z is wide"),
        (
            "model_systems.data_sets.atoms.parameters.Z",
            {"start": 1, "stop": 2, "points": 1},
            "Z.points is 1; it must be at least 2",
        ),
        ("model_systems.accept_unconverged", ["atms"], "data set atms, which is not in"),
        ("networks.grid_search.batch_sizes", [1, 1], "no entry may stand there twice"),
        ("networks.repeats.hyperparameters", "best", "is best; allowed: published, winner"),
        ("networks.grid_search.learning_rates", [], "needs at least 1 entries"),
        ("networks.grid_search.learning_rates", [0.1, "a"], "must be of type number"),
        ("networks.grid_search.validation_fraction", 1.0, "must be less than 1"),
        ("networks.repeats.hyperparameters", "winner", "needs a grid search.*atoms-converged"),
        ("molecules.engine.name", "vasp", "engine.name is vasp; allowed: pyscf, espresso"),
        ("molecules.engine.espresso.cutoff", 90, "cutoff is unknown.*mean density_cutoff"),
        ("molecules.engine.espresso.grid_level", 3, "grid_level is unknown; .*wave_function_cut"),
        ("molecules.engine.pyscf.wave_function_cutoff", 90, "unknown; .*orbital_basis"),
        ("molecules.engine.espresso.pseudopotentials", 7, "must be of type string or null"),
        ("molecules.systems.He", {"geometries": 9, "test": 3}, "must have the molecules of"),
        ("molecules.systems.H2.test", 145, "asks for 10 training points; .* leaves 5 geometries"),
        ("maps.exact_systems.data_sets", ["atoms-converged"], "conditioning.data_sets lacks it"),
        ("conditioning.data_sets", ["molecules"], "data set molecules, which is not in"),
    ],
)
def test_a_wrong_config_ends_with_one_sentence(key, value, words):
    with pytest.raises(InputError, match=words) as error:
        validate_config(with_value(key, value), SCHEMA)
    assert "\n" not in str(error.value)


def test_values_of_text_have_the_types_of_a_file():
    text = {"a": ["6", "1.0e-9", "PBE"], "b": {"c": "null", "d": "true"}, "e": "[1, 2]", "f": 7}
    values = {"a": [6, 1e-9, "PBE"], "b": {"c": None, "d": True}, "e": "[1, 2]", "f": 7}
    assert typed(text) == values
    assert typed("{") == "{"
