"""Training sets that contain the smaller ones, beside K-means of each size: errors of ML-KS.

Run it by `python benchmarks/nested_choice.py`. The energy is that of the force field, which costs
nothing; training sets are chosen from dynamics at 300 and 350 K and tested on a run of its own at
300 K. The table holds the mean absolute and the largest error relative to K-means of each size,
geometric means over draws of the dynamics.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy reads it

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.cluster import kmeans_plusplus

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.classical_dynamics import classical_trajectory
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol
from hkmaps.molecules.sampling import k_means, nested_choice
from hkmaps.seeds import random_stream
from hkmaps.tables import stack

CONFIG = Path(__file__).parents[1] / "config"
MOLECULES = ("ethane", "malonaldehyde")
SIZES = (50, 100, 200, 400)
DRAWS = 6
POOL, TEST = (300, 350), (300,)
LENGTH, POOL_INTERVAL, TEST_INTERVAL = 100_000, 25, 250  # fs


def snapshots(
    molecule: Molecule, name: str, temperatures: tuple[int, ...], interval: float, draw: int
) -> tuple[np.ndarray, np.ndarray]:
    """Aligned geometries of runs of all tautomers, and their energies by the force field."""
    runs = pd.concat(
        classical_trajectory(
            molecule,
            CONFIG / f"molecules/{molecule.name}.prmtop",
            DynamicsProtocol.in_femtoseconds(temperature, 10_000, LENGTH, interval, 1),
            f"{name} {temperature}K",
            draw,
            tautomer,
        )
        for temperature in temperatures
        for tautomer in range(len(molecule.tautomers))
    )
    raw = stack(runs["positions"]).reshape(len(runs), -1, 3)
    return molecule.frame.align(raw).positions, runs["potential_energy"].to_numpy()


def farthest(positions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The snapshot nearest to the mean, then always the one farthest from those chosen."""
    points = positions.reshape(len(positions), -1)
    chosen = [int(((points - points.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return np.array(chosen)


def plus_plus(candidates: int) -> Callable[[np.ndarray, int, int], np.ndarray]:
    """K-means++ that chooses the best of so many for each place."""

    def choose(positions: np.ndarray, count: int, seed: int) -> np.ndarray:
        points = positions.reshape(len(positions), -1)
        return kmeans_plusplus(points, count, random_state=seed, n_local_trials=candidates)[1]

    return choose


def at_random(positions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Any of them."""
    return random_stream(seed, "random").permutation(len(positions))[:count]


CHOICES = {
    "K-means of each size": lambda *arguments: k_means(*arguments, starts=1),
    "nested_choice": nested_choice,
    "K-means++, 1 candidate": plus_plus(1),
    "K-means++, 8 candidates": plus_plus(8),
    "K-means++, 32 candidates": plus_plus(32),
    "farthest point": farthest,
    "random": at_random,
}


def measure() -> pd.DataFrame:
    """Errors in Ha and seconds of each choice, one row a molecule, draw and size."""
    rows = []
    for name in MOLECULES:
        config = yaml.safe_load((CONFIG / "config.yaml").read_text(encoding="utf-8"))
        entry = config["molecules"][name]
        molecule = Molecule.from_entry(name, CONFIG / f"molecules/{name}.xyz", entry)
        for draw in range(DRAWS):
            pool, pool_energies = snapshots(molecule, "pool", POOL, POOL_INTERVAL, draw)
            test, test_energies = snapshots(molecule, "test", TEST, TEST_INTERVAL, draw)
            for choice, choose in CHOICES.items():
                for size in SIZES:
                    begin = time.perf_counter()
                    chosen = choose(pool, size, draw)
                    seconds = time.perf_counter() - begin
                    assert len(set(chosen)) == size
                    learned = MoleculeMap.fit(
                        name,
                        molecule.symbols,
                        molecule.frame,
                        GaussiansPotential(molecule.charges),
                        pool[chosen],
                        pool_energies[chosen],
                    )
                    errors = np.abs(learned.energies(test) - test_energies)
                    rows.append((name, draw, choice, size, errors.mean(), errors.max(), seconds))
    columns = ["molecule", "draw", "choice", "size", "mean", "largest", "seconds"]
    return pd.DataFrame(rows, columns=columns)


def relative(errors: pd.DataFrame) -> pd.DataFrame:
    """Errors divided by those of the first choice, geometric means over draws."""
    kinds = ["mean", "largest"]
    logarithms = np.log(errors.pivot(index=["molecule", "draw", "size"], columns="choice")[kinds])
    ratios = {
        (kind, choice): logarithms[kind][choice] - logarithms[kind][next(iter(CHOICES))]
        for kind in kinds
        for choice in CHOICES
    }
    means = pd.DataFrame(ratios).groupby(["molecule", "size"]).mean()
    return np.exp(means).stack(level=1, future_stack=True).unstack("size")


if __name__ == "__main__":
    measured = measure()
    print(relative(measured).round(2).to_string())
    print(measured.groupby(["choice", "size"], sort=False)["seconds"].median().unstack().round(2))
