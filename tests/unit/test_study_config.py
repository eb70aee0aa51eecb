"""The config that is right: its defaults, what it is completed to, its manual and its schema."""

import subprocess
import sys
from dataclasses import fields
from importlib import import_module

import pytest
import yaml
from jsonschema import Draft202012Validator
from study_configs import OWN, PUBLISHED, REPOSITORY, merged, read

from hkmaps.datasets.functionals import FUNCTIONALS
from hkmaps.exact.hamiltonians import STENCILS
from hkmaps.molecules.engines import ENGINES
from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.study import check_study, check_unique_keys, data_set_sizes, model_systems, typed
from hkmaps.study.blocks import choices
from hkmaps.study.config import Study
from hkmaps.study.engines import PROGRAMS, Accuracy
from hkmaps.study.manual import HEAD, config_table, editor_schema

CONFIGS = ("config", "laptop", "smoke", "other_seed")


@pytest.mark.parametrize("name", CONFIGS)
def test_the_configs_that_come_with_the_study_are_allowed_and_stay_as_they_are(name):
    complete = check_study(merged(read(name)), PUBLISHED)
    assert set(data_set_sizes(complete)) == set(PUBLISHED["model_systems"]["data_sets"])
    assert check_study(complete, PUBLISHED) == complete
    check_unique_keys(REPOSITORY / f"config/{name}.yaml")


def test_the_published_config_is_the_default():
    def compare(block, config, where):
        for key, field in type(block).model_fields.items():
            value = getattr(block, key)
            if isinstance(value, model_systems.Block):
                compare(value, config.get(key, {}), f"{where}.{key}")
            elif not field.is_required() and where.partition(".")[0] not in ENTRIES:
                assert config[key] == value == field.default, f"{where}.{key}"

    # Entries by name, and settings that go with the molecules, differ from what one's own have.
    ENTRIES = ("engines", "molecules", "accuracy")
    study = Study.model_validate(PUBLISHED)
    for key in Study.model_fields:
        if isinstance(getattr(study, key), model_systems.Block):
            compare(getattr(study, key), PUBLISHED[key], key)
    assert Study.model_fields["seed"].default == PUBLISHED["seed"]


def test_a_molecule_of_one_s_own_needs_little_and_gets_the_rest():
    molecule = check_study(merged({"molecules": {"mine": OWN}}), PUBLISHED)["molecules"]["mine"]
    assert molecule["permutations"] == "auto"
    assert molecule["bonds"] is None
    assert molecule["bond_limits"] == [0.65, 1.55]
    assert molecule["samples"]["train"] == {
        **OWN["samples"]["train"],
        **dict.fromkeys(
            ("forces", "snapshots", "time_step", "equilibration", "interval", "friction")
        ),
        "average": False,
    }


def test_splits_are_of_molecules_that_are_tested_at_random():
    override = {"molecules": {"H2": {"maps": {"splits": None}}, "ethane": {"maps": {"splits": 3}}}}
    molecules = check_study(merged(override), PUBLISHED)["molecules"]
    splits = {name: molecule["maps"]["splits"] for name, molecule in molecules.items()}
    assert splits == {"H2": 10, "H2O": 10, "ethane": None, "malonaldehyde": None, "benzene": None}


@pytest.mark.parametrize(
    "train",
    [
        {"normal_modes": 350, "level": "engine", "geometries": 300},
        {"displacement": 0.05, "geometries": 300},
        {"coordinates": [{"atoms": [0, 1], "low": 0.5, "high": 1.5}], "geometries": 300},
        {"files": {"geometries": "all.npz"}},
        {"files": {"geometries": "md.extxyz"}, "choose": 300},
    ],
)
def test_samples_may_come_from_anywhere(train):
    own = OWN | {"samples": OWN["samples"] | {"train": train}}
    complete = check_study(merged({"molecules": {"mine": own}}), PUBLISHED)
    sample = complete["molecules"]["mine"]["samples"]["train"]
    assert {key: sample[key] for key in train if key != "files"} == {
        key: train[key] for key in train if key != "files"
    }


def test_files_that_bring_their_energies_need_no_engine():
    files = {name: {"files": {"geometries": name, "energies": "file"}} for name in OWN["samples"]}
    own = {key: OWN[key] for key in OWN if key != "engine"} | {"samples": files}
    complete = check_study(merged({"molecules": {"mine": own}}), PUBLISHED)
    sample = complete["molecules"]["mine"]["samples"]["train"]
    assert sample["choose"] is None
    assert sample["files"]["energy_zero"] == "total"
    assert complete["molecules"]["mine"]["engine"] is None


def test_every_key_has_a_description_and_those_with_numbers_a_unit():
    def models(block):
        yield block
        for each in block.__subclasses__():
            yield from models(each)

    for model in models(model_systems.Block):
        for name, field in model.model_fields.items():
            assert field.description and field.description.endswith("."), (model, name)
            assert "unit" in field.json_schema_extra, (model, name)


def test_the_names_in_the_models_are_those_of_the_rooms():
    names = [functional.path_name for functional in FUNCTIONALS]
    assert names == PUBLISHED["networks"]["functionals"] == model_systems.FUNCTIONALS
    assert list(choices(model_systems.FunctionalName)) == names
    assert choices(model_systems.ModelSystems.model_fields["stencil"].annotation) == STENCILS
    assert set(Accuracy.KEPT) == {TIGHT, CHOSEN}


@pytest.mark.parametrize("program", ENGINES)
def test_engines_have_the_defaults_of_their_classes(program):
    module, name = ENGINES[program]
    settings = {each.name: each.default for each in fields(getattr(import_module(module), name))}
    del settings["fourier_basis"]
    assert PROGRAMS[program](program=program).model_dump() == {"program": program} | settings


def test_manual_and_schema_are_those_of_the_models():
    """`make config` writes both."""
    manual = (REPOSITORY / "config/README.md").read_text(encoding="utf-8")
    assert manual.partition(HEAD)[1:] == (HEAD, config_table().removeprefix(HEAD))
    schema = (REPOSITORY / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8")
    assert schema == editor_schema()


def test_editors_take_overrides_and_find_misspelt_keys():
    validator = Draft202012Validator(yaml.safe_load(editor_schema()))
    for name in CONFIGS:
        assert list(validator.iter_errors(read(name))) == []
    for wrong in (
        {"sede": 1},
        {"seed": -1},
        {"molecules": {"mine": {"strucure": "own.xyz"}}},
        {"molecules": {"mine": {"samples": {"train": {"temperature": 300}}}}},
        {"engines": {"dzvp": {"cutoff": 3}}},
    ):
        assert list(validator.iter_errors(wrong))


def test_values_of_text_have_the_types_of_a_file():
    text = {"a": ["6", "1.0e-9", "PBE"], "b": {"c": "null", "d": "true"}, "e": "[1, 2]", "f": 7}
    values = {"a": [6, 1e-9, "PBE"], "b": {"c": None, "d": True}, "e": "[1, 2]", "f": 7}
    assert typed(text) == values
    assert typed("{") == "{"


def test_a_look_at_the_config_imports_no_program():
    code = (
        "import sys, yaml; from hkmaps.study import check_study;"
        f"config = yaml.safe_load(open({str(REPOSITORY / 'config/config.yaml')!r}));"
        "assert 'numpy' not in sys.modules; check_study(config, config);"
        "print(*{'ase', 'jsonschema', 'openmm', 'pyscf', 'sklearn', 'torch'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
