"""Blocks of paper A: exactly solved systems, networks, and the analysis of ill-conditioning."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from hkmaps.study.blocks import (
    HERE,
    Block,
    Count,
    Names,
    NotNegative,
    Positive,
    Scan,
    Several,
    Unique,
    contradiction,
    key,
    one_of,
)
from hkmaps.study.sentences import in_yaml

FunctionalName = Literal["E-V", "A-V", "T-V", "Eg-V", "E-n", "A-n", "T-n", "Eg-n"]
FUNCTIONALS = ["E-V", "A-V", "T-V", "Eg-V", "E-n", "A-n", "T-n", "Eg-n"]
OF_PAPER_A = ["atoms", "diatomics"]
NAMED_FAMILIES = ["gaussian-dips", "sinusoids", "polynomials", "quartic-wells"]
"""Data sets of the families that paper A names in section 3.3."""

Functionals = Annotated[list[FunctionalName], Field(min_length=1), Unique()]
Counts = Annotated[list[Count], Field(min_length=1), Unique()]
SomeNames = Annotated[list[str], Field(min_length=1), Unique()]


class GridBlock(Block):
    """A uniform grid centred on zero."""

    length: Positive = key("Length of the grid.", "bohr")
    density: Positive = key("Grid points per bohr.", "1/bohr")


class Range(Block):
    """Equally spaced training values."""

    start: float = key("First training value.")
    stop: float = key("Last training value.")
    points: Several = key("Number of training values; tests lie at the midpoints.", "1")


def _fixed_or_range(value: Any) -> str:
    return "range" if isinstance(value, Mapping | Range) else "number"


Parameter = Annotated[
    one_of(_fixed_or_range, number=float, range=Range),
    Field(description="A fixed value, or equally spaced training values (start, stop, points)."),
]


class DataSet(Block):
    """A family of potentials, its parameters and its grid."""

    family: str = key(
        "Family of the potential (such as atom, diatomic, or one that you registered)."
    )
    grid: GridBlock = key("Grid on which the systems are solved.")
    parameters: dict[str, Parameter] = key(
        "Each parameter of the family, fixed or as a range.", "parameter's unit", min_length=1
    )
    require_bound: bool = key(
        "Refuse systems that do not bind the second electron (A <= 0 on the reference grid)."
    )

    @property
    def training_systems(self) -> int:
        """Training systems: all combinations of the parameters' training values."""
        return prod(each.points for each in self.parameters.values() if isinstance(each, Range))


class Convergence(Block):
    """The scans of Figure 2, of the system-size test and of the extreme systems."""

    hydrogen_length: Positive = key("Length of the grids of Figure 2.", "bohr", 20)
    hydrogen_densities: Scan = key(
        "Grid points per bohr of Figure 2.", "1/bohr", [2, 3, 4, 5, 6, 7, 8]
    )
    hydrogen_lengths: Scan = key(
        "Lengths of the separate system-size test.", "bohr", [6, 8, 10, 12, 14, 16, 20]
    )
    hydrogen_length_density: Positive = key(
        "Grid points per bohr of the system-size test.", "1/bohr", 20
    )
    data_sets: Names = key(
        "Data sets whose extreme systems are scanned over grids.", "", OF_PAPER_A
    )
    data_set_lengths: Scan = key(
        "Lengths scanned for the extreme systems, at the reference grid's density.",
        "bohr",
        [10, 12, 14, 16, 18, 20, 24],
    )
    data_set_densities: Scan = key(
        "Densities scanned for the extreme systems, at the reference grid's length.",
        "1/bohr",
        [6, 8, 10, 12, 14, 16, 18],
    )


