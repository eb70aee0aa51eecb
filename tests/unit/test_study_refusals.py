"""Every way in which a config can be wrong ends in one sentence, before anything runs."""

import re

import pytest
from study_configs import OWN, PUBLISHED, merged, nested, read

from hkmaps.errors import InputError
from hkmaps.study import check_study
from hkmaps.study.earlier import MOVED

NAN, INFINITY = float("nan"), float("inf")
DATA_SETS = "model_systems.data_sets"
ETHANE, WATER = "molecules.ethane", "molecules.H2O"
MALONALDEHYDE = "molecules.malonaldehyde"
ROUNDS = f"{MALONALDEHYDE}.maps.rounds"
BOND = {"atoms": [0, 1], "low": 0.5, "high": 1.5}
ESPRESSO = {"program": "espresso"}


def own(**changes):
    """A molecule of one's own with other keys; those that are `...` are left out."""
    return {key: value for key, value in (OWN | changes).items() if value is not ...}


def train(**sample):
    """A molecule of one's own with another sample to learn from."""
    return own(samples=OWN["samples"] | {"train": sample})


def files(**changes):
    return {"files": {"geometries": "a.xyz", "energies": "file"} | changes}


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
        ("model_systems.threshold", False, "is false; it must be of type number"),
        ("networks.grid_search.learning_rates", 0.1, "is 0.1; it must be of type array"),
        ("networks.grid_search.learning_rates", ["fast"], "rates.0 is fast; it must be of type nu"),
        (f"{DATA_SETS}.atoms.require_bound", "yes", "is 'yes'; it must be of type boolean"),
        (f"{DATA_SETS}.atoms.parameters.Z", "wide", "parameters.Z is wide"),
        ("engines.qe", ESPRESSO | {"pseudopotentials": 7}, "must be of type string or null"),
        ("engines.qe", 7, "engines.qe is 7; it must be of type object"),
        ("molecules.mine", 7, "molecules.mine is 7; it must be of type object"),
        (f"{ETHANE}.maps.pools", 300, "maps.pools is 300; it must be of type array"),
        (f"{ETHANE}.maps.pools", [300], "maps.pools.0 is 300; it must be of type string"),
        (f"{ETHANE}.maps.test", [300], "maps.test is [300]; it must be of type integer"),
        (f"{ETHANE}.samples.test", [300], "samples.test is [300]; it must be of type object"),
        (f"{ETHANE}.bonds", 3, "bonds is 3; it must be of type array (a list in YAML) or null"),
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
        ("engines.dzvp.program", "vasp", "engines.dzvp.program is vasp; allowed: pyscf, espresso"),
        ("engines.dzvp.grid_level", 10, "grid_level is 10; it must be at most 9"),
        ("engines.dzvp.tolerance", 0.01, "tolerance is 0.01; it must be less than 0.001"),
        ("engines.dzvp.grid_level", -1, "grid_level is -1; it must be at least 0"),
        ("conditioning.figure12.separations", [5], "is [5]; it needs at least 2 entries"),
        (f"{ETHANE}.samples.300K.temperatures", [0.00001], "1e-05 K; at most six digits"),
        (f"{ETHANE}.maps.sizes", [1], "sizes.0 is 1; it must be at least 2"),
        (f"{WATER}.maps.test", 0, "maps.test is 0; it must be at least 1"),
        ("trajectories.ab_initio.transfer", [0, 5], "is [0, 5]; it needs at least 3 entries"),
    ],
    "numbers that are none": [
        ("model_systems.threshold", NAN, "threshold is .nan; it must be a finite number"),
        ("densities.box_length", INFINITY, "box_length is .inf; it must be a finite number"),
        ("conditioning.gauge_shift", -INFINITY, "gauge_shift is -.inf; it must be a finite number"),
        ("networks.grid_search.learning_rates", [0.1, NAN], "learning_rates is .nan"),
        (f"{DATA_SETS}.atoms.parameters.Z.stop", NAN, "Z.stop is .nan"),
        ("accuracy.tight.tolerance", NAN, "tight.tolerance is .nan"),
        ("molecules.mine", train(**files(layout={"factor": NAN})), "layout.factor is .nan; it mus"),
    ],
    "names": [
        ("sed", 3, "config key sed is unknown; allowed here: seed, .* Did you mean seed?"),
        ("networks.repeats.cuont", 3, "cuont is unknown; .* Did you mean count?"),
        ("engines.dzvp.xyz", 90, "xyz is unknown; allowed here: program, .*tolerance"),
        ("engines.dzvp.grid_levl", 3, "engines.dzvp.grid_levl is unknown; .* mean grid_level?"),
        (
            "engines.dzvp",
            ESPRESSO,
            "engines.dzvp.orbital_basis is unknown; allowed here: program, .*It is a setting of p",
        ),
        ("engines.dzvp.command", "pw.x", "command is unknown; .*It is a setting of espresso"),
        ("engines.qe", {"functional": "PBE"}, "The config lacks the key engines.qe.program."),
        ("accuracy.tight.grid_levle", 3, "accuracy.tight.grid_levle is unknown; .* mean grid_l"),
        ("engines.a b", ESPRESSO, "has the name a b in engines; names there must match"),
        (f"{DATA_SETS}.Atoms", {}, "has the name Atoms in model_systems.data_sets; names there"),
        (f"{DATA_SETS}.ions", {"family": "atom"}, "lacks the key model_systems.data_sets.ions.gr"),
        ("networks.functionals", ["E-n", "E[V]"], "functionals.1 is E[V]; allowed: E-V, A-V, T-V"),
        ("molecules.2-butyne", OWN, "has the name 2-butyne in molecules; names there must match"),
        ("molecules.mine", own(strukture="a.xyz"), "mine.strukture is unknown; .* mean structure?"),
        (
            "molecules.mine",
            own(structure=...),
            "The config lacks the key molecules.mine.structure",
        ),
        ("molecules.mine", own(maps=...), "The config lacks the key molecules.mine.maps."),
        (f"{ETHANE}.samples.a b", {"displacement": 1, "geometries": 9}, "the name a b in molecul"),
        (
            f"{ETHANE}.samples.draw1",
            {"displacement": 1, "geometries": 9},
            "has the name draw1, wh",
        ),
        (f"{ETHANE}.samples.test.temperature", 3, "test.temperature is unknown; .* temperatures?"),
        (f"{ETHANE}.samples.test.geometries", 3, "test.geometries is unknown; allowed here: dyna"),
        (f"{ETHANE}.engine", "tvz2p", "ethane.engine names tvz2p, which is not in engines: tzv2p"),
        ("molecules.atoms", OWN, "molecules has the name atoms, which model_systems.data_s"),
    ],
    "empty lists": [
        ("networks.grid_search.learning_rates", [], "is []; it needs at least 1 entries"),
        ("model_systems.convergence.hydrogen_lengths", [], "is []; it needs at least 1 entries"),
        ("networks.functionals", [], "networks.functionals is []; it needs at least 1 entries"),
        (f"{ETHANE}.maps.sizes", [], "sizes is []; it needs at least 1 entries"),
        (f"{ETHANE}.maps.pools", [], "pools is []; it needs at least 1 entries"),
        (f"{ETHANE}.samples.300K.temperatures", [], "is []; it needs at least 1 entries"),
        ("molecules.mine", own(samples={}), "samples is {}; it needs at least 1 entries"),
    ],
    "duplicates": [
        ("networks.grid_search.batch_sizes", [4, 4], "is [4, 4]; no entry may stand there twice"),
        ("networks.functionals", ["T-n", "T-n"], "[T-n, T-n]; no entry may stand there twice"),
        ("model_systems.accept_unconverged", ["atoms"] * 2, "no entry may stand there twice"),
        ("maps.exact_systems.noise", [0, 0.0], "is [0, 0.0]; no entry may stand there twice"),
        (f"{ETHANE}.maps.pools", ["300K", "300K"], "is [300K, 300K]; no entry may stand there tw"),
        (f"{ETHANE}.samples.300K.temperatures", [300, 300.0], "no entry may stand there twice"),
        (f"{ETHANE}.tautomers", [[0, 0]], "tautomers.0 is [0, 0]; no entry may stand there twice"),
        ("conditioning.figure12.separations", [5, 5.0], "is [5.0, 5.0]; the two must differ"),
    ],
    "data sets": [
        ("model_systems.accept_unconverged", ["atms"], "data set atms, which is not in model_sys"),
        ("conditioning.data_sets", ["molecules"], "the data set molecules, which is not in"),
        (
            "networks.repeats.data_sets",
            ["atoms"],
            "names diatomics, which networks.repeats.data_sets",
        ),
        ("networks.repeats.hyperparameters", "winner", "needs a grid search, .* lacks diatomics"),
        (
            "networks",
            {
                "grid_search": {"data_sets": ["atoms"], "functionals": ["A-V"]},
                "repeats": {"data_sets": ["atoms"], "hyperparameters": "winner"},
            },
            "needs a grid search, but networks.grid_search.functionals lacks E-V, T-V",
        ),
        (
            "networks",
            {"functionals": ["T-n"], "grid_search": {"functionals": ["A-V", "A-n"]}},
            "grid_search.functionals is [A-V, A-n]; one of them at least .*functionals, [T-n]",
        ),
        ("networks.fully_connected.data_sets", ["diatomics"], "grid_search.data_sets lacks"),
        ("networks.seeds.data_sets", ["sinusoids"], "sinusoids, which networks.repeats"),
        ("networks.depths.data_sets", [], "is []; it needs at least 1"),
        (
            "networks.random_search.convolutional_layers",
            [3],
            "less than the smallest of .*hidden_layers, 3",
        ),
        ("networks.oversized_batches", "refuse", "batch_size has 50, larger than the .* 16"),
        ("networks.grid_search.steps", 2, "steps is 2; it must be at least 3, the steps of an e"),
        ("networks.grid_search.validation_fraction", 0.01, "holds back 0 of the 16 training"),
        ("conditioning.selected_pairs", 121, "is 121; it must be at most 120, .* of atoms"),
        ("follow_up.outer_folds", 5, "soft-atoms has 9 systems; with 5 outer_folds and 2 inner"),
        ("model_systems.convergence.hydrogen_densities", [0.5], "densities: The grid has 10"),
        ("conditioning.figure12.as_stated.length", 0.1, "figure12.as_stated: A grid of 0.1 bohr"),
    ],
    "engines": [
        (
            "engines.qe",
            ESPRESSO | {"wave_function_cutoff": 100},
            "density_cutoff is 360 Ry; it must be at least 4 times engines.qe.wave.*, 100 Ry",
        ),
        (
            "accuracy.others.fine",
            {"grid_level": "3"},
            "others.fine.grid_level is '3'; it must be",
        ),
        ("accuracy.others.study", {}, "has the name study, which is kept"),
        ("accuracy.engine", "dzp", "accuracy.engine names dzp, which is not in engines: tzv2p"),
        ("accuracy.geometries", 7, "is 7; it must be at most 6, the geometries of the sample test"),
        ("accuracy.molecules", ["H2O"], "names H2O, whose molecules.H2O.maps.test is 4; it must"),
        ("networks.repeats.counts.atom", 3, "names the data set atom, which is not in"),
        ("accuracy.cost_goals.benzen", 3, "names benzen, which is not in molecules: H2, H2O"),
        ("coupled_cluster.geometries", 13, "is 13; it must be at most 12, the geometries of the s"),
    ],
    "names of engines": [
        ("engines.tzv2p.functional", "PPE", "engines.tzv2p: PySCF knows no functional 'PPE'"),
        ("engines.tzv2p.functional", "", "engines.tzv2p: PySCF knows no functional ''"),
        ("engines.dzvp.functional", "PBE-D3", "'PBE-D3' has a correction for dispersion, for"),
        ("engines.tzv2p.orbital_basis", "gth-none", "HH with the basis set 'gth-none'"),
        ("engines.dzvp.pseudopotential", "gth-pbo", "cannot describe .* pseudopotential 'gth-pbo'"),
        (
            "accuracy.others.other",
            {"functional": "PBE-D4"},
            "accuracy.others.other: The functional 'PBE-D4' has a correction for dispersion",
        ),
        (
            "engines.qe",
            ESPRESSO | {"functional": "PBE-D3"},
            "engines.qe: Quantum ESPRESSO knows no functional 'PBE-D3'; allowed: .*PBESOL",
        ),
        (
            "coupled_cluster.orbital_basis",
            "cc-pvttz",
            "coupled_cluster.orbital_basis: PySCF has no basis set 'cc-pvttz' for",
        ),
    ],
    "samples": [
        (
            "molecules.mine",
            train(geometries=9),
            "train has no source among its keys (geometries); a sam",
        ),
        (
            "molecules.mine",
            train(displacement=0.1, normal_modes=300, geometries=9),
            "samples.train has normal_modes and displacement; a sample has one source, which is o",
        ),
        (
            "molecules.mine",
            train(displacement=0.1),
            "lacks the key molecules.mine.samples.train.g",
        ),
        (
            "molecules.mine",
            train(dynamics="md", temperatures=[9]),
            "is md; allowed: force_field",
        ),
        (
            "molecules.mine",
            train(dynamics="force_field", temperatures=[300]),
            "train.dynamics is force_field, which needs molecules.mine.force_field; without",
        ),
        (f"{ETHANE}.samples.test.choose", 4, "test.choose is 4 beside snapshots: 6; a sample has"),
        (f"{ETHANE}.samples.test.length", 4, "test.length is 4 beside snapshots: 6; a sample ha"),
        (
            f"{ETHANE}.samples.test.snapshots",
            None,
            "samples.test is a test without a number of geometries",
        ),
        (
            "molecules.mine",
            own(samples=OWN["samples"] | {"test": {"files": {"geometries": "a.xyz"}}}),
            "molecules.mine.samples.test is a test without a number of geometries",
        ),
        (
            f"{ETHANE}.samples.400K",
            {"dynamics": "xtb", "temperatures": [400], "snapshots": 4},
            "samples has the name 400K, which trajectories to choose from have",
        ),
        (
            "molecules.malonaldehyde.samples.test.snapshots",
            5,
            "is 5; it must be a multiple of 2, the number of its temperatures times .*tautomers, 2",
        ),
        (
            f"{WATER}.samples.drawn.coordinates",
            [BOND | {"low": 2}],
            "drawn.coordinates.0.low is 2; it must be less than molecules.*high, 1.5",
        ),
        (f"{WATER}.samples.drawn.coordinates", [BOND | {"low": 0}], "low is 0; of a bond or an"),
        (
            f"{WATER}.samples.drawn.coordinates",
            [{"atoms": [1, 0, 2], "low": 90, "high": 190}],
            "coordinates.0.high is 190; of an angle it must be at most 180",
        ),
        (
            f"{WATER}.samples.drawn.coordinates",
            [BOND | {"atoms": [0]}],
            "coordinates.0.atoms is [0]; it needs at least 2 entries",
        ),
    ],
    "maps": [
        (f"{WATER}.maps.test", 12, "maps.test is 12; it must be less than .*drawn, 12"),
        (f"{WATER}.maps.test", 9, "H2O.maps.sizes asks for 5 .*drawn has 3 that are not tested"),
        (f"{WATER}.maps.test", "tset", "maps.test names tset, which is not in molecules.H2O.sampl"),
        (f"{ETHANE}.maps.pools", ["350K"], "maps.pools names 350K, which is not in molecules.etha"),
        (f"{ETHANE}.maps.test", "300K", "maps.test is 300K, a pool of molecules.ethane.maps.poo"),
        (
            "molecules.mine",
            own(maps=OWN["maps"] | {"sizes": [400]}),
            "mine.maps.sizes asks for 400 training geometries; the pool train has 300",
        ),
        (
            "molecules.mine",
            own(maps=OWN["maps"] | {"test": 20}),
            "mine.maps.test is 20, but the geometries of the pool train are chosen",
        ),
        (f"{ETHANE}.maps.sizes", [21], "asks for 21 .* the sample 300K has 20 snapshots, 20 of ea"),
        (f"{ETHANE}.bond_limits", [1.1, 2], "bond_limits is [1.1, 2.0]; 1, the structure's length"),
        (
            "molecules.mine",
            own(engine=...),
            "engine is null, but molecules.mine.samples.train has geometries without energies",
        ),
    ],
    "difference": [
        (f"{WATER}.engine", "ccsdt", "H2O.samples.ccsdt.engine is ccsdt, that of the molecule"),
        (f"{ETHANE}.engine", "ccsdt", "ethane.engine is ccsdt, whose program coupled_cluster calc"),
        ("accuracy.engine", "ccsdt", "accuracy.engine is ccsdt, whose program coupled_cluster"),
        (f"{WATER}.samples.ccsdt.engine", "none", "ccsdt.engine names none, which is not in engin"),
        (f"{WATER}.samples.ccsdt.of", "ccsdt", "ccsdt.of is ccsdt; it must be a sample of"),
        (f"{WATER}.samples.ccsdt.geometries", 13, "ccsdt.geometries is 13; it must be at most 12"),
        (f"{WATER}.maps.test", "ccsdt", "maps.test names ccsdt, which another engine calculates"),
        (f"{WATER}.maps.difference.sample", "drawn", "sample is drawn; it must be a sample of ene"),
        (f"{WATER}.maps.difference.sample", "cc", "difference.sample names cc, which is not in mo"),
        (
            f"{WATER}.maps.difference.sizes",
            [8],
            "sizes asks for 8 geometries; it must be less .* 8",
        ),
        ("engines.ccsdt.all_electron_basis", "cc-none", "engines.ccsdt: PySCF has no basis set"),
        (
            "molecules.mine",
            own(samples=OWN["samples"] | {"xtb-a": {"displacement": 0.1, "geometries": 9}}),
            "mine.samples has the name xtb-a, which is reserved for other results",
        ),
        (
            f"{ETHANE}.samples",
            {
                "a": {"dynamics": "force_field", "temperatures": [310], "length": 3},
                "a-310K": {"dynamics": "force_field", "temperatures": [310], "snapshots": 2},
            },
            "the names a and a-310K, by which dynamics of both would be called a-310K",
        ),
    ],
    "files": [
        (
            "molecules.mine",
            train(**files()),
            "train.files.energies is given, but not that of test; all pools and tests must have",
        ),
        (
            "molecules.mine",
            own(samples={"train": files(), "test": files(energy_zero="relative")}),
            "test.files.energy_zero is relative; it must be that of train, total",
        ),
        (
            "molecules.malonaldehyde",
            {"samples": {"a": files(energy_zero="relative"), "b": files(energy_zero="relative")}}
            | {
                "maps": {
                    "pools": ["a"],
                    "test": "b",
                    "also_tests": [],
                    "symmetric": None,
                    "rounds": None,
                    "stability": None,
                }
            },
            "trajectories.pool is 300+350K, which is none of molecules.malonaldehyde.maps.pools: a",
        ),
        ("molecules.mine", train(**files(energies=3)), "energies is 3; it must be of type string"),
        ("molecules.mine", train(**files(energy_unit="J")), "is J; allowed: Ha, Ry, eV, kcal/mol"),
        ("molecules.mine", train(**files(energy="a")), "energy is unknown; .* mean energies?"),
        ("molecules.mine", train(files={}), "lacks the key molecules.mine.samples.train.files.geo"),
    ],
    "draws and trajectories": [
        (
            f"{ETHANE}.samples.moved",
            {"trajectory": "thermal", "geometries": 4},
            "ethane.samples.moved.trajectory is thermal, which is dynamics of malonaldehyde",
        ),
        (
            f"{MALONALDEHYDE}.samples.ab_initio.geometries",
            5,
            "ab_initio.geometries is 5; it must be at most 4, the frames of all runs of traj",
        ),
        (f"{MALONALDEHYDE}.maps.also_tests", ["none"], "maps.also_tests names none, which is not"),
        (f"{MALONALDEHYDE}.maps.also_tests", ["test"], "names test, as .*malonaldehyde.maps.test"),
        (f"{MALONALDEHYDE}.maps.also_tests", ["300+350K"], "names 300+350K, as .*e.maps.pools doe"),
        ("draws.size", 41, "draws.size asks for 41 .* 300+350K has 40 snapshots, 20 of each"),
        ("draws.molecule", "water", "draws.molecule names water, which is not in molecules: H2"),
        ("draws.pool", "350K", "draws.pool names 350K, which is not in molecules.ethane.samples"),
        ("draws.molecule", "H2O", "draws.pool names 300+350K, which is not in molecules.H2O.sam"),
        (
            "draws",
            {"molecule": "H2O", "pool": "drawn", "test": "drawn"},
            "draws.pool is drawn, whose geometries are not by dynamics",
        ),
        (
            "draws",
            {"molecule": "malonaldehyde", "geometries": 5},
            "draws.geometries is 5; it must be a multiple of 2, the number of trajectories",
        ),
        ("trajectories.pool", "300K", "is 300K, which is none of molecules.benzene.maps.pools"),
        ("trajectories.classical", ["water"], "names water, which is not in molecules: H2, H2O"),
        ("trajectories.driven.molecule", "water", "driven.molecule names water, which is not in"),
        (
            f"{ETHANE}.samples.test",
            {"snapshots": None, "choose": 6},
            "classical names ethane, whose test (molecules.ethane.maps.test: test) is no traject",
        ),
    ],
    "symmetry": [
        (
            f"{ETHANE}.maps.symmetric",
            "hot",
            "maps.symmetric is hot; it must be one of .*maps.pools",
        ),
    ],
    "rounds": [
        (f"{ROUNDS}.pool", "test", "rounds.pool is test; it must be one of molecules.malonalde"),
        (f"{ROUNDS}.start", 8, "start is 8; it must be 10, .* less and a multiple of 50"),
        (f"{MALONALDEHYDE}.samples.300+350K.forces", 5, "forces is 5; it must be at least 10"),
        (ROUNDS, None, "maps.stability is there without molecules.malonaldehyde.maps.rounds"),
        (f"{ROUNDS}.length", 0.0042, "rounds: The length of dynamics is 4.2 times the interval"),
        (f"{ROUNDS}.method", "map", "method is map; allowed: kohn_sham, hohenberg_kohn"),
        (f"{MALONALDEHYDE}.maps.stability.snapshots", 9, "is 9; it must be at most 8, the fra"),
        (
            f"{MALONALDEHYDE}.maps.stability.spectrum",
            1e-4,
            "spectrum: The length of dynamics is 0.2",
        ),
        (f"{MALONALDEHYDE}.maps.stability.transfer", [0, 1, 99], "malonaldehyde.xyz are 0 to 8"),
        (
            "trajectories.driven.frictions",
            {"long": 1},
            "has the name long, which the study uses for dynamics",
        ),
        (f"{ETHANE}.samples.test.average", True, "average is true beside snapshots: 6"),
        (
            "molecules.mine",
            train(**files(), forces=5),
            "is 5 beside molecules.mine.*energies; the engine",
        ),
    ],
    "times": [
        ("dynamics.interval", 0.1005, "dynamics: The interval of dynamics is 100.5 times the tim"),
        ("dynamics.length", 2.05, "dynamics: The length of dynamics is 20.5 times the interval"),
        ("dynamics.equilibration", 0.0005, "equilibration of dynamics is 0.5 times the time_step"),
        (f"{ETHANE}.samples.300K.length", 2.05, "ethane.samples.300K: The length of dynamics is 2"),
        (f"{ETHANE}.samples.test.interval", 0.1005, "samples.test: The interval of dynamics is 10"),
        ("trajectories.ab_initio.length", 0.0012, "ab_initio: The length of dynamics is 2.4 times"),
        ("trajectories.ab_initio.time_step", 5, "ab_initio: The interval of dynamics is 0.1 times"),
        ("trajectories.thermal.length", 0.0012, "thermal: The length of dynamics is 2.4 times"),
        (
            "trajectories",
            {"pool": "drawn", "classical": []}
            | {kind: {"molecule": "H2O"} for kind in ("ab_initio", "thermal", "driven")},
            "trajectories.thermal.molecule is H2O, whose test .* is 4; it must be a sample, at",
        ),
        ("trajectories.driven.interval", 0.0007, "driven: The interval of dynamics is 1.4 times"),
        ("trajectories.driven.length", 0.0001, "driven: The length of dynamics is 0.2 times the"),
        ("trajectories.driven.snapshots", 7, "snapshots is 7; it must be at most 6, the frames"),
    ],
    "earlier configs": [
        (
            "molecules.engine",
            {"name": "pyscf"},
            "molecules.engine is of an earlier version; use",
        ),
        (
            "molecules.frequencies",
            6,
            "is of an earlier version; use densities.frequencies instead.",
        ),
        (
            "molecules.systems",
            {"H2": {"test": 4}},
            "molecules.systems.H2.test is of an earlier version; use molecules.H2.maps.test ins",
        ),
        (
            "molecules.conformers",
            {"systems": {"ethane": {"training_points": [5]}}},
            "ethane.training_points is of an earlier version; use molecules.ethane.maps.sizes",
        ),
        ("molecules.conformers", {"draws": {"test": 5}}, "conformers.draws.test .* draws.geometr"),
        ("molecules.files", {"H2O": {}}, "use molecules.<name>.samples.<sample>.files instead."),
        ("maps.molecules.splits", 3, "use molecules.<name>.maps.splits instead."),
        ("maps.molecules.potential_widths", [3], "use maps.potential.widths instead."),
        ("trajectories.pool", [300, 350], "is [300, 350]; it is the name of a sample now, such as"),
        ("draws.pool", [300, 350], "draws.pool is [300, 350]; it is the name of a sample now"),
    ],
}
FLAT = [(kind, *case) for kind, cases in CASES.items() for case in cases]


