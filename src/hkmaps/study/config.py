"""The config as a whole: its blocks in order."""

from typing import Annotated

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
)
from hkmaps.study.engines import Accuracy, CoupledCluster, Densities, Engines
from hkmaps.study.model_systems import (
    Conditioning,
    ExactSystems,
    FollowUp,
    ModelSystems,
    Networks,
)
from hkmaps.study.molecules import Molecule, MoleculeName
from hkmaps.study.sources import Dynamics
from hkmaps.study.trajectories import Draws, Trajectories


class Potential(Block):
    """Scans of the Gaussians potential."""

    widths: Scan = key(
        "Widths gamma of the Gaussians potential whose errors are compared.",
        "angstrom",
        [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 0.8],
    )
    spacings: Scan = key(
        "Spacings of the Gaussians potential's grid whose inner products are compared.",
        "angstrom",
        [0.06, 0.08, 0.1, 0.12, 0.16, 0.2, 0.3, 0.4],
    )


class Box(Block):
    """Maps of one electron over Gaussian dips between hard walls (paper B's source, Table I)."""

    points: Annotated[int, Field(ge=5)] = key("Grid points from wall to wall.", "1", 500)
    sizes: Annotated[list[Several], Field(min_length=1), Unique()] = key(
        "Numbers M of training potentials.", "1", [20, 50, 100, 200]
    )
    sets: Count = key("Training sets, each of potentials of its own.", "1", 10)
    test: Count = key("Test potentials.", "1", 500)
    fourier_functions: Count = key(
        "Functions of the Fourier basis, at least three fewer than points.", "1", 200
    )
    components: Count = key("Components of kernel PCA.", "1", 25)

    @model_validator(mode="after")
    def _expect_functions(self) -> "Box":
        if self.fourier_functions > self.points - 3:
            raise contradiction(
                "fourier_functions",
                f"is {self.fourier_functions}; with {HERE}.points {self.points} it must be at most"
                f" {self.points - 3}",
            )
        return self


class Surface(Block):
    """Energies over the bond length and the angle of H2O (Figure 2 of paper B's source)."""

    points: Several = key("Values of the bond length, and of the angle.", "1", 11)


class DensityNoise(Block):
    """Noise on densities of H2 and H2O: energies are learned with and without the potential."""

    sizes: Annotated[list[NotNegative], Field(min_length=1), Unique()] = key(
        "L2 norms of the noise over that of the density.",
        "1",
        [0, 1.0e-6, 1.0e-5, 1.0e-4, 1.0e-3, 1.0e-2],
    )
    draws: Count = key("Draws of the noise.", "1", 5)


class Ablation(Block):
    """ML-KS without one choice of the study at a time: what its errors are beside the printed."""

    molecules: Names = key("Molecules whose maps are trained so.", "", ["H2", "H2O", "ethane"])
    folds: Several = key("Folds of the cross-validation in place of leave-one-out.", "1", 5)
    widths: Scan = key(
        "Its widths of the kernel, multiples of the median distance of training points.",
        "1",
        [0.1, 0.3, 1, 3, 10, 30],
    )
    regularisations: Scan = key(
        "Its regularisations.", "1", [1.0e-10, 1.0e-8, 1.0e-6, 1.0e-4, 1.0e-2]
    )
    spacing: Positive = key(
        "Spacing of the grid that potentials are given on, in place of analytic distances.",
        "angstrom",
        0.08,
    )
    draws: Count = key(
        "Random splits at which the map of the study is tested, where splits are random.", "1", 50
    )


class MapDynamics(Block):
    """What dynamics by forces of maps has in common, in rounds of learning and in tests."""

    time_step: Positive = key("Time step of the integrator.", "fs", 0.5)
    friction: NotNegative = key("Friction of the Langevin thermostat.", "1/ps", 1.0)
    interval: Positive = key("Time between frames, a multiple of the time step.", "ps", 0.01)


class Maps(Block):
    """Maps by kernel ridge regression (paper B)."""

    exact_systems: ExactSystems = key(
        "Kernel ridge regression on the exact systems of paper A, beside its networks.",
        "",
        ExactSystems(),
    )
    box: Box = key(
        "Maps of one electron over Gaussian dips between hard walls (paper B's source, Table I).",
        "",
        Box(),
    )
    surface: Surface = key(
        "Energies over the bond length and the angle of H2O (Figure 2 of paper B's source).",
        "",
        Surface(),
    )
    density_noise: DensityNoise = key(
        "Noise on densities of H2 and H2O: energies are learned with and without the potential.",
        "",
        DensityNoise(),
    )
    potential: Potential = key("Scans of the Gaussians potential.", "", Potential())
    ablation: Ablation = key(
        "ML-KS without one choice of the study at a time: what its errors are beside the printed.",
        "",
        Ablation(),
    )
    dynamics: MapDynamics = key(
        "What dynamics by forces of maps has in common, in rounds of learning and in tests.",
        "",
        MapDynamics(),
    )


class Study(Block):
    """The config of a study."""

    seed: int = key(
        "Seed of the study; every random stream follows from it and a name.", "1", 2025, ge=0
    )
    model_systems: ModelSystems = key(
        "Exactly solved 1D atoms and diatomics (paper A, section 2.1)."
    )
    networks: Networks = key("Convolutional networks for the functionals (paper A, section 2.3).")
    engines: Engines = key("Reference engines by name; a molecule says which one calculates it.")
    accuracy: Accuracy = key("Settings of an engine beside others, on a few test geometries.")
    coupled_cluster: CoupledCluster = key(
        "CCSD(T) of H2O with all electrons, beside the functional of the reference calculations.",
        "",
        CoupledCluster(),
    )
    densities: Densities = key("The Fourier basis of valence densities.", "", Densities())
    allowed_failures: Annotated[int, Field(ge=0)] = key(
        "Calculations of a sample that may fail to converge before the claims that rest on it say"
        " so.",
        "geometries",
        0,
    )
    dynamics: Dynamics = key(
        "What samples by dynamics have where they do not say otherwise.", "", Dynamics()
    )
    molecules: dict[MoleculeName, Molecule] = key(
        "The molecules by name; one's own is one more entry."
    )
    draws: Draws = key(
        "Draws of one molecule's trajectories, whose spread is the uncertainty of Table 2.",
        "",
        Draws(),
    )
    maps: Maps = key("Maps by kernel ridge regression (paper B).", "", Maps())
    trajectories: Trajectories = key(
        "Dynamics along which energies of maps are compared (paper B, Figures 2 and 3).",
        "",
        Trajectories(),
    )
    conditioning: Conditioning = key(
        "The analysis of ill-conditioning (paper A, sections 3.2 and 3.3).", "", Conditioning()
    )
    follow_up: FollowUp = key(
        "The follow-up of paper A (Arnstein 2026): functionals of one, two and three electrons."
    )
