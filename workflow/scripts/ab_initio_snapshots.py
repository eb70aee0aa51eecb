"""Take a chunk of the evenly spread frames of an ab-initio trajectory that maps are tested on."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import frame_geometries, spread_frames
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames = spread_frames(read_table(inputs.trajectory, TRAJECTORY), params.snapshots)
    # A trajectory of one run.
    snapshots = frame_geometries(molecule, frames.assign(run=0), Path(inputs.trajectory).stem)
    # Dynamics that ended early may leave none for a chunk.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    write_table(snapshots.iloc[first : first + params.chunk_size], snakemake.output[0], GEOMETRIES)
