"""Take a chunk of the evenly spread frames of ab-initio dynamics that maps are tested on."""

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.driven_frames import frame_geometries, spread_frames
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    molecule = Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule)
    runs = [read_table(path, TRAJECTORY).assign(run=run) for run, path in enumerate(inputs.runs)]
    frames = spread_frames(pd.concat(runs, ignore_index=True), params.snapshots)
    snapshots = frame_geometries(molecule, frames, "thermal")
    # Dynamics that ended early may leave none for a chunk.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    write_table(snapshots.iloc[first : first + params.chunk_size], snakemake.output[0], GEOMETRIES)
