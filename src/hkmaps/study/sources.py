"""Blocks of samples: where their geometries come from, how many, and what is known of them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hkmaps.study.blocks import (
    HERE,
    Atom,
    Block,
    NotNegative,
    Positive,
    Several,
    Unique,
    contradiction,
    key,
    nullable,
    one_of,
)

CHOOSE = (
    "Geometries chosen from them, such that the first M are the training set of size M; by default"
    " the largest of maps.sizes, and all of files that bring energies."
)


GEOMETRIES = (
    "Geometries that are drawn, the first ones of another sample, or evenly spread ones of a"
    " trajectory."
)


class Dynamics(Block):
    """What samples by dynamics have where they do not say otherwise."""

    time_step: Positive = key("Time step of the integrator.", "fs", 1.0)
    equilibration: NotNegative = key(
        "Time before the trajectory begins, a multiple of the time step.", "ps", 100
    )
    length: Positive = key(
        "Length of a trajectory to choose from, a multiple of the interval.", "ps", 1000
    )
    interval: Positive = key("Time between snapshots, a multiple of the time step.", "ps", 0.1)
    friction: NotNegative = key("Friction of the Langevin thermostat.", "1/ps", 1.0)


class Coordinate(Block):
    """An internal coordinate that geometries draw uniformly: a bond, an angle or a dihedral."""

    atoms: Annotated[list[Atom], Field(min_length=2, max_length=4), Unique()] = key(
        "Atoms from 0: two of a bond, three of an angle, four of a dihedral."
    )
    low: float = key("Smallest value: of a bond in angstrom, else in degrees.", "angstrom, degree")
    high: float = key("Largest value.", "angstrom, degree")

    @model_validator(mode="after")
    def _expect_interval(self) -> "Coordinate":
        if not self.low < self.high:
            raise contradiction(
                "low", f"is {self.low:g}; it must be less than {HERE}.high, {self.high:g}"
            )
        if len(self.atoms) < 4 and self.low <= 0:
            raise contradiction(
                "low", f"is {self.low:g}; of a bond or an angle it must be greater than 0"
            )
        if len(self.atoms) == 3 and self.high > 180:
            raise contradiction("high", f"is {self.high:g}; of an angle it must be at most 180")
        if len(self.atoms) == 4 and self.high - self.low > 360:
            raise contradiction(
                "high", f"is {self.high:g}; of a dihedral it must be at most low plus 360"
            )
        return self


FORCES = (
    "Number of geometries, the first ones in whole chunks, whose forces the engine calculates too;"
    " maps learn from them as well. It takes about twice as long."
)


class Drawn(Block):
    """Geometries drawn at random."""

    forces: nullable(Several) = key(FORCES, "geometries", None)
    geometries: Annotated[int, Field(ge=3)] = key(GEOMETRIES, "geometries")

    @property
    def size(self) -> int:
        """Number of geometries."""
        return self.geometries


class FromCoordinates(Drawn):
    """Geometries drawn in internal coordinates, the others as in the structure."""

    coordinates: Annotated[list[Coordinate], Field(min_length=1)] = key(
        "A source: internal coordinates that are drawn uniformly from low to high: a bond of two"
        " atoms, in angstrom, an angle of three or a dihedral of four, in degrees."
    )


class FromNormalModes(Drawn):
    """Geometries drawn from the harmonic vibrations at a temperature."""

    normal_modes: Positive = key(
        "A source: temperature of harmonic vibrations around the structure.", "K"
    )
    level: Literal["xtb", "engine"] = key(
        "What the vibrations of normal_modes are calculated by: GFN2-xTB, or the molecule's"
        " engine.",
        "",
        "xtb",
    )


class FromDisplacements(Drawn):
    """Geometries whose atoms are displaced at random."""

    displacement: Positive = key(
        "A source: standard deviation of normal displacements of each atom in each direction.",
        "angstrom",
    )


class FromDynamics(Block):
    """Snapshots of dynamics, of each tautomer at each temperature."""

    dynamics: Literal["force_field", "xtb"] = key(
        "A source: dynamics by the molecule's force field, or by GFN2-xTB."
    )
    temperatures: Annotated[list[Positive], Field(min_length=1), Unique()] = key(
        "Temperatures of the trajectories.", "K"
    )
    time_step: nullable(Positive) = key("In place of dynamics.time_step.", "fs", None)
    equilibration: nullable(NotNegative) = key("In place of dynamics.equilibration.", "ps", None)
    length: nullable(Positive) = key("In place of dynamics.length.", "ps", None)
    interval: nullable(Positive) = key("In place of dynamics.interval.", "ps", None)
    friction: nullable(NotNegative) = key("In place of dynamics.friction.", "1/ps", None)
    forces: nullable(Several) = key(FORCES, "geometries", None)
    choose: nullable(Several) = key(CHOOSE, "geometries", None)
    average: bool = key(
        "Begin with the mean of all snapshots of all tautomers, which lies between these.",
        "",
        False,
    )
    snapshots: nullable(Several) = key(
        "All snapshots, one an interval, in the order of time and in equal parts from each"
        " trajectory, in place of choose.",
        "geometries",
        None,
    )

    @model_validator(mode="after")
    def _expect_one_number(self) -> "FromDynamics":
        for temperature in self.temperatures:
            # Names of files hold a temperature with six digits and without an exponent.
            text = f"{temperature:g}"
            if "e" in text or float(text) != temperature:
                raise contradiction(
                    "temperatures",
                    f"has {temperature:g} K; at most six digits are allowed, and no less"
                    " than 0.0001 K",
                )
        if self.snapshots is not None:
            for other in ("choose", "length"):
                if getattr(self, other) is not None:
                    raise contradiction(
                        other,
                        f"is {getattr(self, other):g} beside snapshots: {self.snapshots};"
                        " a sample has one of the two, and the other is null",
                    )
            if self.average:
                raise contradiction(
                    "average",
                    f"is true beside snapshots: {self.snapshots}; only a sample that chooses its"
                    " geometries can begin with their mean, so it must be false",
                )
        return self

    @property
    def size(self) -> int | None:
        """Number of geometries; None where the largest training set says so."""
        return self.snapshots or self.choose

    @property
    def is_chosen(self) -> bool:
        """Whether its first M geometries are the training set of size M."""
        return self.snapshots is None


def _list_or_path(value: Any) -> str:
    return "list" if isinstance(value, list) else "path"


class Files(Block):
    """Files of the user: geometries, and what is known of them (docs/reference_files.md)."""

    geometries: str = key(
        "File, folder or pattern of all geometries: anything that ase.io reads, or .npy of shape"
        " (geometries, atoms, 3)."
    )
    atomic_numbers: nullable(str) = key(
        "File of the numbers of the atoms of an array of geometries.", "", None
    )
    length_unit: nullable(Literal["angstrom", "bohr"]) = key(
        "Unit of the coordinates; null where the format fixes it.", "", None
    )
    energies: nullable(str) = key(
        "file for those that the geometries bring, a file of an energy a geometry, or comment or"
        " comment:KEY for the comments of an xyz file; null where the engine calculates them.",
        "",
        None,
    )
    energy_unit: nullable(Literal["Ha", "Ry", "eV", "kcal/mol", "kJ/mol"]) = key(
        "Unit of the energies; null where the format fixes it.", "", None
    )
    energy_column: nullable(Atom) = key("Column of the energies, from 0.", "1", None)
    energy_zero: Literal["total", "relative"] = key(
        "Whether zero is free electrons and nuclei, or anything else.", "", "total"
    )
    forces: nullable(str) = key(
        "file for those that the geometries bring, column:NAME, or a .npy file; null for none.",
        "",
        None,
    )
    force_unit: nullable(str) = key(
        "Unit of the forces, such as eV/angstrom; null where the format fixes it.", "", None
    )
    densities: nullable(str) = key(
        "File of the densities' Fourier coefficients, or of values on a grid, or cube files; null"
        " where the engine calculates them, or where there are none.",
        "",
        None,
    )
    layout: nullable(dict[str, Any]) = key(
        "What the coefficients are; see docs/reference_files.md.", "", None
    )
    grid: nullable(dict[str, Any]) = key(
        "The grid of densities that are values on one; see docs/reference_files.md.", "", None
    )
    density_unit: Literal["1/bohr^3", "1/angstrom^3"] = key(
        "Unit of densities in cube files and on a grid.", "", "1/bohr^3"
    )
    atom_order: nullable(Annotated[list[Atom], Unique()]) = key(
        "Which atom of the file each atom of the molecule is; null for the same order.", "", None
    )
    only: Annotated[
        one_of(
            lambda value: "null" if value is None else _list_or_path(value),
            path=str,
            list=Annotated[list[Atom], Field(min_length=1), Unique()],
            null=type(None),
        ),
        Field(),
    ] = key(
        "Numbers of the geometries that are taken, from 0, or a file that holds them; null for"
        " all.",
        "",
        None,
    )


class FromFiles(Block):
    """Geometries from files of the user, with what is known of them."""

    files: Files = key("A source: files of the user, and what is known of their geometries.")
    forces: nullable(Several) = key(FORCES, "geometries", None)
    choose: nullable(Several) = key(CHOOSE, "geometries", None)

    @model_validator(mode="after")
    def _expect_one_origin(self) -> "FromFiles":
        if self.forces is not None and self.files.energies is not None:
            raise contradiction(
                "forces",
                f"is {self.forces} beside {HERE}.files.energies; the engine calculates nothing for"
                " a sample with energies from files, so it must be null",
            )
        return self

    @property
    def size(self) -> int | None:
        """Number of geometries; None where the largest training set says so, or the file."""
        return self.choose

    @property
    def is_chosen(self) -> bool:
        """Whether its first M geometries are the training set of size M."""
        return self.choose is not None or self.files.energies is None


class FromSample(Block):
    """The first geometries of another sample, calculated by another engine."""

    of: str = key("A source: another sample of the molecule, whose first geometries are taken.")
    geometries: Annotated[int, Field(ge=3)] = key(GEOMETRIES, "geometries")
    engine: str = key(
        "Engine that calculates the geometries of another sample anew, a name of engines."
    )

    @property
    def size(self) -> int:
        """Number of geometries."""
        return self.geometries


class FromTrajectory(Block):
    """Evenly spread frames of dynamics by the reference engine."""

    trajectory: Literal["thermal"] = key(
        "A source: evenly spread frames of trajectories.thermal; the sample must be of its"
        " molecule."
    )
    geometries: Several = key(GEOMETRIES, "geometries")

    @property
    def size(self) -> int:
        """Number of geometries."""
        return self.geometries


SOURCES: dict[str, type[Block]] = {
    "coordinates": FromCoordinates,
    "dynamics": FromDynamics,
    "normal_modes": FromNormalModes,
    "displacement": FromDisplacements,
    "files": FromFiles,
    "of": FromSample,
    "trajectory": FromTrajectory,
}
"""Where geometries come from: the key that says so, and its block."""


def source(sample: Any) -> str:
    """The key of `SOURCES` that a sample has."""
    for name, block in SOURCES.items():
        if isinstance(sample, block):
            return name
    if not isinstance(sample, Mapping):
        raise PydanticCustomError("dict_type", "no mapping")
    found = [name for name in SOURCES if name in sample]
    if len(found) != 1:
        given = " and ".join(found) or f"no source among its keys ({', '.join(sample) or 'none'})"
        raise contradiction(
            "", f"has {given}; a sample has one source, which is one of {', '.join(SOURCES)}"
        )
    return found[0]


SampleName = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9.+_-]*$")]
Sample = Annotated[
    one_of(source, **SOURCES),
    Field(description="Geometries: one source, how many, and what is known of them."),
]
