"""The table of nested cross-validation; needs no regression to read."""

from hkmaps.tables import Column, TableSchema

INVERSE, SOLVE, FROM_UNIVERSAL = "inverse", "solve", "from F"
"""Ways to a prediction: weights by the inverse of the kernel matrix; weights by a linear solve; and
E, I, A and G from F[n], by a solve, and the integral of n V, each at the density that it is of."""

NESTED_ERRORS = TableSchema(
    "nested errors",
    "Errors of functionals by nested cross-validation, one row per functional, way, outer fold"
    " and size of the noise; means over the repeats (Arnstein 2026, notebooks)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional and number of electrons, such as G2[n]"),
        Column("quantity", "text", "", "E, I, A, F or G"),
        Column("electrons", "integer", "1", "number of electrons"),
        Column("variable", "text", "", "what is given: n or V"),
        Column("method", "text", "", "inverse, solve or from F"),
        Column("fold", "integer", "1", "number of the outer fold, from 0"),
        Column("noise", "number", "as the input", "standard deviation of white noise at a point"),
        Column("mae", "number", "Ha", "mean absolute error on the fold, at noisy inputs"),
        Column("response", "number", "Ha", "mean change of the prediction by the noise"),
        Column("width", "number", "", "chosen width of the kernel", optional=True),
        Column("regularisation", "number", "1", "chosen regularisation", optional=True),
        Column("at_edge", "flag", "", "whether these are at the edge of the search", optional=True),
    ),
)
