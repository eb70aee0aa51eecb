"""Names of targets and config look-ups for all chapters; no science."""

import copy
import hashlib
import os
import re
import shlex
import sys
from itertools import chain
from pathlib import Path

from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError
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

from hkmaps.configuration import check_unique_keys, read_schema, typed
from hkmaps.contradictions import pool_name
from hkmaps.datasets.functionals import FUNCTIONALS as PAPER_FUNCTIONALS
from hkmaps.errors import HkmapsError, InputError
from hkmaps.fingerprints import code_fingerprint
from hkmaps.molecules.engines import ENGINES
from hkmaps.molecules.results import CHOSEN, TIGHT
from hkmaps.molecules.systems import find_molecule
from hkmaps.omissions import leave_out
from hkmaps.study import check_study, of_key

SYSTEMS_PER_CHUNK = 50
GEOMETRIES_PER_CHUNK = 50
SCHEMA = read_schema(REPOSITORY / "workflow/schemas/config.schema.yaml")


PUBLISHED_CONFIG = load_configfile(REPOSITORY / "config/config.yaml")
if IN_MODULE:
    # What the other workflow's config does not mention is as published.
    merged = copy.deepcopy(PUBLISHED_CONFIG)
    update_config(merged, config)
    config.update(merged)
else:
    # Snakemake reads nested values of --config as text.
    update_config(config, typed(workflow.config_settings.config))


try:
    for path in workflow.configfiles:
        check_unique_keys(path)
    config.update(leave_out(config, PUBLISHED_CONFIG))
    # Name of a data set -> how many systems it has.
    DATA_SETS = check_study(config, SCHEMA)
except HkmapsError as error:
    raise WorkflowError(str(error)) from None


def one_of(names):
    """The pattern of any of the names, and of nothing where there are none."""
    return "|".join(map(re.escape, names)) or "(?!)"


def molecule_of(sample):
    """The molecule of a sample or draw, ethane of ethane/300K."""
    return sample.partition("/")[0]


def sampled_of(sample):
    """The conformer or draw of a sample, ethane/draw1 of ethane/draw1/300K."""
    return sample.rpartition("/")[0]


# In the order of the paper, whatever that of the config.
FUNCTIONALS = [
    functional.path_name
    for functional in PAPER_FUNCTIONALS
    if functional.path_name in config["networks"]["functionals"]
]
SEARCHED_DATA_SETS = config["networks"]["grid_search"]["data_sets"]
SEARCHED = {"data_set": SEARCHED_DATA_SETS, "functional": FUNCTIONALS}
MAPPED_DATA_SETS = config["maps"]["exact_systems"]["data_sets"]
TRAINED_DATA_SETS = config["networks"]["repeats"]["data_sets"]

MOLECULES = config["molecules"]["systems"]
MOLECULE_ENGINE = config["molecules"]["engine"]
CONFORMER_ENGINE = config["molecules"]["conformers"]["engine"]
CONFORMERS = config["molecules"]["conformers"]["systems"]
# Draws of a molecule, such as ethane/draw1: conformers with trajectories of their own.
DRAWN = config["molecules"]["conformers"]["draws"]
DRAWS = [f"{DRAWN['molecule']}/draw{number}" for number in range(1, DRAWN["count"] + 1)]
# What is sampled by dynamics: the conformers and their draws.
SAMPLED = CONFORMERS | {
    draw: {"pools": [DRAWN["pool"]], "training_points": [DRAWN["training_points"]]}
    for draw in DRAWS
}
# What is sampled -> name of a pool, such as 300+350K -> its temperatures.
POOLS = {
    name: {pool_name(pool): pool for pool in settings["pools"]}
    for name, settings in SAMPLED.items()
}
MOLECULE_ERRORS = expand("results/maps/{molecule}/errors.parquet", molecule=MOLECULES)
CONFORMER_ERRORS = [
    f"results/maps/{name}/{pool}/errors.parquet" for name in CONFORMERS for pool in POOLS[name]
]
ENGINE_ACCURACY = expand(
    "results/molecules/{conformer}/engine_accuracy.parquet", conformer=CONFORMERS
)


