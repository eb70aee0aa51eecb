"""Take a chunk of the frames that are compared with reference calculations from map dynamics."""

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.conformers import held_out_conformers
from hkmaps.molecules.map_dynamics import spread_frames
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    frames = spread_frames(read_table(inputs.trajectory, TRAJECTORY), params.snapshots)
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    snapshots = held_out_conformers(molecule, {"driven": frames}, len(frames))
    # Dynamics that ended early may leave none for a chunk.
    chunk = snapshots.iloc[first : first + params.chunk_size]
    write_table(chunk, snakemake.output[0], GEOMETRIES)
