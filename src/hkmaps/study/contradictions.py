"""What keys of different blocks of the config say of each other."""

from collections.abc import Container, Iterable
from operator import attrgetter
from typing import Any

from hkmaps.errors import InputError
from hkmaps.study.config import Study
from hkmaps.study.engines import PROGRAMS, Engine
from hkmaps.study.model_systems import DataSet, Networks
from hkmaps.study.molecules import Molecule, relative_energies
from hkmaps.study.omissions import NAMED, NEEDED
from hkmaps.study.samples import ENERGIES_ALONE
from hkmaps.study.sentences import in_yaml, validated
from hkmaps.study.sources import FromDynamics, FromSample, FromTrajectory


def check_contradictions(study: Study) -> None:
    """Check the blocks of a config against each other.

    Raises:
        InputError: two keys contradict each other; the sentence names both, the value and what is
            allowed.
    """
    _check_data_sets(study)
    data_sets = study.model_systems.data_sets
    _check_batches(study.networks, data_sets)
    _check_pairs(study)
    _check_follow_up(study)
    for name, molecule in study.molecules.items():
        if name in data_sets:
            raise InputError(
                f"The config key molecules has the name {name}, which model_systems.data_sets has"
                " as well; one of them needs another name, since results are named after both."
            )
        _check_molecule(name, molecule, study)
    _check_water(study)
    _check_accuracy(study)
    _check_ablation(study)
    _check_draws(study)
    _check_trajectories(study)
    _check_samples_of_thermal(study)


def _check_data_sets(study: Study) -> None:
    """Names of data sets exist, and what a key needs is there."""
    known = study.model_systems.data_sets
    lists = {key: attrgetter(key)(study) for key in NAMED["model_systems.data_sets"]}
    for key, names in lists.items():
        for name in names:
            if name not in known:
                raise InputError(
                    f"The config key {key} names the data set {name}, which is not in"
                    f" model_systems.data_sets: {', '.join(known)}."
                )
    for key, other in (
        ("networks.fully_connected.data_sets", "networks.repeats.data_sets"),
        ("networks.fully_connected.data_sets", "networks.grid_search.data_sets"),
        ("networks.depths.data_sets", "networks.repeats.data_sets"),
        ("networks.random_search.data_sets", "networks.grid_search.data_sets"),
        ("networks.seeds.data_sets", "networks.repeats.data_sets"),
        ("networks.seeds.data_sets", "networks.grid_search.data_sets"),
    ):
        for name in lists[key]:
            if name not in lists[other]:
                raise InputError(
                    f"The config key {key} names {name}, which {other} lacks; both must name it,"
                    " since their networks are compared."
                )
    for name in study.maps.exact_systems.data_sets:
        for key in ("networks.repeats.data_sets", "conditioning.data_sets"):
            if name not in lists[key]:
                raise InputError(
                    f"The config key maps.exact_systems.data_sets names {name}, which {key} lacks;"
                    " both must name it, since maps are compared with its networks and pairs."
                )


def _check_batches(networks: Networks, data_sets: dict[str, DataSet]) -> None:
    """Batches are no larger than training sets where that is refused, and epochs are completed."""
    search, repeats = networks.grid_search, networks.repeats
    refuse = networks.oversized_batches == "refuse"
    if refuse and repeats.hyperparameters == "published":
        for name in repeats.data_sets:
            samples = data_sets[name].training_systems
            _check_batch("networks.repeats.batch_size", repeats.batch_size, samples, name)
    for name in search.data_sets:
        samples = data_sets[name].training_systems
        held_out = round(search.validation_fraction * samples)
        if not 0 < held_out < samples:
            raise InputError(
                "The config key networks.grid_search.validation_fraction is"
                f" {in_yaml(search.validation_fraction)}, which holds back {held_out} of the"
                f" {samples} training systems of {name}; it must hold back some and leave some."
            )
        samples -= held_out
        for batch_size in search.batch_sizes:
            if refuse:
                _check_batch("networks.grid_search.batch_sizes", batch_size, samples, name)
            epoch = samples // min(batch_size, samples)
            if search.steps < epoch:
                raise InputError(
                    f"The config key networks.grid_search.steps is {search.steps}; it must be at"
                    f" least {epoch}, the steps of an epoch of {name} in batches of {batch_size},"
                    " since networks are validated after each epoch."
                )


def _check_batch(key: str, batch_size: int, samples: int, name: str) -> None:
    if batch_size > samples:
        raise InputError(
            f"The config key {key} has {batch_size}, larger than the training set of {samples}"
            f" samples of {name}; choose at most {samples}, or set networks.oversized_batches to"
            " full."
        )


def _check_pairs(study: Study) -> None:
    """There are as many pairs as are selected."""
    selected = study.conditioning.selected_pairs
    for name in study.conditioning.data_sets:
        systems = study.model_systems.data_sets[name].training_systems
        pairs = systems * (systems - 1) // 2
        if selected > pairs:
            raise InputError(
                f"The config key conditioning.selected_pairs is {selected}; it must be at most"
                f" {pairs}, the number of pairs of the {systems} training systems of {name}."
            )


