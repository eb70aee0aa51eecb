"""Blocks of reference calculations: engines by name, densities, accuracy, coupled cluster."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hkmaps.study.blocks import (
    HERE,
    Block,
    Names,
    Positive,
    Precision,
    Several,
    contradiction,
    key,
    nullable,
    one_of,
)
from hkmaps.study.sentences import in_yaml

CUTOFF_RATIO = 4
"""Least ratio of the cutoffs of densities and of orbitals: squares have twice the frequencies."""

Tolerance = Annotated[float, Field(gt=0, lt=1e-3)]
FUNCTIONAL = "Exchange-correlation functional, by the program's name; PAW sets are made for PBE."
TOLERANCE = "Change of the energy, or its estimated error, at which a calculation is converged."


class Engine(Block):
    """Settings of a program for reference calculations."""

    @classmethod
    def hint(cls, name: str) -> dict[str, str]:
        """Whose setting an unknown key is."""
        others = [program for program, each in PROGRAMS.items() if name in each.model_fields]
        if not others:
            return {}
        return {
            "hint": f"It is a setting of {others[0]}; an engine of another program has a name of"
            " its own in engines."
        }


class Pyscf(Engine):
    """Kohn-Sham calculations with Gaussian orbitals by PySCF."""

    program: Literal["pyscf"] = key("Program of the calculations.")
    functional: str = key(FUNCTIONAL, "", "PBE")
    orbital_basis: str = key(
        "Of pyscf: orbital basis set, one that fits the pseudopotential.", "", "gth-tzv2p"
    )
    pseudopotential: str = key(
        "Of pyscf: pseudopotential; all-electron densities do not suit the Fourier basis.",
        "",
        "gth-pbe",
    )
    density_fitting: bool = key("Of pyscf: whether the Coulomb integrals are fitted.", "", True)
    grid_level: Annotated[int, Field(ge=0, le=9)] = key(
        "Of pyscf: level of the exchange-correlation grid.", "1", 3
    )
    tolerance: Tolerance = key(TOLERANCE, "Ha", 1e-9)


class Espresso(Engine):
    """Kohn-Sham calculations with plane waves and PAW by Quantum ESPRESSO."""

    program: Literal["espresso"] = key("Program of the calculations.")
    functional: str = key(FUNCTIONAL, "", "PBE")
    wave_function_cutoff: Positive = key(
        "Of espresso: largest kinetic energy of the orbitals' plane waves.", "Ry", 90
    )
    density_cutoff: Positive = key(
        "Of espresso: largest kinetic energy of the density's plane waves, at least four times the"
        " orbitals'.",
        "Ry",
        360,
    )
    tolerance: Tolerance = key(TOLERANCE, "Ha", 1e-9)
    pseudopotentials: nullable(str) = key(
        "Of espresso: folder of the PAW sets; null is $ESPRESSO_PSEUDO or"
        " /usr/share/espresso/pseudo.",
        "",
        None,
    )
    command: str = key(
        "Of espresso: what starts pw.x; it runs as one process with one thread.", "", "pw.x"
    )

    @model_validator(mode="after")
    def _expect_squares(self) -> "Espresso":
        if self.density_cutoff < CUTOFF_RATIO * self.wave_function_cutoff:
            raise contradiction(
                "density_cutoff",
                f"is {self.density_cutoff:g} Ry; it must be at least {CUTOFF_RATIO} times"
                f" {HERE}.wave_function_cutoff, {self.wave_function_cutoff:g} Ry",
            )
        return self


class CoupledClusterProgram(Engine):
    """CCSD(T) with all electrons and frozen cores by PySCF: energies alone, without densities."""

    program: Literal["coupled_cluster"] = key("Program of the calculations.")
    all_electron_basis: str = key(
        "Of coupled_cluster: orbital basis set, one for all electrons.", "", "cc-pvtz"
    )


PROGRAMS: dict[str, type[Engine]] = {
    "pyscf": Pyscf,
    "espresso": Espresso,
    "coupled_cluster": CoupledClusterProgram,
}


def _program(value: Any) -> str:
    if isinstance(value, Engine):
        return value.program
    if not isinstance(value, Mapping):
        raise PydanticCustomError("dict_type", "no mapping")
    program = value.get("program")
    if "program" not in value:
        raise PydanticCustomError("lacking", "lacking key", {"key": "program"})
    if program not in PROGRAMS:
        raise contradiction("program", f"is {in_yaml(program)}; allowed: {', '.join(PROGRAMS)}")
    return program


Engines = dict[
    Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9_-]*$")],
    Annotated[
        one_of(_program, **PROGRAMS), Field(description="A program for reference calculations.")
    ],
]


class Densities(Block):
    """The Fourier basis of valence densities."""

    box_length: Positive = key(
        "Edge of the periodic cube of the density's Fourier basis.", "bohr", 20
    )
    frequencies: Several = key(
        "Frequencies per dimension, each a real and an imaginary part.", "1", 25
    )
    precision: Precision = key(
        "Precision in which the tables keep density coefficients; single takes half the disk.",
        "",
        "single",
    )


class Accuracy(Block):
    """Settings of an engine beside others, on a few test geometries."""

    KEPT: ClassVar[tuple[str, ...]] = ("tight", "study")

    engine: str = key("Engine whose settings are compared, a name of engines.")
    molecules: Names = key("Molecules whose test geometries are calculated.", "", [])
    geometries: Several = key(
        "Test geometries of each molecule that are calculated.", "geometries", 8
    )
    tight: dict[str, Any] = key(
        "Settings, beside the engine's, that errors are relative to; those of another program"
        " change nothing."
    )
    others: dict[
        str, Annotated[dict[str, Any], Field(description="Settings and their values.")]
    ] = key("Further settings by name, beside the engine's.", "", {})
    cost_goals: dict[str, Annotated[Positive, Field(description="Time of one calculation.")]] = key(
        "What a single point of a molecule may cost on one core, for the figure.", "s", {}
    )

    @model_validator(mode="after")
    def _expect_free_names(self) -> "Accuracy":
        for name in self.KEPT:
            if name in self.others:
                raise contradiction(
                    "others",
                    f"has the name {name}, which is kept for settings of the study; allowed: any"
                    f" but {', '.join(self.KEPT)}",
                )
        return self


class CoupledCluster(Block):
    """CCSD(T) of H2O with all electrons, beside the functional of the reference calculations."""

    geometries: Several = key(
        "Geometries of H2O's first pool that are calculated, the first ones.", "geometries", 50
    )
    orbital_basis: str = key("Orbital basis set for all electrons.", "", "cc-pvtz")
