"""The table of how functionals of a molecule's density respond to errors of it."""

from hkmaps.tables import Column, TableSchema

TOTAL_ENERGY = "E[n]"
UNIVERSAL = "F[n] + integral of n v"
EULER = "F[n] + integral of n v, F with its derivative"
ROUTES = (TOTAL_ENERGY, UNIVERSAL, EULER)
"""What the energy is learnt as: itself; what the potential does not give; that and its derivative,
minus the potential, by Euler's equation."""

WHITE, CONSERVING = "white", "electrons conserved"
"""Noise in all coordinates of the density, or in those that keep the number of electrons."""

DENSITY_NOISE = TableSchema(
    "density noise",
    "Errors of energies of a molecule at densities with noise in the subspace of its densities, on"
    " the test geometries of split 0",
    (
        Column("molecule", "text", "", "molecule"),
        Column("training_points", "integer", "1", "training geometries"),
        Column("route", "text", "", "what is learnt of the density"),
        Column("noise", "text", "", "white, or electrons conserved"),
        Column("size", "number", "1", "L2 norm of the noise over that of the density"),
        Column("noise_norm", "number", "bohr^-3/2", "L2 norm of the noise, mean of the geometries"),
        Column("draw", "integer", "1", "number of the draw, from 0"),
        Column("mae", "number", "Ha", "mean absolute error at the noisy densities"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column(
            *("quotient", "number", "Ha bohr^3/2"),
            "largest |E_a - E_b| over the L2 distance of the densities, all pairs of geometries",
        ),
    ),
)
