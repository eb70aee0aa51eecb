"""The table of the ablation: what errors of ML-KS become without each choice of the study."""

from hkmaps.maps.results import TRAINED_AND_TESTED
from hkmaps.tables import Column, TableSchema

STUDY = "as the study"
NAMES = "names kept"
MASSES = "no masses"
HEAVY = "heavy atoms"
SEARCH = "k-fold search"
GRID = "grid"
ALL = "all four"
"""Variants of the map: nothing turned off; atoms keep the names that they have in the dynamics;
alignment without masses; alignment by the heavy atoms, hydrogens deciding what these leave open (as
in the authors' later public code, which puts the oxygen of water in one place); width and
regularisation by k-fold cross-validation on a fixed grid of both; potentials on a grid of points;
names kept, no masses, k-fold search and grid together."""

IN_TIME, AT_RANDOM, K_MEANS = "first in time", "points at random", "points by K-means"
ALL_AND_K_MEANS = f"{ALL}, {K_MEANS}"
"""Variants of the training points; the last one is the whole of what paper B has."""

FROM_REFERENCE, FROM_DYNAMICS = "reference", "dynamics"
"""Energies that are learnt: calculated, or those that moved the molecule, as by a force field."""

ABLATION = TableSchema(
    "ablation",
    "Errors of ML-KS on test geometries without one choice of the study at a time, one row per"
    " size, random split, variant and what gave the energies",
    (
        *TRAINED_AND_TESTED,
        Column(
            "variant",
            "text",
            "",
            "what differs from the study: as the study, names kept, no masses and heavy atoms (of"
            " the alignment), k-fold search, grid (of the potential), all four, or how points are"
            " chosen, or both",
        ),
        Column("energies", "text", "", "reference, or dynamics: by what moved the molecule"),
        Column("mae", "number", "Ha", "mean absolute error over the test geometries"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column("width", "number", "bohr^3/2", "kernel width (charges are numbers)"),
        Column("regularisation", "number", "1", "its regularisation"),
    ),
)
