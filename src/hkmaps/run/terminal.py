"""A run on the terminal: its plan, one line of progress at a time, and what it ended with."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.markdown import count_verdicts
from hkmaps.reporting.rules import VERDICTS
from hkmaps.run.ending import ending_of_log
from hkmaps.run.events import VARIABLE
from hkmaps.run.progress import Plan, Progress, about
from hkmaps.storage import unwritable
from hkmaps.tables import read_table

LOGS = Path("logs/runs")
"""Folder of the full logs of runs."""

INTERVAL, INTERVAL_OF_FILE = 1.0, 30.0
"""Seconds between lines of progress: on a terminal, where one takes the place of the last, and in
a file, where all stay."""

LAST_LINES = 10
"""Lines of the log that are shown of a run that ended without its summary."""


class Screen:
    """Where lines of progress go.

    Args:
        stream: a terminal, or a file.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._terminal = stream.isatty()
        self._passing = False
        self._next = 0.0

    def say(self, text: str) -> None:
        """Write lines that stay."""
        self._stream.write(("\r\x1b[K" if self._passing else "") + text + "\n")
        self._stream.flush()
        self._passing = False

    def pass_by(self, line: str, now: float) -> None:
        """Write a line of progress, unless the last one is too recent."""
        if now < self._next:
            return
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r" + line[:width] + "\x1b[K")
            self._stream.flush()
            self._passing = True
        else:
            self.say(line)
        self._next = now + (INTERVAL if self._terminal else INTERVAL_OF_FILE)


class Show:
    """Turns the events of a run into lines."""

    def __init__(self, screen: Screen, results: Path, log: Path):
        self.screen, self.results, self.log = screen, results, log
        self.progress: Progress | None = None
        self.summary = ""

    def take(self, event: dict[str, Any], now: float) -> None:
        """Take an event of the run at a time in seconds."""
        match event:
            case {"event": "plan"}:
                plan = Plan.from_event(event)
                self.progress = Progress(plan)
                places = [f"Results: {self.results.absolute()}", f"Full log: {self.log.absolute()}"]
                self.screen.say("\n".join([*plan.lines(), *places]))
            case {"event": "ended", "summary": text}:
                self.summary = text
            case {"event": kind, "job": job} if self.progress:
                if kind == "started":
                    self.progress.start(job, now)
                elif kind == "finished":
                    self.progress.finish(job, now)
                else:
                    self.progress.fail(job)
                    name = self.progress.plan.jobs[job].name
                    reason = ending_of_log(Path(event["log"][0]) if event["log"] else None)
                    self.screen.say(f"failed: {name}: {reason}")

    def tick(self, now: float) -> None:
        """Show how far the run is."""
        if self.progress:
            self.screen.pass_by(self.progress.line(now), now)


def show_run(arguments: Sequence[str], results: Path, stream: TextIO = sys.stdout) -> int:
    """Run Snakemake in this folder with its output in a file, and show how far it is.

    Args:
        arguments: those of Snakemake.
        results: folder of the claims and of the report that the run ends with.
        stream: where it is shown.

    Returns:
        The exit status of Snakemake.
    """
    if sentence := unwritable([LOGS]):
        print(sentence, file=stream)
        return 1
    LOGS.mkdir(parents=True, exist_ok=True)
    log, screen, begun = LOGS / f"{datetime.now():%Y-%m-%dT%H%M%S}.log", Screen(stream), _now()
    screen.say("Finding out what is to be done and how fast this machine is ...")
    read, write = os.pipe()
    with log.open("w", encoding="utf-8") as file:
        run = subprocess.Popen(
            [sys.executable, "-m", "snakemake", *arguments],
            stdout=file,
            stderr=subprocess.STDOUT,
            pass_fds=[write],
            env=os.environ | {VARIABLE: str(write), "PYTHONUTF8": "1"},
        )
    os.close(write)
    # The terminal interrupts Snakemake too, which ends its jobs and says so.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: run.terminate())
    show = Show(screen, results, log)
    _follow(read, show)
    status = run.wait()
    if status == 0:
        screen.say("\n".join([f"Done in {about(_now() - begun)}.", *outcome(results)]))
    elif show.summary:
        screen.say(f"{show.summary}\nFull log: {log.absolute()}")
    else:
        # Before its first job, what it said is short, and the reason its end; later it was killed.
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        screen.say("\n".join(said[-LAST_LINES:] if show.progress else said))
        if show.progress:
            screen.say(
                f"The run ended there with exit status {status}, as if it was killed. What was"
                " finished is kept: run snakemake --unlock, then give the same command again.\n"
                f"Full log: {log.absolute()}"
            )
    return status


def _follow(descriptor: int, show: Show) -> None:
    """Show the events that come through a pipe until its other end is closed."""
    rest = b""
    while True:
        ready, _, _ = select.select([descriptor], [], [], INTERVAL)
        if ready:
            if not (read := os.read(descriptor, 1 << 16)):
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                show.take(json.loads(line), _now())
        show.tick(_now())
    os.close(descriptor)


def outcome(results: Path) -> list[str]:
    """Return what a finished run ended with, as lines: counts of claims, and where to look.

    Args:
        results: folder of claims.parquet and report.html; figures and tables are named as far as
            they are there.
    """
    lines = []
    if (path := results / "claims.parquet").is_file():
        lines += ["", *claim_counts(read_table(path, CLAIMS)), ""]
    whole = next(each for each in (results, *results.parents) if each.name == "results")
    figures = len([*(whole / "figures").glob("*.png")])
    tables = len([*(whole / "tables").glob("*.md")])
    places = {
        "Claims": (results / "claims.md", ""),
        "Figures": (whole / "figures", f" ({figures})"),
        "Tables": (whole / "tables", f" ({tables})"),
        "Report": (results / "report.html", ""),
    }
    return lines + [
        f"{name + ':':<9}{path.absolute()}{count}"
        for name, (path, count) in places.items()
        if path.exists()
    ]


def claim_counts(claims: pd.DataFrame) -> list[str]:
    """Return how many claims have which verdict, as lines of a table, by paper.

    Args:
        claims: rows of `hkmaps.reporting.claims.CLAIMS`.
    """
    counts = count_verdicts(claims)
    widths = [max(12, len(name)) for name in counts.columns]
    names = [" ".join(["claims of", *index]) for index in counts.index]
    width = max(map(len, names))
    return [
        " " * width + "".join(f"  {name:>{w}}" for name, w in zip(VERDICTS, widths, strict=True)),
        *(
            f"{name:<{width}}"
            + "".join(f"  {count:>{w}}" for count, w in zip(row, widths, strict=True))
            for name, row in zip(names, counts.to_numpy(), strict=True)
        ),
    ]


def _now() -> float:
    return time.monotonic()
