"""The study on a real SLURM of one node: the same tables as locally, whatever fails meanwhile.

The whole smoke study would take SLURM half an hour, for a job costs it ten seconds of processor
time. So the runs here start from the finished study and make a part of it again that has jobs of
each chapter; with --every-rule, of every rule that is submitted.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import yaml
from same_results import assert_same

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PROFILE = yaml.safe_load((REPOSITORY / "workflow/profiles/slurm/config.yaml").read_text())
PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "squeue", "scontrol")
# Seconds after which Snakemake is interrupted: no test waits for ever.
LIMIT = 900
POOL = "malonaldehyde/300+350K"

# Files of the study that SLURM makes again: jobs of every chapter.
REMADE = [
    "results/model_systems/convergence.parquet",
    "results/model_systems/chunks/diatomics_0.parquet",
    "results/model_systems/diatomics.parquet",
    "results/networks/atoms/E-n/grid_search.parquet",
    "results/networks/atoms/E-n/predictions.parquet",
    "results/networks/atoms/E-n/ensemble.safetensors",
    "results/maps/atoms/noise_response.parquet",
    "results/molecules/H2/drawn/chunks/reference_0.parquet",
    "results/molecules/H2/drawn/energies.parquet",
    "results/molecules/H2/drawn/geometries.parquet",
    "results/molecules/H2O/drawn/coupled_cluster.parquet",
    "results/maps/H2O/drawn/errors.parquet",
    "results/maps/H2O/drawn/difference/map.safetensors",
    "results/molecules/benzene/trajectories/300K_0.parquet",
    "results/maps/ethane/300K/test_coordinates.parquet",
    "results/maps/ethane/300+350K/kohn_sham/map.safetensors",
    "results/molecules/malonaldehyde/trajectories/ab_initio.parquet",
    "results/conditioning/diatomics.parquet",
    "results/tables/grid_search.parquet",
    f"results/maps/{POOL}-round1/kohn_sham_forces/stability/same_start.parquet",
    "results/maps/box/errors.parquet",
    "results/follow_up/chunks/soft-atoms_0.parquet",
    "results/follow_up/soft-atoms/nested_errors.parquet",
]
# With --every-rule it makes these, too, so that there is a job of every rule that is submitted.
OF_OTHER_RULES = [
    "results/molecules/malonaldehyde/trajectories/thermal_0.parquet",
    "results/networks/atoms/E-V/grid_search.parquet",
    "results/networks/atoms/E-V/ensemble.safetensors",
    "results/molecules/H2O/ccsdt/chunks/energies_0.parquet",
    "results/maps/H2O/drawn/difference/errors.parquet",
    "results/maps/H2O/drawn/predicted_density.parquet",
    "results/maps/H2O/drawn/potential_widths.parquet",
    "results/molecules/ethane/engine_accuracy.parquet",
    "results/maps/ethane/300K/density_coordinates.parquet",
    "results/maps/ethane/300+350K/errors.parquet",
    "results/maps/ethane/300+350K/classical_energies.parquet",
    f"results/maps/{POOL}/ab_initio_energies.parquet",
    f"results/maps/{POOL}/hohenberg_kohn/printed/ends.parquet",
    f"results/molecules/{POOL}-driven-printed/geometries.parquet",
    f"results/molecules/{POOL}-driven-printed/chunks/reference_0.parquet",
    f"results/maps/{POOL}/hohenberg_kohn/printed/energies.parquet",
    f"results/molecules/{POOL}-added1/geometries.parquet",
    f"results/maps/{POOL}-round1/kohn_sham_forces/tests.parquet",
    "results/molecules/H2/drawn/minimum.parquet",
    "results/molecules/H2O/drawn/surface.parquet",
    "results/maps/H2O/drawn/minima.parquet",
    "results/maps/H2O/drawn/surface.parquet",
    "results/maps/H2O/drawn/density_noise.parquet",
    "results/maps/H2O/drawn/symmetric_errors.parquet",
    "results/maps/H2O/drawn/ablation.parquet",
    "results/maps/benzene/300+350K/density_plane.parquet",
    f"results/maps/{POOL}/further/ab_initio_coordinates.parquet",
    "results/networks/atoms/fully_connected.parquet",
    "results/networks/atoms/depths.parquet",
    "results/networks/atoms/random_search.parquet",
    "results/networks/atoms/seed1_errors.parquet",
    "results/networks/atoms/seed1_pairs.parquet",
]
# Rules of samples that the molecules of the papers do not have.
OF_OWN_MOLECULES = {"xtb_trajectory", "displaced_geometries"}
CHUNK = "results/model_systems/chunks/atoms_0.parquet"
CHUNK_LOCK = "logs/solve_systems/atoms_0.lock"
CHUNK_JOB = "rule_solve_systems_wildcards_atoms_0"


def remade(config):
    return [*REMADE, *(OF_OTHER_RULES if config.getoption("--every-rule") else [])]


def pytest_generate_tests(metafunc):
    if "path_of_the_run" in metafunc.fixturenames:
        metafunc.parametrize("path_of_the_run", remade(metafunc.config))


def missing():
    """Why there can be no cluster here, in one sentence, or nothing."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent:
        return f"SLURM is not installed: {', '.join(absent)} not found."
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        return "The extra hkmaps[slurm] is not installed."
    if os.geteuid() != 0:
        return "Only root can start a SLURM cluster for tests."
    return ""


