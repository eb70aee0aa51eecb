"""Tables that maps leave behind; needs no scikit-learn to read."""

from hkmaps.tables import Column, TableSchema

KRR, HOHENBERG_KOHN = "KRR", "ML-HK"
GAUGE_AWARE_PREFIX = "gauge-aware "
"""Put before the name of the method that learned T[n] and Eg[n]."""

FUNCTIONAL_ERRORS = TableSchema(
    "functional errors",
    "Errors of kernel maps on the test systems of a data set, one row a functional and a method",
    (
        Column("dataset", "text", "", "data set"),
        Column("method", "text", "", "KRR, ML-HK, gauge-aware KRR or gauge-aware ML-HK"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("quantity", "text", "", "E, A, T or Eg"),
        Column("variable", "text", "", "what is given: n, or V (ML-HK predicts n from V)"),
        Column(
            "energy_training",
            "text",
            "",
            "densities that ML-HK's functional of n was trained on: predicted or reference",
            optional=True,
        ),
        Column("mae", "number", "Ha", "mean absolute error, for ML-HK of dE (equation 14)"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column("functional_driven_mae", "number", "Ha", "mean of |dE_F|", optional=True),
        Column("functional_driven_maximum", "number", "Ha", "largest |dE_F|", optional=True),
        Column("density_driven_mae", "number", "Ha", "mean of |dE_D|", optional=True),
        Column("density_driven_maximum", "number", "Ha", "largest |dE_D|", optional=True),
        Column(
            "electrons_misplaced",
            "number",
            "1",
            "mean fraction of the electrons in the wrong place in the predicted densities",
            optional=True,
        ),
        Column("width", "number", "", "kernel width of the map that gives Q", optional=True),
        Column("regularisation", "number", "1", "its regularisation", optional=True),
        Column("at_edge", "flag", "", "whether these are at the edge of the search", optional=True),
    ),
)

NOISE_RESPONSE = TableSchema(
    "noise response",
    "Errors of learned density functionals at densities with white noise, on the test systems",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("quantity", "text", "", "E, A, T or Eg"),
        Column("method", "text", "", "KRR, CNN, or gauge-aware with T[n] and Eg[n] by either"),
        Column("noise", "number", "1/bohr", "standard deviation of the noise at a grid point"),
        Column("noise_norm", "number", "bohr^-1/2", "L2 norm of the noise, mean over the systems"),
        Column("draw", "integer", "1", "number of the draw, from 0"),
        Column("mae", "number", "Ha", "mean absolute error at the noisy densities"),
        Column("maximum", "number", "Ha", "largest absolute error at the noisy densities"),
        Column("response", "number", "Ha", "mean of |Q~[n + noise] - Q~[n]|, dE_D of equation 14"),
    ),
)
