"""Keys of the config that contradict each other, each of them allowed by the schema on its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import yaml

from hkmaps.errors import InputError

LARGEST_REMAINDER = 1e-6
"""Part of a step by which a time may miss a whole number of steps, for the sake of rounding."""

LARGEST_TOLERANCE = 1e-3
"""Changes of the energy in Ha below which reference engines may stop."""

CUTOFF_RATIO = 4
"""Least ratio of the cutoffs of densities and of orbitals: squares have twice the frequencies."""


def check_contradictions(config: Mapping[str, Any]) -> None:
    """Check a config that keeps to the schema against itself.

    Args:
        config: the merged config.

    Raises:
        InputError: two keys contradict each other; the sentence names both, the value and what is
            allowed.
    """
    _check_data_sets(config)
    _check_batches(config["networks"], config["model_systems"]["data_sets"])
    _check_conditioning(config["conditioning"], config["model_systems"]["data_sets"])
    molecules, conformers = config["molecules"], config["molecules"]["conformers"]
    _check_molecules(molecules, config["maps"]["molecules"])
    _check_conformers(conformers)
    for where, engine in (("", molecules["engine"]), (".conformers", conformers["engine"])):
        name = engine["name"]
        check_engine(name, engine[name], f"molecules{where}.engine.{name}")
    _check_trajectories(config["trajectories"], conformers["systems"])
    _check_files(molecules["files"], conformers["systems"], config["trajectories"])


def check_molecules(config: Mapping[str, Any], tautomers: Mapping[str, int]) -> None:
    """Check that molecules are known and that their dynamics gives as many snapshots as are used.

    Args:
        config: the merged config, without contradictions.
        tautomers: number of tautomers of every known molecule, by name.

    Raises:
        InputError: a molecule is unknown, a pool has fewer snapshots than are to be learnt from,
            or the test set cannot have equal parts from each tautomer.
    """
    conformers = config["molecules"]["conformers"]
    for key, systems in (("", config["molecules"]), ("conformers.", conformers)):
        for name in systems["systems"]:
            if name not in tautomers:
                raise InputError(
                    f"The config key molecules.{key}systems names {name}; there are the molecules"
                    f" {', '.join(sorted(tautomers))}."
                )
    where, drawn = "molecules.conformers", conformers["draws"]
    for name, settings in conformers["systems"].items():
        test, key = conformers["test"]["geometries"], f"{where}.systems.{name}.training_points"
        _check_equal_parts(f"{where}.test.geometries", test, name, tautomers[name])
        for pool in settings["pools"]:
            largest = max(settings["training_points"])
            _check_snapshots(key, largest, pool, tautomers[name], conformers["dynamics"])
    name = drawn["molecule"]
    _check_equal_parts(f"{where}.draws.test", drawn["test"], name, tautomers[name])
    key, size = f"{where}.draws.training_points", drawn["training_points"]
    _check_snapshots(key, size, drawn["pool"], tautomers[name], conformers["dynamics"])


def _check_equal_parts(key: str, test: int, molecule: str, tautomers: int) -> None:
    if test % tautomers:
        raise InputError(
            f"The config key {key} is {test}; it must be a multiple of {tautomers}, the number of"
            f" tautomers of {molecule}."
        )


def _check_snapshots(
    key: str, size: int, pool: Sequence[float], tautomers: int, dynamics: Mapping[str, Any]
) -> None:
    snapshots = round(dynamics["length"] / dynamics["interval"])
    available = len(pool) * tautomers * snapshots
    if size > available:
        raise InputError(
            f"The config key {key} asks for {size} training points; the pool {in_yaml(pool)} has"
            f" {available} snapshots, {snapshots} of each trajectory by"
            " molecules.conformers.dynamics."
        )


def check_engine(name: str, settings: Mapping[str, Any], where: str) -> None:
    """Check that the settings of a reference engine go together.

    Args:
        name: name of the engine.
        settings: its settings, each allowed by the schema.
        where: the config key that holds them.

    Raises:
        InputError: a tolerance is too large, the coarse grid is not coarser than the grid, or the
            density's plane waves are too few for the orbitals'.
    """
    for key in ("tolerance", "coarse_tolerance"):
        if settings.get(key, 0) >= LARGEST_TOLERANCE:
            raise InputError(
                f"The config key {where}.{key} is {in_yaml(settings[key])} Ha; it must be less than"
                f" {LARGEST_TOLERANCE:g} Ha."
            )
    if name == "pyscf":
        fine, coarse = settings["grid_level"], settings["coarse_grid_level"]
        if coarse is not None and coarse >= fine:
            raise InputError(
                f"The config key {where}.coarse_grid_level is {coarse}; it must be null or less"
                f" than {where}.grid_level, {fine}."
            )
    if name == "espresso":
        orbitals, density = settings["wave_function_cutoff"], settings["density_cutoff"]
        if density < CUTOFF_RATIO * orbitals:
            raise InputError(
                f"The config key {where}.density_cutoff is {in_yaml(density)} Ry; it must be at"
                f" least {CUTOFF_RATIO} times {where}.wave_function_cutoff, {in_yaml(orbitals)} Ry."
            )


def scanned_grids(config: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    """Yield all grids but those of the data sets: config key, length in bohr, points per bohr."""
    reference, scans = config["model_systems"]["reference_grid"], "model_systems.convergence."
    convergence, figure12 = (
        config["model_systems"]["convergence"],
        config["conditioning"]["figure12"],
    )
    yield "model_systems.reference_grid", reference["length"], reference["density"]
    for density in convergence["hydrogen_densities"]:
        yield f"{scans}hydrogen_densities", convergence["hydrogen_length"], density
    for length in convergence["hydrogen_lengths"]:
        yield f"{scans}hydrogen_lengths", length, convergence["hydrogen_length_density"]
    for length in convergence["data_set_lengths"]:
        yield f"{scans}data_set_lengths", length, reference["density"]
    for density in convergence["data_set_densities"]:
        yield f"{scans}data_set_densities", reference["length"], density
    for variant in ("as_stated", "as_printed"):
        settings = figure12[variant]
        yield f"conditioning.figure12.{variant}", settings["length"], settings["density"]


def pool_name(temperatures: Sequence[float]) -> str:
    """The name of a pool, such as 300+350K."""
    return "+".join(f"{value:g}" for value in temperatures) + "K"


def in_yaml(value: Any) -> str:
    """The value as one line of YAML."""
    # A JSON config comes in ordered dictionaries, which YAML has no word for.
    plain = json.loads(json.dumps(value, default=str))
    text = yaml.safe_dump(plain, default_flow_style=True, width=10**6).strip()
    return text.removesuffix("...").strip()


def _check_data_sets(config: Mapping[str, Any]) -> None:
    """Names of data sets exist, and what a key needs is there."""
    known = list(config["model_systems"]["data_sets"])
    networks, maps = config["networks"], config["maps"]["exact_systems"]
    lists = {
        "model_systems.convergence.data_sets": config["model_systems"]["convergence"]["data_sets"],
        "model_systems.accept_unconverged": config["model_systems"]["accept_unconverged"],
        "networks.grid_search.data_sets": networks["grid_search"]["data_sets"],
        "networks.repeats.data_sets": networks["repeats"]["data_sets"],
        "conditioning.data_sets": config["conditioning"]["data_sets"],
        "maps.exact_systems.data_sets": maps["data_sets"],
    }
    for key, names in lists.items():
        for name in names:
            if name not in known:
                raise InputError(
                    f"The config key {key} names the data set {name}, which is not in"
                    f" model_systems.data_sets: {', '.join(known)}."
                )
    for name in maps["data_sets"]:
        for key in ("networks.repeats.data_sets", "conditioning.data_sets"):
            if name not in lists[key]:
                raise InputError(
                    f"The config key maps.exact_systems.data_sets names {name}, whose networks and"
                    f" pairs it needs, but {key} lacks it."
                )
    if networks["repeats"]["hyperparameters"] == "winner":
        searched = networks["grid_search"]["data_sets"]
        missing = [name for name in networks["repeats"]["data_sets"] if name not in searched]
        if missing:
            raise InputError(
                "The config key networks.repeats.hyperparameters is winner, which needs a grid"
                f" search, but networks.grid_search.data_sets lacks {', '.join(missing)}."
            )


def _training_systems(settings: Mapping[str, Any]) -> int:
    """Training systems of a data set: all combinations of the parameters' training values."""
    ranges = [value for value in settings["parameters"].values() if isinstance(value, Mapping)]
    return prod(values["points"] for values in ranges)


