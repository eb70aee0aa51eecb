"""Blocks of dynamics along which maps are compared, and of the draws of Table 2."""

from typing import Annotated

from pydantic import Field, model_validator

from hkmaps.molecules.dynamics_names import LEARNING, LONG, STABILITY
from hkmaps.study.blocks import (
    Atom,
    Block,
    Count,
    Names,
    NotNegative,
    Positive,
    Several,
    Unique,
    contradiction,
    key,
)

DynamicsName = Annotated[str, Field(pattern="^[a-z][a-z0-9]*$")]


class Draws(Block):
    """Draws of one molecule's trajectories, whose spread is the uncertainty of Table 2."""

    molecule: str = key("A name of molecules.", "", "ethane")
    pool: str = key("The sample by dynamics that each draw repeats to learn from.", "", "300+350K")
    test: str = key("The sample by dynamics that each draw repeats to be tested on.", "", "test")
    size: Several = key("Training geometries M of each draw.", "geometries", 100)
    geometries: Several = key(
        "Test geometries of each draw, in equal parts from each tautomer.", "geometries", 50
    )
    count: Several = key("Draws, which differ in their random numbers.", "1", 3)


class AbInitio(Block):
    """Dynamics by forces of the reference engine, through a proton transfer."""

    molecule: str = key("A name of molecules, of one with an engine.", "", "malonaldehyde")
    transfer: Annotated[list[Atom], Field(min_length=3, max_length=3), Unique()] = key(
        "Atoms from 0: the one that the proton leaves, the proton, and the one it passes to.",
        "",
        [0, 5, 4],
    )
    temperature: Positive = key("Temperature of the first velocities.", "K", 300)
    time_step: Positive = key("Time step of the integrator.", "fs", 0.5)
    length: Positive = key("Length of the trajectory, a multiple of the interval.", "ps", 0.25)
    interval: Positive = key("Time between frames, a multiple of the time step.", "ps", 0.005)


class Thermal(Block):
    """Dynamics by forces of the reference engine at a temperature, which maps are tested on."""

    molecule: str = key("A name of molecules, of one with an engine.", "", "malonaldehyde")
    temperature: Positive = key("Temperature of the Langevin thermostat.", "K", 300)
    time_step: Positive = key("Time step of the integrator.", "fs", 0.5)
    friction: NotNegative = key("Friction of the thermostat.", "1/ps", 10)
    equilibration: NotNegative = key(
        "Time before the frames begin, a multiple of the time step.", "ps", 0.1
    )
    length: Positive = key("Length of each run, a multiple of the interval.", "ps", 0.25)
    interval: Positive = key("Time between frames, a multiple of the time step.", "ps", 0.005)
    runs: Count = key(
        "Runs, each from another geometry of the molecule's test sample (maps.test).", "1", 4
    )


class Driven(Block):
    """Dynamics by forces of ML-HK, as paper B prints it (section 2.6, Figure 3b)."""

    molecule: str = key("A name of molecules, of one with an engine.", "", "malonaldehyde")
    temperature: Positive = key("Temperature of the Langevin thermostat.", "K", 300)
    time_step: Positive = key("Time step of the integrator.", "fs", 0.5)
    frictions: Annotated[
        dict[DynamicsName, Annotated[NotNegative, Field(description="Friction of this name.")]],
        Field(min_length=1),
    ] = key(
        "Frictions of the thermostat by name: readings of the printed one, the first of which"
        " Figure 3b shows.",
        "1/ps",
        {"printed": 413.41, "ase": 0.98227},
    )
    equilibration: NotNegative = key(
        "Time before the trajectory begins, a multiple of the time step.", "ps", 3
    )
    length: Positive = key("Length of the trajectory, a multiple of the interval.", "ps", 1)
    interval: Positive = key("Time between frames, a multiple of the time step.", "ps", 0.005)
    runs: Count = key("Runs of each friction, which differ in their random numbers.", "1", 20)
    snapshots: Several = key(
        "Frames of the run that lasted longest, evenly spread over the trajectory, whose energies"
        " are calculated by the reference engine.",
        "frames",
        200,
    )

    @model_validator(mode="after")
    def _expect_own_names(self) -> "Driven":
        for name in self.frictions:
            if name in {LEARNING, STABILITY, LONG}:
                raise contradiction(
                    "frictions",
                    f"has the name {name}, which the study uses for dynamics of maps.rounds and"
                    " maps.stability; choose another name",
                )
        return self


class Trajectories(Block):
    """Dynamics along which energies of maps are compared (paper B, Figures 2 and 3)."""

    pool: str = key("The pool that the maps learned from, one of each molecule's.", "", "300+350K")
    classical: Names = key(
        "Molecules whose test is a trajectory that is followed.", "", ["benzene", "ethane"]
    )
    ab_initio: AbInitio = key(
        "Dynamics by forces of the reference engine, through a proton transfer.", "", AbInitio()
    )
    thermal: Thermal = key(
        "Dynamics by forces of the reference engine at a temperature; its frames are a sample"
        " (trajectory: thermal), and by its fluctuations the friction of paper B is decided.",
        "",
        Thermal(),
    )
    driven: Driven = key("Dynamics by forces of ML-HK, as paper B prints it.", "", Driven())
