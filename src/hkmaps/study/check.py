"""The config of the whole study: what its rooms say of it before anything runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hkmaps.errors import InputError
from hkmaps.study.config import Study
from hkmaps.study.contradictions import (
    check_contradictions,
    compared_settings,
    relevant_settings,
)
from hkmaps.study.earlier import refuse_earlier_keys
from hkmaps.study.molecules import Molecule
from hkmaps.study.omissions import leave_out
from hkmaps.study.samples import Samples
from hkmaps.study.sentences import expect_plain, in_yaml, of_key, validated
from hkmaps.study.sources import FromDynamics, FromTrajectory

REPOSITORY = Path(__file__).resolve().parents[3]
"""Where files lie that the published config names."""


SPLITS = 10
"""Random splits into pool and test set, where a config does not say."""


def check_study(config: Mapping[str, Any], published: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse a config that cannot be run, and complete one that can.

    Args:
        config: the merged config.
        published: the published config, whose entries it may leave out by null.

    Returns:
        The config as plain values: without what is left out, with the default of every key that
        it does not have. `splits` of a molecule's maps are null where its test is a sample, and
        settings to compare are those of the engine's program alone.

    Raises:
        InputError: a key is missing, unknown, of an earlier config or not what it must be, keys
            contradict each other, a family of potentials, a grid or a time cannot be as the config
            says, or an engine knows no functional or basis set of a name.
    """
    expect_plain(config)
    config = leave_out(config, published)
    refuse_earlier_keys(config)
    study = validated(Study, config)
    check_contradictions(study)
    complete = _completed(study.model_dump(), config)
    _check_grids(study)
    data_set_sizes(complete)
    _check_times(study)
    _check_transfers(study)
    _check_names(study)
    for molecule in complete["molecules"].values():
        maps = molecule["maps"]
        maps["splits"] = (maps["splits"] or SPLITS) if isinstance(maps["test"], int) else None
    complete["accuracy"] |= relevant_settings(study)
    Samples(complete).runs  # noqa: B018 - they raise where two have one name
    return complete


def data_set_sizes(config: Mapping[str, Any]) -> dict[str, int]:
    """Return how many systems each data set has, by name.

    Args:
        config: what `check_study` returns.

    Raises:
        InputError: a family of potentials or the grid cannot be as the data set says.
    """
    # It takes longer to import than the rest of this room.
    from hkmaps.datasets.parameters import data_set_size  # noqa: PLC0415

    stencil, sizes = config["model_systems"]["stencil"], {}
    for name, settings in config["model_systems"]["data_sets"].items():
        with of_key(f"model_systems.data_sets.{name}"):
            sizes[name] = data_set_size(settings, stencil)
    return sizes


def charge_state_sizes(config: Mapping[str, Any]) -> dict[str, int]:
    """Return how many systems each data set of the follow-up has, by name; see `data_set_sizes`."""
    from hkmaps.datasets.parameters import charge_state_systems  # noqa: PLC0415 - as above

    stencil, sizes = config["model_systems"]["stencil"], {}
    for name, settings in config["follow_up"]["data_sets"].items():
        with of_key(f"follow_up.data_sets.{name}"):
            sizes[name] = len(charge_state_systems(settings, stencil))
    return sizes


def find_file(path: str) -> Path:
    """Return where a file of the config is: in the folder of the run, or else in the repository."""
    return Path(path) if Path(path).exists() else REPOSITORY / path


def check_files(config: Mapping[str, Any]) -> None:
    """Refuse files of molecules that are not there or not declared as they must be.

    Args:
        config: what `check_study` returned.

    Raises:
        InputError: a structure, a force field or a file of a sample does not exist, or what the
            block `files` of a sample says does not go together; the sentence names the key.
    """
    for name, molecule in config["molecules"].items():
        for key in ("structure", "force_field"):
            path = molecule[key]
            if path is not None and not find_file(path).is_file():
                raise InputError(
                    f"The config key molecules.{name}.{key} is {path}, which does not exist; paths"
                    f" are relative to {Path.cwd()}."
                )
        for sample_name, sample in molecule["samples"].items():
            if "files" in sample:
                with of_key(f"molecules.{name}.samples.{sample_name}.files"):
                    _check_sample_files(sample["files"], config["densities"])