def _check_batches(networks: Mapping[str, Any], data_sets: Mapping[str, Any]) -> None:
    """Batches are no larger than training sets where that is refused, and epochs are completed."""
    search, repeats = networks["grid_search"], networks["repeats"]
    refuse = networks["oversized_batches"] == "refuse"
    if refuse and repeats["hyperparameters"] == "published":
        for name in repeats["data_sets"]:
            samples = _training_systems(data_sets[name])
            _check_batch("networks.repeats.batch_size", repeats["batch_size"], samples, name)
    for name in search["data_sets"]:
        samples = _training_systems(data_sets[name])
        held_out = round(search["validation_fraction"] * samples)
        if not 0 < held_out < samples:
            raise InputError(
                "The config key networks.grid_search.validation_fraction is"
                f" {in_yaml(search['validation_fraction'])}, which holds back {held_out} of the"
                f" {samples} training systems of {name}; it must hold back some and leave some."
            )
        samples -= held_out
        for batch_size in search["batch_sizes"]:
            if refuse:
                _check_batch("networks.grid_search.batch_sizes", batch_size, samples, name)
            epoch = samples // min(batch_size, samples)
            if search["steps"] < epoch:
                raise InputError(
                    f"The config key networks.grid_search.steps is {search['steps']}; it must be at"
                    f" least {epoch}, an epoch of {name} in batches of {batch_size}, after which"
                    " networks are validated."
                )