def pattern(words):
    """The regular expression of words that are meant as they stand, but for `.*`."""
    return ".*".join(map(re.escape, words.split(".*")))


@pytest.fixture(scope="module")
def smoke():
    return read("smoke")


@pytest.mark.parametrize(("kind", "key", "value", "words"), FLAT)
def test_a_wrong_config_is_one_sentence(smoke, kind, key, value, words):
    with pytest.raises(InputError, match=pattern(words)) as error:
        check_study(merged(smoke, nested(key, value)), PUBLISHED)
    sentence = str(error.value)
    assert sentence.startswith("The config ") and sentence.endswith((".", "?"))
    assert "\n" not in sentence and "<number>" not in sentence and "<dynamics>" not in sentence


def test_there_are_enough_of_them():
    assert len(FLAT) >= 150


@pytest.mark.parametrize("old", MOVED)
def test_every_key_of_an_earlier_config_is_refused_with_the_new_one(old):
    key = old.replace("<name>", "ethane")
    with pytest.raises(InputError) as error:
        check_study(merged(nested(key, [7])), PUBLISHED)
    assert str(error.value).startswith(f"The config key {key} is of an earlier version; use ")


def test_a_molecule_may_be_called_as_a_key_of_an_earlier_config_was():
    assert "engine" in check_study(merged({"molecules": {"engine": OWN}}), PUBLISHED)["molecules"]