TRAJECTORIES = config["trajectories"]
TRAJECTORY_POOL = pool_name(TRAJECTORIES["pool"])
DRIVEN, AB_INITIO = (TRAJECTORIES[kind]["molecule"] for kind in ("driven", "ab_initio"))
POOL_SAMPLES = [f"{name}/{pool}" for name, pools in POOLS.items() for pool in pools]
TEST_SAMPLES = [f"{name}/test" for name in SAMPLED]
DRIVEN_SAMPLE = f"{DRIVEN}/{TRAJECTORY_POOL}-driven"
# Sets of geometries with reference calculations -> how many.
SAMPLES = {
    **{name: settings["geometries"] for name, settings in MOLECULES.items()},
    **{name: max(SAMPLED[sampled_of(name)]["training_points"]) for name in POOL_SAMPLES},
    **dict.fromkeys(TEST_SAMPLES, config["molecules"]["conformers"]["test"]["geometries"]),
    **{f"{draw}/test": DRAWN["test"] for draw in DRAWS},
    DRIVEN_SAMPLE: TRAJECTORIES["driven"]["snapshots"],
}
# Those of them that no files of the user can take the place of.
CALCULATED = {DRIVEN_SAMPLE, *(name for name in SAMPLES if sampled_of(name) in DRAWS)}
# Those of them that the user has files of.
FILES = config["molecules"]["files"]


def file_paths(files):
    """The files of a sample, as far as they are paths."""
    of_geometries = files["energies"].partition(":")[0] == "comment"
    test = files.get("test")
    return [
        files["geometries"],
        files["densities"],
        *([files["atomic_numbers"]] if files.get("atomic_numbers") else []),
        *([] if of_geometries else [files["energies"]]),
        *([test] if isinstance(test, str) and test not in ("all", "none") else []),
    ]


def check_files(sample, settings):
    """Refuse files of a sample that are not there or not declared as they must be."""
    if sample not in SAMPLES or sample in CALCULATED:
        known = ", ".join(name for name in SAMPLES if name not in CALCULATED)
        raise InputError(
            f"The config key molecules.files names the sample {sample}; there are {known}."
        )
    # Imported for those who have files: it takes longer than the rest of this file.
    from hkmaps.densities.fourier import FourierBasis
    from hkmaps.molecules.reference_files import ALL, NONE, ReferenceFiles

    with of_key(f"molecules.files.{sample}"):
        files = ReferenceFiles.from_settings(settings)
        molecules = config["molecules"]
        files.layout.expect_basis(FourierBasis(molecules["box_length"], molecules["frequencies"]))
        for path in file_paths(settings):
            if not Path(path).is_file():
                raise InputError(
                    f"The file {path} does not exist; paths are relative to {Path.cwd()}."
                )
        if sample in MOLECULES:
            wrong, allowed = (ALL, NONE), "a number, a list or a file of test geometries"
        else:
            allowed = ALL if sample in TEST_SAMPLES else NONE
            wrong = () if files.test == allowed else (files.test,)
        if files.test in wrong:
            raise InputError(f"The key test is {files.test}; of this sample it must be {allowed}.")


try:
    for name, settings in FILES.items():
        check_files(name, settings)
except HkmapsError as error:
    raise WorkflowError(str(error)) from None


wildcard_constraints:
    sample=one_of(SAMPLES),
    data_set="|".join(DATA_SETS),
    functional="|".join(FUNCTIONALS),
    molecule="|".join(MOLECULES),
    conformer=one_of(SAMPLED),
    pool=r"[\d.+]+K",
    run=r"[\d.]+K|test",
    tautomer=r"\d+",
    chunk=r"\d+",


def repository_file(path):
    """A file of this repository as an input.

    Relative where the study runs in the repository: Snakemake knows inputs by name, and a study
    that is moved with its results has nothing to do.
    """
    return str(REPOSITORY / path) if IN_MODULE or Path.cwd() != REPOSITORY else path


def file_digest(path):
    """Fingerprint of a file of this repository; among a rule's params, it reruns the rule."""
    return hashlib.sha256((REPOSITORY / path).read_bytes()).hexdigest()[:12]


PUBLISHED = repository_file("config/published.csv")


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
    return {
        # Settings of a program that is not chosen change nothing.
        name: {key: settings.get(key, value) for key, value in chosen.items()}
        for name, settings in changes.items()
    }


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
    """The trajectories of all tautomers of a conformer in the runs, such as 300K or test."""
    return expand(
        "results/molecules/{conformer}/trajectories/{run}_{tautomer}.parquet",
        conformer=conformer,
        run=runs,
        tautomer=range(len(find_molecule(molecule_of(conformer)).tautomers)),
    )


def pool_trajectories(wildcards):
    """The trajectories whose snapshots make up a pool."""
    conformer, _, pool = wildcards.sample.rpartition("/")
    return trajectories(conformer, [f"{value:g}K" for value in POOLS[conformer][pool]])


