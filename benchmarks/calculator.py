"""A map's energies and forces beside the self-consistent calculations that they replace.

Run it by `python benchmarks/calculator.py [training points] [--full-size]`, on one thread,
everything in turns.

1. H2O, ML-HK trained on 20 geometries: energy and density of a new geometry beside an SCF.
2. Malonaldehyde, ML-HK: steps of Langevin dynamics beside SCF and gradient, analytic forces beside
   energies and beside central differences. What a step costs depends on the number of training
   geometries and of density coordinates, not on values: geometries are those of classical
   dynamics, energies those of springs, densities as many coordinates as geometries, drawn at
   random.
3. The same for ML-KS trained on energies and forces of the springs at 400 geometries, and steps of
   the driver of dynamics, one run alone and 20 that move together, and what of a step is the
   driver's own.

`--full-size` trains ML-KS on energies and forces of 1000 geometries too, the printed size of the
config: time and the most memory that the process had.

Numbers go to benchmarks/results/.
"""

import argparse
import os
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy reads them

import numpy as np  # noqa: E402
import yaml  # noqa: E402
from ase import Atoms, units  # noqa: E402
from ase.md.langevin import Langevin  # noqa: E402
from measured import keep  # noqa: E402
from tabulate import tabulate  # noqa: E402

from hkmaps.densities.fourier import FourierBasis  # noqa: E402
from hkmaps.descriptors.gaussians_potential import GaussiansPotential  # noqa: E402
from hkmaps.geometry.molecule import Molecule  # noqa: E402
from hkmaps.maps.density_subspace import DensitySubspace  # noqa: E402
from hkmaps.maps.molecule_map import MoleculeMap  # noqa: E402
from hkmaps.molecules.ase_dynamics import thermal_velocities  # noqa: E402
from hkmaps.molecules.calculator import MapCalculator  # noqa: E402
from hkmaps.molecules.classical_dynamics import classical_trajectory  # noqa: E402
from hkmaps.molecules.drawn_coordinates import drawn_geometries  # noqa: E402
from hkmaps.molecules.dynamics import Start, move  # noqa: E402
from hkmaps.molecules.dynamics_protocol import DynamicsProtocol  # noqa: E402
from hkmaps.molecules.engines import ReferenceEngine, reference_engine  # noqa: E402
from hkmaps.molecules.map_dynamics import MapForces  # noqa: E402
from hkmaps.molecules.sampling import k_means  # noqa: E402
from hkmaps.molecules.stability_test import StabilityTest  # noqa: E402
from hkmaps.seeds import random_stream  # noqa: E402
from hkmaps.tables import stack  # noqa: E402
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE  # noqa: E402

REPOSITORY = Path(__file__).parents[1]
MOLECULES = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text(encoding="utf-8"))[
    "molecules"
]
WATER, MALONALDEHYDE = (
    Molecule.from_entry(name, REPOSITORY / MOLECULES[name]["structure"], MOLECULES[name])
    for name in ("H2O", "malonaldehyde")
)
BASIS = FourierBasis(20.0, 25)
WATER_POINTS, WATER_TESTS, WATER_POOL = 20, 50, 120
TRAINING_POINTS = 500
ENGINE_SETTINGS = {"orbital_basis": "gth-dzvp", "grid_level": 1, "tolerance": 1e-7}
HALF_FEMTOSECOND = 0.5 * units.fs / units.AUT
FRICTION = 0.01 * units.AUT  # Ha/hbar: 0.98 in 1 ps
STEP = 0.001 / ANGSTROM_PER_BOHR
ROUNDS, CALLS_PER_ROUND = 3, 10
FORCES_POINTS, RUNS, STEPS_TOGETHER = 400, 20, 100
"""Training geometries with forces, runs that move together, and their steps."""

FULL_SIZE = 1000
"""Training geometries with forces that the config asks for."""

STEPS_ALONE, STEPS_IN_A_BATCH = 200, 500
"""Steps a second of one core that are wanted of one run, and of all runs of a batch."""

LARGEST_RATIO = 5.0
"""Energies that energy and forces together may cost."""

