"""Tables of minima, of maps and of the reference; need no reference engine to read."""

from hkmaps.tables import Column, TableSchema

REFERENCE_MINIMUM = TableSchema(
    "reference minimum",
    "Minimum of the reference energy of a molecule, one row per internal coordinate",
    (
        Column("kind", "text", "", "bond, angle or dihedral"),
        Column("atoms", "text", "", "numbers of its atoms"),
        Column("value", "number", "bohr or rad", "at the minimum"),
        Column("energy", "number", "Ha", "reference energy there"),
        Column("calculations", "integer", "1", "reference calculations that the search took"),
    ),
)

MAP_MINIMA = TableSchema(
    "map minima",
    "Minima of the energies of a molecule's maps by Powell's method, one row per map, size,"
    " random split and internal coordinate",
    (
        Column("molecule", "text", "", "molecule"),
        Column("sample", "text", "", "sample that the training points are chosen from"),
        Column("split", "integer", "1", "number of the random split"),
        Column("training_points", "integer", "1", "training points M"),
        Column("method", "text", "", "ML-KS or ML-HK"),
        Column("kind", "text", "", "bond, angle or dihedral"),
        Column("atoms", "text", "", "numbers of its atoms"),
        Column("value", "number", "bohr or rad", "at the minimum of the map"),
        Column("reference", "number", "bohr or rad", "at that of the reference calculations"),
        Column("at_edge", "flag", "", "whether it is at an edge of what the sample draws"),
        Column("energy", "number", "Ha", "of the map at its minimum"),
        Column("reference_energy", "number", "Ha", "reference energy at its own minimum"),
        Column("evaluations", "integer", "1", "energies of the map that the search took"),
    ),
)

ENERGY_SURFACE = TableSchema(
    "energy surface",
    "Reference energy of H2O over its bond length, equal in both bonds, and its angle, one row per"
    " geometry",
    (
        Column("bond_length", "number", "bohr", "length of both bonds"),
        Column("angle", "number", "rad", "angle"),
        Column("positions", "array", "bohr", "aligned positions, atom by atom"),
        Column("energy", "number", "Ha", "reference energy"),
    ),
)

SPLIT = 0
"""The random split whose maps have a surface."""

MAP_SURFACE = TableSchema(
    "map surface",
    "Energies of maps of H2O over its bond length and its angle, of split 0, one row per map, size"
    " and geometry",
    (
        Column("bond_length", "number", "bohr", "length of both bonds"),
        Column("angle", "number", "rad", "angle"),
        Column("training_points", "integer", "1", "training points M"),
        Column("method", "text", "", "ML-KS or ML-HK"),
        Column("energy", "number", "Ha", "energy of the map"),
        Column("reference_energy", "number", "Ha", "reference energy"),
    ),
)