class ModelSystems(Block):
    """Exactly solved 1D atoms and diatomics (paper A, section 2.1)."""

    stencil: Literal[3, 5, 7, 9, 11, 13] = key(
        "Points of the central second-derivative stencil.", "points", 13
    )
    input_points: int = key(
        "Length of the networks' input (Figure 7); data sets on other grids are resampled.",
        "points",
        168,
        ge=16,
    )
    threshold: Positive = key(
        "Largest error of E1 and E2 per particle that a data set's grid may have.", "Ha", 0.0008
    )
    accept_unconverged: Names = key(
        "Data sets that the study uses although their grid misses the threshold.",
        "",
        [*OF_PAPER_A, "gaussian-dips", "sinusoids"],
    )
    reference_grid: GridBlock = key(
        "The highly converged grid that errors are measured against.",
        "",
        GridBlock(length=30, density=20),
    )
    data_sets: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")], DataSet] = key(
        "The data sets by name (letters, digits, hyphens).", min_length=1
    )
    convergence: Convergence = key(
        "The scans of Figure 2, of the system-size test and of the extreme systems.",
        "",
        Convergence(),
    )

    def grids(self) -> Iterator[tuple[str, float, float]]:
        """Yield all grids but those of the data sets: key, length in bohr, points per bohr."""
        reference, scans = self.reference_grid, self.convergence
        yield "reference_grid", reference.length, reference.density
        for density in scans.hydrogen_densities:
            yield "convergence.hydrogen_densities", scans.hydrogen_length, density
        for length in scans.hydrogen_lengths:
            yield "convergence.hydrogen_lengths", length, scans.hydrogen_length_density
        for length in scans.data_set_lengths:
            yield "convergence.data_set_lengths", length, reference.density
        for density in scans.data_set_densities:
            yield "convergence.data_set_densities", reference.length, density


class GridSearch(Block):
    """The search for learning rate and batch size (Figure 8)."""

    data_sets: Names = key("Data sets for whose functionals the search runs.", "", OF_PAPER_A)
    functionals: Functionals = key(
        "Functionals for which it runs, of those that are learned.", "", FUNCTIONALS
    )
    learning_rates: Scan = key(
        "Learning rates of Adam that are tried.", "1", [0.00032, 0.00064, 0.00128, 0.00256, 0.00512]
    )
    batch_sizes: Annotated[list[Count], Field(min_length=1), Unique()] = key(
        "Batch sizes that are tried.", "samples", [1, 10, 25, 50, 100]
    )
    runs: Count = key("Runs of each pair, whose lowest validation errors are averaged.", "1", 2)
    steps: Count = key("Training steps (parameter updates) of a run.", "updates", 200)
    validation_fraction: Annotated[float, Field(gt=0, lt=1)] = key(
        "Part of the training set that is held back for validation.", "1", 0.2
    )


class Repeats(Block):
    """The repeated training behind Table 1."""

    data_sets: Names = key(
        "Data sets whose functionals are trained.",
        "",
        ["atoms", "diatomics", "atoms-converged", "diatomics-converged", *NAMED_FAMILIES],
    )
    count: Several = key("Repeats, each with its own initial weights and batches.", "1", 10)
    counts: dict[str, Annotated[Several, Field(description="Repeats of one data set.")]] = key(
        "Data sets that have another number of repeats.", "1", {}
    )
    steps: Count = key("Training steps (parameter updates) of a repeat.", "updates", 300)
    hyperparameters: Literal["published", "winner"] = key(
        "Train with the published pair below, or with each functional's grid-search winner.",
        "",
        "published",
    )
    learning_rate: Positive = key("The published learning rate.", "1", 0.00256)
    batch_size: Count = key("The published batch size.", "samples", 50)


class FullyConnected(Block):
    """Fully-connected networks beside the convolutional ones (paper A, section 2.3.2)."""

    data_sets: SomeNames = key(
        "Data sets whose functionals they learn; convolutional ones must learn them, too.",
        "",
        OF_PAPER_A,
    )
    functionals: Functionals = key(
        "Functionals that they learn, of those that convolutional ones do.", "", FUNCTIONALS
    )
    neurons: Annotated[list[Count], Field(min_length=1)] = key(
        "Neurons of each hidden layer; paper A's network has four hidden layers.",
        "1",
        [120, 120, 120, 120],
    )


class Depths(Block):
    """The network with fewer and with more hidden layers (paper A, section 2.3.3)."""

    data_sets: SomeNames = key("Data sets whose functionals are learned.", "", ["atoms"])
    functionals: Functionals = key("Functionals that are learned.", "", ["A-V"])
    dense_layers: Counts = key(
        "Numbers of hidden dense layers after the two convolutions; paper A has two.",
        "1",
        [1, 2, 3, 4],
    )


