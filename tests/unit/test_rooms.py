"""Who may import whom, and on which rooms the jobs of each rule depend."""

from pathlib import Path

import pytest

from hkmaps.fingerprints import PACKAGE, modules_behind
from hkmaps.molecules.engines import ENGINES

SCRIPTS = Path(__file__).parents[2] / "workflow/scripts"

ROOMS = (
    ("errors", "units"),
    ("checks", "digests", "kept_summaries", "storage"),
    ("kept_rows", "seeds", "tables"),
    ("fingerprints", "tensor_files"),
    ("exact", "geometry", "densities", "kernels"),
    ("datasets", "descriptors"),
    ("conditioning", "maps", "networks"),
    ("molecules",),
    ("study", "reporting"),
    ("run",),
)
"""Rooms from the ground up: a module imports from its own room and from floors below."""

FLOORS = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}

REGRESSIONS = {"kernels", "descriptors", "maps"}
ONE_DIMENSION = {"exact", "datasets", "conditioning", "networks"}
THREE_DIMENSIONS = {"molecules", "geometry", "densities", "descriptors"}
WORDS = {"reporting", "study", "run"}

CALCULATIONS = (
    "reference_chunk",
    "displaced_geometries",
    "engine_accuracy",
    "ab_initio_trajectory",
)
GEOMETRIES = (
    "drawn_geometries",
    "classical_trajectory",
    "xtb_trajectory",
    "first_snapshots",
    "chosen_geometries",
    "driven_snapshots",
    "ab_initio_snapshots",
    "reference_files",
    "sample",
)
MAPS = (
    "density_subspace",
    "density_coordinates",
    "molecule_map",
    "map_errors",
    "symmetric_errors",
    "ablation",
    "potential_descriptor",
    "predicted_density",
    "snapshot_energies",
    "ab_initio_energies",
    "map_dynamics",
    "added_geometries",
    "map_tests",
    "driven_energies",
)
MODEL_SYSTEMS = (
    *("solve_systems", "data_set", "convergence", "gauge_shift", "pairs", "figure12"),
    *("solve_charge_states", "charge_states", "lipschitz_quotients"),
)
NETWORKS = (
    "architecture",
    "grid_search",
    "repeats",
    "fully_connected",
    "depths",
    "random_search",
    "seed_errors",
    "seed_pairs",
)

WITHOUT = {
    # Drawing geometries, moving molecules and reference calculations know of nothing that learns.
    **dict.fromkeys(
        (*CALCULATIONS, *GEOMETRIES, "coupled_cluster"), REGRESSIONS | ONE_DIMENSION | WORDS
    ),
    # Exact systems know nothing of three dimensions.
    **dict.fromkeys(MODEL_SYSTEMS, REGRESSIONS | THREE_DIMENSIONS | WORDS | {"networks"}),
    **dict.fromkeys(NETWORKS, REGRESSIONS | THREE_DIMENSIONS | WORDS),
    # Maps of molecules know nothing of one dimension, and those of exact systems of no molecule.
    **dict.fromkeys(MAPS, ONE_DIMENSION | WORDS),
    **dict.fromkeys(
        ("functional_errors", "noise_response", "nested_errors", "box_errors"),
        {"molecules", "geometry", "descriptors"} | WORDS,
    ),
}
"""Script -> rooms that it must not depend on, lest an edit there runs it again."""


def room_of(module):
    return module.split(".")[1]


def test_every_module_has_a_floor():
    found = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}
    assert found - {"__init__", "__pycache__"} == set(FLOORS)


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_from_the_floors_below_alone(room):
    path = PACKAGE / room
    for file in path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]:
        for module in modules_behind(file):
            if module == "hkmaps" or room_of(module) == room:
                continue
            assert FLOORS[room_of(module)] < FLOORS[room], f"{file} imports {module}"


@pytest.mark.parametrize("script", WITHOUT)
def test_a_job_does_not_depend_on_rooms_that_its_result_does_not(script):
    engines = [module for module, _ in ENGINES.values()] if script in CALCULATIONS else []
    behind = modules_behind(SCRIPTS / f"{script}.py", *engines)
    assert not {room_of(module) for module in behind if module != "hkmaps"} & WITHOUT[script]
