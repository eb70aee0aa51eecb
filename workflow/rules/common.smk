"""The config, names of files, fingerprints of code: what the rules of all chapters share."""

import copy
import functools
import hashlib
import os
import re
import shlex
import sys

from pathlib import Path

from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError
from snakemake.iocontainers import Wildcards
from snakemake.utils import update_config

# Of this file, whichever Snakefile includes it or uses it as a module.
REPOSITORY = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).resolve().parents[1]
if not (REPOSITORY / "src/hkmaps").is_dir():
    raise WorkflowError(
        f"The workflow is read from {REPOSITORY}, which has no src/hkmaps; it runs from a checkout"
        " of its repository, as a module of another workflow, too."
    )
# Whether the Snakefile of the run is another one.
IN_MODULE = Path(workflow.basedir).resolve() not in (REPOSITORY, REPOSITORY / "workflow")
# The library of this checkout, installed or not; study_job.py does the same for the jobs.
sys.path.insert(0, str(REPOSITORY / "src"))
# One thread a job: the same sums in the same order whatever --cores is, and cores go to jobs.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
# Jobs read, write and print UTF-8, their libraries too, whatever the locale.
os.environ |= {"PYTHONUTF8": "1"}
# Snakemake puts the path into the shell commands of its jobs as it stands, blanks and all.
if Path(sys.executable).exists():
    sys.executable = shlex.quote(sys.executable)

from hkmaps.datasets.functionals import FUNCTIONALS as PAPER_FUNCTIONALS
from hkmaps.datasets.functionals import VARIABLES
from hkmaps.errors import HkmapsError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.molecules.dynamics_names import LEARNING, STABILITY
from hkmaps.molecules.engines import ENGINES
from hkmaps.study import (
    charge_state_sizes,
    check_files,
    check_study,
    check_unique_keys,
    data_set_sizes,
    typed,
)
from hkmaps.study.samples import Samples, molecule_of

SYSTEMS_PER_CHUNK = 50
PUBLISHED_CONFIG = load_configfile(REPOSITORY / "config/config.yaml")
if IN_MODULE:
    # What the other workflow's config does not mention is as published.
    merged = copy.deepcopy(PUBLISHED_CONFIG)
    update_config(merged, config)
    config.update(merged)
else:
    # Snakemake reads nested values of --config as text.
    update_config(config, typed(workflow.config_settings.config))


def repository_file(path):
    """A file of this repository as an input.

    Relative where the study runs in the repository: Snakemake knows inputs by name, and a study
    that is moved with its results has nothing to do.
    """
    return str(REPOSITORY / path) if IN_MODULE or Path.cwd() != REPOSITORY else path


def study_file(path):
    """A file that the config names: of the working directory, or else of this repository."""
    return path if Path(path).exists() else repository_file(path)


try:
    for path in workflow.configfiles:
        check_unique_keys(path)
    config.update(check_study(config, PUBLISHED_CONFIG))
    check_files(config)
    # Name of a data set -> how many systems it has.
    DATA_SETS = data_set_sizes(config)
    # The same of those of the follow-up.
    CHARGE_SETS = charge_state_sizes(config)
except HkmapsError as error:
    raise WorkflowError(str(error)) from None


@functools.cache
def published_study():
    """The published config with all that it leaves to defaults, as `config` is of this run."""
    return check_study(PUBLISHED_CONFIG, PUBLISHED_CONFIG)


def one_of(names):
    """The pattern of any of the names, and of nothing where there are none."""
    return "|".join(map(re.escape, names)) or "(?!)"


# In the order of the paper, whatever that of the config.
FUNCTIONALS = [
    functional.path_name
    for functional in PAPER_FUNCTIONALS
    if functional.path_name in config["networks"]["functionals"]
]
SEARCHED_FUNCTIONALS, FULLY_CONNECTED_FUNCTIONALS = (
    [name for name in FUNCTIONALS if name in config["networks"][part]["functionals"]]
    for part in ("grid_search", "fully_connected")
)
# Those of a variable are learned in one job.
FUNCTIONALS_OF = {
    variable: names
    for variable in VARIABLES
    if (names := [name for name in FUNCTIONALS if name.endswith(f"-{variable}")])
}
SEARCHED_DATA_SETS = config["networks"]["grid_search"]["data_sets"]
SEARCHED = {"data_set": SEARCHED_DATA_SETS, "functional": SEARCHED_FUNCTIONALS}
MAPPED_DATA_SETS = config["maps"]["exact_systems"]["data_sets"]
TRAINED_DATA_SETS = config["networks"]["repeats"]["data_sets"]
FULLY_CONNECTED_DATA_SETS = config["networks"]["fully_connected"]["data_sets"]
# Families that are compared: those that are learned and whose pairs are known.
FAMILY_DATA_SETS = [
    name for name in TRAINED_DATA_SETS if name in config["conditioning"]["data_sets"]
]
SEEDS = config["networks"]["seeds"]
# Further seeds are the study's seed and these.
SEED_NUMBERS = range(1, SEEDS["count"] + 1)
# What all training of networks depends on.
TRAINING = {
    "oversized_batches": config["networks"]["oversized_batches"],
    "seed": config["seed"],
}

