"""Tables of what dynamics shows of a molecule; needs neither pyscf nor ase to read."""

from hkmaps.tables import Column, TableSchema

AB_INITIO = "ab initio"
"""Name of dynamics by forces of the reference among that by forces of maps."""

SAME_START = "map, same start"
"""Name of dynamics by forces of a map from where dynamics by forces of the reference starts."""

OBSERVABLES = TableSchema(
    "observables",
    "What dynamics of a molecule shows, one row per dynamics and quantity",
    (
        Column("molecule", "text", "", "molecule"),
        Column("dynamics", "text", "", "name of the dynamics, or ab initio"),
        Column("quantity", "text", "", "bond, fluctuation or barrier, and of what"),
        Column("unit", "text", "", "of the numbers: bohr or Ha"),
        Column("runs", "integer", "1", "runs, or pieces of runs, that it is a mean of"),
        Column("frames", "integer", "1", "frames of these"),
        Column("value", "number", "", "mean over the runs"),
        Column("deviation", "number", "", "standard deviation over all frames", optional=True),
        Column("uncertainty", "number", "", "standard error of the value", optional=True),
    ),
)

PROFILES = TableSchema(
    "profiles",
    "Distributions and free energies along a coordinate of a molecule in dynamics, one row per"
    " dynamics and a quantity",
    (
        Column("molecule", "text", "", "molecule"),
        Column("dynamics", "text", "", "name of the dynamics, or ab initio"),
        Column("quantity", "text", "", "length of bonds, or free energy of a proton transfer"),
        Column("unit", "text", "", "of the values: 1/bohr or Ha"),
        Column("coordinate", "sequence", "bohr", "middle of each bin"),
        Column("values", "sequence", "", "value in each bin, infinite where it was never found"),
        Column("uncertainty", "sequence", "", "its standard error over runs", optional=True),
    ),
)

SPECTRA = TableSchema(
    "spectra",
    "Vibrational densities of states of a molecule, one row per dynamics",
    (
        Column("molecule", "text", "", "molecule"),
        Column("dynamics", "text", "", "map or ab initio"),
        Column("time", "number", "hbar/Ha", "length of the trajectory"),
        Column("energy_drift", "number", "Ha", "total energy at its end less that at its start"),
        Column("energy", "sequence", "Ha", "energy of a quantum of the vibration"),
        Column("density", "sequence", "1/Ha", "states at this energy, 3 N - 6 in all"),
    ),
)
