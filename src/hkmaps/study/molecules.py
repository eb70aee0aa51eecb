"""Blocks of molecules: structure, symmetry and samples, and what contradicts itself in them."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from hkmaps.study.blocks import (
    HERE,
    Atom,
    Block,
    Positive,
    Unique,
    contradiction,
    key,
    nullable,
    one_of,
)
from hkmaps.study.molecule_maps import MoleculeMaps
from hkmaps.study.samples import GEOMETRIES_PER_CHUNK
from hkmaps.study.sentences import in_yaml
from hkmaps.study.sources import (
    FromDynamics,
    FromFiles,
    FromNormalModes,
    FromSample,
    Sample,
    SampleName,
)

KEPT_NAMES = re.compile(
    r"draw\d+|trajectories|chunks|xtb-.*|.*-base|.*-(round|added)\d+|.*-driven(-.*)?|.*-transfer"
)
"""Names of samples that the results of a molecule have for something else."""

Permutation = Annotated[list[Atom], Field(min_length=1), Unique()]


class Molecule(Block):
    """A molecule: its structure, its samples and the maps that learn from them."""

    structure: str = key(
        "File of elements, their order and the reference geometry: xyz or anything that ase.io"
        " reads."
    )
    permutations: Annotated[
        one_of(
            lambda value: "list" if isinstance(value, list) else "word",
            word=Literal["auto"],
            list=list[Permutation],
        ),
        Field(),
    ] = key(
        "Permutations of the atoms that motion without breaking a bond brings about; auto finds"
        " the turns of methyl groups and their like.",
        "",
        "auto",
    )
    tautomers: Annotated[list[Permutation], Unique()] = key(
        "Permutations of the atoms that lead from the structure's bonds to those of other"
        " tautomers; dynamics samples each.",
        "",
        [],
    )
    bonds: nullable(
        Annotated[
            list[Annotated[list[Atom], Field(min_length=2, max_length=2), Unique()]], Unique()
        ]
    ) = key("Pairs of bonded atoms; null takes them from covalent radii.", "", None)
    bond_limits: Annotated[list[Positive], Field(min_length=2, max_length=2)] = key(
        "Lengths of bonds, as multiples of those of the structure, outside of which a geometry is"
        " taken for a mistake.",
        "1",
        [0.65, 1.55],
    )
    force_field: nullable(str) = key(
        "File of the force field (docs/force_fields.md); needed for dynamics by it.", "", None
    )
    engine: nullable(str) = key(
        "Engine of the reference calculations, a name of engines; null where every sample brings"
        " its energies.",
        "",
        None,
    )
    samples: dict[SampleName, Sample] = key("Samples of the molecule by name.", min_length=1)
    maps: MoleculeMaps = key("Maps of the molecule.")

    @model_validator(mode="after")
    def _expect_consistent(self) -> "Molecule":
        shortest, longest = self.bond_limits
        if not shortest < 1 < longest:
            raise contradiction(
                "bond_limits",
                f"is {in_yaml(self.bond_limits)}; 1, the structure's length, must lie between them",
            )
        for name in self.samples:
            if KEPT_NAMES.fullmatch(name):
                raise contradiction(
                    "samples",
                    f"has the name {name}, which is reserved for other results of the study;"
                    " choose another name",
                )
        for place, name in (*(("maps.pools", pool) for pool in self.maps.pools), *self._test()):
            if name not in self.samples:
                raise contradiction(
                    place,
                    f"names {name}, which is not in {HERE}.samples: {', '.join(self.samples)}",
                )
        self._expect_means()
        self._expect_numbers()
        self._expect_one_origin()
        self._expect_others()
        self._expect_difference()
        self._expect_rounds()
        if self.maps.symmetric not in (None, *self.maps.pools):
            raise contradiction(
                "maps.symmetric",
                f"is {self.maps.symmetric}; it must be one of {HERE}.maps.pools:"
                f" {', '.join(self.maps.pools)}",
            )
        return self

    def _test(self) -> list[tuple[str, str]]:
        tests = [self.maps.test] if isinstance(self.maps.test, str) else []
        return [
            *(("maps.test", name) for name in tests),
            *(("maps.also_tests", name) for name in self.maps.also_tests),
        ]

    @property
    def compared(self) -> list[str]:
        """Names of the samples whose energies are compared with each other."""
        return [*self.maps.pools, *(name for _, name in self._test())]

    @property
    def engines(self) -> set[str | None]:
        """Names of the engines that calculate it."""
        others = (each for each in self.samples.values() if isinstance(each, FromSample))
        return {self.engine, *(each.engine for each in others)}

    def size(self, name: str) -> int | None:
        """Number of geometries of a sample; None where its file says so."""
        sample = self.samples[name]
        if sample.size is None and getattr(sample, "is_chosen", False):
            return max(self.maps.sizes)
        return sample.size

    def _expect_means(self) -> None:
        """What moves and what calculates the molecule is there."""
        for name, sample in self.samples.items():
            where = f"samples.{name}"
            moved = isinstance(sample, FromDynamics) and sample.dynamics == "force_field"
            if moved and self.force_field is None:
                raise contradiction(
                    f"{where}.dynamics",
                    f"is force_field, which needs {HERE}.force_field; without one there is xtb",
                )
            if self.engine is None and not isinstance(sample, FromSample):
                if isinstance(sample, FromNormalModes) and sample.level == "engine":
                    raise contradiction(f"{where}.level", f"is engine, which needs {HERE}.engine")
                if not (isinstance(sample, FromFiles) and sample.files.energies):
                    raise contradiction(
                        "engine",
                        f"is null, but {HERE}.{where} has geometries without energies, which an"
                        " engine must calculate: a name of engines, such as dzvp",
                    )

    def _expect_numbers(self) -> None:
        """Every sample has a number of geometries, and pools have enough."""
        test, largest = self.maps.test, max(self.maps.sizes)
        if test in self.maps.pools:
            raise contradiction(
                "maps.test", f"is {test}, a pool of {HERE}.maps.pools; it must be another sample"
            )
        for name in self.maps.also_tests:
            if name == test or name in self.maps.pools:
                place = "maps.test" if name == test else "maps.pools"
                raise contradiction(
                    "maps.also_tests",
                    f"names {name}, as {HERE}.{place} does; it must name other samples",
                )
        for name, sample in self.samples.items():
            is_chosen = getattr(sample, "is_chosen", False)
            if is_chosen and isinstance(test, int) and name in self.maps.pools:
                raise contradiction(
                    "maps.test",
                    f"is {test}, but the geometries of the pool {name} are chosen to be learned"
                    " from; the test must be the name of another sample",
                )
            if is_chosen and sample.size is None and name in {test, *self.maps.also_tests}:
                raise contradiction(
                    f"samples.{name}",
                    "is a test without a number of geometries; it needs the key choose or, for"
                    " dynamics, the key snapshots",
                )
            if isinstance(sample, FromDynamics) and sample.snapshots:
                self._expect_equal_parts(name, sample)
        for name in self.maps.pools:
            size = self.size(name)
            if size is None:
                continue
            if isinstance(test, int):
                if test >= size:
                    raise contradiction(
                        "maps.test",
                        f"is {test}; it must be less than the geometries of the pool {name},"
                        f" {size}, so that some are left",
                    )
                size -= test
            if largest > size:
                left = " that are not tested" if isinstance(test, int) else ""
                raise contradiction(
                    "maps.sizes",
                    f"asks for {largest} training geometries; the pool {name} has {size}{left}",
                )

    def _expect_equal_parts(self, name: str, sample: FromDynamics) -> None:
        """Trajectories have equal parts of a number of snapshots, and names of their own."""
        if re.fullmatch(r"[\d.]+K", name):
            raise contradiction(
                "samples",
                f"has the name {name}, which trajectories to choose from have; a sample with the"
                " key snapshots needs another name",
            )
        tautomers = 1 + len(self.tautomers)
        trajectories = tautomers * len(sample.temperatures)
        if sample.snapshots % trajectories:
            raise contradiction(
                f"samples.{name}.snapshots",
                f"is {sample.snapshots}; it must be a multiple of {trajectories}, the number of"
                f" its temperatures times that of tautomers, {tautomers}",
            )

    def _expect_one_origin(self) -> None:
        """Energies that are compared with each other are of one source and have one zero."""
        files = {
            name: sample.files if isinstance(sample, FromFiles) else None
            for name, sample in self.samples.items()
            if name in self.compared
        }
        for what in ("energies", "densities"):
            given = [name for name, each in files.items() if each and getattr(each, what)]
            missing = [name for name in files if name not in given]
            if given and missing:
                raise contradiction(
                    f"samples.{given[0]}.files.{what}",
                    f"is given, but not that of {', '.join(missing)}; all pools and tests must have"
                    f" {what} from files, or none of them, since {what} of two sources cannot be"
                    " compared",
                )
        zeros = {name: each.energy_zero for name, each in files.items() if each and each.energies}
        for name, zero in zeros.items():
            first = next(iter(zeros))
            if zero != zeros[first]:
                raise contradiction(
                    f"samples.{name}.files.energy_zero",
                    f"is {zero}; it must be that of {first}, {zeros[first]}, since maps that learn"
                    " from one of them are tested on the other",
                )

    def _expect_others(self) -> None:
        """Geometries of other samples are there, and maps learn none of another engine."""
        for name, sample in self.samples.items():
            if not isinstance(sample, FromSample):
                continue
            where = f"samples.{name}"
            others = [key for key, each in self.samples.items() if not isinstance(each, FromSample)]
            if sample.of not in others:
                raise contradiction(
                    f"{where}.of",
                    f"is {sample.of}; it must be a sample of {HERE}.samples with geometries of its"
                    f" own, one of {', '.join(others)}",
                )
            if name in self.compared:
                places = {pool: "maps.pools" for pool in self.maps.pools}
                places |= {test: place for place, test in self._test()}
                raise contradiction(
                    places[name],
                    f"names {name}, which another engine calculates; only {HERE}.maps.difference"
                    " can name such a sample",
                )
            if self.engine == sample.engine:
                raise contradiction(
                    f"{where}.engine",
                    f"is {sample.engine}, that of the molecule; another one is needed",
                )
            size = self.size(sample.of)
            if size is not None and sample.geometries > size:
                raise contradiction(
                    f"{where}.geometries",
                    f"is {sample.geometries}; it must be at most {size}, the geometries of the"
                    f" sample {sample.of}",
                )

    def _expect_difference(self) -> None:
        """What a better method adds has its energies and those of the maps at equal geometries."""
        difference = self.maps.difference
        if difference is None:
            return
        name, where = difference.sample, "maps.difference.sample"
        better = self.samples.get(name)
        if better is None:
            raise contradiction(
                where, f"names {name}, which is not in {HERE}.samples: {', '.join(self.samples)}"
            )
        with_energies = isinstance(better, FromFiles) and better.files.energies
        if name in self.compared or not (isinstance(better, FromSample) or with_energies):
            raise contradiction(
                where,
                f"is {name}; it must be a sample of energies by a better method than that of the"
                " maps: the first geometries of another sample (of), or files with energies",
            )
        base = self.samples[better.of] if isinstance(better, FromSample) else None
        pool = self.samples[self.maps.pools[0]]
        if _brings_energies(base) != _brings_energies(pool):
            raise contradiction(
                where,
                f"is {name}, at whose geometries the energies of the maps' method are not known:"
                f" those of the pool {self.maps.pools[0]} come from"
                f" {'files' if _brings_energies(pool) else 'the engine'}; its key of must name a"
                " sample with energies from there",
            )
        size, largest = self.size(name), max(difference.sizes)
        if size is not None and largest >= size:
            raise contradiction(
                "maps.difference.sizes",
                f"asks for {largest} geometries; it must be less than those of the sample {name},"
                f" {size}, so that some are left to test",
            )

    def _expect_rounds(self) -> None:
        """Rounds begin with a pool of this molecule that an engine calculates with forces."""
        rounds, stability = self.maps.rounds, self.maps.stability
        if rounds is None:
            if stability is not None:
                raise contradiction(
                    "maps.stability",
                    f"is there without {HERE}.maps.rounds, whose maps it tests; without rounds it"
                    " must be null",
                )
            return
        if rounds.pool not in self.maps.pools:
            raise contradiction(
                "maps.rounds.pool",
                f"is {rounds.pool}; it must be one of {HERE}.maps.pools:"
                f" {', '.join(self.maps.pools)}",
            )
        pool = self.samples[rounds.pool]
        if _brings_energies(pool) or self.engine is None:
            raise contradiction(
                "maps.rounds.pool",
                f"is {rounds.pool}, whose energies come from files; rounds add calculations of an"
                " engine, and the pool must be one that it calculates",
            )
        size, forces = self.size(rounds.pool), getattr(pool, "forces", None) or 0
        whole = rounds.start % GEOMETRIES_PER_CHUNK == 0 or rounds.start == size
        if not whole or (size is not None and rounds.start > size):
            raise contradiction(
                "maps.rounds.start",
                f"is {rounds.start}; it must be {size}, the geometries of {rounds.pool}, or less"
                f" and a multiple of {GEOMETRIES_PER_CHUNK}",
            )
        if forces < rounds.start:
            raise contradiction(
                f"samples.{rounds.pool}.forces",
                f"is {forces or 'null'}; it must be at least {rounds.start},"
                f" {HERE}.maps.rounds.start, since the rounds learn from forces",
            )


def _brings_energies(sample: Any) -> bool:
    """Whether energies of a sample come from files."""
    return isinstance(sample, FromFiles) and sample.files.energies is not None


MoleculeName = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_-]*$")]


def relative_energies(molecule: Molecule) -> bool:
    """Whether the energies of a molecule's pools have a zero of their own."""
    samples: list[Any] = [molecule.samples[name] for name in molecule.maps.pools]
    return any(
        isinstance(each, FromFiles) and each.files.energies and each.files.energy_zero != "total"
        for each in samples
    )