SAMPLES = Samples(config)
# Molecules that the published study does not have.
OWN = [name for name in config["molecules"] if name not in PUBLISHED_CONFIG["molecules"]]
TRAJECTORIES = config["trajectories"]
DRIVEN, AB_INITIO, THERMAL = (
    TRAJECTORIES[kind]["molecule"] for kind in ("driven", "ab_initio", "thermal")
)


wildcard_constraints:
    data_set=one_of(DATA_SETS),
    charge_set=one_of(CHARGE_SETS),
    functional=one_of(FUNCTIONALS),
    molecule=one_of(SAMPLES.owners),
    sample=one_of(SAMPLES.by_name),
    run=one_of({name for runs in SAMPLES.runs.values() for name in runs}),
    method="(hohenberg_kohn|kohn_sham)(_forces)?",
    dynamics=one_of(dict.fromkeys(name for *_, name in SAMPLES.rounds.runs)),
    tautomer=r"\d+",
    chunk=r"\d+",
    number=r"\d+",


def file_digest(path):
    """Fingerprint of a file of this repository; among a rule's params, it reruns the rule."""
    return hashlib.sha256((REPOSITORY / path).read_bytes()).hexdigest()[:12]


PUBLISHED = repository_file("config/published.csv")


def code(script, *modules):
    """Fingerprint of the library code behind a script; among a rule's params, it reruns the rule."""
    return code_fingerprint(REPOSITORY / "workflow/scripts" / script, *modules)


def sample_of(wildcards):
    """The sample that wildcards name."""
    return SAMPLES.by_name[wildcards.sample]


def as_wildcards(**names):
    """Wildcards that name a sample or a molecule, for rules that have none."""
    return Wildcards(fromdict=names)


def molecule_name(wildcards):
    """The molecule of a sample, of a draw, or of itself."""
    return molecule_of(wildcards.get("sample") or wildcards.molecule)


def entry_of(wildcards):
    """The config's entry of a molecule."""
    return config["molecules"][molecule_name(wildcards)]


def structure(wildcards):
    """The file of a molecule's reference geometry."""
    return study_file(entry_of(wildcards)["structure"])


def molecule_settings(wildcards):
    """What a molecule is beside its structure."""
    keys = ("permutations", "tautomers", "bonds", "bond_limits")
    known = {key: entry_of(wildcards)[key] for key in keys}
    return {"name": molecule_name(wildcards)} | known


def engine(wildcards):
    """Name of the program that calculates a molecule, or a sample of it, and its settings."""
    own = sample_of(wildcards).settings.get("engine") if wildcards.get("sample") else None
    settings = config["engines"][own or entry_of(wildcards)["engine"]]
    return {
        "name": settings["program"],
        "settings": {key: value for key, value in settings.items() if key != "program"},
    }


def engine_code(script):
    """Function of wildcards: fingerprint of a script's code with that of the molecule's engine."""
    return lambda wildcards: code(script, ENGINES[engine(wildcards)["name"]][0])


def chunk_tables(wildcards):
    """The tables of solved systems that make up a data set."""
    chunks = range(-(-DATA_SETS[wildcards.data_set] // SYSTEMS_PER_CHUNK))
    return [
        f"results/model_systems/chunks/{wildcards.data_set}_{chunk}.parquet" for chunk in chunks
    ]


def charge_state_tables(wildcards):
    """The tables of solved charge states that make up a data set of the follow-up."""
    chunks = range(-(-CHARGE_SETS[wildcards.charge_set] // SYSTEMS_PER_CHUNK))
    return [f"results/follow_up/chunks/{wildcards.charge_set}_{chunk}.parquet" for chunk in chunks]


def model_systems(*keys):
    """Values of config["model_systems"] by key: what a rule there depends on."""
    return {key: config["model_systems"][key] for key in keys}


def networks_tables(kind):
    """The tables of a comparison of networks, of all data sets that it is made for."""
    return expand(
        "results/networks/{data_set}/{kind}.parquet",
        data_set=config["networks"][kind]["data_sets"],
        kind=kind,
    )


def seed_tables(kind):
    """The tables of a kind of all further seeds."""
    return [
        f"results/networks/{name}/seed{number}_{kind}.parquet"
        for name in SEEDS["data_sets"]
        for number in SEED_NUMBERS
    ]


def further_seed(wildcards):
    """What training depends on, from a further seed."""
    return TRAINING | {"seed": config["seed"] + int(wildcards.number)}


def trained(name, data_sets, functionals=FUNCTIONALS):
    """The file `name` of functionals of the data sets."""
    return expand(
        "results/networks/{data_set}/{functional}/{name}",
        data_set=data_sets,
        functional=functionals,
        name=name,
    )
