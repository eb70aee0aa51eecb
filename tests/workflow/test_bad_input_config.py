"""Every way in which a config can be wrong ends in one sentence, before anything runs.

Each case goes through the function that the Snakefile calls on the merged config; some of each
kind also through the command line.
"""

import copy
from pathlib import Path

import pytest
import yaml
from bad_input import expect_refused, pattern
from reruns import OWN_FILES
from snakemake.utils import update_config

from hkmaps.configuration import check_unique_keys, read_schema
from hkmaps.errors import InputError
from hkmaps.study import check_study

REPOSITORY = Path(__file__).parents[2]
SCHEMA = read_schema(REPOSITORY / "workflow/schemas/config.schema.yaml")
NAN, INFINITY = float("nan"), float("inf")
LARGE = {"wave_function_cutoff": 100}
DATA_SETS = "model_systems.data_sets"
SYSTEMS = "molecules.conformers.systems"


def own_files(*samples, zero="total"):
    """Blocks of molecules.files that are allowed, but for what they leave out."""
    files = {"geometries": "a.xyz", "energies": "a.txt", "energy_unit": "Ha", "energy_zero": zero}
    return dict.fromkeys(samples, files | {"densities": "a.npy", "layout": OWN_FILES["layout"]})


# Dotted key, value, what the sentence must say, `.*` standing for anything.
CASES = {
    "types": [
        ("seed", "one", "seed is one; it must be of type integer"),
        ("seed", 2.0, "seed is 2.0; it must be of type integer"),
        ("seed", True, "seed is true; it must be of type integer"),
        ("seed", None, "seed is null; it must be of type integer"),
        ("seed", {"a": 1}, "seed is {a: 1}; it must be of type integer"),
        ("model_systems", 3, "model_systems is 3; it must be of type object"),
        ("model_systems.threshold", "1e-3", "is 1e-3; it must be of type number. YAML reads it"),
        ("networks.grid_search.learning_rates", 0.1, "is 0.1; it must be of type array"),
        ("networks.grid_search.learning_rates", ["fast"], "is fast; it must be of type number"),
        (f"{DATA_SETS}.atoms.require_bound", "yes", "is 'yes'; it must be of type boolean"),
        (f"{DATA_SETS}.atoms.parameters.Z", "wide", "parameters.Z is wide"),
        ("molecules.engine.espresso.pseudopotentials", 7, "must be of type string or null"),
        (f"{SYSTEMS}.ethane.pools", [300], "pools.0 is 300; it must be of type array"),
    ],
    "ranges": [
        ("seed", -1, "seed is -1; it must be at least 0"),
        ("model_systems.stencil", 4, "stencil is 4; allowed: 3, 5, 7, 9, 11, 13"),
        ("model_systems.threshold", 0, "threshold is 0; it must be greater than 0"),
        ("model_systems.reference_grid.length", -30, "length is -30; it must be greater than 0"),
        (f"{DATA_SETS}.atoms.parameters.Z.points", 1, "Z.points is 1; it must be at least 2"),
        (f"{DATA_SETS}.atoms.parameters.Z.start", 3, "smaller to a larger value; found 4 points"),
        (f"{DATA_SETS}.atoms.parameters.alpha.start", -0.2, "alpha of the family 'atom' is -0.2"),
        (f"{DATA_SETS}.atoms.family", "ion", "no potential family 'ion'; the known families"),
        (f"{DATA_SETS}.atoms.parameters.r", 2, "it needs exactly Z, alpha"),
        (f"{DATA_SETS}.atoms.grid", {"length": 1, "density": 5}, "5 points; a stencil of 13"),
        ("networks.grid_search.validation_fraction", 1.0, "1.0; it must be less than 1"),
        ("networks.repeats.hyperparameters", "best", "is best; allowed: published, winner"),
        ("molecules.engine.name", "vasp", "engine.name is vasp; allowed: pyscf, espresso"),
        ("molecules.engine.pyscf.grid_level", 10, "grid_level is 10; it must be at most 9"),
        ("molecules.engine.pyscf.tolerance", 0.01, "is 0.01 Ha; it must be less than 0.001 Ha"),
        ("conditioning.figure12.separations", [5], "is [5]; it needs at least 2 entries"),
        (f"{SYSTEMS}.ethane.pools", [[0.00001]], "1.0e-05 K; at most six digits"),
        ("trajectories.ab_initio.molecule", "benzene", "is benzene; allowed: malonaldehyde"),
    ],
    "numbers that are none": [
        ("model_systems.threshold", NAN, "threshold is .nan; it must be a finite number"),
        ("molecules.box_length", INFINITY, "box_length is .inf; it must be a finite number"),
        ("conditioning.gauge_shift", -INFINITY, "gauge_shift is -.inf; it must be a finite number"),
        ("networks.grid_search.learning_rates", [0.1, NAN], "learning_rates is .nan"),
        (f"{DATA_SETS}.atoms.parameters.Z.stop", NAN, "Z.stop is .nan"),
        ("molecules.conformers.accuracy.tight.tolerance", NAN, "tight.tolerance is .nan"),
    ],
    "names": [
        ("sed", 3, "config key sed is unknown; allowed here: seed, .* Did you mean seed?"),
        ("networks.repeats.cuont", 3, "cuont is unknown; .* Did you mean count?"),
        ("molecules.engine.espresso.cutoff", 90, "unknown; .* Did you mean density_cutoff?"),
        ("molecules.engine.pyscf.xyz", 90, "xyz is unknown; allowed here: functional, .*tolerance"),
        (
            "molecules.conformers.accuracy.tight.grid_levle",
            3,
            "unknown; .* Did you mean grid_l",
        ),
        ("molecules.files.H2O", {"geometries": "a"}, "lacks the key molecules.files.H2O.energies"),
        (f"{DATA_SETS}.Atoms", {}, "has the name Atoms in model_systems.data_sets"),
        (
            f"{DATA_SETS}.ions",
            {"family": "atom"},
            "the key model_systems.data_sets.ions.grid",
        ),
        ("networks.functionals", ["E-n", "E[V]"], "functionals.1 is E[V]; allowed: E-V, A-V, T-V"),
        ("molecules.systems.He", {"geometries": 9, "test": 3}, "must have the molecules of molec"),
        (f"{SYSTEMS}.propane", {"pools": [[300]], "training_points": [5]}, "names propane; there"),
    ],
    "empty lists": [
        ("networks.grid_search.learning_rates", [], "is []; it needs at least 1 entries"),
        ("model_systems.convergence.hydrogen_lengths", [], "is []; it needs at least 1 entries"),
        ("networks.functionals", [], "networks.functionals is []; it needs at least 1 entries"),
        ("maps.molecules.training_points.H2", [], "H2 is []; it needs at least 1 entries"),
        (f"{SYSTEMS}.ethane.pools", [], "pools is []; it needs at least 1 entries"),
        (f"{SYSTEMS}.ethane.pools", [[]], "pools.0 is []; it needs at least 1 entries"),
        ("trajectories.pool", [], "trajectories.pool is []; it needs at least 1 entries"),
    ],
    "duplicates": [
        ("networks.grid_search.batch_sizes", [4, 4], "is [4, 4]; no entry may stand there twice"),
        ("networks.functionals", ["T-n", "T-n"], "[T-n, T-n]; no entry may stand there twice"),
        ("model_systems.accept_unconverged", ["atoms"] * 2, "no entry may stand there twice"),
        ("maps.exact_systems.noise", [0, 0.0], "is [0, 0.0]; no entry may stand there twice"),
        (f"{SYSTEMS}.ethane.pools", [[300, 350], [350, 300]], "no pool may stand there twice"),
        ("conditioning.figure12.separations", [5, 5.0], "is [5, 5.0]; the two must differ"),
    ],
    "data sets": [
        ("model_systems.accept_unconverged", ["atms"], "data set atms, which is not in model_sys"),
        ("conditioning.data_sets", ["molecules"], "the data set molecules, which is not in"),
        ("networks.repeats.data_sets", ["atoms"], "names diatomics, whose networks and pairs it"),
        ("networks.repeats.hyperparameters", "winner", "needs a grid search, .* lacks diatomics"),
        (
            "networks.oversized_batches",
            "refuse",
            "batch_size has 50, larger than the .* 16",
        ),
        ("networks.grid_search.steps", 2, "steps is 2; it must be at least 3, an epoch of atoms"),
        ("networks.grid_search.validation_fraction", 0.01, "holds back 0 of the 16 training"),
        ("conditioning.selected_pairs", 121, "is 121; it must be at most 120, .* of atoms"),
        (
            "model_systems.convergence.hydrogen_densities",
            [0.5],
            "densities: The grid has 10",
        ),
        ("conditioning.figure12.as_stated.length", 0.1, "figure12.as_stated: A grid of 0.1 bohr"),
    ],
    "molecules": [
        ("molecules.systems.H2.test", 12, "H2.test is 12; it must be less than .*geometries, 12"),
        ("molecules.systems.H2.test", 9, "asks for 5 training points; .* leaves 3 geometries"),
        ("molecules.coupled_cluster.geometries", 13, "is 13; it must be at most 12, .*H2O.geome"),
        ("molecules.engine.pyscf.coarse_grid_level", 1, "is 1; it must be null or less than .*, 1"),
        (
            "molecules.conformers.engine",
            {"name": "espresso", "espresso": LARGE},
            "density_cutoff is 360 Ry; it must be at least 4 times .*, 100 Ry",
        ),
        (
            "molecules.conformers.accuracy.others.fine",
            {"grid_level": 3, "coarse_grid_level": 3},
            "others.fine.coarse_grid_level is 3; it must be null or less than .*, 3",
        ),
        ("molecules.conformers.accuracy.others.study", {}, "has the name study, which is kept"),
        ("molecules.conformers.accuracy.geometries", 7, "is 7; it must be at most 6"),
        ("molecules.conformers.accuracy.cost_goals.benzen", 3, "names benzen, which is not in"),
        (
            "molecules.conformers.test.geometries",
            5,
            "must be a multiple of 2, .*tautomers",
        ),
        (
            f"{SYSTEMS}.ethane.training_points",
            [21],
            "21 .* the pool [300] has 20 snapshots",
        ),
        (
            "molecules.conformers.draws.training_points",
            41,
            "draws.training_points asks for 41 .* the pool [300, 350] has 40 snapshots",
        ),
        ("molecules.conformers.draws.molecule", "H2O", "names H2O, which is not in molecules.con"),
        ("trajectories.pool", [300], "is [300], which is none of .*benzene.pools"),
        ("trajectories.classical", ["H2O"], "names H2O, which is not in molecules.conformers.sys"),
        ("trajectories.driven.molecule", "water", "driven.molecule names water, which is not in"),
    ],
    "names of engines": [
        ("molecules.engine.pyscf.functional", "PPE", "engine.pyscf: PySCF knows no functional 'PP"),
        ("molecules.engine.pyscf.functional", "", "engine.pyscf: PySCF knows no functional ''"),
        (
            "molecules.conformers.engine.pyscf.functional",
            "PBE-D3",
            "conformers.engine.pyscf: The functional 'PBE-D3' has a correction for dispersion, for",
        ),
        ("molecules.engine.pyscf.orbital_basis", "gth-none", "HH with the basis set 'gth-none'"),
        (
            "molecules.conformers.engine.pyscf.pseudopotential",
            "gth-pbo",
            "cannot describe .* the pseudopotential 'gth-pbo'",
        ),
        (
            "molecules.conformers.accuracy.others.other",
            {"functional": "PBE-D4"},
            "accuracy.others.other: The functional 'PBE-D4' has a correction for dispersion",
        ),
        (
            "molecules.engine",
            {"name": "espresso", "espresso": {"functional": "PBE-D3"}},
            "engine.espresso: Quantum ESPRESSO knows no functional 'PBE-D3'; allowed: .*PBESOL",
        ),
        (
            "molecules.conformers.engine",
            {"name": "espresso", "espresso": {"pseudopotentials": "/none"}},
            "conformers.engine.espresso: The engine espresso finds no .* in /none; install it",
        ),
        (
            "molecules.coupled_cluster.orbital_basis",
            "cc-pvttz",
            "coupled_cluster.orbital_basis: PySCF has no basis set 'cc-pvttz' for",
        ),
    ],
    "files": [
        (
            "molecules.files",
            own_files("ethane/300K"),
            "has ethane/300K but lacks ethane/300+350K, ethane/test; .*of two sources do not comp",
        ),
        (
            "molecules.files",
            own_files("malonaldehyde/test"),
            "has malonaldehyde/test but lacks malonaldehyde/300+350K; all pools and the test set",
        ),
        (
            "molecules.files",
            own_files("benzene/300+350K", "benzene/test"),
            "trajectories.classical names benzene, whose test set comes from files",
        ),
        (
            "molecules.files",
            own_files("malonaldehyde/300+350K", zero="relative") | own_files("malonaldehyde/test"),
            "malonaldehyde/test.energy_zero is total; it must be that of .*300+350K, relative",
        ),
        (
            "molecules.files",
            own_files("malonaldehyde/300+350K", "malonaldehyde/test", zero="relative"),
            "must be total where trajectories.ab_initio.molecule and trajectories.driven.molecule",
        ),
        (
            "molecules.files",
            {"H2O": own_files("H2O")["H2O"] | {"energies": 3}},
            "molecules.files.H2O.energies is 3; it must be of type string",
        ),
        (
            "molecules.files.H2O",
            own_files("H2O")["H2O"] | {"layout": {"factor": NAN}},
            "files.H2O.layout.factor is .nan; it must be a finite number",
        ),
    ],
    "times": [
        ("molecules.conformers.dynamics.interval", 0.1005, "is 0.1005 ps, which is 100.5 times"),
        (
            "molecules.conformers.dynamics.length",
            2.05,
            "2.05 ps, which is 20.5 times .*interval",
        ),
        (
            "molecules.conformers.dynamics.equilibration",
            0.0005,
            "0.5 times .*step; .* least 0",
        ),
        ("trajectories.ab_initio.length", 0.0012, "is 0.0012 ps, which is 2.4 times .*time_step"),
        ("trajectories.ab_initio.time_step", 5, "which is 0.4 times .*; it must be a whole number"),
        ("trajectories.driven.interval", 0.0007, "is 0.0007 ps, which is 1.4 times .*time_step"),
        ("trajectories.driven.length", 0.0001, "is 0.0001 ps, which is 0.2 times .*interval"),
        ("trajectories.driven.snapshots", 7, "snapshots is 7; it must be at most 6, the frames"),
    ],
}
FLAT = [(kind, *case) for kind, cases in CASES.items() for case in cases]


