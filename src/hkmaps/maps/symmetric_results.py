"""The table of maps that know the symmetry of a molecule beside those that do not."""

from hkmaps.maps.results import TRAINED_AND_TESTED
from hkmaps.tables import Column, TableSchema

PLAIN, AVERAGED, SYMMETRIC = "plain", "averaged afterwards", "symmetric kernel"
KERNELS = (PLAIN, AVERAGED, SYMMETRIC)
"""How a map treats images of a geometry under the molecule's symmetry: as other geometries; as
these, but predicts the mean energy over them; as the same, by its kernel."""

SYMMETRIC_ERRORS = TableSchema(
    "symmetric errors",
    "Errors of ML-KS from energies with and without the symmetry of the molecule, one row per size,"
    " a random split and kernel",
    (
        *TRAINED_AND_TESTED,
        Column("kernel", "text", "", "plain, averaged afterwards or symmetric kernel"),
        Column("operations", "integer", "1", "operations of the molecule's symmetry"),
        Column("mae", "number", "Ha", "mean absolute error over the test geometries"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column(
            "asymmetry",
            "number",
            "Ha",
            "mean over the test geometries of the standard deviation of the energies that a plain"
            " map gives to their images; the others give one energy to all",
            optional=True,
        ),
        Column(
            "force_mae",
            "number",
            "Ha/bohr",
            "mean absolute error of the components of the forces, where they are known",
            optional=True,
        ),
        Column("force_maximum", "number", "Ha/bohr", "largest absolute error of these", True),
        Column("width", "number", "bohr^3/2", "kernel width"),
        Column("regularisation", "number", "1", "its regularisation"),
        Column("at_edge", "flag", "", "whether these are at the edge of the search"),
    ),
)