def dynamics_protocol(wildcards):
    """Arguments of DynamicsProtocol.in_femtoseconds for a run."""
    dynamics, test = (config["molecules"]["conformers"][key] for key in ("dynamics", "test"))
    if wildcards.run == "test":
        geometries = SAMPLES[f"{wildcards.conformer}/test"]
        temperature, length = test["temperature"], geometries * dynamics["interval"]
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


def corners(parameters):
    """Parameters of a data set whose ranges have their ends alone."""
    return {
        name: {**value, "points": min(2, value["points"])} if isinstance(value, dict) else value
        for name, value in parameters.items()
    }


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


def study_results():
    """What is computed, drawn and claimed: all but what is said of the run itself."""
    figures = [
        *(name for name in FIGURES if name != "study_cost"),
        *expand("arnstein_fig08_{data_set}_{functional}", **SEARCHED),
        *expand("study_noise_response_{data_set}", data_set=MAPPED_DATA_SETS),
    ]
    return [
        "results/claims.md",
        *expand(
            "results/tables/{name}.md",
            name=[
                "table1",
                "grid_search",
                "bogojeski_table1",
                "bogojeski_table2",
                "draws",
                "functional_methods",
                "engine_accuracy",
                "reference_calculations",
            ],
        ),
        *expand("results/figures/{figure}.{format}", figure=figures, format=["png", "pdf"]),
        *expand(
            "results/conditioning/{data_set}.parquet", data_set=config["conditioning"]["data_sets"]
        ),
    ]


def study_targets():
    """What the study ends with."""
    return [
        *study_results(),
        "results/tables/cost.md",
        *expand("results/figures/study_cost.{format}", format=["png", "pdf"]),
        "results/report.html",
    ]


def report_inputs(chapters):
    """Files that a report shows, by item, and the tables behind them, by item_data."""
    inputs = {}
    for name in chain(*chapters.values()):
        if name in TABLES:
            inputs[name], data = f"results/tables/{name}.md", TABLES[name][0]
        elif name in FIGURE_SERIES:
            inputs[name], data = FIGURE_SERIES[name]
        else:
            inputs[name], data = f"results/figures/{name}.png", list(FIGURES[name].values())
        inputs[f"{name}_data"] = data
    return inputs


def report_captions(chapters):
    """The captions of a report by item; as they stand among params, an edit is seen."""
    items = chain(*chapters.values())
    names = {name: TABLES[name][1] if name in TABLES else name for name in items}
    folder = REPOSITORY / "workflow/report"
    return {
        name: (folder / f"{caption}.rst").read_text(encoding="utf-8")
        for name, caption in names.items()
    }


def paper_results(paper):
    """The figures and tables of a paper."""
    shown = report_inputs({"": REPORT[PAPERS[paper]["chapter"]]})
    files = []
    for name, paths in shown.items():
        if not name.endswith("_data"):
            files += [paths] if isinstance(paths, str) else paths
    return [*files, *(path.removesuffix("png") + "pdf" for path in files if path.endswith("png"))]


def paper_claim_inputs(paper):
    """What the claims of a paper are decided with, of the inputs of all claims."""
    of_a, inputs = PAPERS["a"]["claim_inputs"], dict(rules.claims.input.items())
    return {
        name: files
        for name, files in inputs.items()
        if name == "published" or (name in of_a) == (paper == "a")
    }


def study_jobs(wildcards, input):
    """Step, rule, wildcards and benchmark file of every job behind files, theirs included.

    A benchmark file is no output: those of jobs that the study no longer has stay behind, and one
    that is missing is no reason to calculate again. So the jobs are found as Snakemake finds them,
    from the results backwards, and not from the files that lie there.
    """
    jobs, pending = {}, set(input)
    while pending:
        path = pending.pop()
        for made_by in filter(lambda each: each.benchmark, workflow.rules):
            if not made_by.is_producer(path):
                continue
            values = made_by.get_wildcards(path)
            job = " ".join(f"{key}={value}" for key, value in sorted(values.items()))
            if (made_by.name, job) not in jobs:
                jobs[made_by.name, job] = str(made_by.expand_benchmark(values))
                pending.update(map(str, made_by.expand_input(values)[0]))
    return [
        [Path(path.partition("benchmarks/")[2]).with_suffix("").parts[0], name, job, path]
        for (name, job), path in sorted(jobs.items())
    ]
