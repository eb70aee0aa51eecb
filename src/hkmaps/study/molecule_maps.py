"""Blocks of the maps of a molecule: pools, tests, rounds of learning, dynamics that tests them."""

from typing import Annotated, Literal

from pydantic import Field

from hkmaps.study.blocks import (
    Atom,
    Block,
    Count,
    Positive,
    Several,
    Unique,
    key,
    nullable,
    one_of,
)

Transfer = Annotated[list[Atom], Field(min_length=3, max_length=3), Unique()]


class Difference(Block):
    """What a better method adds to the maps, learned from fewer geometries."""

    sample: str = key(
        "Sample with the energies of the better method: the first geometries of another sample, or"
        " files with energies."
    )
    sizes: Annotated[list[Several], Field(min_length=1), Unique()] = key(
        "Numbers of its first geometries that the difference is learned from; those after the"
        " largest are the test.",
        "geometries",
    )


class Rounds(Block):
    """Rounds of learning: dynamics by a map finds the geometries that the next one learns from."""

    pool: str = key("The pool whose first geometries the first map learns from, with forces.")
    start: Several = key("How many of them, a multiple of 50 or the whole pool.", "geometries", 300)
    count: Count = key("Number of rounds.", "1", 3)
    add: Several = key(
        "Geometries that a round adds at most, with forces: those that the map is least certain"
        " of, no two alike.",
        "geometries",
        40,
    )
    above: Positive = key(
        "Uncertainty of the energy, as a standard deviation, that a geometry must have to be"
        " added.",
        "kcal/mol",
        0.3,
    )
    method: Literal["kohn_sham", "hohenberg_kohn"] = key(
        "The map that moves the molecule, ML-KS or ML-HK.", "", "kohn_sham"
    )
    temperatures: Annotated[list[Positive], Field(min_length=1), Unique()] = key(
        "Temperatures of the thermostat; a hotter one finds rare geometries.", "K", [300, 400]
    )
    runs: Count = key("Runs of a round at each temperature.", "1", 4)
    length: Positive = key("Length of a run, a multiple of maps.dynamics.interval.", "ps", 10)


class Stability(Block):
    """A test of dynamics by the molecule's maps: how long it lasts, and how right it is."""

    temperature: Positive = key("Temperature of the thermostat.", "K", 300)
    runs: Count = key("Runs of each map, which differ in their random numbers.", "1", 10)
    length: Positive = key("Length of a run, a multiple of maps.dynamics.interval.", "ps", 20)
    long_runs: Annotated[int, Field(ge=0)] = key("Long runs of the last map.", "1", 0)
    long_length: Positive = key("Length of a long run.", "ps", 100)
    snapshots: Several = key(
        "Frames of the last map's runs, evenly spread over all, whose energies and forces are"
        " calculated by the reference engine.",
        "frames",
        200,
    )
    transfer: nullable(Transfer) = key(
        "A proton transfer whose free-energy barrier is found from the runs: atoms from 0, the one"
        " that the proton leaves, the proton, and the one it passes to; null for none.",
        "",
        None,
    )
    published_barrier: nullable(Positive) = key(
        "A published free-energy barrier of that transfer, to draw beside; null for none.",
        "kcal/mol",
        None,
    )
    barrier_snapshots: Several = key(
        "Frames of the last map's runs, half of them near the top of that barrier and half near its"
        " foot, whose energies the reference engine calculates.",
        "frames",
        60,
    )
    spectrum: nullable(Positive) = key(
        "Length of dynamics without a thermostat by the last map and by the reference engine, from"
        " the same start, whose vibrations are compared; null for none.",
        "ps",
        None,
    )


class MoleculeMaps(Block):
    """Maps of a molecule: what they learn from and what they are tested on."""

    pools: Annotated[list[str], Field(min_length=1), Unique()] = key(
        "Samples to learn from, a map each."
    )
    test: Annotated[
        one_of(
            lambda value: "name" if isinstance(value, str) else "number", number=Count, name=str
        ),
        Field(),
    ] = key(
        "The sample that maps are tested on, or a number of the pool's geometries, at random in"
        " each split.",
        "geometries",
    )
    also_tests: Annotated[list[str], Unique()] = key(
        "Further samples that the same maps are tested on, beside test; their rows are in"
        " errors_elsewhere.parquet of a pool.",
        "",
        [],
    )
    splits: nullable(Several) = key(
        "Random splits into pool and test set, 10 by default; nothing where test is a sample.",
        "1",
        None,
    )
    sizes: Annotated[list[Several], Field(min_length=1), Unique()] = key(
        "Numbers M of training geometries.", "geometries"
    )
    per_coefficient: bool = key(
        "Learn densities also with a width and a regularisation for each coefficient.", "", False
    )
    symmetric: nullable(str) = key(
        "Pool of which maps that know the symmetry of the molecule are compared with those that do"
        " not; null for none.",
        "",
        None,
    )
    difference: nullable(Difference) = key(
        "Delta learning: what a better method adds to the maps, learned from fewer geometries; null"
        " for nothing.",
        "",
        None,
    )
    rounds: nullable(Rounds) = key(
        "Active learning: rounds that add geometries from dynamics by the map; null for none.",
        "",
        None,
    )
    stability: nullable(Stability) = key("A test of dynamics by the maps; null for none.", "", None)
