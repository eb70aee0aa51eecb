"""Which rules run again after an edit of the config: found by dry runs, written as docs/reruns.md.

python tests/workflow/reruns.py > docs/reruns.md
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import NoReturn

import yaml

REPOSITORY = Path(__file__).parents[2]

# Snakemake and what the library needs, imported once; every dry run is a process forked from there.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "snakemake.cli",
        "snakemake.executors.touch",
        "jsonschema",
        "pandas",
        "pyarrow.parquet",
        "scipy",
    ]
)

OWN_FILES = {
    "geometries": "own.xyz",
    "energies": "own.txt",
    "densities": "own.npy",
    "energy_unit": "Ha",
    "layout": {
        "values_per_dimension": 12,
        "parts": "packed",
        "imaginary": "sine",
        "normalisation": "orthonormal",
        "box_length": 20,
        "origin": "centre",
    },
}
"""Files of a sample, as an edit names them."""

CLAIMS = (
    *("claims", "study_claims", "study_claims_paper_a", "study_claims_paper_b"),
    *("study_claims_source", "study_claims_follow_up"),
)
LAST = ("cost", "study_cost", "study_report")
"""What sums up the whole run, and so ends every run that does anything."""


@dataclass(frozen=True)
class Job:
    """A job of a dry run: its rule, the files that it reads and the files that it writes."""

    rule: str
    inputs: frozenset[str]
    outputs: frozenset[str]


@dataclass(frozen=True)
class Edit:
    """An edit of the smoke config.

    Attributes:
        key: the key that is edited, as config/README.md has it; keys below it behave as it does.
        override: keys and their new values.
        starts: the rules that depend on what is edited themselves; all others that run again do so
            because these do.
        only: a part of all paths that these rules write.
        what: what is done, where the key does not say it.
    """

    key: str
    override: dict
    starts: frozenset[str]
    only: str = ""
    what: str = ""

    @property
    def name(self) -> str:
        """The key and what is done."""
        return f"{self.key} ({self.what})" if self.what else self.key


def edit(key, value, *starts, at=None, only="", what="", **others) -> Edit:
    """An edit of one value, which stands `at` a place in the config, and of others."""
    for part in reversed((at or key).split(".")):
        value = {part: value}
    return Edit(key, merged(value, others), frozenset(starts), only, what)


def merged(first: dict, second: dict) -> dict:
    """Both, with the values of the second where both have one."""
    nested = {
        key: merged(first[key], second[key])
        for key in first.keys() & second.keys()
        if isinstance(first[key], dict)
    }
    return {**first, **second, **nested}


@dataclass(frozen=True)
class Rerun:
    """What an edit runs.

    Attributes:
        new: jobs whose files did not exist.
        again: jobs that run again although nothing that they read is written before.
        follows: jobs that run again and read what a job before them writes.
        depending: all jobs of the edited study, but for new ones, that read, directly or not, what
            those that are new or run again write.
    """

    new: frozenset[Job]
    again: frozenset[Job]
    follows: frozenset[Job]
    depending: frozenset[Job]


def rules(jobs: Iterable[Job]) -> set[str]:
    """The rules of some jobs."""
    return {job.rule for job in jobs}


class FinishedStudy:
    """A smoke study in which Snakemake finds everything done: its files are there, but empty.

    What runs again depends on what Snakemake has recorded of every file, not on what is in it.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._numbers = count()
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._reruns: dict[str, Future] = {}
        for key in ("geometries", "energies", "densities"):
            (folder / OWN_FILES[key]).touch()
        for name in ("ethane.xyz", "ethane.prmtop"):
            shutil.copy(folder / "config/molecules" / name, folder / f"own_{name}")

    @cached_property
    def jobs(self) -> frozenset[Job]:
        """All jobs of the study as it is."""
        return self.all_jobs()

    def clone(self, folder: Path) -> "FinishedStudy":
        """The same study elsewhere."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return FinishedStudy(folder)

    def all_jobs(self, override: dict | None = None) -> frozenset[Job]:
        """The jobs of the study, with the edited config."""
        return announced_jobs(self.snakemake("--dry-run", "--forceall", override=override))

    def jobs_to_run(self, override: dict | None = None) -> frozenset[Job]:
        """The jobs that a dry run with the edited config announces."""
        return announced_jobs(self.snakemake("--dry-run", override=override))

    def finish(self, override: dict | None = None) -> None:
        """Record every job as done with the edited config."""
        for job in self.all_jobs(override):
            for path in job.outputs:
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / path).touch()
        # All, or Snakemake knows nothing of files that were there and depend on no other.
        self.snakemake("--touch", "--forceall", override=override)

    def rerun(self, override: dict | None = None) -> Rerun:
        """What a run with the edited config would do."""
        running = self.jobs_to_run(override)
        jobs = self.jobs if running <= self.jobs else self.all_jobs(override)
        written = set().union(*(job.outputs for job in running))
        new = {job for job in running if not all((self.folder / f).exists() for f in job.outputs)}
        again = {job for job in running - new if not job.inputs & written}
        return Rerun(
            frozenset(new),
            frozenset(again),
            frozenset(running - new - again),
            _depending(jobs, new | again) - new,
        )

    def reruns(self, edits: Iterable[Edit]) -> dict[str, Future]:
        """Name of each edit -> what it runs, on all cores."""
        for each in edits:
            if each.name not in self._reruns:
                self._reruns[each.name] = self._pool.submit(self.rerun, each.override)
        return self._reruns

    def close(self) -> None:
        """Start no more dry runs."""
        self._pool.shutdown(cancel_futures=True)

    def snakemake(self, *arguments: str, override: dict | None = None) -> str:
        """Run Snakemake in the study and return what it says."""
        number, configs = next(self._numbers), ["config/smoke.yaml"]
        if override is not None:
            configs.append(f"override_{number}.yaml")
            (self.folder / configs[-1]).write_text(yaml.safe_dump(override))
        said = self.folder / f"said_{number}.txt"
        command = [*arguments, "--cores", "1", "--configfile", *configs]
        process = PROCESSES.Process(target=run_snakemake, args=(self.folder, said, command))
        process.start()
        process.join()
        text = said.read_text()
        said.unlink()
        if process.exitcode != 0:
            raise RuntimeError(f"Snakemake ended with exit code {process.exitcode}.\n{text}")
        return text


def run_snakemake(folder: Path, said: Path, arguments: list[str]) -> NoReturn:
    """Run Snakemake in a forked process, write what it says, and end the process."""
    import snakemake.cli  # noqa: PLC0415  (imported before the fork)
    from snakemake.executors import touch  # noqa: PLC0415

    # Files that are empty need no time between them.
    touch.Executor.SLEEPING_TIME = 0
    os.chdir(folder)
    descriptor = os.open(said, os.O_CREAT | os.O_WRONLY)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        snakemake.cli.main(arguments)
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        # Snakemake's exit code, not the one of the interpreter's end: of thousands of dry runs that
        # had said everything, one had another.
        os._exit(end.code)


def announced_jobs(text: str) -> frozenset[Job]:
    """The jobs that a dry run announces, but for the one that asks for all others."""
    found = set()
    for rule, block in re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", text, re.MULTILINE):
        files = {
            # A flag, such as (update), may stand behind a path.
            key: frozenset(path.partition(" (")[0] for path in paths.split(", "))
            for key, paths in re.findall(r"^    (input|output): (.*)$", block, re.MULTILINE)
        }
        if "output" in files:
            found.add(Job(rule, files.get("input", frozenset()), files["output"]))
    return frozenset(found)


def _depending(jobs: Iterable[Job], first: set[Job]) -> frozenset[Job]:
    """All jobs that read what the first ones write, or what those write that do."""
    found, pending = set(), set(first)
    while pending:
        written = set().union(*(job.outputs for job in pending))
        pending = {job for job in jobs if job.inputs & written} - found - first
        found |= pending
    return frozenset(found)


def config_keys() -> list[str]:
    """All keys of config/README.md that hold a value."""
    text = (REPOSITORY / "config/README.md").read_text()
    keys = re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)
    return [key for key in keys if not any(other.startswith(f"{key}.") for other in keys)]


PYSCF = {
    "functional": "BLYP",
    "orbital_basis": "gth-dzv",
    "pseudopotential": "gth-blyp",
    "density_fitting": False,
    "grid_level": 2,
    "tolerance": 2.0e-7,
}
ESPRESSO = {
    "wave_function_cutoff": 80,
    "density_cutoff": 400,
    "pseudopotentials": "/usr/share/espresso/pseudo",
    "command": "pw.x -v",
}
IONS = {
    "family": "atom",
    "grid": {"length": 14, "density": 12},
    "parameters": {"Z": {"start": 1.0, "stop": 2.0, "points": 3}, "alpha": 0.8},
    "require_bound": False,
}
SETS = "model_systems.data_sets"
CALCULATE = (
    *("reference_chunk", "engine_accuracy"),
    *("ab_initio_trajectory", "thermal_trajectory"),
)
"""Rules that calculate by the reference engine."""

OF_DRAWN = ("reference_minimum", "reference_surface")
"""Those of H2 and H2O alone."""
ACCURACY = ("engine_accuracy_table", "study_engine_accuracy")
OF_MOLECULE = ("classical_trajectory",)
"""Rules that a molecule begins with, all others of it follow."""
ETHANE_BONDS = [[0, 1], *([0, atom] for atom in (2, 3, 4)), *([1, atom] for atom in (5, 6, 7))]
COLD_SAMPLE = {"dynamics": "force_field", "temperatures": [300]}
OTHER_SAMPLE = {"dynamics": "force_field", "temperatures": [350]}
HALF_AS_LONG = [{"atoms": [0, 1], "low": 0.5, "high": 1.0}]
OWN_MOLECULE = {
    "structure": "config/molecules/H2O.xyz",
    "engine": "dzvp",
    "samples": {
        "train": {"displacement": 0.05, "geometries": 12},
        "test": {"displacement": 0.04, "geometries": 4},
    },
    "maps": {"pools": ["train"], "test": "test", "sizes": [6, 12]},
}

SEARCH = ("grid_search_V", "grid_search_n")
REPEATS = ("repeats_V", "repeats_n")
TRAIN = (
    *(*SEARCH, *REPEATS, "fully_connected"),
    *("depths", "random_search", "seed_errors"),
)
"""Rules that train networks and read no other networks' results."""

