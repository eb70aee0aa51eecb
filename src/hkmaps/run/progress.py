"""How far a run is: the share of its work that is done, and the time that is left."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hkmaps.reporting.wording import counted

TRUST = 60.0
"""Seconds of work by which the kept costs are believed before the pace of the run counts."""

_LAST_PART = 0.05
"""Share of a job that is still left when it has taken as long as it should."""


@dataclass(frozen=True)
class PlannedJob:
    """A job of a run.

    Attributes:
        name: its rule and wildcards.
        chapter: the part of the study that it belongs to.
        seconds: what it is likely to take on one core.
        needs: ids of jobs of the run that come before it.
    """

    name: str
    chapter: str
    seconds: float
    needs: frozenset[int]


@dataclass(frozen=True)
class Plan:
    """What a run will do: jobs by id, and how many of them at the same time."""

    jobs: Mapping[int, PlannedJob]
    cores: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Plan":
        """The plan as `hkmaps.run.events` tells it."""
        return cls(
            {
                each["id"]: PlannedJob(
                    each["name"], each["chapter"], each["seconds"], frozenset(each["needs"])
                )
                for each in event["jobs"]
            },
            event["cores"],
        )

    def lines(self) -> list[str]:
        """What the run will do, for people, chapter by chapter."""
        jobs = self.jobs.values()
        counts, work = Counter(job.chapter for job in jobs), Counter()
        for job in jobs:
            work[job.chapter] += job.seconds
        whole = max(sum(work.values()), 1e-9)
        total = about(makespan({id_: job.seconds for id_, job in self.jobs.items()}, self))
        cores = "1 core" if self.cores == 1 else f"{self.cores} cores"
        width = max(map(len, counts))
        return [
            f"{counted(len(jobs), 'job')}, {total} on {cores} of this machine:",
            *(
                f"  {chapter:<{width}}  {counted(counts[chapter], 'job'):>9}"
                f"  {100 * work[chapter] / whole:>3.0f} % of the work"
                for chapter in counts
            ),
        ]


@dataclass
class Progress:
    """The state of a run.

    Attributes:
        plan: what it does.
        started: id of each job that was started -> when, in seconds of any clock.
        finished: id of each job that was finished -> how long it took.
        failed: ids of the jobs that failed.
    """

    plan: Plan
    started: dict[int, float] = field(default_factory=dict)
    finished: dict[int, float] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)

    def start(self, job: int, now: float) -> None:
        """Note that a job was started; again, if it failed before."""
        self.failed.discard(job)
        # At the end of those at work.
        self.started.pop(job, None)
        self.started[job] = now

    def finish(self, job: int, now: float) -> None:
        """Note that a job was finished."""
        self.finished[job] = now - self.started.get(job, now)

    def fail(self, job: int) -> None:
        """Note that a job failed."""
        self.failed.add(job)

    @property
    def running(self) -> list[int]:
        """Ids of the jobs at work, the longest at it first."""
        return [id_ for id_ in self.started if id_ not in self.finished and id_ not in self.failed]

    @property
    def pace(self) -> float:
        """Time that jobs take, relative to what was expected."""
        jobs = self.plan.jobs
        expected = sum(jobs[id_].seconds for id_ in self.finished if id_ in jobs)
        taken = sum(seconds for id_, seconds in self.finished.items() if id_ in jobs)
        return (taken + TRUST) / (expected + TRUST)

    def share(self, now: float) -> float:
        """Return the part of the work that is done, from 0 to 1, by what jobs cost."""
        jobs = self.plan.jobs
        whole = sum(job.seconds for job in jobs.values())
        done = sum(jobs[id_].seconds for id_ in self.finished if id_ in jobs)
        for id_ in self.running:
            if id_ in jobs:
                limit = (1 - _LAST_PART) * jobs[id_].seconds
                done += min((now - self.started[id_]) / self.pace, limit)
        return done / whole if whole > 0 else 1.0

    def left(self, now: float) -> float:
        """Return the seconds until all is done that does not need a job that failed."""
        jobs, pace, lost = self.plan.jobs, self.pace, set(self.failed)
        while more := {id_ for id_, job in jobs.items() if id_ not in lost and job.needs & lost}:
            lost |= more
        seconds = {}
        for id_ in [*self.running, *jobs]:
            if id_ in jobs and id_ not in lost and id_ not in self.finished:
                whole = pace * jobs[id_].seconds
                gone = now - self.started[id_] if id_ in self.started else 0.0
                seconds[id_] = max(whole - gone, _LAST_PART * whole)
        return makespan(seconds, self.plan)

    def line(self, now: float) -> str:
        """Return how far the run is, in one line for people."""
        names = [self.plan.jobs[id_].name for id_ in self.running if id_ in self.plan.jobs]
        done = f"{len(self.finished)} of {counted(len(self.plan.jobs), 'job')}"
        if self.failed:
            done += f", {len(self.failed)} failed"
        return f"{int(100 * self.share(now)):3d} % done, {about(self.left(now))} left ({done})" + (
            f"; now {', '.join(names)}" if names else ""
        )


def makespan(seconds: Mapping[int, float], plan: Plan) -> float:
    """Return when the last of the jobs ends if each starts as soon as it can.

    Args:
        seconds: id -> time that each takes that is not done yet, in the order in which they start
            where several can.
        plan: what each needs, and how many run at the same time; needs that are not among
            `seconds` are met.
    """
    order = {id_: place for place, id_ in enumerate(seconds)}
    missing = {id_: {need for need in plan.jobs[id_].needs if need in order} for id_ in order}
    follow: dict[int, list[int]] = {}
    for id_, needs in missing.items():
        for need in needs:
            follow.setdefault(need, []).append(id_)
    ready = [(order[id_], id_) for id_, needs in missing.items() if not needs]
    heapq.heapify(ready)
    now, running = 0.0, []
    while ready or running:
        while ready and len(running) < plan.cores:
            _, id_ = heapq.heappop(ready)
            heapq.heappush(running, (now + seconds[id_], id_))
        now, ended = heapq.heappop(running)
        for id_ in follow.get(ended, []):
            missing[id_].discard(ended)
            if not missing[id_]:
                heapq.heappush(ready, (order[id_], id_))
    return now


def about(seconds: float) -> str:
    """Return a time that is not known better than to some ten percent, for people."""
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes == 1:
        return "about a minute"
    if minutes < 20:
        return f"about {minutes} minutes"
    if minutes < 95:
        return f"about {5 * round(minutes / 5)} minutes"
    return f"about {seconds / 3600:.1f} hours"