def _expect_needed(key: str, entries: Container[str]) -> None:
    for name, why in NEEDED[key].items():
        if name not in entries:
            raise InputError(f"The config lacks the key {key}.{name}; {why}.")


def _check_follow_up(study: Study) -> None:
    """Data sets have the systems that nested cross-validation takes."""
    follow_up = study.follow_up
    _expect_needed("follow_up.data_sets", follow_up.data_sets)
    needed = follow_up.outer_folds * follow_up.inner_folds
    for name, data_set in follow_up.data_sets.items():
        if data_set.systems < needed:
            raise InputError(
                f"The config key follow_up.data_sets.{name} has {data_set.systems} systems; with"
                f" {follow_up.outer_folds} outer_folds and {follow_up.inner_folds} inner_folds it"
                f" must have at least {needed}."
            )


def _check_molecule(name: str, molecule: Molecule, study: Study) -> None:
    """Its engine has a name in engines, and dynamics gives as many snapshots as are chosen."""
    if molecule.engine is not None:
        key = f"molecules.{name}.engine"
        _expect_named(key, molecule.engine, "engines", study.engines)
        _expect_densities(key, molecule.engine, study)
    for sample_name, sample in molecule.samples.items():
        if isinstance(sample, FromSample):
            key = f"molecules.{name}.samples.{sample_name}.engine"
            _expect_named(key, sample.engine, "engines", study.engines)
        if not isinstance(sample, FromDynamics) or sample.snapshots is not None:
            continue
        _check_snapshots(
            f"molecules.{name}", molecule, sample_name, molecule.size(sample_name), study
        )


def _check_snapshots(
    where: str, molecule: Molecule, sample_name: str, asked: int, study: Study
) -> None:
    """Trajectories of a sample by dynamics have as many snapshots as are asked for."""
    sample: Any = molecule.samples[sample_name]
    length, interval = (getattr(sample, key) or getattr(study.dynamics, key) for key in LENGTHS)
    each = round(length / interval)
    available = len(sample.temperatures) * (1 + len(molecule.tautomers)) * each
    if asked > available:
        raise InputError(
            f"The config key {where} asks for {asked} training geometries, but the dynamics of the"
            f" sample {sample_name} has {available} snapshots, {each} of each trajectory; it needs"
            " a greater length, a shorter interval or smaller training sets."
        )


LENGTHS = ("length", "interval")


def _check_water(study: Study) -> None:
    """What is compared with coupled cluster has as many geometries."""
    _expect_needed("molecules", study.molecules)
    water = study.molecules["H2O"]
    pool = water.maps.pools[0]
    size, asked = water.size(pool), study.coupled_cluster.geometries
    if size is not None and asked > size:
        raise InputError(
            f"The config key coupled_cluster.geometries is {asked}; it must be at most {size}, the"
            f" geometries of the sample {pool} of molecules.H2O."
        )


def _check_accuracy(study: Study) -> None:
    """Settings go together beside those of the engine, and molecules have test geometries."""
    accuracy = study.accuracy
    _expect_named("accuracy.engine", accuracy.engine, "engines", study.engines)
    _expect_densities("accuracy.engine", accuracy.engine, study)
    for name in accuracy.cost_goals:
        _expect_named("accuracy.cost_goals", name, "molecules", study.molecules)
    for name in accuracy.molecules:
        _expect_named("accuracy.molecules", name, "molecules", study.molecules)
        molecule = study.molecules[name]
        test = molecule.maps.test
        if not isinstance(test, str):
            raise InputError(
                f"The config key accuracy.molecules names {name}, whose molecules.{name}.maps.test"
                f" is {test}; it must be the name of a sample, whose geometries are calculated."
            )
        size = molecule.size(test)
        if size is not None and accuracy.geometries > size:
            raise InputError(
                f"The config key accuracy.geometries is {accuracy.geometries}; it must be at most"
                f" {size}, the geometries of the sample {test} of molecules.{name}."
            )
    for key, settings in compared_settings(study).items():
        validated(type(study.engines[accuracy.engine]), settings, f"accuracy.{key}")


def relevant_settings(study: Study) -> dict[str, dict[str, Any]]:
    """The keys `tight` and `others` of `accuracy` without settings of other programs."""
    accuracy, engine = study.accuracy, study.engines[study.accuracy.engine]
    return {
        "tight": _of_program(engine, accuracy.tight),
        "others": {name: _of_program(engine, each) for name, each in accuracy.others.items()},
    }


def compared_settings(study: Study) -> dict[str, dict[str, Any]]:
    """All settings of the engine of `accuracy` with the changes of each key that compares some."""
    engine, relevant = study.engines[study.accuracy.engine], relevant_settings(study)
    others = {f"others.{name}": each for name, each in relevant["others"].items()}
    compared = {"tight": relevant["tight"]} | others
    return {key: engine.model_dump() | changes for key, changes in compared.items()}


