"""Predict the energies of frames of map dynamics that the reference engine calculated."""

from pathlib import Path

from study_job import study_job

from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import TRAJECTORY_ENERGIES
from hkmaps.maps.trajectory_energies import trajectory_energies
from hkmaps.molecules.results import GEOMETRIES, MAP_FRAMES, REFERENCE_ENERGIES
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake):
    inputs = snakemake.input
    geometries = read_table(inputs.geometries, GEOMETRIES)
    energies = read_table(inputs.energies, REFERENCE_ENERGIES)
    converged = energies["converged"].astype(bool).to_numpy()
    geometries, energies = geometries[converged], energies[converged]
    frames = read_table(inputs.frames, MAP_FRAMES)
    # Of "printed, run 3" the number; of no geometry nothing.
    runs = [int(name.rpartition(" ")[2]) for name in geometries["trajectory"]]
    places = list(zip(runs, geometries["frame"].astype(int), strict=True))
    times = frames.set_index(["run", "frame"])["time"].loc[places]
    molecule_map = MoleculeMap.load(Path(inputs.hohenberg_kohn).parent)
    predicted = trajectory_energies(
        molecule_map,
        stack(geometries["positions"]).reshape(len(geometries), len(molecule_map.symbols), 3),
        times.to_numpy(),
        energies["energy"].to_numpy(),
        MoleculeMap.load(Path(inputs.kohn_sham).parent),
        geometries["frame"].astype(int).to_numpy(),
    )
    write_table(predicted, snakemake.output[0], TRAJECTORY_ENERGIES)
