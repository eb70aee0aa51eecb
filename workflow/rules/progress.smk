"""What a run says of itself: what it will do, how far it is, how it ended if it did not succeed."""

from logging import Filter

from snakemake.logging import logger
from snakemake_interface_logger_plugins.common import LogEvent

from hkmaps.run.costs import KeptCosts
from hkmaps.run.ending import Ending, FailedJob, summary
from hkmaps.run.events import teller_from_environment
from hkmaps.run.speed import machine_speed

# Snakemake's last line of a run with failed jobs, whose reasons stand far above.
FAILED = "At least one job did not complete successfully."
# File with the rules of a chapter -> its name for people.
CHAPTERS = {
    "model_systems": "Exact systems",
    "networks": "Networks",
    "conditioning": "Pairs of systems",
    "follow_up": "Charge states",
    "molecules": "Reference calculations",
    "maps": "Kernel ridge regression",
    "brockherde": "Kernel ridge regression",
    "differences": "Better methods",
    "trajectories": "Dynamics",
    "rounds": "Dynamics",
    "own": "Own molecules",
    "report": "Figures, claims, report",
}
# What the jobs of an earlier run took, from the rule kept_costs.
KEPT_COSTS = REPOSITORY / "config/costs.csv"
# Jobs, and seconds in which they may start, where --max-jobs-per-timespan says nothing.
USUAL_STARTS = (100, 1)


def job_name(job):
    """Rule and wildcards of a job, as its own lines begin."""
    return " ".join([job.rule.name, *map(str, job.wildcards)])


def job_size(wildcards):
    """How many systems or geometries a job of a chunk has; 1 of another job."""
    if "chunk" not in wildcards:
        return 1
    chunk = int(wildcards["chunk"])
    if "sample" in wildcards:
        return SAMPLES.by_name[wildcards["sample"]].chunk_size(chunk) or 1
    if "charge_set" in wildcards:
        systems = CHARGE_SETS[wildcards["charge_set"]]
    else:
        systems = DATA_SETS[wildcards["data_set"]]
    return max(1, min(SYSTEMS_PER_CHUNK, systems - chunk * SYSTEMS_PER_CHUNK))


def plan():
    """The jobs of the run with what each is likely to take on this machine."""
    needed = set(workflow.dag.needrun_jobs(exclude_finished=False))
    cores = workflow.cores or 1
    costs, speed = KeptCosts.read(KEPT_COSTS), machine_speed(cores)
    titles = [*dict.fromkeys(CHAPTERS.values())]

    def planned(job):
        wildcards = dict(job.wildcards.items())
        values = " ".join(f"{key}={value}" for key, value in sorted(wildcards.items()))
        chapter = Path(str(job.rule.snakefile)).stem
        gathers = not job.output
        return {
            "id": workflow.dag.jobid(job),
            "name": job_name(job),
            "chapter": CHAPTERS.get(chapter, CHAPTERS["report"]),
            "seconds": (
                0 if gathers else costs.seconds(job.rule.name, values, job_size(wildcards), speed)
            ),
            "needs": [
                workflow.dag.jobid(each)
                for each in workflow.dag.dependencies[job]
                if each in needed
            ],
        }

    return {
        "event": "plan",
        "cores": cores,
        "jobs": sorted(
            map(planned, needed), key=lambda job: (titles.index(job["chapter"]), job["id"])
        ),
    }


def ending(errors):
    """How the run ended, which Snakemake has given up."""
    failed = chain.from_iterable(
        job if job.is_group() else [job] for job in workflow.scheduler.failed
    )
    needed = list(workflow.dag.needrun_jobs(exclude_finished=False))
    return Ending(
        jobs=len(needed),
        finished=sum(map(workflow.dag.finished, needed)),
        failed=sorted(
            [
                FailedJob(job_name(job), Path(job.log[0]) if job.log else None, [*job.output])
                for job in failed
            ],
            key=lambda job: job.name,
        ),
        errors=errors,
    )