class RandomSearch(Block):
    """The random search before the grid search (paper A, section 2.3.3)."""

    data_sets: SomeNames = key("Data sets for whose functionals the search runs.", "", ["atoms"])
    functionals: Functionals = key("Functionals for which it runs.", "", ["A-V"])
    configurations: Several = key("Number of configurations drawn.", "1", 64)
    runs: Count = key("Runs a configuration, whose lowest validation errors are averaged.", "1", 1)
    hidden_layers: Counts = key("Hidden layers, convolutions among them.", "1", [3, 4, 5, 6])
    convolutional_layers: Counts = key("Convolutional layers.", "1", [1, 2])
    filters: Counts = key(
        "Filters of the first convolution; a second has twice as many.", "1", [5, 10, 20]
    )
    kernel_sizes: Counts = key("Lengths of the filters.", "points", [4, 8, 16])
    neurons: Counts = key("Neurons of each hidden dense layer.", "1", [60, 120, 240])

    @model_validator(mode="after")
    def _expect_dense_layers(self) -> "RandomSearch":
        if max(self.convolutional_layers) >= min(self.hidden_layers):
            raise contradiction(
                "convolutional_layers",
                f"has {max(self.convolutional_layers)}; each must be less than the smallest of"
                f" {HERE}.hidden_layers, {min(self.hidden_layers)}, so that a dense layer is left",
            )
        return self


class Seeds(Block):
    """Table 1, and the published pair beside the winner of the grid search, from further seeds."""

    data_sets: SomeNames = key(
        "Data sets whose functionals are trained; the grid search must run for them, too.",
        "",
        OF_PAPER_A,
    )
    count: Count = key("Number of further seeds: seed + 1, seed + 2 and so on.", "1", 4)


class Networks(Block):
    """Convolutional networks for the functionals (paper A, section 2.3)."""

    functionals: Functionals = key(
        "Functionals that are learned, in any order; E-V is E[V], named as in paths.",
        "",
        FUNCTIONALS,
    )
    oversized_batches: Literal["full", "refuse"] = key(
        "A batch larger than the training set is one full batch, or is refused.", "", "full"
    )
    grid_search: GridSearch = key(
        "The search for learning rate and batch size (Figure 8).", "", GridSearch()
    )
    repeats: Repeats = key("The repeated training behind Table 1.", "", Repeats())
    fully_connected: FullyConnected = key(
        "Fully-connected networks beside the convolutional ones.", "", FullyConnected()
    )
    depths: Depths = key("The network with fewer and with more hidden layers.", "", Depths())
    seeds: Seeds = key(
        "Table 1, and its published pair of learning rate and batch size, from further seeds.",
        "",
        Seeds(),
    )
    random_search: RandomSearch = key(
        "The random search before the grid search.", "", RandomSearch()
    )

    @model_validator(mode="after")
    def _expect_searched(self) -> "Networks":
        needed = {"data_sets": self.repeats.data_sets, "functionals": self.functionals}
        for name, values in needed.items():
            searched = getattr(self.grid_search, name)
            missing = [value for value in values if value not in searched]
            if self.repeats.hyperparameters == "winner" and missing:
                raise contradiction(
                    "repeats.hyperparameters",
                    f"is winner, which needs a grid search, but {HERE}.grid_search.{name} lacks"
                    f" {', '.join(missing)}",
                )
        return self

    @model_validator(mode="after")
    def _expect_learnt(self) -> "Networks":
        for part in ("grid_search", "fully_connected"):
            named = getattr(self, part).functionals
            if not set(named) & set(self.functionals):
                raise contradiction(
                    f"{part}.functionals",
                    f"is [{', '.join(named)}]; one of them at least must be among"
                    f" {HERE}.functionals, [{', '.join(self.functionals)}]",
                )
        return self


class Variant(Block):
    """Softening and grid of the systems of Figure 12."""

    alpha: Positive = key("Softening of the nuclei.", "bohr")
    length: Positive = key("Length of the grid.", "bohr")
    density: Positive = key("Grid points per bohr.", "1/bohr")