def test_settings_to_compare_that_are_another_program_s_change_nothing():
    engine = {"engines": {"qe": ESPRESSO}, "accuracy": {"engine": "qe"}}
    accuracy = check_study(merged(engine), PUBLISHED)["accuracy"]
    assert set(accuracy["tight"]) == {"tolerance"}
    assert accuracy["others"]["level 0"] == {}


def test_a_folder_without_paw_sets_is_refused_where_a_molecule_needs_it():
    engine = {"qe": ESPRESSO | {"pseudopotentials": "/none"}}
    check_study(merged({"engines": engine}), PUBLISHED)
    with pytest.raises(InputError, match=r"engines\.qe: The engine espresso finds no .* in /none"):
        check_study(merged({"engines": engine, "molecules": {"H2": {"engine": "qe"}}}), PUBLISHED)


def test_relative_energies_are_refused_where_the_engine_s_are_total(smoke):
    samples = {"300+350K": files(energy_zero="relative"), "own": files(energy_zero="relative")}
    config = merged(smoke)
    config["molecules"]["malonaldehyde"]["samples"] = samples
    maps = {"test": "own", "also_tests": [], "rounds": None}
    config["molecules"]["malonaldehyde"]["maps"] |= maps
    config["molecules"]["malonaldehyde"]["maps"]["stability"] = None
    config["accuracy"]["molecules"] = ["ethane"]
    with pytest.raises(InputError, match=r"ab_initio\.molecule is malonaldehyde, whose pools have"):
        check_study(config, PUBLISHED)


def test_names_that_are_no_text_are_refused():
    with pytest.raises(InputError, match="The config has 1 as a name in its first level, which YA"):
        check_study(merged({1: 2}), PUBLISHED)
    with pytest.raises(InputError, match="has true as a name in molecules, which YAML reads as bo"):
        check_study(merged({"molecules": {True: {}}}), PUBLISHED)
