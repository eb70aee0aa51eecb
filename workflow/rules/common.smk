"""Names of targets and config look-ups for all chapters; no science."""

import os
import re
import sys
from pathlib import Path

REPOSITORY = Path(workflow.basedir)
# The library of this checkout, installed or not; study_job.py does the same for the jobs.
sys.path.insert(0, str(REPOSITORY / "src"))
# One thread a job: the same sums in the same order whatever --cores is, and cores go to jobs.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from snakemake.exceptions import WorkflowError

from hkmaps.configuration import read_schema, validate_config
from hkmaps.datasets.functionals import FUNCTIONALS as PAPER_FUNCTIONALS
from hkmaps.datasets.parameters import data_set_size
from hkmaps.errors import HkmapsError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.molecules.engines import ENGINES
from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.molecules.systems import find_molecule

SYSTEMS_PER_CHUNK = 50
GEOMETRIES_PER_CHUNK = 50


try:
    validate_config(config, read_schema(REPOSITORY / "workflow/schemas/config.schema.yaml"))
    # Name of a data set -> how many systems it has.
    DATA_SETS = {}
    for name, settings in config["model_systems"]["data_sets"].items():
        try:
            DATA_SETS[name] = data_set_size(settings, config["model_systems"]["stencil"])
        except HkmapsError as error:
            raise WorkflowError(f"model_systems.data_sets.{name}: {error}") from None
    for name in [*config["molecules"]["systems"], *config["molecules"]["conformers"]["systems"]]:
        find_molecule(name)
except HkmapsError as error:
    raise WorkflowError(str(error)) from None


def one_of(names):
    """The pattern of any of the names, and of nothing where there are none."""
    return "|".join(map(re.escape, names)) or "(?!)"


def molecule_of(sample):
    """The molecule of a sample, ethane of ethane/300K."""
    return sample.partition("/")[0]


def pool_name(temperatures):
    """The name of a pool, such as 300+350K."""
    return "+".join(f"{value:g}" for value in temperatures) + "K"


FUNCTIONALS = [functional.path_name for functional in PAPER_FUNCTIONALS]
SEARCHED_DATA_SETS = config["networks"]["grid_search"]["data_sets"]
SEARCHED = {"data_set": SEARCHED_DATA_SETS, "functional": FUNCTIONALS}
MAPPED_DATA_SETS = config["maps"]["exact_systems"]["data_sets"]
TRAINED_DATA_SETS = config["networks"]["repeats"]["data_sets"]

MOLECULES = config["molecules"]["systems"]
MOLECULE_ENGINE = config["molecules"]["engine"]
CONFORMER_ENGINE = config["molecules"]["conformers"]["engine"]
CONFORMERS = config["molecules"]["conformers"]["systems"]
# Molecule -> name of a pool, such as 300+350K -> its temperatures.
POOLS = {
    name: {pool_name(pool): pool for pool in settings["pools"]}
    for name, settings in CONFORMERS.items()
}
MOLECULE_ERRORS = expand("results/maps/{molecule}/errors.parquet", molecule=MOLECULES)
CONFORMER_ERRORS = [
    f"results/maps/{name}/{pool}/errors.parquet" for name, pools in POOLS.items() for pool in pools
]


TRAJECTORIES = config["trajectories"]
TRAJECTORY_POOL = pool_name(TRAJECTORIES["pool"])
DRIVEN, AB_INITIO = (TRAJECTORIES[kind]["molecule"] for kind in ("driven", "ab_initio"))
POOL_SAMPLES = [f"{name}/{pool}" for name, pools in POOLS.items() for pool in pools]
TEST_SAMPLES = [f"{name}/test" for name in CONFORMERS]
DRIVEN_SAMPLE = f"{DRIVEN}/{TRAJECTORY_POOL}-driven"
# Sets of geometries with reference calculations -> how many.
SAMPLES = {
    **{name: settings["geometries"] for name, settings in MOLECULES.items()},
    **{name: max(CONFORMERS[molecule_of(name)]["training_points"]) for name in POOL_SAMPLES},
    **dict.fromkeys(TEST_SAMPLES, config["molecules"]["conformers"]["test"]["geometries"]),
    DRIVEN_SAMPLE: TRAJECTORIES["driven"]["snapshots"],
}
# Those of them that the user has files of.
FILES = config["molecules"]["files"]
for name in FILES:
    if name not in SAMPLES or name == DRIVEN_SAMPLE:
        known = ", ".join(sample for sample in SAMPLES if sample != DRIVEN_SAMPLE)
        raise WorkflowError(
            f"The config key molecules.files names the sample {name}; there are {known}."
        )


wildcard_constraints:
    sample=one_of(SAMPLES),
    data_set="|".join(DATA_SETS),
    functional="|".join(FUNCTIONALS),
    molecule="|".join(MOLECULES),
    conformer="|".join(CONFORMERS),
    pool=r"[\d.+]+K",
    run=r"[\d.]+K|test",
    tautomer=r"\d+",
    chunk=r"\d+",


def code(script, *modules):
    """Fingerprint of the library code behind a script; among a rule's params, it reruns the rule."""
    return code_fingerprint(REPOSITORY / "workflow/scripts" / script, *modules)


