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
    runs = geometries["trajectory"].str.rpartition(" ")[2].astype(int)
    places = list(zip(runs, geometries["frame"].astype(int), strict=True))
    times = frames.set_index(["run", "frame"])["time"].loc[places]
    positions = stack(geometries["positions"])
    predicted = trajectory_energies(
        MoleculeMap.load(Path(inputs.hohenberg_kohn).parent),
        positions.reshape(len(positions), -1, 3),
        times.to_numpy(),
        energies["energy"].to_numpy(),
        MoleculeMap.load(Path(inputs.kohn_sham).parent),
        geometries["frame"].astype(int).to_numpy(),
    )
    write_table(predicted, snakemake.output[0], TRAJECTORY_ENERGIES)
