"""Predict the energies of a trajectory's snapshots that the reference engine calculated."""

from pathlib import Path

from study_job import study_job

from hkmaps.errors import InputError
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import TRAJECTORY_ENERGIES
from hkmaps.maps.trajectory_energies import trajectory_energies
from hkmaps.molecules.results import GEOMETRIES, REFERENCE_ENERGIES, TRAJECTORY
from hkmaps.tables import read_table, stack, write_table

with study_job(snakemake):
    inputs = snakemake.input
    geometries = read_table(inputs.geometries, GEOMETRIES)
    if geometries["trajectory"].isna().all():
        raise InputError(
            f"The geometries of {inputs.geometries} are not snapshots of a trajectory of this"
            " study, so no energies along one can be drawn; leave the molecule out of"
            " trajectories.classical."
        )
    energies = read_table(inputs.energies, REFERENCE_ENERGIES)
    # Of this trajectory, those whose calculations converged.
    of_trajectory = geometries["trajectory"] == Path(inputs.trajectory).stem
    chosen = of_trajectory & energies["converged"].astype(bool)
    geometries, energies = geometries[chosen], energies[chosen]
    frames = geometries["frame"].astype(int)
    trajectory = read_table(inputs.trajectory, TRAJECTORY).set_index("frame").loc[frames]
    positions = stack(trajectory["positions"])
    predicted = trajectory_energies(
        MoleculeMap.load(Path(inputs.hohenberg_kohn).parent),
        positions.reshape(len(positions), -1, 3),
        trajectory["time"].to_numpy(),
        energies["energy"].to_numpy(),
        MoleculeMap.load(Path(inputs.kohn_sham).parent),
        frames.to_numpy(),
    )
    write_table(predicted, snakemake.output[0], TRAJECTORY_ENERGIES)