def _check_batch(key: str, batch_size: int, samples: int, name: str) -> None:
    if batch_size > samples:
        raise InputError(
            f"The config key {key} has {batch_size}, larger than the training set of {samples}"
            f" samples of {name}; choose at most {samples}, or set networks.oversized_batches to"
            " full."
        )


def _check_conditioning(conditioning: Mapping[str, Any], data_sets: Mapping[str, Any]) -> None:
    """There are as many pairs as are selected, and the systems of Figure 12 differ."""
    selected = conditioning["selected_pairs"]
    for name in conditioning["data_sets"]:
        systems = _training_systems(data_sets[name])
        pairs = systems * (systems - 1) // 2
        if selected > pairs:
            raise InputError(
                f"The config key conditioning.selected_pairs is {selected}; it must be at most"
                f" {pairs}, the number of pairs of the {systems} training systems of {name}."
            )
    first, second = separations = conditioning["figure12"]["separations"]
    if first == second:
        raise InputError(
            f"The config key conditioning.figure12.separations is {in_yaml(separations)}; the two"
            " must differ."
        )


def _check_molecules(molecules: Mapping[str, Any], maps: Mapping[str, Any]) -> None:
    """Every molecule has training sizes, and its geometries are enough for what is asked."""
    systems, sizes = molecules["systems"], maps["training_points"]
    if set(systems) != set(sizes):
        raise InputError(
            f"The config key maps.molecules.training_points has {', '.join(sizes)};"
            f" it must have the molecules of molecules.systems: {', '.join(systems)}."
        )
    for name, settings in systems.items():
        pool = settings["geometries"] - settings["test"]
        if pool < 1:
            raise InputError(
                f"The config key molecules.systems.{name}.test is {settings['test']}; it must be"
                f" less than molecules.systems.{name}.geometries, {settings['geometries']}, so that"
                " a pool is left."
            )
        largest = max(sizes[name])
        if largest > pool:
            raise InputError(
                f"The config key maps.molecules.training_points.{name} asks for {largest} training"
                f" points; molecules.systems.{name} leaves {pool} geometries that are not tested."
            )
    _check_at_most(
        "molecules.coupled_cluster.geometries",
        molecules["coupled_cluster"]["geometries"],
        "molecules.systems.H2O.geometries",
        systems["H2O"]["geometries"],
    )


def _check_conformers(conformers: Mapping[str, Any]) -> None:
    """Times of dynamics go together, pools have names of their own, accuracy has geometries."""
    dynamics, where = conformers["dynamics"], "molecules.conformers.dynamics"
    _check_times(dynamics, where)
    for name, settings in conformers["systems"].items():
        _check_pools(settings["pools"], f"molecules.conformers.systems.{name}.pools")
    drawn = conformers["draws"]
    _check_conformer(
        "molecules.conformers.draws.molecule", drawn["molecule"], conformers["systems"]
    )
    _check_pools([drawn["pool"]], "molecules.conformers.draws.pool")
    _check_at_most(
        "molecules.conformers.accuracy.geometries",
        conformers["accuracy"]["geometries"],
        "molecules.conformers.test.geometries",
        conformers["test"]["geometries"],
    )
    for name in conformers["accuracy"]["cost_goals"]:
        _check_conformer("molecules.conformers.accuracy.cost_goals", name, conformers["systems"])


def _check_pools(pools: Sequence[Sequence[float]], key: str) -> None:
    """Names of files hold the temperatures of a pool with six digits and without an exponent."""
    for pool in pools:
        for temperature in pool:
            text = f"{temperature:g}"
            if "e" in text or float(text) != temperature:
                raise InputError(
                    f"The config key {key} has the temperature {in_yaml(temperature)} K; at most"
                    " six digits are allowed, and no less than 0.0001 K."
                )
    for number, pool in enumerate(pools):
        if set(pool) in map(set, pools[:number]):
            raise InputError(
                f"The config key {key} is {in_yaml(list(pools))}; no pool may stand there twice, in"
                " whatever order of its temperatures."
            )


