"""Tables that maps leave behind; needs no scikit-learn to read."""

from hkmaps.tables import Column, TableSchema

KRR, KOHN_SHAM, HOHENBERG_KOHN, SPLINE = "KRR", "ML-KS", "ML-HK", "spline"
PREDICTED, REFERENCE = "predicted", "reference"
"""Densities that ML-HK's energy map can be trained on."""

ENERGIES, ENERGIES_AND_FORCES = "energies", "energies and forces"
"""What the energy of a map was learned from."""

SHARES = (0.5, 0.9, 0.99)
"""Shares of the errors that the intervals of a map hold."""

TEST_SAMPLE, AB_INITIO, DRIVEN = "test sample", "ab initio", "driven"
"""Sets of frames that calibrations are measured on, by what moved the molecule."""

SHARED, PER_COEFFICIENT = "shared", "per coefficient"
"""Whether the regressions of density coefficients share one width and one regularisation."""

RANDOM_SPLIT = "random split"
"""Stands for the test sample where a part of the pool is tested on."""

GAUGE_AWARE_PREFIX = "gauge-aware "
"""Put before the name of the method that learned T[n] and Eg[n]."""

FUNCTIONAL_ERRORS = TableSchema(
    "functional errors",
    "Errors of kernel maps on the test systems of a data set, one row per functional and method",
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
        Column("nmae", "number", "1", "mean of the integral of |n~ - n| over that of n", True),
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
        Column("mae", "number", "Ha", "mean absolute error at the noisy densities", True),
        Column("maximum", "number", "Ha", "largest absolute error at the noisy densities", True),
        Column(
            "response",
            "number",
            "Ha",
            "mean of |Q~[n + noise] - Q~[n]|, dE_D of equation 14",
            optional=True,
        ),
    ),
)

TRAINED_AND_TESTED = (
    Column("molecule", "text", "", "molecule"),
    Column("sample", "text", "", "sample that the training points are chosen from"),
    Column(
        "test",
        "text",
        "",
        "sample of the test geometries, or random split for a part of the same sample",
    ),
    Column("split", "integer", "1", "number of the random split", optional=True),
    Column("training_points", "integer", "1", "training points M"),
)
"""Columns that say which map was trained on what, and tested on what."""