OTHER_NETWORKS = (*REPEATS, "fully_connected", "depths", "seed_errors")
"""Rules that train as Table 1 does."""

ALL_TRAINED = ["atoms", "diatomics", "atoms-converged", "gaussian-dips"]
BOTH_SEARCHED = {"grid_search": {"data_sets": ["atoms", "diatomics"]}}

EDITS = [
    edit(
        *("seed", 7, "pairs", *TRAIN, "nested_errors", "box_errors", "drawn_geometries"),
        *("classical_trajectory", "ab_initio_trajectory"),
    ),
    edit(
        *("model_systems.stencil", 11, "convergence", "solve_systems", "gauge_shift", "figure12"),
        "solve_charge_states",
    ),
    edit("model_systems.input_points", 128, "solve_systems", "architecture"),
    edit("model_systems.threshold", 0.01, "data_set"),
    edit(
        *("model_systems.accept_unconverged", ["atoms", "gaussian-dips", "sinusoids"], "data_set"),
        only="/diatomics",
    ),
    *(
        edit(f"model_systems.reference_grid.{key}", 22, *starts)
        for key, starts in {
            "length": ("convergence", "solve_systems", "gauge_shift"),
            "density": ("convergence", "solve_systems", "gauge_shift"),
        }.items()
    ),
    edit(
        *(f"{SETS}.<name>.family", "diatomic", "solve_systems"),
        at=f"{SETS}.atoms-converged.family",
        only="/atoms-converged",
        model_systems={"data_sets": {"atoms-converged": {"parameters": {"r": 2.0}}}},
    ),
    *(
        edit(
            *(f"{SETS}.<name>.grid.{key}", value, "solve_systems"),
            at=f"{SETS}.atoms.grid.{key}",
            only="/atoms_",
        )
        for key, value in {"length": 16, "density": 13}.items()
    ),
    *(
        edit(
            *(f"{SETS}.<name>.parameters.<name>.{key}", value, "solve_systems", "convergence"),
            at=f"{SETS}.atoms.parameters.Z.{key}",
        )
        for key, value in {"start": 0.6, "stop": 1.9}.items()
    ),
    edit(
        *(f"{SETS}.<name>.parameters.<name>.points", 5, "solve_systems"),
        at=f"{SETS}.atoms.parameters.Z.points",
        only="/atoms_",
    ),
    edit(
        *(f"{SETS}.<name>.require_bound", True, "data_set"),
        at=f"{SETS}.diatomics.require_bound",
        only="/diatomics",
    ),
    edit(SETS, IONS, at=f"{SETS}.ions", what="another one that nothing uses"),
    *(
        edit(f"model_systems.convergence.{key}", value, "convergence")
        for key, value in {
            "hydrogen_length": 18,
            "hydrogen_densities": [2, 5, 8],
            "hydrogen_lengths": [6, 10, 12],
            "hydrogen_length_density": 12,
            "data_sets": ["atoms"],
            "data_set_lengths": [10, 12],
            "data_set_densities": [6, 9],
        }.items()
    ),
    edit(
        *("networks.functionals", ["E-V", "A-V", "T-V", "Eg-V", "A-n", "T-n", "Eg-n"]),
        *("grid_search_table", "table1", "noise_response", "output_ranges"),
        *("fully_connected", "seed_errors", "seed_pairs"),
        what="one less, of n",
    ),
    edit(
        *("networks.oversized_batches", "refuse", *TRAIN),
        networks={
            "grid_search": {"batch_sizes": [4]},
            "repeats": {"data_sets": ["atoms"], "batch_size": 4},
        },
        maps={"exact_systems": {"data_sets": ["atoms"]}},
        what="here with smaller batches",
    ),
    edit("networks.grid_search.data_sets", ["atoms", "diatomics"], what="another one"),
    *(
        edit(f"networks.grid_search.{key}", value, *SEARCH, "fully_connected", "random_search")
        for key, value in {
            "learning_rates": [0.00128, 0.00256],
            "batch_sizes": [4, 10, 50],
            "steps": 7,
            "validation_fraction": 0.3,
        }.items()
    ),
    edit(
        *("networks.grid_search.functionals", ["A-V", "E-n"], "grid_search_table", "seed_pairs"),
        what="fewer",
    ),
    edit("networks.grid_search.runs", 3, *SEARCH, "fully_connected"),
    edit(
        *("networks.repeats.data_sets", [*ALL_TRAINED, "ions"]),
        model_systems={"data_sets": {"ions": IONS}},
        what="another one, new as well",
    ),
    edit("networks.repeats.count", 3, *OTHER_NETWORKS),
    edit(
        *("networks.repeats.counts.<name>", 3, *REPEATS),
        at="networks.repeats.counts.diatomics",
        only="diatomics",
    ),
    edit("networks.repeats.steps", 11, *OTHER_NETWORKS),
    edit(
        *("networks.repeats.hyperparameters", "winner", *REPEATS),
        networks={"grid_search": {"data_sets": ALL_TRAINED}},
        only="/atoms/",
        what="here with more grid searches",
    ),
    *(
        edit(
            *(f"networks.repeats.{key}", value, *REPEATS, "grid_search_table"),
            *("depths", "seed_errors", "seed_pairs"),
        )
        for key, value in {"learning_rate": 0.00128, "batch_size": 10}.items()
    ),
    *(
        edit(
            *(f"networks.{key}.data_sets", ["atoms", "diatomics"]),
            what="another one, here with more grid searches",
            networks=BOTH_SEARCHED,
        )
        for key in ("fully_connected", "random_search", "seeds")
    ),
    edit("networks.fully_connected.functionals", ["A-V"], "fully_connected", what="one alone"),
    edit("networks.fully_connected.neurons", [14, 14], "fully_connected"),
    edit("networks.depths.data_sets", ["atoms", "diatomics"], what="another one"),
    edit("networks.depths.functionals", ["A-V", "E-n"], "depths"),
    edit("networks.depths.dense_layers", [1, 3], "depths"),
    *(
        edit(f"networks.random_search.{key}", value, "random_search")
        for key, value in {
            "functionals": ["A-V", "E-n"],
            "configurations": 5,
            "runs": 2,
            "hidden_layers": [3, 4],
            "convolutional_layers": [1],
            "filters": [5],
            "kernel_sizes": [4],
            "neurons": [60],
        }.items()
    ),
    edit("networks.seeds.count", 2, what="one more"),
    edit(
        *("conditioning.data_sets", ALL_TRAINED),
        what="another one",
    ),
    edit("conditioning.selected_pairs", 19, "pairs"),
    edit("conditioning.gauge_shift", 0.2, "gauge_shift"),
    edit(
        *("follow_up.data_sets.<name>.family", "double_well", "solve_charge_states"),
        at="follow_up.data_sets.soft-atoms.family",
        only="/soft-atoms_",
        follow_up={"data_sets": {"soft-atoms": {"parameters": {"depth": 2.0, "distance": 5.0}}}},
    ),
    *(
        edit(
            *(f"follow_up.data_sets.<name>.grid.{key}", value, "solve_charge_states"),
            at=f"follow_up.data_sets.double-wells.grid.{key}",
            only="/double-wells_",
        )
        for key, value in {"length": 11, "density": 3}.items()
    ),
    *(
        edit(
            *(f"follow_up.data_sets.<name>.parameters.<name>.{key}", value, "solve_charge_states"),
            at=f"follow_up.data_sets.double-wells.parameters.Z.{key}",
            only="/double-wells_",
        )
        for key, value in {"start": 3.1, "stop": 4.2, "points": 4}.items()
    ),
    *(
        edit(f"follow_up.{key}", value, "nested_errors")
        for key, value in {
            "outer_folds": 3,
            "inner_folds": 3,
            "repeats": 3,
            "widths.n": [0.5, 1],
            "widths.V": [4, 8],
            "regularisations": [1.0e-10, 1.0e-7],
            "noise": [1.0e-5, 1.0e-3],
        }.items()
    ),
    edit("conditioning.figure12.Z", 1.1, "figure12"),
    edit("conditioning.figure12.separations", [4.0, 5.0], "figure12"),
    *(
        edit(f"conditioning.figure12.{variant}.{key}", value, "figure12")
        for variant in ("as_stated", "as_printed")
        for key, value in {"alpha": 0.9, "length": 13, "density": 9}.items()
    ),
    edit(
        *("molecules.<name>.engine", "qe", "reference_chunk", "reference_minimum"),
        at="molecules.H2.engine",
        only="/molecules/H2/",
        what="here another program",
        engines={"qe": {"program": "espresso"}},
    ),
    *(
        edit(
            *(f"engines.<name>.{key}", value, *CALCULATE),
            at=f"engines.dzvp.{key}",
            what="of ethane, malonaldehyde, benzene",
        )
        for key, value in PYSCF.items()
    ),
    *(
        edit(
            *(f"engines.<name>.{key}", value, "reference_chunk", "reference_minimum"),
            at=f"engines.qe.{key}",
            only="/molecules/H2/",
            what="here of another program",
            engines={"qe": {"program": "espresso"}},
            molecules={"H2": {"engine": "qe"}},
        )
        for key, value in ESPRESSO.items()
    ),
    edit(
        *("engines.<name>.tolerance", 2.0e-8, "reference_chunk", *OF_DRAWN),
        at="engines.tzv2p.tolerance",
        only="/molecules/H2",
        what="of H2, H2O",
    ),
    edit("engines", {"program": "espresso"}, at="engines.qe", what="another one that nothing uses"),
    edit("densities.box_length", 22, *CALCULATE, *OF_DRAWN),
    edit("densities.frequencies", 7, *CALCULATE, *OF_DRAWN),
    edit("densities.precision", "double", "reference_chunk"),
    edit("allowed_failures", 1, "reference_calculations"),
    edit("accuracy.engine", "tzv2p", "engine_accuracy"),
    edit("accuracy.molecules", ["ethane", "benzene"], *ACCURACY, what="one less"),
    edit("accuracy.geometries", 3, "engine_accuracy"),
    edit("accuracy.tight", {"grid_level": 4}, "engine_accuracy"),
    edit(
        *("accuracy.others.<name>", {"grid_level": 1}, "engine_accuracy"),
        at="accuracy.others.level 0",
    ),
    edit(
        *("accuracy.cost_goals.<name>", 1.5, "study_engine_accuracy"),
        at="accuracy.cost_goals.ethane",
    ),
    edit(
        *("engines.<name>.all_electron_basis", "6-31g", "energy_chunk"),
        at="engines.ccsdt.all_electron_basis",
    ),
    edit(
        *("molecules.<name>.samples.<name>.of", "other"),
        at="molecules.H2O.samples.ccsdt.of",
        molecules={"H2O": {"samples": {"other": {"displacement": 0.05, "geometries": 12}}}},
    ),
    edit(
        *("molecules.<name>.samples.<name>.engine", "dzvp"),
        at="molecules.H2O.samples.ccsdt.engine",
    ),
    edit(
        *("molecules.<name>.maps.difference", {"sizes": [3, 5]}, "difference_errors"),
        at="molecules.H2O.maps.difference",
    ),
    edit("coupled_cluster.geometries", 5, "coupled_cluster"),
    edit("coupled_cluster.orbital_basis", "cc-pvtz", "coupled_cluster"),
    *(
        edit(f"dynamics.{key}", value, "classical_trajectory")
        for key, value in {"time_step": 0.5, "equilibration": 2, "interval": 0.05}.items()
    ),
    edit("dynamics.length", 3, "classical_trajectory", only="K_"),
    edit("dynamics.friction", 2.0, "classical_trajectory"),
    *(
        edit(
            *(f"molecules.<name>.{key}", value, *OF_MOLECULE),
            at=f"molecules.ethane.{key}",
            only="/ethane/",
        )
        for key, value in {
            "structure": "own_ethane.xyz",
            "permutations": [],
            "bonds": ETHANE_BONDS,
            "bond_limits": [0.6, 1.6],
            "force_field": "own_ethane.prmtop",
        }.items()
    ),
    edit(
        *("molecules.<name>.tautomers", [[1, 0, 5, 6, 7, 2, 3, 4]], *OF_MOLECULE),
        at="molecules.ethane.tautomers",
        only="/ethane/",
    ),
    edit(
        "molecules.<name>.samples", OTHER_SAMPLE, at="molecules.ethane.samples.hot", what="another"
    ),
    edit(
        *("molecules.<name>.samples.<name>.geometries", 14, "drawn_geometries"),
        at="molecules.H2.samples.drawn.geometries",
        only="/H2/",
    ),
    edit(
        *("molecules.<name>.samples.<name>.geometries", 3, "ab_initio_snapshots"),
        at="molecules.malonaldehyde.samples.ab_initio.geometries",
        only="/malonaldehyde/ab_initio/",
        what="of a trajectory",
    ),
    edit(
        *("molecules.<name>.samples.<name>.coordinates", HALF_AS_LONG, "drawn_geometries"),
        "reference_minimum",
        at="molecules.H2.samples.drawn.coordinates",
        only="/H2/",
    ),
    *(
        edit(
            *(f"molecules.<name>.samples.<name>.{key}", value, "displaced_geometries"),
            "reference_minimum",
            at=f"molecules.H2.samples.drawn.{key}",
            only="/H2/",
            what="in place of coordinates",
            molecules={"H2": {"samples": {"drawn": {"coordinates": None} | others}}},
        )
        for key, value, others in (
            ("displacement", 0.05, {}),
            ("normal_modes", 300, {}),
            ("level", "engine", {"normal_modes": 300}),
        )
    ),
    edit(
        *("molecules.<name>.samples.<name>.dynamics", "xtb"),
        at="molecules.ethane.samples.test.dynamics",
    ),
    *(
        edit(
            *(f"molecules.<name>.samples.<name>.{key}", value, "classical_trajectory"),
            at=f"molecules.ethane.samples.test.{key}",
            only="/trajectories/test_",
            what="of the test set",
        )
        for key, value in {
            "time_step": 0.5,
            "equilibration": 2,
            "interval": 0.05,
            "friction": 2.0,
        }.items()
    ),
    edit(
        *("molecules.<name>.samples.<name>.length", 3),
        at="molecules.ethane.samples.300K.length",
        what="of a pool, which gets trajectories of its own",
    ),
    edit(
        *("molecules.<name>.samples.<name>.temperatures", [310], "classical_trajectory"),
        at="molecules.ethane.samples.test.temperatures",
        only="/test_",
        what="of the test set",
    ),
    edit(
        *(
            "molecules.<name>.samples.<name>.snapshots",
            8,
            "classical_trajectory",
        ),
        at="molecules.benzene.samples.test.snapshots",
        only="/benzene/",
    ),
    edit(
        *("molecules.<name>.samples.<name>.choose", 12, "chosen_geometries"),
        at="molecules.benzene.samples.300+350K.choose",
        only="/benzene/",
    ),
    edit(
        *("molecules.<name>.samples.<name>.forces", 10, "reference_chunk"),
        at="molecules.ethane.samples.300K.forces",
        only="/molecules/ethane/300K/",
    ),
    edit(
        *("molecules.<name>.samples.<name>.files", OWN_FILES, "files_of_H2O_drawn"),
        *OF_DRAWN,
        at="molecules.H2O.samples.drawn.files",
        molecules={"H2O": {"samples": {"drawn": {"coordinates": None, "geometries": None}}}},
        what="files of H2O",
    ),
    edit(
        *("molecules.<name>.maps.pools", ["300K", "300+350K", "hot"]),
        at="molecules.ethane.maps.pools",
        molecules={"ethane": {"samples": {"hot": OTHER_SAMPLE}}},
        what="another one",
    ),
    edit(
        *("molecules.<name>.maps.test", 5, "map_errors", "map_minima", "potential_descriptor"),
        *("density_noise", "ablation"),
        at="molecules.H2.maps.test",
        only="/H2/",
    ),
    edit(
        *("molecules.<name>.maps.also_tests", [], "map_errors"),
        at="molecules.malonaldehyde.maps.also_tests",
        only="/malonaldehyde/",
        what="none",
    ),
    edit(
        *("molecules.<name>.maps.splits", 3, "map_errors", "map_minima", "potential_descriptor"),
        "ablation",
        at="molecules.H2.maps.splits",
        only="/H2/",
    ),
    edit(
        *("molecules.<name>.maps.per_coefficient", False, "map_errors"),
        at="molecules.H2.maps.per_coefficient",
        only="/H2/",
    ),
    edit(
        *("molecules.<name>.maps.symmetric", "300K"),
        at="molecules.ethane.maps.symmetric",
        what="of another pool",
    ),
    edit(
        *("molecules.<name>.maps.sizes", [6, 8, 10], "map_errors", "symmetric_errors"),
        "ablation",
        at="molecules.ethane.maps.sizes",
        only="/ethane/",
        what="up to the same largest M",
    ),
    edit(
        *("molecules.<name>.maps.sizes", [6, 10, 12], "chosen_geometries"),
        at="molecules.ethane.maps.sizes",
        only="/ethane/",
        what="up to a larger M",
    ),
    edit("molecules", OWN_MOLECULE, at="molecules.mine", what="another molecule"),
    edit("draws.molecule", "benzene"),
    edit("draws.pool", "300K"),
    edit(
        *("draws.test", "other"),
        molecules={"ethane": {"samples": {"other": OTHER_SAMPLE | {"snapshots": 6}}}},
        what="here another one",
    ),
    edit("draws.size", 8, "chosen_geometries", only="/draw"),
    edit("draws.geometries", 6, "classical_trajectory", only="/draw"),
    edit("draws.count", 3),
    edit(
        *("maps.exact_systems.data_sets", ["atoms"]),
        *("functional_methods", "study_functional_methods", "study_conditioning"),
        what="one less",
    ),
    edit("maps.exact_systems.noise", [0, 1.0e-3], "noise_response"),
    edit("maps.exact_systems.draws", 2, "noise_response"),
    *(
        edit(f"maps.box.{key}", value, "box_errors")
        for key, value in {
            "points": 64,
            "sizes": [6, 12],
            "sets": 3,
            "test": 9,
            "fourier_functions": 21,
            "components": 4,
        }.items()
    ),
    edit("maps.density_noise.sizes", [0, 1.0e-3], "density_noise"),
    edit("maps.density_noise.draws", 2, "density_noise"),
    edit("maps.surface.points", 4, "reference_surface"),
    edit("maps.potential.widths", [0.1, 0.2, 0.3], "potential_descriptor"),
    edit("maps.potential.spacings", [0.1, 0.2], "potential_descriptor"),
    edit("maps.ablation.molecules", ["H2", "H2O"], "ablation_table", what="one less"),
    *(
        edit(f"maps.ablation.{key}", value, "ablation")
        for key, value in {
            "folds": 3,
            "widths": [1, 5],
            "regularisations": [1.0e-8, 1.0e-3],
            "spacing": 0.1,
            "draws": 4,
        }.items()
    ),
    edit(
        *("trajectories.pool", "300K"),
        molecules={
            name: {"samples": {"300K": COLD_SAMPLE}, "maps": {"pools": ["300K", "300+350K"]}}
            for name in ("malonaldehyde", "benzene")
        },
        what="here another one",
    ),
    edit("trajectories.classical", ["ethane"], "bogojeski_fig02", "claims", what="one less"),
    *(
        edit(f"trajectories.ab_initio.{key}", value, "ab_initio_trajectory")
        for key, value in {
            "transfer": [4, 5, 0],
            "temperature": 310,
            "time_step": 0.25,
            "length": 0.003,
            "interval": 0.001,
        }.items()
    ),
    *(
        edit(f"trajectories.thermal.{key}", value, "thermal_trajectory")
        for key, value in {
            "temperature": 310,
            "time_step": 0.25,
            "friction": 5,
            "equilibration": 0.001,
            "length": 0.0015,
            "runs": 3,
        }.items()
    ),
    edit(
        *("trajectories.thermal.interval", 0.001, "thermal_trajectory"),
        molecules={"malonaldehyde": {"samples": {"ab_initio": {"geometries": 2}}}},
        what="here with fewer frames",
    ),
    edit("trajectories.driven.molecule", "benzene"),
    *(
        edit(f"trajectories.driven.{key}", value, "map_dynamics", only="/hohenberg_kohn/")
        for key, value in {
            "temperature": 40,
            "time_step": 0.25,
            "equilibration": 0.002,
            "runs": 3,
        }.items()
    ),
    edit(
        *("trajectories.driven.frictions.<name>", 0.5, "map_dynamics"),
        at="trajectories.driven.frictions.ase",
        only="/hohenberg_kohn/ase/",
    ),
    edit("trajectories.driven.snapshots", 5, "driven_snapshots", only="-driven-"),
    edit("trajectories.driven.length", 0.004, "map_dynamics"),
    edit(
        *("trajectories.driven.interval", 0.001, "map_dynamics"),
        trajectories={"driven": {"length": 0.004}},
        what="here with the length",
    ),
    *(
        edit(f"maps.dynamics.{key}", value, "map_dynamics", only="/kohn_sham")
        for key, value in {"time_step": 0.25, "friction": 2.0, "interval": 0.0005}.items()
    ),
    *(
        edit(
            *(f"molecules.<name>.maps.rounds.{key}", value, "added_geometries"),
            at=f"molecules.malonaldehyde.maps.rounds.{key}",
            only="-added1/",
        )
        for key, value in {"add": 3, "above": 0.4}.items()
    ),
    *(
        edit(
            *(f"molecules.<name>.maps.rounds.{key}", value, "map_dynamics"),
            at=f"molecules.malonaldehyde.maps.rounds.{key}",
            only="/learning/",
        )
        for key, value in {"temperatures": [40], "runs": 3, "length": 0.01}.items()
    ),
    edit(
        *("molecules.<name>.maps.rounds", None),
        at="molecules.malonaldehyde.maps.rounds",
        molecules={"malonaldehyde": {"maps": {"stability": None}}},
        what="none",
    ),
    edit(
        *("molecules.<name>.maps.rounds.count", 2),
        at="molecules.malonaldehyde.maps.rounds.count",
        what="one more",
    ),
    edit(
        *("molecules.<name>.maps.rounds.method", "hohenberg_kohn"),
        at="molecules.malonaldehyde.maps.rounds.method",
    ),
    edit(
        *("molecules.<name>.maps.stability.temperature", 40, "map_dynamics"),
        at="molecules.malonaldehyde.maps.stability.temperature",
        only="/kohn_sham",
    ),
    *(
        edit(
            *(f"molecules.<name>.maps.stability.{key}", value, "map_dynamics"),
            at=f"molecules.malonaldehyde.maps.stability.{key}",
            only="/stability/",
        )
        for key, value in {"runs": 3, "length": 0.01}.items()
    ),
    *(
        edit(
            *(f"molecules.<name>.maps.stability.{key}", value, "map_dynamics"),
            at=f"molecules.malonaldehyde.maps.stability.{key}",
            only="/long/",
        )
        for key, value in {"long_runs": 2, "long_length": 0.03}.items()
    ),
    edit(
        *("molecules.<name>.maps.stability.snapshots", 3, "driven_snapshots"),
        at="molecules.malonaldehyde.maps.stability.snapshots",
        only="-driven/",
    ),
    edit(
        *("molecules.<name>.maps.stability.transfer", [4, 5, 0], "transfer_snapshots"),
        at="molecules.malonaldehyde.maps.stability.transfer",
    ),
    edit(
        *("molecules.<name>.maps.stability.published_barrier", 4.0),
        *("study_observables", "observables_table"),
        at="molecules.malonaldehyde.maps.stability.published_barrier",
    ),
    edit(
        *("molecules.<name>.maps.stability.barrier_snapshots", 6, "transfer_snapshots"),
        at="molecules.malonaldehyde.maps.stability.barrier_snapshots",
        only="-transfer/",
    ),
    edit(
        *("molecules.<name>.maps.stability.spectrum", 0.003, "spectrum_trajectories"),
        at="molecules.malonaldehyde.maps.stability.spectrum",
    ),
    edit(
        *("molecules.<name>.samples.<name>.average", False, "chosen_geometries"),
        at="molecules.malonaldehyde.samples.300+350K.average",
        only="/malonaldehyde/",
    ),
]
"""An edit of every key, and a few more."""