class Figure12(Block):
    """The two diatomics of Figure 12."""

    Z: Positive = key("Nuclear charge of both atoms.", "e", 1.0)
    separations: Annotated[list[Positive], Field(min_length=2, max_length=2)] = key(
        "The two internuclear separations.", "bohr", [5.0, 6.0]
    )
    as_stated: Variant = key(
        "Softening and grid as the text states them.",
        "",
        Variant(alpha=0.75, length=14, density=12),
    )
    as_printed: Variant = key(
        "Softening and grid that reproduce the printed numbers.",
        "",
        Variant(alpha=1.0, length=15, density=8),
    )

    @model_validator(mode="after")
    def _expect_two(self) -> "Figure12":
        if len(set(self.separations)) < 2:
            raise contradiction(
                "separations", f"is {in_yaml(self.separations)}; the two must differ"
            )
        return self


class Conditioning(Block):
    """The analysis of ill-conditioning (paper A, sections 3.2 and 3.3)."""

    data_sets: Names = key(
        "Data sets whose pairs of training systems are compared.",
        "",
        [*OF_PAPER_A, *NAMED_FAMILIES],
    )
    selected_pairs: Count = key("Pairs in the random selection of Figure 11.", "1", 619)
    gauge_shift: float = key("Constant added to the potential in Figure 5.", "Ha", 0.1)
    figure12: Figure12 = key("The two diatomics of Figure 12.", "", Figure12())


class ChargeStateSet(Block):
    """A family of potentials that is solved for one, two and three electrons."""

    family: str = key("Family of the potential.")
    grid: GridBlock = key("Grid on which the systems are solved; three electrons cost N^4.")
    parameters: dict[str, Parameter] = key(
        "Each parameter of the family, fixed or as a range, of which the training values count.",
        "parameter's unit",
        min_length=1,
    )

    @property
    def systems(self) -> int:
        """All combinations of the parameters' training values."""
        return prod(each.points for each in self.parameters.values() if isinstance(each, Range))


class KernelWidths(Block):
    """Candidates of the width of the Gaussian kernel by what is given."""

    n: Scan = key("Of densities.", "bohr^-1/2")
    V: Scan = key("Of potentials.", "Ha bohr^1/2")


class FollowUp(Block):
    """The follow-up of paper A (Arnstein 2026): functionals of one, two and three electrons."""

    data_sets: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")], ChargeStateSet] = key(
        "The data sets by name; soft-atoms is that of the notebooks.", min_length=1
    )
    outer_folds: Several = key("Test sets of the nested cross-validation.", "1", 6)
    inner_folds: Several = key("Folds of the search for width and regularisation.", "1", 6)
    repeats: Count = key("Training sets for each test set.", "1", 10)
    widths: KernelWidths = key(
        "Candidates of the kernel's width.",
        "",
        KernelWidths(
            n=[0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1, 2], V=[0.5, 1, 2, 4, 8, 16, 32]
        ),
    )
    regularisations: Scan = key(
        "Candidates of the regularisation.",
        "1",
        [1.0e-12, 1.0e-11, 1.0e-10, 1.0e-9, 1.0e-8, 1.0e-7],
    )
    noise: Scan = key(
        "Standard deviations of white noise on the values of densities (1/bohr) and potentials.",
        "1/bohr or Ha",
        [1.0e-7, 1.0e-6, 1.0e-5, 1.0e-4, 1.0e-3],
    )


class ExactSystems(Block):
    """Kernel ridge regression on the exact systems of paper A, beside its networks."""

    data_sets: Names = key(
        "Data sets whose functionals are learned; their networks must be trained, too.",
        "",
        OF_PAPER_A,
    )
    noise: Annotated[list[NotNegative], Field(min_length=1), Unique()] = key(
        "Standard deviations of white noise on the densities' grid values.",
        "1/bohr",
        [0, 1.0e-6, 3.0e-6, 1.0e-5, 3.0e-5, 1.0e-4, 3.0e-4, 1.0e-3],
    )
    draws: Count = key("Draws of the noise for each size.", "1", 5)

    @model_validator(mode="after")
    def _expect_noise(self) -> "ExactSystems":
        if not any(self.noise):
            raise contradiction(
                "noise", f"is {in_yaml(self.noise)}; it must have a size above 0, for figures"
            )
        return self