def _of_program(engine: Engine, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes but those that are settings of another program, which change nothing."""
    others = [each for each in PROGRAMS.values() if not isinstance(engine, each)]
    return {
        key: value
        for key, value in changes.items()
        if key in type(engine).model_fields or not any(key in each.model_fields for each in others)
    }


def _check_ablation(study: Study) -> None:
    """Molecules of the ablation are known, and the dynamics has all geometries of their pools."""
    for name in study.maps.ablation.molecules:
        _expect_named("maps.ablation.molecules", name, "molecules", study.molecules)
        molecule = study.molecules[name]
        for pool in molecule.maps.pools:
            if getattr(molecule.samples[pool], "average", False):
                raise InputError(
                    f"The config key maps.ablation.molecules names {name}, whose pool {pool} begins"
                    " with the mean of its snapshots; its key average must be false."
                )


def _check_draws(study: Study) -> None:
    """Draws repeat samples by dynamics, and these have enough snapshots."""
    draws = study.draws
    _expect_named("draws.molecule", draws.molecule, "molecules", study.molecules)
    molecule, where = study.molecules[draws.molecule], f"molecules.{draws.molecule}"
    for key in ("pool", "test"):
        name = getattr(draws, key)
        _expect_named(f"draws.{key}", name, f"{where}.samples", molecule.samples)
        if not isinstance(molecule.samples[name], FromDynamics):
            raise InputError(
                f"The config key draws.{key} is {name}, whose geometries are not by dynamics; it"
                " must be a sample by dynamics, since draws repeat that."
            )
    _check_snapshots("draws.size", molecule, draws.pool, draws.size, study)
    parts = (1 + len(molecule.tautomers)) * len(molecule.samples[draws.test].temperatures)
    if draws.geometries % parts:
        raise InputError(
            f"The config key draws.geometries is {draws.geometries}; it must be a multiple of"
            f" {parts}, the number of trajectories of the sample {draws.test}."
        )


def _check_trajectories(study: Study) -> None:
    """Molecules that move are known, have the pool of the maps, and what moves them."""
    trajectories = study.trajectories
    named = [("trajectories.classical", name) for name in trajectories.classical]
    moved = {
        "trajectories.ab_initio.molecule": trajectories.ab_initio.molecule,
        "trajectories.thermal.molecule": trajectories.thermal.molecule,
        "trajectories.driven.molecule": trajectories.driven.molecule,
    }
    for key, name in (*named, *moved.items()):
        _expect_named(key, name, "molecules", study.molecules)
        pools = study.molecules[name].maps.pools
        if trajectories.pool not in pools:
            raise InputError(
                f"The config key trajectories.pool is {trajectories.pool}, which is none of"
                f" molecules.{name}.maps.pools: {', '.join(pools)}."
            )
    for key, name in named:
        test = study.molecules[name].maps.test
        sample = study.molecules[name].samples.get(test) if isinstance(test, str) else None
        if not (isinstance(sample, FromDynamics) and sample.snapshots):
            raise InputError(
                f"The config key {key} names {name}, whose test (molecules.{name}.maps.test:"
                f" {test}) is no trajectory that can be followed; it must be a sample by dynamics"
                " with snapshots."
            )
    for key, name in moved.items():
        if study.molecules[name].engine is None:
            raise InputError(
                f"The config key {key} is {name}, which needs molecules.{name}.engine, since the"
                " map is compared with calculations of the engine there."
            )
        if relative_energies(study.molecules[name]):
            raise InputError(
                f"The config key {key} is {name}, whose pools have files.energy_zero: relative; it"
                " must be total, since the map is compared with total energies of the engine there."
            )


def _check_samples_of_thermal(study: Study) -> None:
    """Ab-initio dynamics begins at geometries of a test sample; its samples are of its molecule."""
    moved = study.trajectories.thermal.molecule
    if not isinstance(test := study.molecules[moved].maps.test, str):
        raise InputError(
            f"The config key trajectories.thermal.molecule is {moved}, whose test"
            f" (molecules.{moved}.maps.test) is {test}; it must be a sample, at whose geometries"
            " the runs begin."
        )
    for name, molecule in study.molecules.items():
        for sample_name, sample in molecule.samples.items():
            if isinstance(sample, FromTrajectory) and name != moved:
                raise InputError(
                    f"The config key molecules.{name}.samples.{sample_name}.trajectory is"
                    f" thermal, which is dynamics of {moved} (trajectories.thermal.molecule);"
                    f" only {moved} can have such a sample."
                )


def _expect_named(key: str, name: str, where: str, names: Iterable[str]) -> None:
    if name not in names:
        raise InputError(
            f"The config key {key} names {name}, which is not in {where}: {', '.join(names)}."
        )


def _expect_densities(key: str, name: str, study: Study) -> None:
    """The engine of a molecule calculates densities and forces, too."""
    program = study.engines[name].program
    if program in ENERGIES_ALONE:
        raise InputError(
            f"The config key {key} is {name}, whose program {program} calculates energies alone,"
            " no densities; it can only be the engine of a sample with the key of, for"
            " maps.difference."
        )