SMALLEST_GAIN = 200
"""Steps by a map in the time of one by the engine."""


def median_seconds(functions: dict[str, Callable], calls: dict[str, int]) -> dict[str, float]:
    """Return the median time of a call of each function, all measured in turns."""
    for name, function in functions.items():
        if calls[name] > 1:
            function()
    seconds = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, function in functions.items():
            for _ in range(calls[name]):
                start = time.perf_counter()
                function()
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def water_map(engine: ReferenceEngine) -> tuple[MoleculeMap, np.ndarray]:
    """Train ML-HK of H2O on reference calculations; return it with geometries to predict."""
    coordinates = MOLECULES["H2O"]["samples"]["drawn"]["coordinates"]
    geometries = drawn_geometries(WATER, coordinates, WATER_POOL, seed=0)
    positions = stack(geometries["positions"]).reshape(WATER_POOL, -1, 3)
    chosen = k_means(positions, WATER_POINTS, seed=0)
    results = [engine.calculate(WATER.symbols, positions[number]) for number in chosen]
    densities = np.array([result.coefficients for result in results], dtype=np.float32)
    subspace = DensitySubspace.spanning(BASIS, densities)
    molecule_map = MoleculeMap.fit(
        WATER.name,
        WATER.symbols,
        WATER.frame,
        GaussiansPotential(WATER.charges),
        positions[chosen],
        [result.energy for result in results],
        subspace.project(densities),
        subspace,
    )
    others = np.setdiff1d(np.arange(WATER_POOL), chosen)
    return molecule_map, positions[others[:WATER_TESTS]]


def compare_water() -> dict:
    """Compare predictions of energy and density with the SCF that gives both."""
    engine = reference_engine("pyscf", BASIS)
    molecule_map, test = water_map(engine)
    tests = iter(np.resize(test, (10**4, *test.shape[1:])))
    seconds = median_seconds(
        {
            "SCF, with its density": lambda: engine.calculate(WATER.symbols, next(tests)),
            "ML-HK energy": lambda: molecule_map.energies(next(tests)[None]),
            "ML-HK energy and density": lambda: (
                molecule_map.energies(next(tests)[None]),
                molecule_map.coefficients(next(tests)[None]),
            ),
        },
        {"SCF, with its density": 2, "ML-HK energy": 10, "ML-HK energy and density": 10},
    )
    references = [engine.calculate(WATER.symbols, place) for place in test]
    errors = molecule_map.energies(test) - [result.energy for result in references]
    return {
        "training_points": WATER_POINTS,
        "engine": engine.description,
        "mean_absolute_error_kcal_mol": float(np.abs(errors).mean() * KCAL_PER_MOL_PER_HARTREE),
        "seconds": seconds,
    }


def classical_frames(molecule: Molecule) -> np.ndarray:
    """Return geometries of classical dynamics, shape (S, atoms, 3), in bohr."""
    protocol = DynamicsProtocol.in_femtoseconds(300, 5e3, 5e4, 50, 1)
    force_field = REPOSITORY / MOLECULES[molecule.name]["force_field"]
    trajectory = classical_trajectory(molecule, force_field, protocol, "benchmark", seed=0)
    return stack(trajectory["positions"]).reshape(len(trajectory), -1, 3)


def dense_map(molecule: Molecule, frames: np.ndarray, count: int) -> tuple[MoleculeMap, np.ndarray]:
    """Train ML-HK on classical geometries, springs and random densities; see the module."""
    training, test = frames[:count], frames[-5:]
    first, second = np.triu_indices(len(molecule.symbols), k=1)
    lengths = np.linalg.norm(training[:, first] - training[:, second], axis=2)
    strain = lengths - lengths.mean(axis=0)
    stream = random_stream(0, "benchmark", "densities")
    coordinates = np.sin(strain @ stream.normal(size=(len(first), count)) / len(first))
    basis = FourierBasis(20.0, 8)
    rows = np.linalg.qr(stream.normal(size=(basis.size, count)))[0].T.astype(np.float32)
    return (
        MoleculeMap.fit(
            molecule.name,
            molecule.symbols,
            molecule.frame,
            GaussiansPotential(molecule.charges),
            training,
            0.1 * (strain**2).sum(axis=1),
            coordinates,
            DensitySubspace(basis, rows, 0.0),
        ),
        test,
    )