needs_slurm = pytest.mark.skipif(bool(missing()), reason=missing())


class Cluster:
    """A throw-away cluster of one node."""

    def __init__(self, folder):
        self.folder = folder

    def start(self):
        return self._script("cluster_up.sh")

    def stop(self):
        return self._script("cluster_down.sh")

    def _script(self, name):
        # A file takes the output: the daemons inherit a pipe and would keep it open.
        log = self.folder / f"{name}.log"
        with log.open("w") as file:
            command = ["bash", HERE / name, self.folder]
            ended = subprocess.run(command, stdout=file, stderr=file, check=False, timeout=120)
        return ended.returncode, log.read_text()

    def stop_controller(self):
        """End the controller as its node's shutdown does: it saves which jobs it has."""
        process = int((self.folder / "run/slurmctld.pid").read_text())
        os.kill(process, signal.SIGTERM)
        # Before it is gone, a new one finds the port taken.
        wait_until(lambda: not Path(f"/proc/{process}").exists(), "the controller's end")

    def restart_controller(self, *options):
        command = ["slurmctld", "-f", self.folder / "slurm.conf", *options]
        subprocess.run(command, check=True)
        ping = ["squeue", "--noheader"]
        wait_until(lambda: subprocess.run(ping, check=False).returncode == 0, "the controller")

    def jobs(self):
        """The jobs of the cluster so far: id, state, comment."""
        command = ["squeue", "--noheader", "--states=all", "--format=%i|%T|%k"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return [tuple(line.split("|")) for line in listed.splitlines()]

    def states(self, comment):
        """States of the jobs with a comment, in order of submission."""
        jobs = sorted((int(job), state) for job, state, said in self.jobs() if said == comment)
        return [state for _, state in jobs]


def wait_until(condition, what, seconds=600):
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.2)
    return result


