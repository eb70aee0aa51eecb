"""The table that maps of one electron in a box leave behind."""

from hkmaps.tables import Column, TableSchema

KINETIC_FUNCTIONAL = "T[n]"
GRID_BASIS, FOURIER_BASIS, KPCA_BASIS = "grid", "Fourier", "KPCA"
"""Bases of densities of one electron in a box."""

TOTAL, FUNCTIONAL_DRIVEN, DENSITY_DRIVEN = "dE", "dE_F", "dE_D"
BY_THE_MODEL, NORMALISED = "dE_D by the model", "dE_D of the normalised density"
"""Errors of energies there: dE_D is of the exact functional, or of the learnt one."""

BOX_ERRORS = TableSchema(
    "box errors",
    "Errors of maps of one electron over Gaussian dips between hard walls, one row per training"
    " set, size, map and quantity",
    (
        Column("training_set", "integer", "1", "number of the training set, from 0"),
        Column("training_points", "integer", "1", "training potentials M"),
        Column("method", "text", "", "ML-KS, ML-HK, or T[n] learnt, at exact densities"),
        Column("basis", "text", "", "basis of ML-HK's densities: grid, Fourier, KPCA", True),
        Column(
            "quantity",
            "text",
            "",
            "dE; dE_F; dE_D by the exact functional, by the learnt one (by the model), or by the"
            " exact one of the density over its integral",
        ),
        Column("test_points", "integer", "1", "test potentials"),
        Column("mae", "number", "Ha", "mean absolute error"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column("nmae", "number", "1", "mean of the integral of |n~ - n| over that of n", True),
        Column("electron_error", "number", "1", "largest |integral of n~ - 1|", True),
        Column(
            "width_over_median",
            "number",
            "1",
            "width of kernel PCA over the median distance of training densities",
            optional=True,
        ),
    ),
)