def chunk_tables(wildcards):
    """The tables of solved systems that make up a data set."""
    chunks = range(-(-DATA_SETS[wildcards.data_set] // SYSTEMS_PER_CHUNK))
    return [
        f"results/model_systems/chunks/{wildcards.data_set}_{chunk}.parquet" for chunk in chunks
    ]


def compared_settings():
    """Settings of the conformers' engine by name: those of the study, tight ones, others."""
    chosen = CONFORMER_ENGINE[CONFORMER_ENGINE["name"]]
    accuracy = config["molecules"]["conformers"]["accuracy"]
    changes = {TIGHT: accuracy["tight"], **accuracy["others"], CHOSEN: {}}
    return {name: {**chosen, **settings} for name, settings in changes.items()}


def reference_chunks(sample):
    """The tables of reference calculations that make up a sample."""
    chunks = range(-(-SAMPLES[sample] // GEOMETRIES_PER_CHUNK))
    return [f"results/molecules/{sample}/chunks/reference_{chunk}.parquet" for chunk in chunks]


def engine(settings):
    """Name and settings of the chosen program; those of the others are left out."""
    return {"name": settings["name"], "settings": settings[settings["name"]]}


def sample_engine(wildcards):
    """The engine of a sample's reference calculations."""
    return engine(MOLECULE_ENGINE if wildcards.sample in MOLECULES else CONFORMER_ENGINE)


def engine_code(settings, script):
    """Fingerprint of a script's code with that of the chosen engine."""
    return code(script, ENGINES[settings["name"]][0])


def trajectories(conformer, runs):
    """The trajectories of all tautomers of a molecule in the runs, such as 300K or test."""
    return expand(
        "results/molecules/{conformer}/trajectories/{run}_{tautomer}.parquet",
        conformer=conformer,
        run=runs,
        tautomer=range(len(find_molecule(conformer).tautomers)),
    )


def pool_trajectories(wildcards):
    """The trajectories whose snapshots make up a pool."""
    conformer, _, pool = wildcards.sample.partition("/")
    return trajectories(conformer, [f"{value:g}K" for value in POOLS[conformer][pool]])


def file_paths(files):
    """The files of a sample, as far as they are paths."""
    of_geometries = files["energies"].partition(":")[0] == "comment"
    test = files.get("test")
    return [
        files["geometries"],
        files["densities"],
        *([] if of_geometries else [files["energies"]]),
        *([test] if isinstance(test, str) and test not in ("all", "none") else []),
    ]


def dynamics_protocol(wildcards):
    """Arguments of DynamicsProtocol.in_femtoseconds for a run."""
    dynamics, test = (config["molecules"]["conformers"][key] for key in ("dynamics", "test"))
    if wildcards.run == "test":
        temperature, length = test["temperature"], test["geometries"] * dynamics["interval"]
    else:
        temperature, length = float(wildcards.run.removesuffix("K")), dynamics["length"]
    return {
        "temperature": temperature,
        "equilibration": 1000 * dynamics["equilibration"],
        "length": 1000 * length,
        "interval": 1000 * dynamics["interval"],
        "time_step": dynamics["time_step"],
        "friction": dynamics["friction"] / 1000,
    }


def trained_on(conformer):
    """Pool and number of training points of the map that trajectories are compared with."""
    return TRAJECTORY_POOL, max(CONFORMERS[conformer]["training_points"])


def conformer_settings():
    """What the claims say of the conformers that no table holds."""
    conformers = config["molecules"]["conformers"]
    dynamics, test = conformers["dynamics"], conformers["test"]
    return {
        "test_temperature": test["temperature"],
        "test_snapshots": test["geometries"],
        "pool_snapshots": round(dynamics["length"] / dynamics["interval"]),
        "driven_temperature": TRAJECTORIES["driven"]["temperature"],
        "trajectory_maps": {name: trained_on(name) for name in CONFORMERS},
    }


def driven_protocol():
    """Arguments of DynamicsProtocol.in_femtoseconds, but for the friction, of dynamics by a map."""
    driven = TRAJECTORIES["driven"]
    times = {key: 1000 * driven[key] for key in ("equilibration", "length", "interval")}
    return {key: driven[key] for key in ("temperature", "time_step")} | times


def model_systems(*keys):
    """Values of config["model_systems"] by key: what a rule there depends on."""
    return {key: config["model_systems"][key] for key in keys}


def trained(name, data_sets):
    """The file `name` of every functional of the data sets."""
    return expand(
        "results/networks/{data_set}/{functional}/{name}",
        data_set=data_sets,
        functional=FUNCTIONALS,
        name=name,
    )


def repeats_input(wildcards):
    """The data set, and the grid search where its winner is what is trained."""
    inputs = {"systems": f"results/model_systems/{wildcards.data_set}.parquet"}
    if config["networks"]["repeats"]["hyperparameters"] == "winner":
        inputs["grid_search"] = (
            f"results/networks/{wildcards.data_set}/{wildcards.functional}/grid_search.parquet"
        )
    return inputs


def study_targets():
    """What the study ends with."""
    figures = [
        *FIGURES,
        *expand("arnstein_fig08_{data_set}_{functional}", **SEARCHED),
        *expand("study_noise_response_{data_set}", data_set=MAPPED_DATA_SETS),
    ]
    return [
        "results/claims.md",
        *expand(
            "results/tables/{name}.md",
            name=["table1", "grid_search", "bogojeski_table1", "bogojeski_table2"],
        ),
        *expand("results/figures/{figure}.{format}", figure=figures, format=["png", "pdf"]),
    ]