def nested(key, value):
    """The override that sets a dotted key."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


@pytest.fixture(scope="module")
def smoke():
    config = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())
    update_config(config, yaml.safe_load((REPOSITORY / "config/smoke.yaml").read_text()))
    return config


@pytest.mark.parametrize("name", ["config/config", "config/laptop", "config/smoke"])
def test_the_configs_that_come_with_the_study_are_allowed(name, smoke):
    config = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())
    update_config(config, yaml.safe_load((REPOSITORY / f"{name}.yaml").read_text()))
    assert set(check_study(config, SCHEMA)) >= {"atoms", "diatomics"}
    check_unique_keys(REPOSITORY / f"{name}.yaml")


@pytest.mark.parametrize(("kind", "key", "value", "words"), FLAT)
def test_a_wrong_config_is_one_sentence(smoke, kind, key, value, words):
    config = copy.deepcopy(smoke)
    update_config(config, nested(key, value))
    with pytest.raises(InputError, match=pattern(words)) as error:
        check_study(config, SCHEMA)
    sentence = str(error.value)
    assert sentence.startswith("The config ") and sentence.endswith((".", "?"))
    assert "\n" not in sentence


def test_there_are_enough_of_them():
    assert len(FLAT) >= 60


def test_all_samples_of_a_molecule_may_come_from_files(smoke):
    config = copy.deepcopy(smoke)
    config["trajectories"]["classical"] = ["benzene"]
    config["molecules"]["files"] = own_files(
        *(f"ethane/{sample}" for sample in ("300K", "300+350K", "test")), zero="relative"
    ) | own_files("malonaldehyde/300+350K", "malonaldehyde/test", "H2")
    check_study(config, SCHEMA)


@pytest.mark.parametrize("kind", CASES)
def test_a_wrong_config_stops_the_run(checkout, kind):
    """The first of each kind through the command line."""
    key, value, words = CASES[kind][0]
    expect_refused(checkout, words, override=nested(key, value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- seed\n- 3\n", "Config file must be given as JSON or YAML with keys at top level"),
        ("seed\n", "Config file must be given as JSON or YAML with keys at top level"),
        ("", "Config file must be given as JSON or YAML with keys at top level"),
        ("seed: [1\nmodel_systems: {", "Config file is not valid JSON or YAML"),
        ("1: 2\n", "The config has 1 as a name in its first level, which YAML reads as int"),
        ("molecules: {systems: {on: {}}}\n", "has true as a name in molecules.systems"),
        ("seed: 1\nnetworks: {}\nseed: 2\n", "has the key seed in line 1 and again in line 3"),
        (
            "networks:\n  repeats: {count: 3,\n    count: 4}\n",
            "in line 2 and again in line 3",
        ),
    ],
)
def test_a_file_that_is_no_config_stops_the_run(checkout, text, words):
    expect_refused(checkout, words, text=text)


def test_a_value_of_the_command_line_is_checked_too(checkout):
    expect_refused(checkout, "seed is abc; it must be of type", options=("--config", "seed=abc"))


def test_nested_values_of_the_command_line_are_read_as_in_a_file(checkout):
    nested_values = ("--config", "molecules={frequencies: 6, engine: {pyscf: {tolerance: 1e-9}}}")
    words = "pyscf.tolerance is 1e-9; it must be of type number. YAML reads it as text"
    expect_refused(checkout, words, options=nested_values)
    run = checkout.run(
        "results/molecules/H2/reference.parquet",
        options=("--dry-run", "--config", nested_values[1].replace("1e-9", "1.0e-9")),
    )
    assert run.returncode == 0, run.stdout + run.stderr
