"""What a benchmark measured, kept in benchmarks/results/ with the machine that measured it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hkmaps.reporting.report import machine, versions

FOLDER = Path(__file__).parent / "results"


def keep(name: str, measured: dict[str, Any]) -> None:
    """Write benchmarks/results/NAME.json, which replaces the last measurement of this name."""
    where = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{machine()}, {processor()}",
        "software": list(versions()),
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(where | measured, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return "processor unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "processor unknown"
