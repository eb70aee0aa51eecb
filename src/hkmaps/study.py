"""The config of the whole study: what its rooms say of it before anything runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hkmaps.configuration import validate_config
from hkmaps.contradictions import check_molecules, scanned_grids
from hkmaps.datasets.parameters import data_set_size
from hkmaps.errors import HkmapsError, InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.hamiltonians import kinetic_bands
from hkmaps.molecules.engine_names import expect_known_all_electron_basis, expect_known_names
from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.molecules.systems import MOLECULES


def check_study(config: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, int]:
    """Refuse a config that cannot be run.

    Args:
        config: the merged config.
        schema: its JSON schema.

    Returns:
        How many systems each data set has, by name.

    Raises:
        InputError: a key is missing, unknown or not what it must be, keys contradict each other, a
            family of potentials, a grid or a molecule cannot be as the config says, or an engine
            knows no functional or basis set of a name.
    """
    validate_config(config, schema)
    check_molecules(config, {name: len(each.tautomers) for name, each in MOLECULES.items()})
    for name in (TIGHT, CHOSEN):
        if name in config["molecules"]["conformers"]["accuracy"]["others"]:
            raise InputError(
                f"The config key molecules.conformers.accuracy.others has the name {name}, which"
                f" is kept for settings of the study; allowed: any but {TIGHT}, {CHOSEN}."
            )
    _check_names(config["molecules"])
    stencil, sizes = config["model_systems"]["stencil"], {}
    for key, length, density in scanned_grids(config):
        with of_key(key):
            kinetic_bands(uniform_grid(length, density), stencil)
    for name, settings in config["model_systems"]["data_sets"].items():
        with of_key(f"model_systems.data_sets.{name}"):
            sizes[name] = data_set_size(settings, stencil)
    return sizes


def _check_names(molecules: Mapping[str, Any]) -> None:
    """Names of functionals and basis sets are known, those of settings to compare included."""
    conformers = molecules["conformers"]
    for where, block in (("molecules", molecules), ("molecules.conformers", conformers)):
        name = block["engine"]["name"]
        settings = block["engine"][name]
        calculated = [MOLECULES[molecule] for molecule in block["systems"]]
        with of_key(f"{where}.engine.{name}"):
            expect_known_names(name, settings, calculated)
        if block is conformers:
            accuracy = conformers["accuracy"]
            compared = {"tight": accuracy["tight"]}
            compared |= {f"others.{key}": each for key, each in accuracy["others"].items()}
            for key, changes in compared.items():
                changed = {setting: changes.get(setting, settings[setting]) for setting in settings}
                with of_key(f"{where}.accuracy.{key}"):
                    expect_known_names(name, changed, calculated)
    with of_key("molecules.coupled_cluster.orbital_basis"):
        basis = molecules["coupled_cluster"]["orbital_basis"]
        expect_known_all_electron_basis(basis, MOLECULES["H2O"])


@contextmanager
def of_key(key: str) -> Iterator[None]:
    """Put the config key in front of the sentence of an error."""
    try:
        yield
    except HkmapsError as error:
        raise InputError(f"The config key {key}: {error}") from error