MAP_ERRORS = TableSchema(
    "map errors",
    "Errors of the maps of a molecule on test geometries, one row per map, size, random split and"
    " a quantity",
    (
        *TRAINED_AND_TESTED,
        Column("method", "text", "", "ML-KS, ML-HK, or a spline through the training points"),
        Column(
            "learned_from",
            "text",
            "",
            "what the energy was learned from: energies, or energies and forces",
        ),
        Column(
            "energy_training",
            "text",
            "",
            "densities that ML-HK's energy map was trained on: predicted or reference",
            optional=True,
        ),
        Column(
            "hyperparameters",
            "text",
            "",
            "width and regularisation of the density coefficients: shared or per coefficient",
            optional=True,
        ),
        Column("quantity", "text", "", "dE, dE_F (functional-driven) or dE_D (density-driven)"),
        Column("mae", "number", "Ha", "mean absolute error over the test geometries"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column(
            "force_mae",
            "number",
            "Ha/bohr",
            "mean absolute error of the components of the forces, where they are known",
            optional=True,
        ),
        Column("force_maximum", "number", "Ha/bohr", "largest absolute error of these", True),
        Column(
            "electrons_misplaced",
            "number",
            "1",
            "mean fraction of the electrons in the wrong place in the predicted densities, beside"
            " reference densities as projected on the subspace",
            optional=True,
        ),
        Column(
            "nmae",
            "number",
            "1",
            "mean of the integral of |n~ - n| over that of n, likewise",
            optional=True,
        ),
        Column(
            "width",
            "number",
            "bohr^3/2 or bohr^-3/2",
            "kernel width of the map that gives the energy, for ML-KS of potentials (charges are"
            " numbers), for ML-HK of densities",
            optional=True,
        ),
        Column("regularisation", "number", "1", "its regularisation", optional=True),
        Column("at_edge", "flag", "", "whether these are at the edge of the search", optional=True),
        Column(
            "density_width",
            "number",
            "bohr^3/2",
            "kernel width of the density map, median over the coefficients",
            optional=True,
        ),
        Column("density_regularisation", "number", "1", "likewise its regularisation", True),
        Column(
            "density_at_edge",
            "number",
            "1",
            "fraction of the coefficients with these at the edge of the search",
            optional=True,
        ),
        Column(
            "density_residual",
            "number",
            "1",
            "largest part of a test density, by its L2 norm, that is outside of the subspace of the"
            " sample's densities",
            optional=True,
        ),
    ),
)

_TESTED = (
    Column("molecule", "text", "", "molecule"),
    Column("sample", "text", "", "sample that the map learned from"),
    Column("method", "text", "", "ML-KS or ML-HK"),
    Column("learned_from", "text", "", "energies, or energies and forces"),
    Column("training_points", "integer", "1", "training points M"),
    Column("tested_on", "text", "", "where geometries come from: force field, ab initio, driven"),
)

MAP_TESTS = TableSchema(
    "map tests",
    "Predictions of a saved map at geometries that it has not seen, one row per geometry",
    (
        *_TESTED,
        Column("geometry", "integer", "", "number of the geometry in its table"),
        Column("reference_energy", "number", "Ha", "calculated energy"),
        Column("predicted_energy", "number", "Ha", "energy by the map"),
        Column("energy_uncertainty", "number", "Ha", "predicted standard deviation of its error"),
        Column("interval_50", "number", "Ha", "half-width of the interval of 50 % of the errors"),
        Column("interval_90", "number", "Ha", "likewise of 90 %"),
        Column("interval_99", "number", "Ha", "likewise of 99 %"),
        Column(
            "force_error",
            "number",
            "Ha/bohr",
            "mean absolute error of the forces' components",
            optional=True,
        ),
        Column("largest_force_error", "number", "Ha/bohr", "the largest of them", optional=True),
        Column("domain_distance", "number", "1", "distance from the training domain, 1 its edge"),
    ),
)

MAP_CALIBRATION = TableSchema(
    "map calibration",
    "How far the uncertainty of a map's energies holds, one row per map and set of geometries",
    (
        *_TESTED,
        Column("count", "integer", "1", "geometries of the set"),
        Column("within_50", "number", "1", "share of the errors within their interval of 50 %"),
        Column("within_90", "number", "1", "likewise of 90 %"),
        Column("within_99", "number", "1", "likewise of 99 %"),
        Column("large_errors", "integer", "1", "errors above 1 kcal/mol"),
        Column(
            "area_under_curve",
            "number",
            "1",
            "area under the ROC curve: chance that one of them has a larger uncertainty than"
            " another error; none where all errors or no errors are such",
            optional=True,
        ),
        Column("mae", "number", "Ha", "mean absolute error"),
        Column("maximum", "number", "Ha", "largest absolute error"),
        Column("uncertainty", "number", "Ha", "mean of the predicted standard deviations"),
    ),
)

TRAJECTORY_ENERGIES = TableSchema(
    "trajectory energies",
    "Reference and predicted energies along a trajectory of a molecule, one row per snapshot",
    (
        Column("frame", "integer", "", "number of the snapshot"),
        Column("time", "number", "hbar/Ha", "time since the end of equilibration"),
        Column("reference_energy", "number", "Ha", "energy by the reference calculation"),
        Column("ml_hk_energy", "number", "Ha", "energy by ML-HK"),
        Column("ml_ks_energy", "number", "Ha", "energy by ML-KS", optional=True),
        Column("energy_uncertainty", "number", "Ha", "standard deviation of the error of ML-HK"),
        Column("in_domain", "flag", "", "whether the geometry is in the domain of ML-HK"),
    ),
)

POTENTIAL_WIDTHS = TableSchema(
    "potential widths",
    "Errors of the maps of a molecule over the width of the Gaussians potential, one row per width,"
    " a split and map",
    (
        Column("molecule", "text", "", "molecule"),
        Column("training_points", "integer", "1", "training points M"),
        Column("split", "integer", "1", "number of the random split"),
        Column("gamma", "number", "bohr", "width of the Gaussians"),
        Column("method", "text", "", "ML-KS or ML-HK"),
        Column(
            "cv_error",
            "number",
            "Ha or bohr^-3/2",
            "root-mean-square leave-one-out error on the training points, for ML-KS of energies,"
            " for ML-HK of densities (L2 norm)",
        ),
        Column("at_edge", "flag", "", "whether the map that it is of ended at a search's edge"),
        Column("mae", "number", "Ha", "mean absolute error of test energies"),
    ),
)

POTENTIAL_SPACINGS = TableSchema(
    "potential spacings",
    "Inner products of a molecule's Gaussians potentials on a grid beside the analytic ones",
    (
        Column("molecule", "text", "", "molecule"),
        Column("gamma", "number", "bohr", "width of the Gaussians"),
        Column("spacing", "number", "bohr", "distance of grid points"),
        Column("deviation", "number", "1", "largest deviation over the largest inner product"),
    ),
)

DENSITY_COORDINATES = TableSchema(
    "density coordinates",
    "Reference densities of a sample in the subspace that a pool's densities span, one row per"
    " geometry",
    (
        Column("geometry", "integer", "", "number of the geometry in its table"),
        Column("coordinates", "array", "bohr^-3/2", "coordinates in the density subspace"),
        Column("residual", "number", "1", "part of its L2 norm that is outside of the subspace"),
    ),
)

PREDICTED_DENSITY = TableSchema(
    "predicted density",
    "A typical prediction of ML-HK on the plane of the molecule, one row per molecule; arrays of"
    " the plane hold the values row by row, the second axis of the plane first",
    (
        Column("molecule", "text", "", "molecule"),
        Column("symbols", "text", "", "chemical symbols of its atoms"),
        Column("training_points", "integer", "1", "training points M"),
        Column("geometry", "integer", "", "number of the test geometry"),
        Column("electrons_misplaced", "number", "1", "fraction of its electrons misplaced"),
        Column("nmae", "number", "1", "integral of |n~ - n| over that of n"),
        Column("electrons", "number", "1", "electrons in its predicted density"),
        Column("energy", "number", "Ha", "its reference energy"),
        Column("ml_ks_energy", "number", "Ha", "its energy by ML-KS"),
        Column("ml_hk_energy", "number", "Ha", "its energy by ML-HK"),
        Column("axis", "array", "bohr", "coordinate along either axis of the plane"),
        Column("positions", "array", "bohr", "both coordinates of each atom, atom by atom"),
        Column("potential", "array", "1", "Gaussians potential on the plane"),
        Column("reference_density", "array", "bohr^-3", "reference density on the plane"),
        Column("predicted_density", "array", "bohr^-3", "predicted density on the plane"),
        Column("functions", "array", "", "numbers of the basis functions that vary most"),
        Column("reference_coefficients", "array", "bohr^-3/2", "their reference coefficients"),
        Column("predicted_coefficients", "array", "bohr^-3/2", "their predicted coefficients"),
    ),
)

MOLECULE_SUMMARY = TableSchema(
    "molecule summary",
    "Errors of the maps of molecules over random splits, one row per map, size and quantity",
    (
        Column("molecule", "text", "", "molecule"),
        Column("sample", "text", "", "sample that the training points are chosen from"),
        Column("training_points", "integer", "1", "training points M"),
        Column("method", "text", "", "ML-KS, ML-HK, or a spline through the training points"),
        Column("learned_from", "text", "", "energies, or energies and forces"),
        Column("energy_training", "text", "", "as in the table map errors", optional=True),
        Column("hyperparameters", "text", "", "as in the table map errors", optional=True),
        Column("quantity", "text", "", "dE, dE_F (functional-driven) or dE_D (density-driven)"),
        Column("splits", "integer", "1", "random splits"),
        Column("mae_median", "number", "Ha", "median of the mean absolute error"),
        Column("mae_spread", "number", "Ha", "half the distance of its percentiles 16 and 84"),
        Column("mae_smallest", "number", "Ha", "smallest of the splits"),
        Column("mae_largest", "number", "Ha", "largest of the splits"),
        Column("maximum_median", "number", "Ha", "median of the largest absolute error"),
        Column("maximum_spread", "number", "Ha", "half the distance of its percentiles 16 and 84"),
        Column("maximum_smallest", "number", "Ha", "smallest of the splits"),
        Column("maximum_largest", "number", "Ha", "largest of the splits"),
        Column(
            "electrons_misplaced",
            "number",
            "1",
            "median of the fraction of the electrons in the wrong place",
            optional=True,
        ),
        Column("nmae", "number", "1", "median of that of the table map errors", True),
        Column("energy_maps_at_edge", "integer", "1", "splits at the edge of the energy's search"),
    ),
)
