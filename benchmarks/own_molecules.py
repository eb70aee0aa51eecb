"""Molecules of one's own, from their structures alone to dynamics: what maps cost and how they err.

Run it by `python benchmarks/own_molecules.py [--study FOLDER] [--cores N]`.

Structures are those of the G2 set of ASE; the config is that of docs/own_molecule.md at the sizes
that it recommends. It takes some half an hour of processor time, and goes on in FOLDER where it
ended. Numbers go to benchmarks/results/.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import yaml
from ase.build import molecule as structure
from ase.io import write
from measured import keep
from tabulate import tabulate

from hkmaps.reporting.dynamics_tables import FORCE_UNIT
from hkmaps.units import FEMTOSECOND_PER_ATOMIC_TIME, KCAL_PER_MOL_PER_HARTREE

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

from conftest import Study  # noqa: E402

MOLECULES = {"formaldehyde": "H2CO", "methylamine": "H3CNH2", "acetaldehyde": "CH3CHO"}
"""Name -> that in the G2 set of ASE."""

TRAINING = {"dynamics": "xtb", "temperatures": [350], "interval": 0.02, "length": 50, "forces": 200}
TEST = {"dynamics": "xtb", "temperatures": [300], "snapshots": 100, "forces": 100}
ENTRY = {
    "engine": "dzvp",
    "samples": {"train": TRAINING | {"equilibration": 5}, "test": TEST | {"equilibration": 5}},
    "maps": {
        "pools": ["train"],
        "test": "test",
        "sizes": [50, 100, 200],
        "rounds": {"pool": "train", "start": 200, "count": 2, "add": 40},
        "stability": {"runs": 10, "length": 20, "snapshots": 50},
    },
}


def calculate(folder: Path, cores: int) -> None:
    """Run the study of the molecules in a checkout, or go on with it."""
    if not (folder / "Snakefile").exists():
        Study.checkout(folder)
    for name, of_g2 in MOLECULES.items():
        write(folder / f"{name}.xyz", structure(of_g2))
    entries = {name: ENTRY | {"structure": f"{name}.xyz"} for name in MOLECULES}
    (folder / "own.yaml").write_text(yaml.safe_dump({"molecules": entries}), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "maps", "--cores", str(cores)]
    command += ["--rerun-incomplete", "--configfile", "own.yaml"]
    subprocess.run(command, cwd=folder, check=True)


def measure(folder: Path, name: str) -> dict:
    """Return what the maps of a molecule cost and how they err, in kcal/mol and Angstrom."""
    rows = pd.read_parquet(folder / f"results/maps/{name}/dynamics.parquet")
    learnt = rows["learned_from"] == "energies and forces"
    rounds, energies = rows[learnt].sort_values("sample"), rows[~learnt].iloc[0]
    last = rounds.iloc[-1]
    median = energies["median"] * FEMTOSECOND_PER_ATOMIC_TIME / 1000
    jobs = (folder / "results/benchmarks").glob("**/*.tsv")
    jobs = [path for path in jobs if name in path.as_posix()]
    seconds = sum(pd.read_csv(path, sep="\t")["cpu_time"].iloc[0] for path in jobs)
    return {
        "calculations": int(last["training_points"]),
        "energy_mae": last["mae"] * KCAL_PER_MOL_PER_HARTREE,
        "force_mae": last["force_mae"] * FORCE_UNIT,
        "runs": int(last["runs"]),
        "lasted_after_round": [int(count) for count in rounds["lasted"]],
        "lasted_from_energies": int(energies["lasted"]),
        # There is none where most of the runs lasted.
        "median_ps_from_energies": None if pd.isna(median) else median,
        "processor_minutes": seconds / 60,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--study", type=Path, help="folder to run it in, or where it has run")
    parser.add_argument("--cores", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.study or Path(temporary) / "study"
        calculate(folder, arguments.cores)
        measured = {name: measure(folder, name) for name in MOLECULES}
    print(tabulate(measured.values(), headers="keys", showindex=measured, floatfmt=".2g"))
    keep("own_molecules", {"molecules": measured})
    return 0


if __name__ == "__main__":
    sys.exit(main())
