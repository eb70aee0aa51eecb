"""Tables of geometries and of reference calculations; needs neither pyscf nor ase to read."""

from hkmaps.tables import Column, TableSchema

GEOMETRIES = TableSchema(
    "geometries",
    "Geometries of a molecule around its centre of mass, aligned with its reference geometry",
    (
        Column("geometry", "integer", "", "number of the geometry, from 0"),
        Column("positions", "array", "bohr", "x, y, z of each atom, atom by atom"),
        Column("bond_lengths", "sequence", "bohr", "length of each bond"),
        Column(
            "coordinates",
            "sequence",
            "bohr or rad",
            "internal coordinates that were drawn, lengths in bohr and angles in rad",
            optional=True,
        ),
        Column("trajectory", "text", "", "dynamics that it is a snapshot of", optional=True),
        Column("frame", "integer", "", "number of the snapshot in that trajectory", optional=True),
    ),
)

TRAJECTORY = TableSchema(
    "trajectory",
    "Snapshots of molecular dynamics, by force field, ab initio or on a learned energy",
    (
        Column("frame", "integer", "", "number of the snapshot, from 0"),
        Column(
            "time", "number", "hbar/Ha", "time since the end of equilibration, 0 and less in it"
        ),
        Column("positions", "array", "bohr", "x, y, z of each atom, atom by atom"),
        Column("potential_energy", "number", "Ha", "energy at the positions"),
        Column("kinetic_energy", "number", "Ha", "kinetic energy of the nuclei"),
    ),
)

MAP_FRAMES = TableSchema(
    "frames of dynamics by a map",
    "Snapshots of molecular dynamics on a learned energy, one run after the other",
    (
        Column("run", "integer", "", "number of the run; each has random numbers of its own"),
        Column("frame", "integer", "", "number of the snapshot in its run, from 0, the start"),
        Column("temperature", "number", "K", "that of the run's thermostat"),
        Column("time", "number", "hbar/Ha", "time since the start of the dynamics"),
        Column("positions", "array", "bohr", "x, y, z of each atom, atom by atom"),
        Column("velocities", "array", "bohr Ha/hbar", "x, y, z of each atom, atom by atom"),
        Column("potential_energy", "number", "Ha", "energy by the map"),
        Column("kinetic_energy", "number", "Ha", "kinetic energy of the nuclei"),
        Column(
            "energy_uncertainty",
            "number",
            "Ha",
            "standard deviation of the energy by the map; none where it was not asked for",
            optional=True,
        ),
        Column("domain_distance", "number", "1", "distance from training, at most 1 in the domain"),
    ),
)

DYNAMICS_ENDS = TableSchema(
    "ends of dynamics",
    "How far molecular dynamics came and why it ended, one row per run",
    (
        Column("trajectory", "text", "", "name of the dynamics"),
        Column("run", "integer", "", "number of the run; each has random numbers of its own"),
        Column("temperature", "number", "K", "that of the thermostat", optional=True),
        Column("completed", "flag", "", "whether it made all steps that were asked for"),
        Column("steps", "integer", "1", "time steps that it made"),
        Column("steps_asked", "integer", "1", "time steps that were asked for"),
        Column("time", "number", "hbar/Ha", "time from the start to where it ended"),
        Column("time_asked", "number", "hbar/Ha", "time that was asked for"),
        Column("equilibration", "number", "hbar/Ha", "time from the start to the first frame"),
        Column("frames", "integer", "1", "snapshots that it left"),
        Column("reason", "text", "", "why it ended before all steps were made", optional=True),
    ),
)

PROTON_TRANSFER = TableSchema(
    "proton transfer",
    "Where the proton between two oxygens is along a trajectory, one row per frame",
    (
        Column("frame", "integer", "", "number of the snapshot in the trajectory"),
        Column("time", "number", "hbar/Ha", "time since the end of equilibration"),
        Column("coordinate", "number", "bohr", "distance from the first oxygen less the second"),
        Column("transferring", "flag", "", "whether it is on its way from one to the other"),
    ),
)

