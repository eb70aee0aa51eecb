"""Drawn geometries as this process computes them, for comparison with another processor.

Run by test_molecules_classical_dynamics.py; writes JSON.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from papers_molecules import find_molecule, force_field, random_geometries

from hkmaps.molecules import classical_dynamics
from hkmaps.molecules.classical_dynamics import DynamicsProtocol, classical_trajectory
from hkmaps.molecules.conformers import training_pool
from hkmaps.molecules.sampling import k_means
from hkmaps.molecules.xtb_dynamics import xtb_trajectory
from hkmaps.tables import stack


def digest(values):
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


XTB = DynamicsProtocol.in_femtoseconds(300, 100, 200, 50, 1)


def last_bits():
    """What tells the mathematical libraries of two processors apart."""
    values = np.random.default_rng(0).uniform(-20, 20, 90_000).reshape(-1, 3, 3)
    logarithms = [math.log(abs(value)) for value in values.ravel()]
    return [digest(logarithms), digest(np.linalg.svd(values)[0])]


def trajectory(name):
    protocol = DynamicsProtocol.in_femtoseconds(300, 250, 5000, 50, 1)
    return classical_trajectory(find_molecule(name), force_field(name), protocol, "300K", seed=1)


def table_digest(table):
    return digest(
        np.column_stack(
            [stack(table["positions"]), table["potential_energy"], table["kinetic_energy"]]
        )
    )


def shaped(geometries):
    return stack(geometries["positions"]).reshape(len(geometries), -1, 3)


ethane, water = find_molecule("ethane"), find_molecule("H2O")
moved = {name: trajectory(name) for name in ("ethane", "malonaldehyde")}
pool = training_pool(ethane, {"300K": moved["ethane"]}, 60, seed=1)
drawn = random_geometries(water, 60, seed=1)
found = {
    "last_bits": last_bits(),
    "trajectories": {name: table_digest(table) for name, table in moved.items()},
    "xtb": digest(stack(xtb_trajectory(water, XTB, "300K", seed=1)["positions"])),
    "pool": pool["frame"].tolist(),
    "training_points": k_means(shaped(pool), 20, seed=1).tolist(),
    "water_training_points": k_means(shaped(drawn), 10, seed=1).tolist(),
    "positions": [stack(pool["positions"]).tolist(), stack(drawn["positions"]).tolist()],
}
classical_dynamics._round = lambda context, protocol: None
found["unrounded"] = table_digest(trajectory("ethane"))
print(json.dumps(found))
