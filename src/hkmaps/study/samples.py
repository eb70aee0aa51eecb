"""Samples: which geometries of which molecules a study has, where they come from, in which files.

A sample is a named set of geometries of one molecule. Its settings say where these come from; what
is not known of them the molecule's engine calculates. A *draw* of a molecule, such as
`ethane/draw1`, has samples with trajectories of its own, and is otherwise as the molecule is.

*Rounds* of learning make samples of their own: `ethane/300+350K-round2` holds what the map after
two rounds learns from, the first geometries of the pool, `ethane/300+350K-added1` and `-added2`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hkmaps.errors import InputError
from hkmaps.molecules.dynamics_names import STABILITY
from hkmaps.study.rounds import Rounds, protocol_arguments

GEOMETRIES_PER_CHUNK = 50
"""Geometries of a job: the unit of resuming, and of growth without repetition."""

COORDINATES, DYNAMICS, NORMAL_MODES = "coordinates", "dynamics", "normal_modes"
DISPLACEMENT, FILES, OF, TRAJECTORY = "displacement", "files", "of", "trajectory"
DRIVEN, ROUND, ADDED, TRANSFER = "driven", "round", "added", "transfer"
SOURCES = (
    *(COORDINATES, DYNAMICS, NORMAL_MODES, DISPLACEMENT, FILES, OF, TRAJECTORY),
    *(DRIVEN, ROUND, ADDED, TRANSFER),
)
"""Where geometries of a sample may come from, each the key that says so."""

FORCE_FIELD = "force_field"

ENERGIES_ALONE = ("coupled_cluster",)
"""Programs of engines that bring no densities, for what a better method adds to a map."""

PROTOCOL = ("time_step", "equilibration", "length", "interval", "friction")
"""Settings of dynamics that a sample may say otherwise than the block `dynamics`."""


@dataclass(frozen=True)
class Run:
    """Dynamics at one temperature that samples are taken from.

    Attributes:
        name: of the trajectories' files.
        method: force_field or xtb.
        protocol: arguments of `DynamicsProtocol.in_femtoseconds`.
    """

    name: str
    method: str
    protocol: Mapping[str, float]


@dataclass(frozen=True)
class Sample:
    """A set of geometries of a molecule.

    Attributes:
        owner: the molecule, or a draw of it, such as ethane/draw1.
        key: name of the sample among those of its owner.
        settings: its entry in the config.
        size: number of geometries; None where a file decides.
        runs: dynamics whose snapshots it is made of.
        energies_alone: whether its engine brings no densities.
        parts: samples that it consists of, whose chunks are its own.
    """

    owner: str
    key: str
    settings: Mapping[str, Any]
    size: int | None
    runs: tuple[Run, ...] = ()
    energies_alone: bool = False
    parts: tuple["Sample", ...] = ()

    @property
    def name(self) -> str:
        """Owner and key, as in paths."""
        return f"{self.owner}/{self.key}"

    @property
    def molecule(self) -> str:
        """The molecule's name."""
        return molecule_of(self.owner)

    @property
    def source(self) -> str:
        """One of `SOURCES`."""
        return next(key for key in SOURCES if self.settings.get(key) is not None)

    @property
    def is_chosen(self) -> bool:
        """Whether its first M geometries are the training set of size M."""
        if self.source == FILES:
            return self.size is not None
        return self.source == DYNAMICS and self.settings.get("snapshots") is None

    @property
    def known(self) -> frozenset[str]:
        """What files bring beside geometries: energies, forces, densities."""
        files = self.settings.get(FILES) or {}
        quantities = ("energies", "forces", "densities")
        return frozenset(key for key in quantities if files.get(key) is not None)

    @property
    def is_calculated(self) -> bool:
        """Whether the engine calculates its energies and densities."""
        return "energies" not in self.known

    @property
    def has_densities(self) -> bool:
        """Whether densities of its geometries are known or calculated."""
        return (self.is_calculated and not self.energies_alone) or "densities" in self.known

    @property
    def reference_files(self) -> list[str]:
        """Tables of the calculations of its chunks."""
        return self.chunk_files("energies" if self.energies_alone else "reference")

    @property
    def chunks(self) -> int:
        """Number of jobs that its geometries are divided among."""
        if self.parts:
            return sum(part.chunks for part in self.parts)
        return 1 if self.size is None else -(-self.size // GEOMETRIES_PER_CHUNK)

    def has_forces(self, chunk: int) -> bool:
        """Whether the engine calculates forces of a chunk, those with the first `forces` of all."""
        if self.source == ROUND:
            return True
        return chunk * GEOMETRIES_PER_CHUNK < (self.settings.get("forces") or 0)

    def chunk_size(self, chunk: int) -> int | None:
        """Number of geometries of a chunk."""
        if self.size is None:
            return None
        return min(GEOMETRIES_PER_CHUNK, self.size - chunk * GEOMETRIES_PER_CHUNK)

    def chunk_files(self, kind: str) -> list[str]:
        """Tables of its chunks, of the kind `geometries`, `reference` or `energies`."""
        if self.parts:
            return [file for part in self.parts for file in part.chunk_files(kind)]
        folder = f"results/molecules/{self.name}/chunks"
        return [f"{folder}/{kind}_{chunk}.parquet" for chunk in range(self.chunks)]


def molecule_of(owner: str) -> str:
    """Return the molecule of an owner of samples, ethane of ethane/draw1."""
    return owner.partition("/")[0]


@dataclass(frozen=True, eq=False)
class Samples:
    """All samples of a study.

    Args:
        config: the whole config, checked and with all defaults.
    """

    config: Mapping[str, Any]

    @cached_property
    def by_name(self) -> dict[str, Sample]:
        """Name such as ethane/300+350K -> sample, those of draws and of map dynamics as well."""
        found = {sample.name: sample for sample in (*self._of_molecules(), *self._of_draws())}
        for owner in self.rounds.of:
            found |= {sample.name: sample for sample in self._of_rounds(owner, found)}
        driven = self.config["trajectories"]["driven"]
        for runs in self.rounds.printed_runs:
            settings = {DRIVEN: runs, "length": driven["length"]}
            key = f"{self.config['trajectories']['pool']}-driven-{runs.name}"
            sample = Sample(driven["molecule"], key, settings, driven["snapshots"])
            found[sample.name] = sample
        return found

    @cached_property
    def rounds(self) -> Rounds:
        """Rounds of learning, and all dynamics by maps."""
        return Rounds(self.config, self.owners)

    def _of_rounds(self, owner: str, known: Mapping[str, Sample]) -> Iterator[Sample]:
        """Samples of a molecule's rounds: what each adds, what each learns from, and its test."""
        rounds = self.rounds.of[owner]
        pool = known[f"{owner}/{rounds['pool']}"]
        parts = [replace(pool, size=rounds["start"])]
        for number in range(rounds["count"] + 1):
            if number:
                settings = {ADDED: number, "forces": rounds["add"]}
                parts.append(Sample(owner, f"{pool.key}-added{number}", settings, rounds["add"]))
                yield parts[-1]
            settings = {ROUND: number, "pool": pool.key}
            yield Sample(owner, f"{pool.key}-round{number}", settings, None, parts=tuple(parts))
        stability = self.owners[owner]["stability"]
        if stability is not None:
            key = (self.rounds.last_pool(owner), self.rounds.method(owner), STABILITY)
            count = stability["snapshots"]
            settings = {DRIVEN: self.rounds.runs[key], "forces": count}
            yield Sample(owner, f"{pool.key}-driven", settings, count)
            if stability["transfer"] is not None:
                settings = {TRANSFER: self.rounds.runs[key]}
                count = stability["barrier_snapshots"]
                yield Sample(owner, f"{pool.key}-transfer", settings, count)

    @cached_property
    def draws(self) -> dict[str, dict[str, Any]]:
        """Owner such as ethane/draw1 -> pools, test and sizes of its maps."""
        drawn = self.config["draws"]
        maps = {"pools": [drawn["pool"]], "test": drawn["test"], "sizes": [drawn["size"]]}
        numbers = range(1, drawn["count"] + 1)
        return {f"{drawn['molecule']}/draw{number}": maps for number in numbers}

    @cached_property
    def owners(self) -> dict[str, dict[str, Any]]:
        """Molecule or draw -> its entry `maps`."""
        molecules = self.config["molecules"]
        return {name: entry["maps"] for name, entry in molecules.items()} | self.draws

    def where(self, source: str, **flags: bool) -> list[Sample]:
        """Return the samples of a source whose properties have the values of the flags."""
        return [
            sample
            for sample in self.by_name.values()
            if sample.source == source
            and all(getattr(sample, name) == value for name, value in flags.items())
        ]

    @cached_property
    def runs(self) -> dict[str, dict[str, Run]]:
        """Molecule or draw -> name of a run -> run.

        Raises:
            InputError: dynamics of two samples have one name, and samples of tests, or with other
                times, must not share them.
        """
        found: dict[str, dict[str, Run]] = {}
        known: dict[tuple[str, str], Sample] = {}
        for sample in self.by_name.values():
            for run in sample.runs:
                first = known.setdefault((sample.owner, run.name), sample)
                before = found.setdefault(sample.owner, {}).setdefault(run.name, run)
                both = first.is_chosen and sample.is_chosen and before == run
                if first is not sample and not both:
                    raise InputError(
                        f"The config key molecules.{sample.molecule}.samples has the names"
                        f" {first.key} and {sample.key}, by which dynamics of both would be called"
                        f" {run.name}; one of them needs another name."
                    )
        return found

    def _of_molecules(self) -> Iterator[Sample]:
        for name, entry in self.config["molecules"].items():
            for key, settings in entry["samples"].items():
                size = _size(key, settings, entry["maps"])
                runs = self._runs(key, settings, size)
                yield Sample(name, key, settings, size, runs, self._energies_alone(settings))
            difference = entry["maps"]["difference"]
            if difference is not None:
                better = entry["samples"][difference["sample"]]
                if better.get(FILES) is not None:
                    size = _size(difference["sample"], better, entry["maps"])
                    key = f"{difference['sample']}-base"
                    yield Sample(name, key, {OF: difference["sample"]}, size)

    def _energies_alone(self, settings: Mapping[str, Any]) -> bool:
        engine = settings.get("engine")
        return engine is not None and self.config["engines"][engine]["program"] in ENERGIES_ALONE

    def difference(self, pool: Sample) -> tuple[Sample, Sample] | None:
        """Samples with energies by a better method and by that of a pool; None without a better.

        Where files bring those of the better method, the molecule's engine calculates the others.
        """
        settings = self.owners[pool.owner].get("difference")
        if settings is None:
            return None
        better = self.by_name[f"{pool.owner}/{settings['sample']}"]
        base = better.settings[OF] if better.source == OF else f"{better.key}-base"
        return better, self.by_name[f"{pool.owner}/{base}"]

    def _of_draws(self) -> Iterator[Sample]:
        drawn = self.config["draws"]
        sizes = {drawn["pool"]: drawn["size"], drawn["test"]: drawn["geometries"]}
        for owner in self.draws:
            samples = self.config["molecules"][drawn["molecule"]]["samples"]
            for key, size in sizes.items():
                # Errors of energies are what draws are for.
                settings = {**samples[key], "forces": None}
                yield Sample(owner, key, settings, size, self._runs(key, settings, size))

    def _runs(self, key: str, settings: Mapping[str, Any], size: int | None) -> tuple[Run, ...]:
        """Dynamics of a sample: pools share what is equal, a test set has its own."""
        method = settings.get(DYNAMICS)
        if method is None:
            return ()
        usual = self.config["dynamics"]
        own = {name: settings[name] for name in PROTOCOL if settings.get(name) is not None}
        times = {name: usual[name] for name in PROTOCOL} | own
        temperatures = settings["temperatures"]
        is_test = settings.get("snapshots") is not None
        if is_test and size is not None:
            times["length"] = size * times["interval"] / len(temperatures)
        runs = []
        for temperature in temperatures:
            name = f"{temperature:g}K"
            if is_test:
                name = key if len(temperatures) == 1 else f"{key}-{name}"
            elif own:
                name = f"{key}-{name}"
            if method != FORCE_FIELD:
                name = f"{method}-{name}"
            runs.append(Run(name, method, protocol_arguments(temperature, times)))
        return tuple(runs)


def _size(key: str, settings: Mapping[str, Any], maps: Mapping[str, Any]) -> int | None:
    for name in ("geometries", "snapshots", "choose"):
        if settings.get(name) is not None:
            return settings[name]
    files = settings.get(FILES)
    if files is not None and files.get("energies") is not None:
        return None
    return max(maps["sizes"])
