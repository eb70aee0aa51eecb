"""What a run says before it starts and on its way: times, shares, lines on a terminal."""

import io

import pandas as pd
import pytest

from hkmaps.errors import InputError
from hkmaps.reporting.cost import COST
from hkmaps.run.costs import KeptCosts, kept_costs
from hkmaps.run.progress import Plan, PlannedJob, Progress, about, makespan
from hkmaps.run.terminal import Screen, Show

CHUNK = "chunk=0 sample=benzene/test"


def planned(seconds, *needs, chapter="Networks"):
    return PlannedJob(f"job of {seconds} s", chapter, seconds, frozenset(needs))


@pytest.fixture
def progress():
    """Two jobs of half the work each, the first of which is needed by a third; two cores."""
    jobs = {1: planned(600.0), 2: planned(600.0), 3: planned(0.0, 1, chapter="Report")}
    return Progress(Plan(jobs, 2))


@pytest.mark.parametrize(("cores", "expected"), [(1, 25), (2, 13), (9, 12)])
def test_jobs_wait_for_what_they_need_and_for_a_core(cores, expected):
    jobs = {1: planned(3.0), 2: planned(4.0), 3: planned(2.0, 1), 4: planned(7.0, 3)}
    jobs[5] = planned(9.0)
    plan = Plan(jobs, cores)
    assert makespan({id_: job.seconds for id_, job in jobs.items()}, plan) == expected


def test_the_share_is_of_the_work_and_not_of_the_jobs(progress):
    progress.start(1, 0.0)
    progress.start(2, 0.0)
    progress.finish(1, 600.0)
    progress.start(3, 600.0)
    progress.finish(3, 600.0)
    # The other one takes longer than it should, and is not done.
    assert progress.share(600.0) == pytest.approx(0.975)
    assert progress.share(900.0) == pytest.approx(0.975)
    progress.finish(2, 1000.0)
    assert progress.share(1000.0) == 1 and progress.left(1000.0) == 0


def test_the_time_left_follows_the_pace_of_the_run(progress):
    assert progress.left(0.0) == 600
    progress.start(1, 0.0)
    assert progress.left(100.0) == pytest.approx(600)
    progress.finish(1, 1200.0)
    # Half as fast as the kept costs say, which are not forgotten.
    assert progress.pace == pytest.approx(1260 / 660)
    assert progress.left(1200.0) == pytest.approx(600 * 1260 / 660)


def test_what_needs_a_failed_job_takes_no_time(progress):
    progress.plan.jobs[3] = planned(300.0, 1)
    assert progress.left(0.0) == 900
    progress.start(1, 0.0)
    progress.fail(1)
    assert progress.left(0.0) == 600
    assert ", 1 failed" in progress.line(0.0)
    progress.start(1, 10.0)
    assert progress.left(10.0) == 900


def test_the_plan_counts_jobs_by_chapter(progress):
    lines = progress.plan.lines()
    assert lines[0] == "3 jobs, about 10 minutes on 2 cores of this machine:"
    assert lines[1].split() == ["Networks", "2", "jobs", "100", "%", "of", "the", "work"]
    assert lines[2].split() == ["Report", "1", "job", "0", "%", "of", "the", "work"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (20, "less than a minute"),
        (70, "about a minute"),
        (700, "about 12 minutes"),
        (2080, "about 35 minutes"),
        (5000, "about 85 minutes"),
        (9000, "about 2.5 hours"),
    ],
)
def test_times_are_no_more_exact_than_they_are_known(seconds, text):
    assert about(seconds) == text


@pytest.fixture
def costs(tmp_path):
    """Costs kept from a run: two chunks of benzene, of 50 and 10 geometries, and other jobs."""
    rows = [
        ("reference_chunk", CHUNK, 100.0),
        ("reference_chunk", "chunk=1 sample=benzene/test", 20.0),
        ("reference_chunk", "chunk=0 sample=H2", 5.0),
        ("repeats", "data_set=atoms functional=E-n", 30.0),
        ("repeats", "data_set=diatomics functional=A-V", 70.0),
        ("claims", "", None),
    ]
    cost = pd.DataFrame(rows, columns=["rule", "job", "seconds"]).reindex(columns=COST.column_names)
    sizes = {tuple(row[:2]): size for row, size in zip(rows, (50, 10, 50), strict=False)}
    kept_costs(cost, sizes, speed=80.0).to_csv(tmp_path / "costs.csv", index=False)
    return KeptCosts.read(tmp_path / "costs.csv")


@pytest.mark.parametrize(
    ("rule", "job", "size", "expected"),
    [
        ("reference_chunk", "chunk=7 sample=benzene/test", 50, 100),
        ("reference_chunk", "chunk=7 sample=benzene/test", 25, 50),
        ("reference_chunk", "chunk=0 sample=benzene/300+350K", 50, 100),
        ("repeats", "data_set=atoms functional=E-n", 1, 30),
        ("repeats", "data_set=atoms-converged functional=A-V", 1, 70),
        ("repeats", "data_set=atoms-converged functional=T-n", 1, 50),
        ("never_seen", "", 1, 16),
    ],
)
def test_a_job_costs_what_those_cost_that_are_most_like_it(costs, rule, job, size, expected):
    assert costs.seconds(rule, job, size, speed=80.0) == pytest.approx(expected)
    # On a machine that is half as fast, it takes twice as long.
    assert costs.seconds(rule, job, size, speed=40.0) == pytest.approx(2 * expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rule,seconds\nclaims,1\n", "has the columns rule, seconds; they must be rule, job"),
        ("rule,job,seconds,speed\nclaims,,-1,80\n", "cost -1 and the speed 80 of claims"),
        ("rule,job,seconds,speed\nclaims,,long,80\n", "cost long and the speed 80 of claims"),
    ],
)
def test_kept_costs_that_are_none_are_refused(tmp_path, text, words):
    (tmp_path / "costs.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        KeptCosts.read(tmp_path / "costs.csv")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_line_takes_the_place_of_the_last_on_a_terminal_and_stays_in_a_file():
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        screen = Screen(stream)
        for now in range(61):
            screen.pass_by(f"{now} % done", float(now))
        screen.say("Done.")
    assert file.getvalue() == "0 % done\n30 % done\n60 % done\nDone.\n"
    assert terminal.getvalue().count("\n") == 1
    assert terminal.getvalue().endswith("\r60 % done\x1b[K\r\x1b[KDone.\n")


def test_a_failed_job_is_said_at_once_with_its_reason(tmp_path):
    log = tmp_path / "pairs.log"
    log.write_text("2026-01-01 10:00:00,000 ERROR The grid is not converged.\n")
    job = {"id": 7, "name": "pairs atoms", "chapter": "Pairs", "seconds": 5, "needs": []}
    stream = io.StringIO()
    show = Show(Screen(stream), tmp_path / "results", tmp_path / "run.log")
    show.take({"event": "plan", "cores": 2, "jobs": [job]}, 0.0)
    show.take({"event": "started", "job": 7}, 0.0)
    show.tick(1.0)
    show.take({"event": "failed", "job": 7, "log": [str(log)]}, 2.0)
    lines = stream.getvalue().splitlines()
    assert f"Results: {tmp_path / 'results'}" in lines
    assert "now pairs atoms" in lines[-2] and lines[-2].startswith(" 20 % done")
    assert lines[-1] == "failed: pairs atoms: The grid is not converged."
