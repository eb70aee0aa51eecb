"""Take a chunk of the frames of map dynamics that are compared with reference calculations."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import (
    frame_geometries,
    frames_of_longest_run,
    spread_frames,
)
from hkmaps.molecules.results import DYNAMICS_ENDS, GEOMETRIES, MAP_FRAMES
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    frames, ends = read_table(inputs.frames, MAP_FRAMES), read_table(inputs.ends, DYNAMICS_ENDS)
    if params.length is not None:
        frames = frames_of_longest_run(frames, ends, params.length, params.snapshots)
    else:
        frames = spread_frames(frames, params.snapshots)
    snapshots = frame_geometries(molecule, frames, Path(inputs.frames).parent.name)
    # Dynamics that ended early may leave none for a chunk.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    write_table(snapshots.iloc[first : first + params.chunk_size], snakemake.output[0], GEOMETRIES)
