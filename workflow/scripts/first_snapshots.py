"""Take a chunk of a sample from the beginnings of its trajectories, in the order of time."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.conformers import held_out_conformers
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    snapshots = held_out_conformers(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        {Path(path).stem: read_table(path, TRAJECTORY) for path in inputs.trajectories},
        params.total,
    )
    chunk = snapshots.iloc[first : first + params.chunk_size]
    write_table(chunk, snakemake.output[0], GEOMETRIES)