def _check_sample_files(settings: Mapping[str, Any], densities: Mapping[str, Any]) -> None:
    # Imported for those who have files: it takes longer than the rest of this room.
    from hkmaps.densities.fourier import FourierBasis  # noqa: PLC0415
    from hkmaps.molecules.reference_files import ReferenceFiles  # noqa: PLC0415

    files = ReferenceFiles.from_settings(
        {key: value for key, value in settings.items() if value is not None}
    )
    if files.layout is not None:
        files.layout.expect_basis(FourierBasis(densities["box_length"], densities["frequencies"]))
    files.paths  # noqa: B018 - they raise where one is not there


def _completed(filled: Any, given: Any) -> Any:
    """Values as they are given, with the defaults that are filled in."""
    if not (isinstance(filled, Mapping) and isinstance(given, Mapping)):
        return given
    return {
        key: _completed(value, given[key]) if key in given else value
        for key, value in filled.items()
    }


def _check_grids(study: Study) -> None:
    """Grids have as many points as the stencil needs."""
    from hkmaps.exact.grids import uniform_grid  # noqa: PLC0415 - as above
    from hkmaps.exact.hamiltonians import kinetic_bands  # noqa: PLC0415 - likewise

    grids = [(f"model_systems.{key}", *grid) for key, *grid in study.model_systems.grids()]
    figure12 = study.conditioning.figure12
    grids += [
        (f"conditioning.figure12.{key}", variant.length, variant.density)
        for key, variant in (("as_stated", figure12.as_stated), ("as_printed", figure12.as_printed))
    ]
    for key, length, density in grids:
        with of_key(key):
            kinetic_bands(uniform_grid(length, density), study.model_systems.stencil)


def _check_times(study: Study) -> None:
    """Times of dynamics are whole numbers of steps and intervals."""
    from hkmaps.molecules.dynamics_protocol import DynamicsProtocol  # noqa: PLC0415 - of SciPy

    usual = study.dynamics.model_dump()
    times = {"dynamics": usual | {"temperature": 300.0}}
    for name, molecule in study.molecules.items():
        for sample_name, sample in molecule.samples.items():
            if isinstance(sample, FromDynamics):
                own = sample.model_dump(include={*usual}, exclude_none=True)
                own = usual | own | {"temperature": sample.temperatures[0]}
                if sample.snapshots:
                    each = sample.snapshots / len(sample.temperatures)
                    own["length"] = each * own["interval"]
                times[f"molecules.{name}.samples.{sample_name}"] = own
    times["trajectories.ab_initio"] = study.trajectories.ab_initio.model_dump() | {
        "equilibration": 0.0
    }
    times["trajectories.thermal"] = study.trajectories.thermal.model_dump()
    # Frames of one run are compared there.
    times["trajectories.driven"] = study.trajectories.driven.model_dump() | {"runs": 1}
    for name, molecule in study.molecules.items():
        times |= _times_of_maps(name, molecule, study.maps.dynamics.model_dump())
    for key, own in times.items():
        with of_key(key):
            protocol = DynamicsProtocol.in_femtoseconds(
                own["temperature"],
                *(1000 * own[time] for time in ("equilibration", "length", "interval")),
                own["time_step"],
            )
        if own.get("snapshots", 0) > own.get("runs", 1) * protocol.snapshots:
            raise InputError(
                f"The config key {key}.snapshots is {own['snapshots']}; it must be at most"
                f" {own.get('runs', 1) * protocol.snapshots}, the frames of all runs."
            )
    _check_frames_of_thermal(study)