def slurm_command(*targets, options=()):
    """Snakemake with the profile and the smoke config, asking for the state of jobs more often."""
    limited = ["timeout", "--signal=INT", "--kill-after=60", str(LIMIT)]
    profile = ["--profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "3"]
    snakemake = [*limited, sys.executable, "-m", "snakemake", *profile]
    return [*snakemake, "--configfile", "config/smoke.yaml", *options, "--", *targets]


@contextmanager
def started(study, command, log, **environment):
    """A process of its own group in the study's folder, its output in a file; killed at the end."""
    with (study / log).open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=study.folder,
            stdout=file,
            stderr=file,
            env=os.environ | environment,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def slurm_log(study, rule, job="*"):
    """What a rule's SLURM jobs have written."""
    logs = sorted((study / f".snakemake/slurm_logs/rule_{rule}").rglob(f"{job}.log"))
    return "".join(path.read_text() for path in logs)


def processes_of(study, script):
    """Ids of the processes that run a script of the study's jobs."""
    beginning = f"{study.folder}/.snakemake/scripts/".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # A process may end while the others are looked at.
        with suppress(FileNotFoundError, ProcessLookupError):
            arguments = path.read_bytes().split(b"\0")
            if any(
                each.startswith(beginning) and each.endswith(script.encode()) for each in arguments
            ):
                found.append(int(path.parent.name))
    return found


@pytest.fixture(scope="module")
def cluster():
    # The sockets' paths are short, and their folder is open to everybody, as munge wants it.
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    cluster = Cluster(folder)
    code, said = cluster.start()
    if code == 3:
        shutil.rmtree(folder)
        pytest.skip(said.strip())
    try:
        assert code == 0, said
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def study(cluster, finished, tmp_path_factory):
    """A copy of the finished study, on the cluster."""
    return finished.clone(tmp_path_factory.mktemp("slurm") / "study")


@pytest.fixture(scope="module")
def disturbed(cluster, study, pytestconfig):
    """A run in which one job wants more memory, one more time than it got, and one is killed."""
    paths = remade(pytestconfig)
    for path in paths:
        (study / path).unlink()
    too_little = ("map_errors:mem_mb=150 * attempt ** 4", "coupled_cluster:runtime=attempt")
    command = slurm_command(*paths, options=("--set-resources", *too_little))
    with started(study, command, "disturbed.log") as run:
        with study.kept_waiting("logs/coupled_cluster/H2O/drawn.lock"):
            # Kept waiting, so that it is there to be killed.
            with study.kept_waiting("logs/grid_search/atoms_n.lock"):
                wait_until(lambda: "waits for" in slurm_log(study, "grid_search_n"), "the search")
                (process,) = processes_of(study, "grid_search.py")
                os.kill(process, signal.SIGKILL)
            wait_until(
                lambda: "TIMEOUT" in cluster.states("rule_coupled_cluster_wildcards_H2O_drawn"),
                "the time limit",
            )
        run.wait(LIMIT)
        assert run.returncode == 0, (study / "disturbed.log").read_text()
    return study


@needs_slurm
def test_tables_are_those_of_the_local_run(finished, disturbed, path_of_the_run):
    assert_same(finished.folder, disturbed.folder, path_of_the_run)


@needs_slurm
def test_rules_with_resources_were_submitted_and_no_other(cluster, disturbed, pytestconfig):
    comments = [comment for _, _, comment in cluster.jobs()]
    rules = {re.match(r"rule_(\w+?)(?:_wildcards_|$)", comment)[1] for comment in comments}
    with_resources = set(PROFILE["set-resources"]) - OF_OWN_MOLECULES
    assert rules <= with_resources and len(rules) > 15
    if pytestconfig.getoption("--every-rule"):
        assert rules == with_resources


@needs_slurm
@pytest.mark.parametrize(
    ("comment", "first", "said"),
    [
        ("rule_map_errors_wildcards_H2O_drawn", {"FAILED", "OUT_OF_MEMORY"}, "memory"),
        ("rule_coupled_cluster_wildcards_H2O_drawn", {"TIMEOUT"}, "DUE TO TIME LIMIT"),
        ("rule_grid_search_n_wildcards_atoms", {"FAILED"}, ""),
    ],
)
def test_a_job_that_failed_completes_on_its_next_attempt(cluster, disturbed, comment, first, said):
    states = cluster.states(comment)
    assert len(states) == 2
    assert states[0] in first and states[1] == "COMPLETED"
    rule = re.match(r"rule_(\w+)_wildcards", comment)[1]
    assert said in slurm_log(disturbed, rule)


@needs_slurm
def test_a_killed_run_resumes_and_no_two_processes_do_one_job(cluster, finished, study):
    (study / CHUNK).unlink()
    command = slurm_command(CHUNK)
    with ExitStack() as runs:
        with study.kept_waiting(CHUNK_LOCK):
            run = runs.enter_context(started(study, command, "killed.log"))
            wait_until(lambda: "waits for" in slurm_log(study, "solve_systems"), "the job")
            os.killpg(run.pid, signal.SIGKILL)
            assert study.run(options=("--unlock",)).returncode == 0
            (job,) = (number for number, state, _ in cluster.jobs() if state == "RUNNING")
            refused = subprocess.run(
                command, cwd=study.folder, capture_output=True, text=True, check=False
            )
            assert refused.returncode == 1
            assert f"jobs of an earlier run in this folder: {job}." in refused.stderr
            assert "Traceback" not in refused.stderr
            # A run without SLURM does not know of that job, but waits while it works.
            local = runs.enter_context(started(study, study.command(CHUNK), "local.log"))
            wait_until(lambda: "waits for" in (study / "local.log").read_text(), "the local job")
        assert local.wait(LIMIT) == 0, (study / "local.log").read_text()
    wait_until(lambda: cluster.states(CHUNK_JOB)[-1] == "COMPLETED", "the job of the killed run")
    assert_same(finished.folder, study.folder, CHUNK)


@contextmanager
def lost_run(cluster, study):
    """A run whose controller ends while it waits for a job, which goes on."""
    (study / CHUNK).unlink(missing_ok=True)
    with study.kept_waiting(CHUNK_LOCK):
        command = slurm_command(CHUNK)
        with started(study, command, "lost.log", HKMAPS_SLURM_PATIENCE="10") as run:
            wait_until(lambda: "RUNNING" in cluster.states(CHUNK_JOB), "the job")
            cluster.stop_controller()
            yield run
    assert "Traceback" not in (study / "lost.log").read_text()


@needs_slurm
def test_a_run_whose_scheduler_disappears_says_so_and_ends(cluster, finished, study):
    with lost_run(cluster, study) as run:
        assert run.wait(120) == 1
        cluster.restart_controller()
    said = "For 10 seconds SLURM has not answered, so this run ends. Start it again"
    assert said in (study / "lost.log").read_text()
    living = {"PENDING", "RUNNING", "COMPLETING"}
    wait_until(lambda: not living & set(cluster.states(CHUNK_JOB)), "the job to end")
    run = subprocess.run(
        slurm_command(CHUNK), cwd=study.folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert_same(finished.folder, study.folder, CHUNK)


@needs_slurm
def test_a_run_whose_jobs_slurm_has_forgotten_says_so_and_ends(cluster, study):
    with lost_run(cluster, study) as run:
        cluster.restart_controller("-c")
        assert run.wait(120) == 1
    said = (
        "For 10 seconds SLURM has had none of the jobs that this run waits for, so this run ends."
    )
    assert said in (study / "lost.log").read_text()


def test_every_rule_that_is_submitted_has_resources_in_the_profile():
    submitted = set()
    for path in (REPOSITORY / "workflow/rules").glob("*.smk"):
        rules = re.findall(r"^rule (\w+):\n((?:    .*\n|\n)*)", path.read_text(), re.MULTILINE)
        submitted |= {name for name, body in rules if "localrule: True" not in body}
        of_variables = re.findall(r"""f"(\w+)_\{variable\}"$""", path.read_text(), re.MULTILINE)
        submitted |= {f"{name}_{variable}" for name in of_variables for variable in "Vn"}
    assert submitted == set(PROFILE["set-resources"])


def test_the_readme_counts_the_jobs_of_the_published_study(checkout):
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--forceall"]
    run = subprocess.run(
        command, cwd=checkout.folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    jobs = {
        rule: int(count)
        for rule, count in re.findall(r"^(\w+) +(\d+)$", run.stdout + run.stderr, re.MULTILINE)
        if rule in PROFILE["set-resources"]
    }
    said = (REPOSITORY / "README.md").read_text()
    assert f"submits {sum(jobs.values())} jobs" in said
    said = " ".join((REPOSITORY / "docs/slurm.md").read_text().split())
    assert f"of the {sum(jobs.values())} jobs of the published study" in said
    assert f"these are {jobs['reference_chunk']}." in said