REFERENCE = TableSchema(
    "reference",
    "Kohn-Sham reference calculations of a molecule, one row per geometry",
    (
        Column("geometry", "integer", "", "number of the geometry"),
        Column("energy", "number", "Ha", "total energy; none where it failed", optional=True),
        Column("converged", "flag", "", "whether the calculation converged"),
        Column("iterations", "integer", "1", "SCF iterations, those of failed attempts included"),
        Column("seconds", "number", "s", "wall time"),
        Column("engine", "text", "", "name, version and settings of the engine"),
        Column("failure", "text", "", "why it did not converge", optional=True),
        Column(
            "forces",
            "sequence",
            "Ha/bohr",
            "x, y, z of the force on each atom, atom by atom; none where they are not known",
            optional=True,
        ),
        Column(
            "coefficients",
            "floats",
            "bohr^-3/2",
            "density in the Fourier basis, the molecule's origin at the middle of the cube;"
            " NaN where it failed",
        ),
    ),
)

REFERENCE_ENERGIES = TableSchema(
    "reference energies",
    "Kohn-Sham reference calculations of a sample without their densities, one row per geometry",
    tuple(column for column in REFERENCE.columns if column.name != "coefficients"),
)

REFERENCE_CALCULATIONS = TableSchema(
    "reference calculations",
    "How many reference calculations of each sample converged, one row per sample",
    (
        Column("sample", "text", "", "sample, such as H2O or ethane/test"),
        Column("geometries", "integer", "1", "number of geometries"),
        Column("failed", "integer", "1", "calculations that did not converge"),
        Column("allowed_failures", "integer", "1", "how many may fail without a remark"),
        Column("iterations", "number", "1", "mean number of SCF iterations", optional=True),
        Column("seconds", "number", "s", "wall time of all calculations"),
        Column("failure", "text", "", "why the first that failed did not converge", optional=True),
    ),
)

COUPLED_CLUSTER = TableSchema(
    "coupled cluster",
    "Energies of a molecule's geometries by all-electron, frozen-core CCSD(T), one row per"
    " geometry",
    (
        Column("geometry", "integer", "", "number of the geometry"),
        Column("energy", "number", "Ha", "total energy by CCSD(T); none where it failed", True),
        Column("ccsd_energy", "number", "Ha", "total energy by CCSD, without the triples", True),
        Column("hartree_fock_energy", "number", "Ha", "total energy by Hartree-Fock", True),
        Column("orbital_basis", "text", "", "Gaussian basis set"),
        Column("failure", "text", "", "why it did not converge", optional=True),
    ),
)

TIGHT, CHOSEN = "tight", "study"
"""Names of settings of an engine: those that others are compared with, those of the study."""

ENGINE_ACCURACY = TableSchema(
    "engine accuracy",
    "Reference calculations with some settings beside tight ones, one row for each settings",
    (
        Column("molecule", "text", "", "name of the molecule"),
        Column(
            "settings",
            "text",
            "",
            "name of the settings; tight are those compared with, study's are chosen",
        ),
        Column("engine", "text", "", "name, version and settings of the engine"),
        Column("geometries", "integer", "1", "geometries that converged, with tight settings too"),
        Column("failed", "integer", "1", "geometries that did not"),
        Column(
            "energy_error",
            "number",
            "Ha",
            "mean absolute error of the energy differences between all pairs of geometries",
            optional=True,
        ),
        Column("largest_energy_error", "number", "Ha", "the largest of these errors", True),
        Column(
            "density_error",
            "number",
            "1",
            "mean L2 distance of the densities from the tight ones, relative to their norm",
            optional=True,
        ),
        Column("iterations", "number", "1", "mean number of SCF iterations, on all grids"),
        Column("seconds", "number", "s", "median wall time of a geometry, its density included"),
    ),
)