FIXED = {
    "trajectories.ab_initio.molecule",
    "trajectories.thermal.molecule",
    "molecules.<name>.samples.<name>.trajectory",
    "engines.<name>.program",
}
"""Keys that have one value: an engine of another program is another entry."""


Cells = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""Rules that an edit has compute something new, run again, and run because of these."""

MARKS = ("**+**", "**x**", "x")
"""What the matrix shows of these; where a chapter has several, the first."""

CHAPTERS = {
    "model_systems": "1D systems",
    "report": "figures, tables, claims",
    "own": "own molecules",
}
"""Name of a file of rules -> the title of its chapter, where it is another."""

HEADER = """# What an edit runs again

An edit of the config runs the jobs that depend on the key, and no others. The matrix shows in which
chapters of the workflow. There, **+** computes something new beside what exists, **x** runs jobs
again that read the key, and x runs jobs again because of these. An edit of one data set, molecule
or pool runs jobs of that one alone, an edit without a mark none. Keys below one that stands here
behave as it does. The rules are [listed below](#the-rules-of-each-edit).

`python tests/workflow/reruns.py` makes this page from dry runs of the smoke study, one for each
key; a test compares.

"""

FOOTER = """
The claims are the rules `claims`, `study_claims` and `study_claims_*`. `cost`, `study_cost` and
`study_report` sum up the run and its config: they run after every edit and are left out above.

- **What is added** computes nothing that exists: a data set, a molecule, a pool, an M within the
  pool. Only what gathers all of them runs again.
- **An edit that is undone** before anything ran leaves nothing to do. After a run with it,
  Snakemake has recorded the last settings alone: what ran with the edit runs again without it. What
  the edit has added stays where it is, and is there if the edit comes back. To keep two variants
  side by side, give each a folder: `--directory`, with a `--configfile` for each.
- **An edit of the library** runs the rules whose scripts import the edited module, directly or not:
  each carries a fingerprint of that code among its params, and of the files that it reads beside
  code (force fields, the style of figures, the template of the report). A reference calculation
  depends on the code of the chosen engine and on that of no other.
- **A study that is moved** with its hidden folder `.snakemake` has nothing to do.

## What must be forced, and what may be kept

No fingerprint sees what is not in this repository: versions of dependencies (`requirements.lock`),
`pw.x` and its pseudopotentials, the conda environments' builds, the hardware. After a change of one
of these, `snakemake --forcerun RULE ...` repeats the rules that use it and all that follow:

{forced}

The other way round, a fingerprint is of what a module does: comments, docstrings, the layout of the
text, and the descriptions of tables and columns do not count. It cannot tell an edit of code that
changes results from one that does not, such as a function added to
`src/hkmaps/geometry/molecule.py`, which all rules of molecules import. Where you know that results
are the same, and everything was up to date before, `snakemake --cores 1 --touch` (with the same
`--configfile`) takes them as made by the present code.
"""


FORCED = {
    "PyTorch": (*TRAIN, "seed_pairs", "noise_response"),
    "scikit-learn": (
        *("functional_errors", "noise_response", "box_errors", "map_errors", "predicted_density"),
        *("potential_descriptor", "molecule_map", "symmetric_errors", "ablation"),
    ),
    "`pw.x`, pseudopotentials": CALCULATE,
    "PySCF": (*CALCULATE, *OF_DRAWN, "coupled_cluster"),
    "OpenMM": ("classical_trajectory",),
    "ASE": ("ab_initio_trajectory", "thermal_trajectory", "map_dynamics"),
}
"""What is changed -> the rules that use it themselves."""


def document(study: FinishedStudy) -> str:
    """The text of docs/reruns.md."""
    found = {name: future.result() for name, future in study.reruns(EDITS).items()}
    reruns = {
        name: tuple(
            frozenset(rules(jobs) - set(LAST)) for jobs in (each.new, each.again, each.follows)
        )
        for name, each in found.items()
    }
    forced = ["| changed | force |", "|---|---|"]
    forced += [f"| {package} | `{' '.join(names)}` |" for package, names in FORCED.items()]
    forced += ["| NumPy, SciPy | everything: `--forceall` |"]
    body = "\n".join([*_matrix(reruns, chapters()), "", *_lists(reruns, _ranks(study.jobs))])
    return HEADER + body + FOOTER.format(forced="\n".join(forced))


def chapters() -> dict[str, str]:
    """Rule -> chapter of the workflow, in the order in which data flows."""
    folder = REPOSITORY / "workflow/rules"
    entry = (REPOSITORY / "workflow/Snakefile").read_text(encoding="utf-8")
    return {
        rule: CHAPTERS.get(name, name.replace("_", " "))
        for name in re.findall(r'^include: "rules/(\w+)\.smk"', entry, re.MULTILINE)
        for rule in re.findall(
            r"^ *rule (\w+):", (folder / f"{name}.smk").read_text(encoding="utf-8"), re.MULTILINE
        )
    }


def _groups(reruns: Mapping[str, Cells]) -> dict[Cells, list[Edit]]:
    """The edits by what they run."""
    groups: dict[Cells, list[Edit]] = {}
    for each in EDITS:
        groups.setdefault(reruns[each.name], []).append(each)
    return groups


def _matrix(reruns: Mapping[str, Cells], chapter_of: Mapping[str, str]) -> list[str]:
    """Keys by chapters: the strongest of what an edit does to the jobs of a chapter."""
    run = frozenset().union(*(names for cells in reruns.values() for names in cells))

    def chapter(rule: str) -> str:
        # Rules that the workflow names by what they make: of users' files, their figures, ours.
        kinds = {"files_of_": "reference_chunk", "own_": "own_errors"}
        kind = next((kinds[each] for each in kinds if rule.startswith(each)), "claims")
        return chapter_of.get(rule, chapter_of[kind])

    titles = [each for each in dict.fromkeys(chapter_of.values()) if each in set(map(chapter, run))]
    # A row for what is marked the same, of keys of one block.
    rows: dict[tuple[str, ...], list[Edit]] = {}
    for each in EDITS:
        marks = dict.fromkeys(titles, "")
        for names, mark in zip(reruns[each.name][::-1], MARKS[::-1], strict=True):
            marks |= {chapter(rule): mark for rule in names}
        rows.setdefault((each.key.partition(".")[0], *marks.values()), []).append(each)
    return [
        f"| edit of | {' | '.join(titles)} |",
        f"|---|{':-:|' * len(titles)}",
        *(f"| {_keys(edits)} | {' | '.join(marks)} |" for (_, *marks), edits in rows.items()),
    ]


def _lists(reruns: Mapping[str, Cells], ranks: Mapping[str, int]) -> list[str]:
    """The rules of every edit, folded by the first part of the keys."""
    lines, block = ["## The rules of each edit", ""], None
    for cells, edits in _groups(reruns).items():
        first = edits[0].key.partition(".")[0]
        if first != block:
            lines += [] if block is None else ["", "</details>", ""]
            lines += ["<details>", f"<summary><code>{first}</code></summary>", ""]
            lines += ["| edit of | computes | runs again | and therefore |", "|---|---|---|---|"]
            block = first
        shown = [_cell(set(names), ranks) for names in cells]
        shown = shown if any(shown) else ["", "nothing", ""]
        lines.append(f"| {_keys(edits)} | {' | '.join(shown)} |")
    return [*lines, "", "</details>", ""]


def _ranks(jobs: Iterable[Job]) -> dict[str, int]:
    """Rule -> how many jobs must come before its first one."""
    writers = {path: job for job in jobs for path in job.outputs}
    before: dict[Job, int] = {}

    def rank(job: Job) -> int:
        if job not in before:
            earlier = [rank(writers[path]) for path in job.inputs if path in writers]
            before[job] = 1 + max(earlier, default=-1)
        return before[job]

    ranks: dict[str, int] = {}
    for job in jobs:
        ranks[job.rule] = min(ranks.get(job.rule, rank(job)), rank(job))
    return ranks


def _cell(names: set[str], ranks: Mapping[str, int]) -> str:
    """Rules in the order in which they run, the claims as one."""
    claims = set(CLAIMS) <= names
    listed = sorted(names - set(CLAIMS) if claims else names, key=lambda n: (ranks.get(n, 0), n))
    return ", ".join([*(f"`{name}`" for name in listed), *(["the claims"] if claims else [])])


def _keys(edits: Iterable[Edit]) -> str:
    """Keys of a row, those with the same parent together."""
    parents: dict[str, list[str]] = {}
    for each in edits:
        parent, _, last = each.key.rpartition(".")
        note = f" ({each.what})" if each.what else ""
        parents.setdefault(parent, []).append(f"`{last}`{note}")
    return "; ".join(
        f"`{parent}`: {', '.join(names)}" if parent else ", ".join(names)
        for parent, names in parents.items()
    )


def main() -> None:
    """Print docs/reruns.md."""
    sys.path.insert(0, str(REPOSITORY / "tests"))
    from conftest import Study  # noqa: PLC0415  (of the tests, not of this module)

    with tempfile.TemporaryDirectory() as folder:
        study = FinishedStudy(Study.checkout(Path(folder) / "study").folder)
        study.finish()
        print(document(study), end="")
        study.close()


if __name__ == "__main__":
    main()