def _check_frames_of_thermal(study: Study) -> None:
    """Samples of ab-initio dynamics are no larger than it."""
    moved = study.trajectories.thermal
    frames = moved.runs * round(moved.length / moved.interval)
    for name, sample in study.molecules[moved.molecule].samples.items():
        if isinstance(sample, FromTrajectory) and sample.geometries > frames:
            raise InputError(
                f"The config key molecules.{moved.molecule}.samples.{name}.geometries is"
                f" {sample.geometries}; it must be at most {frames}, the frames of all runs of"
                " trajectories.thermal."
            )


def _times_of_maps(
    name: str, molecule: Molecule, usual: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Times of dynamics by a molecule's maps, by key."""
    rounds, stability = molecule.maps.rounds, molecule.maps.stability
    times = {}
    if rounds is not None:
        settings = {"temperature": rounds.temperatures[0], "length": rounds.length}
        times[f"molecules.{name}.maps.rounds"] = settings
    if stability is not None:
        key = f"molecules.{name}.maps.stability"
        times[key] = stability.model_dump()
        # A spectrum takes every step.
        others = {"spectrum": (stability.spectrum, {"interval": usual["time_step"] / 1000})}
        if stability.long_runs:
            others["long_length"] = stability.long_length, {}
        for other, (length, settings) in others.items():
            if length is not None:
                settings |= {"temperature": stability.temperature, "length": length}
                times[f"{key}.{other}"] = settings
    return {key: usual | {"equilibration": 0.0} | own for key, own in times.items()}


def _check_transfers(study: Study) -> None:
    """Atoms of proton transfers are there, as far as structures can be read at a glance."""
    ab_initio = study.trajectories.ab_initio
    transfers = {"trajectories.ab_initio": (study.molecules[ab_initio.molecule], ab_initio)}
    for name, molecule in study.molecules.items():
        stability = molecule.maps.stability
        if stability is not None and stability.transfer is not None:
            transfers[f"molecules.{name}.maps.stability"] = molecule, stability
    for key, (molecule, settings) in transfers.items():
        atoms = len(xyz_symbols(molecule))
        if atoms and max(settings.transfer) >= atoms:
            raise InputError(
                f"The config key {key}.transfer is {in_yaml(settings.transfer)}; the atoms of"
                f" {molecule.structure} are 0 to {atoms - 1}."
            )


@dataclass(frozen=True)
class Elements:
    """What names of basis sets are checked for: the elements of a molecule."""

    symbols: tuple[str, ...]


def _check_names(study: Study) -> None:
    """Names of functionals and basis sets are known, those of settings to compare included."""
    # It reads structures, for which it imports ASE.
    from hkmaps.molecules.engine_names import (  # noqa: PLC0415
        expect_known_all_electron_basis,
        expect_known_names,
    )

    for name, engine in study.engines.items():
        with of_key(f"engines.{name}"):
            expect_known_names(*_settings(engine.model_dump()), _calculated(study, name))
    chosen = study.accuracy.engine
    for key, settings in compared_settings(study).items():
        with of_key(f"accuracy.{key}"):
            expect_known_names(*_settings(settings), _calculated(study, chosen))
    with of_key("coupled_cluster.orbital_basis"):
        water = next(_elements([study.molecules["H2O"]]), Elements(("O", "H", "H")))
        expect_known_all_electron_basis(study.coupled_cluster.orbital_basis, water)


def _settings(engine: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Program and settings of an engine."""
    return engine["program"], {key: engine[key] for key in engine if key != "program"}


def _calculated(study: Study, engine: str) -> list[Elements]:
    """What an engine calculates, as far as structures can be read at a glance."""
    return list(_elements(each for each in study.molecules.values() if engine in each.engines))


def _elements(molecules: Any) -> Iterator[Elements]:
    for molecule in molecules:
        if symbols := xyz_symbols(molecule):
            yield Elements(symbols)


def xyz_symbols(molecule: Molecule) -> tuple[str, ...]:
    """Elements of the structure where it is a plain xyz file, else none: others take ASE."""
    path = find_file(molecule.structure)
    if path.suffix != ".xyz" or not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        atoms = lines[2 : 2 + int(lines[0])]
        return tuple(line.split()[0] for line in atoms)
    except (IndexError, ValueError):
        # The job that reads it says what is wrong with it.
        return ()
