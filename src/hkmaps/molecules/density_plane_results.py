"""The table of densities on a molecule's plane; needs no reference engine to read."""

from hkmaps.tables import Column, TableSchema

DENSITY_PLANE = TableSchema(
    "density plane",
    "Errors of a density on the plane of a molecule, one row per molecule; arrays of the plane hold"
    " the values row by row, the second axis of the plane first",
    (
        Column("molecule", "text", "", "molecule"),
        Column("symbols", "text", "", "chemical symbols of its atoms"),
        Column("training_points", "integer", "1", "training points M of the map"),
        Column("axis", "array", "bohr", "coordinate along either axis of the plane"),
        Column("positions", "array", "bohr", "both coordinates of each atom, atom by atom"),
        Column("density", "array", "bohr^-3", "reference density of the orbitals"),
        Column("basis_error", "array", "bohr^-3", "reference density in the Fourier basis less it"),
        Column("map_error", "array", "bohr^-3", "ML-HK's density less that in the basis"),
        Column("functional_error", "array", "bohr^-3", "density by LDA less it"),
        Column("basis_nmae", "number", "1", "integral of |basis error| over that of n, here"),
        Column("map_nmae", "number", "1", "likewise of the map error"),
        Column("functional_nmae", "number", "1", "likewise of the functional error"),
    ),
)