class EndsWithSummary(Filter):
    """Puts a summary in the place of Snakemake's last line, after what it says of each error."""

    def __init__(self):
        super().__init__()
        self.errors = []

    def filter(self, record):
        if FAILED in str(record.msg):
            record.msg, record.args = summary(ending(self.errors)), ()
            if teller:
                teller.tell({"event": "ended", "summary": record.msg})
        # A RuleException holds no more than the exit status of a job.
        elif (
            getattr(record, "event", None) == LogEvent.ERROR and record.exception != "RuleException"
        ):
            self.errors.append(record.getMessage())
        return True


# The jobs' own processes of Snakemake have nothing to say.
teller = teller_from_environment() if workflow.is_main_process else None
if workflow.is_main_process:
    logger.addFilter(EndsWithSummary())


def look_for_jobs_when_one_ends():
    """Let Snakemake look for jobs to start when a job has ended, and not every second as well.

    Its limit of 100 starts a second makes it look again a second after each time that it looked;
    each job that ends adds such a chain, so that after 200 jobs it looks 200 times a second, which
    takes a third of a core. A limit that is asked for stays.
    """
    limit = workflow.scheduler.job_rate_limiter
    if limit is not None and (limit.max_jobs, limit.timespan) == USUAL_STARTS:
        workflow.scheduler.job_rate_limiter = None


def tell_progress():
    """Tell the process that shows the progress of this run, if there is one."""
    if teller:
        try:
            teller.tell(plan())
        except HkmapsError as error:
            raise WorkflowError(str(error)) from None
        logger.addHandler(teller)


def engine_for_people(name):
    """Name of an engine with what of its settings chemists ask for first."""
    settings = config["engines"][name]
    keys = ("functional", "orbital_basis", "pseudopotentials", "all_electron_basis")
    return f"{name} ({', '.join(settings[key] for key in keys if settings.get(key))})"


def tell_costs():
    """Say what calculations of own molecules will cost, from a timed first one of each kind.

    What an engine cannot calculate, and what is not installed, ends the run here.
    """
    # Molecule and engine -> number of calculations, whether with forces; molecule -> steps.
    calculations, steps = {}, {}
    for job in workflow.dag.needrun_jobs():
        if job.rule.name in ("reference_chunk", "energy_chunk"):
            sample, chunk = sample_of(job.wildcards), int(job.wildcards.chunk)
            chosen = sample.settings.get("engine") or entry_of(job.wildcards)["engine"]
            number, forces = calculations.get((sample.molecule, chosen), (0, False))
            calculations[sample.molecule, chosen] = (
                number + (sample.chunk_size(chunk) or 0),
                forces or sample.has_forces(chunk),
            )
        elif job.rule.name == "xtb_trajectory":
            name, protocol = molecule_name(job.wildcards), job.params.protocol
            time = protocol["equilibration"] + protocol["length"]
            steps[name] = steps.get(name, 0) + round(time / protocol["time_step"])
    if not set(OWN) & {*steps, *(name for name, _ in calculations)}:
        return
    # Imported for those who calculate: PySCF and its kin take longer than all that is here.
    from hkmaps.geometry.molecule import Molecule
    from hkmaps.molecules.first_calculation import (
        expected_cost,
        first_of_dynamics,
        first_of_engine,
    )

    try:
        for name in OWN:
            wildcards = as_wildcards(molecule=name)
            molecule = Molecule.from_entry(name, structure(wildcards), molecule_settings(wildcards))
            if name in steps:
                what = "steps of dynamics by GFN2-xTB"
                cost = expected_cost(steps[name], what, first_of_dynamics(molecule))
                logger.info(f"{name}: {cost}")
            for (calculated, chosen), (number, forces) in calculations.items():
                if calculated == name:
                    settings = dict(config["engines"][chosen])
                    what = f"reference calculations by {engine_for_people(chosen)}"
                    seconds = first_of_engine(
                        molecule, settings.pop("program"), settings, config["densities"], forces
                    )
                    logger.info(f"{name}: {expected_cost(number, what, seconds)}")
    except HkmapsError as error:
        raise WorkflowError(str(error)) from None
