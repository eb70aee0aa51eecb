"""Predict the energies along an ab-initio trajectory."""

from pathlib import Path

from study_job import study_job

from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import TRAJECTORY_ENERGIES
from hkmaps.maps.trajectory_energies import trajectory_energies
from hkmaps.molecules.results import TRAJECTORY
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake):
    inputs = snakemake.input
    trajectory = read_table(inputs.trajectory, TRAJECTORY)
    molecule_map = MoleculeMap.load(Path(inputs.hohenberg_kohn).parent)
    predicted = trajectory_energies(
        molecule_map,
        stack(trajectory["positions"]).reshape(len(trajectory), len(molecule_map.symbols), 3),
        trajectory["time"].to_numpy(),
        trajectory["potential_energy"].to_numpy(),
        MoleculeMap.load(Path(inputs.kohn_sham).parent),
        trajectory["frame"].to_numpy(),
    )
    write_table(predicted, snakemake.output[0], TRAJECTORY_ENERGIES)