def forces_map(molecule: Molecule, frames: np.ndarray, count: int) -> MoleculeMap:
    """Train ML-KS on energies and forces of springs between all atoms."""
    training = frames[:: len(frames) // count][:count]
    first, second = np.triu_indices(len(molecule.symbols), k=1)
    apart = training[:, first] - training[:, second]
    lengths = np.linalg.norm(apart, axis=2)
    strain = lengths - lengths.mean(axis=0)
    pulls = (0.2 * strain / lengths)[..., None] * apart
    gradients = np.zeros_like(training)
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        gradients[:, i] += pulls[:, pair]
        gradients[:, j] -= pulls[:, pair]
    return MoleculeMap.fit(
        molecule.name,
        molecule.symbols,
        molecule.frame,
        GaussiansPotential(molecule.charges),
        training,
        0.1 * (strain**2).sum(axis=1),
        gradients=gradients,
    )


class TimedForces(MapForces):
    """Forces by a map, and the processor time that they took."""

    seconds = 0.0

    def __call__(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return energies and forces; see `Forces`."""
        start = time.process_time()
        found = super().__call__(positions)
        self.seconds += time.process_time() - start
        return found


def train_with_forces(
    molecule: Molecule, frames: np.ndarray, count: int
) -> tuple[MoleculeMap, dict]:
    """Train the map of springs' forces; return it with its size, time and memory."""
    start = time.perf_counter()
    molecule_map = forces_map(molecule, frames, count)
    return molecule_map, {
        "training_points": count,
        "training_seconds": time.perf_counter() - start,
        "process_peak_gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def compare_runs(molecule: Molecule, molecule_map: MoleculeMap, frames: np.ndarray) -> dict:
    """Compare a run of dynamics by a map with many that move together."""
    found = {}
    for runs in (1, RUNS):
        starts = []
        for run in range(runs):
            stream = random_stream(0, "benchmark", "runs", run)
            velocities = thermal_velocities(molecule, 300, stream)
            starts.append(Start(frames[run], velocities, 300, stream))
        forces, start = TimedForces(molecule_map), time.process_time()
        dynamics = move(
            molecule,
            forces,
            starts,
            HALF_FEMTOSECOND,
            STEPS_TOGETHER,
            range(0, STEPS_TOGETHER + 1, 20),
            "benchmark",
            FRICTION,
            StabilityTest(molecule),
        )
        seconds = time.process_time() - start
        if not all(each.completed for each in dynamics):
            raise SystemExit("Dynamics on the springs' map broke: what is measured is not a run.")
        found[f"runs_{runs}"] = {
            "steps_per_second": runs * STEPS_TOGETHER / seconds,
            "driver_over_map": seconds / forces.seconds - 1,
        }
    return found


def compare_steps(molecule: Molecule, molecule_map: MoleculeMap, test: np.ndarray) -> dict:
    """Compare a step of dynamics, its energy and its forces, with SCF and finite differences."""
    engine = reference_engine("pyscf", FourierBasis(20.0, 2), ENGINE_SETTINGS)
    place = test[:1]
    shifts = STEP * np.eye(place.size).reshape(-1, *place.shape[1:])
    displaced = np.concatenate([place + shifts, place - shifts])
    atoms = Atoms(molecule.symbols, place[0] * units.Bohr, masses=molecule.masses)
    atoms.calc = MapCalculator(molecule_map, numbering="given")
    dynamics = Langevin(
        atoms,
        0.5 * units.fs,
        temperature_K=300,
        friction=FRICTION / units.AUT,
        fixcm=False,
        rng=random_stream(0, "benchmark", "dynamics"),
    )
    places = iter(np.resize(test, (10**4, *test.shape[1:])))
    functions = {
        "ML energy": lambda: molecule_map.energies(place),
        "ML energy and forces": lambda: molecule_map.energies_and_gradients(place),
        "ML step with ASE": lambda: dynamics.run(1),
        "ML central differences": lambda: molecule_map.energies(displaced),
        "SCF": lambda: engine.calculate(molecule.symbols, next(places)),
        "SCF and gradient": lambda: engine.calculate(molecule.symbols, next(places), forces=True),
    }
    calls = {name: 1 if name.startswith("SCF") else CALLS_PER_ROUND for name in functions}
    seconds = median_seconds(functions, calls)
    return {
        "molecule": molecule.name,
        "training_points": len(molecule_map.training_positions),
        "engine": engine.description,
        "seconds": seconds,
        "forces_over_energy": seconds["ML energy and forces"] / seconds["ML energy"],
        "differences_over_forces": seconds["ML central differences"]
        / seconds["ML energy and forces"],
        "reference_step_over_ml_step": seconds["SCF and gradient"] / seconds["ML step with ASE"],
    }


def show(title: str, seconds: dict[str, float]) -> None:
    slowest = max(seconds.values())
    rows = [(name, 1e3 * s, 1 / s, slowest / s) for name, s in seconds.items()]
    headers = (title, "ms", "per second", "times faster")
    print(tabulate(rows, headers, floatfmt=(None, ".3g", ".3g", ".3g")), end="\n\n", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("training_points", nargs="?", type=int, default=TRAINING_POINTS)
    parser.add_argument("--full-size", action="store_true")
    arguments = parser.parse_args()
    with warnings.catch_warnings():
        # The energies of springs tempt the search to its edge; what is measured is time.
        warnings.simplefilter("ignore")
        water = compare_water()
        show(f"H2O, M = {WATER_POINTS}", water["seconds"])
        frames = classical_frames(MALONALDEHYDE)
        dense = dense_map(MALONALDEHYDE, frames, arguments.training_points)
        trained_map, trained = train_with_forces(MALONALDEHYDE, frames, FORCES_POINTS)
        steps = {
            "ML-HK from energies": compare_steps(MALONALDEHYDE, *dense),
            "ML-KS from energies and forces": compare_steps(
                MALONALDEHYDE, trained_map, frames[-5:]
            ),
        }
        for name, each in steps.items():
            show(f"{MALONALDEHYDE.name}, {name}, M = {each['training_points']}", each["seconds"])
        runs = compare_runs(MALONALDEHYDE, trained_map, frames)
        trainings = [trained]
        if arguments.full_size:
            trainings.append(train_with_forces(MALONALDEHYDE, frames, FULL_SIZE)[1])
    alone, together = runs["runs_1"], runs[f"runs_{RUNS}"]
    print(f"ML-HK of H2O errs by {water['mean_absolute_error_kcal_mol']:.3f} kcal/mol on average.")
    for name, each in steps.items():
        print(
            f"{name}: energy and forces cost {each['forces_over_energy']:.1f} energies (goal: at"
            f" most {LARGEST_RATIO:.0f}); central differences cost"
            f" {each['differences_over_forces']:.0f} times as much; a step by reference forces"
            f" {each['reference_step_over_ml_step']:.0f} times as much as one by the map (goal: at"
            f" least {SMALLEST_GAIN})."
        )
    for each in trainings:
        print(
            f"ML-KS of {each['training_points']} geometries with forces was trained in"
            f" {each['training_seconds']:.0f} s; the process had"
            f" {each['process_peak_gigabytes']:.1f} GB at most."
        )
    print(
        f"Dynamics by that of {FORCES_POINTS} makes {alone['steps_per_second']:.0f} steps a second"
        f" of one core (goal: {STEPS_ALONE}); {RUNS} runs together make"
        f" {together['steps_per_second']:.0f} (goal: {STEPS_IN_A_BATCH}), of which the driver adds"
        f" {together['driver_over_map']:.0%} to the map."
    )
    report = {
        "threads": 1,
        "numpy": np.__version__,
        "H2O": water,
        "steps": steps,
        "training_with_forces": trainings,
        "runs": runs,
    }
    keep("calculator", report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
