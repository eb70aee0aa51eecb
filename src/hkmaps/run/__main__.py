"""Run the study and show how far it is: python -m hkmaps.run --cores N [options of Snakemake]."""

import argparse
import sys
from pathlib import Path

from hkmaps.run.terminal import show_run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m hkmaps.run",
        description="Run the study, or one of its papers, and show how far it is.",
        epilog="All other options are those of snakemake.",
        allow_abbrev=False,
    )
    parser.add_argument("--paper", choices=("a", "b"), help="one paper alone")
    arguments, options = parser.parse_known_args()
    targets = [f"paper_{arguments.paper}"] if arguments.paper else []
    results = Path("results", *targets)
    sys.exit(show_run([*options, *(["--", *targets] if targets else [])], results))