def _check_trajectories(trajectories: Mapping[str, Any], systems: Mapping[str, Any]) -> None:
    """Molecules that move are known and have the pool of the maps, and their times fit."""
    named = {"classical": trajectories["classical"]} | {
        f"{kind}.molecule": [trajectories[kind]["molecule"]] for kind in ("ab_initio", "driven")
    }
    for key, molecules in named.items():
        for name in molecules:
            _check_conformer(f"trajectories.{key}", name, systems)
            if trajectories["pool"] not in systems[name]["pools"]:
                raise InputError(
                    f"The config key trajectories.pool is {in_yaml(trajectories['pool'])}, which is"
                    f" none of molecules.conformers.systems.{name}.pools:"
                    f" {in_yaml(systems[name]['pools'])}."
                )
    where, ab_initio = "trajectories.ab_initio", trajectories["ab_initio"]
    steps = 1000 * ab_initio["length"] / ab_initio["time_step"]
    _check_multiple(f"{where}.length", ab_initio["length"], f"{where}.time_step", steps)
    where, driven = "trajectories.driven", trajectories["driven"]
    _check_times(driven, where)
    frames = round(driven["length"] / driven["interval"])
    _check_at_most(
        f"{where}.snapshots", driven["snapshots"], "the frames of length / interval", frames
    )


def _check_files(
    files: Mapping[str, Any], systems: Mapping[str, Any], trajectories: Mapping[str, Any]
) -> None:
    """Energies that are compared with each other are of one source and have one zero."""
    for name, settings in systems.items():
        samples = [f"{name}/{pool_name(pool)}" for pool in settings["pools"]] + [f"{name}/test"]
        given = [sample for sample in samples if sample in files]
        if not given:
            continue
        if missing := [sample for sample in samples if sample not in files]:
            raise InputError(
                f"The config key molecules.files has {', '.join(given)} but lacks"
                f" {', '.join(missing)}; all pools and the test set of {name} must come from files"
                " or none of them, since energies and orientations of two sources do not compare."
            )
        if name in trajectories["classical"]:
            raise InputError(
                f"The config key trajectories.classical names {name}, whose test set comes from"
                f" files (molecules.files.{name}/test) and is of no trajectory of this study; leave"
                f" {name} out of trajectories.classical."
            )
        zeros = {sample: files[sample].get("energy_zero", "total") for sample in samples}
        different = [sample for sample in samples if zeros[sample] != zeros[samples[0]]]
        if different:
            raise InputError(
                f"The config key molecules.files.{different[0]}.energy_zero is"
                f" {zeros[different[0]]}; it must be that of {samples[0]}, {zeros[samples[0]]},"
                " since a map of the pool is tested on the test set."
            )
        moved = [
            f"trajectories.{kind}.molecule"
            for kind in ("ab_initio", "driven")
            if trajectories[kind]["molecule"] == name
        ]
        if moved and zeros[samples[0]] != "total":
            sample = f"{name}/{pool_name(trajectories['pool'])}"
            raise InputError(
                f"The config key molecules.files.{sample}.energy_zero is {zeros[sample]}; it must"
                f" be total where {' and '.join(moved)} is {name}, since the map is compared with"
                " total energies of the engine there."
            )


def _check_conformer(key: str, name: str, systems: Mapping[str, Any]) -> None:
    if name not in systems:
        raise InputError(
            f"The config key {key} names {name}, which is not in molecules.conformers.systems:"
            f" {', '.join(systems)}."
        )


def _check_times(dynamics: Mapping[str, Any], where: str) -> None:
    """Equilibration and interval are whole numbers of steps, the length of intervals."""
    step = dynamics["time_step"] / 1000
    for time, part, size in (
        ("equilibration", "time_step", step),
        ("interval", "time_step", step),
        ("length", "interval", dynamics["interval"]),
    ):
        least = 0 if time == "equilibration" else 1
        ratio = dynamics[time] / size
        _check_multiple(f"{where}.{time}", dynamics[time], f"{where}.{part}", ratio, least)


def _check_multiple(key: str, time: float, part: str, ratio: float, least: int = 1) -> None:
    if abs(ratio - round(ratio)) > LARGEST_REMAINDER or round(ratio) < least:
        raise InputError(
            f"The config key {key} is {in_yaml(time)} ps, which is {ratio:g} times {part}; it must"
            f" be a whole number of times, at least {least}."
        )


def _check_at_most(key: str, value: int, bound: str, largest: int) -> None:
    if value > largest:
        raise InputError(f"The config key {key} is {value}; it must be at most {largest}, {bound}.")
