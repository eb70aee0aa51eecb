"""Choose a chunk of the geometries to learn from among the snapshots of a sample's dynamics."""

from pathlib import Path

from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.conformers import training_pool
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    # A larger choice begins with a smaller one, so that each chunk is the end of its own.
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    chosen = training_pool(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        {Path(path).stem: read_table(path, TRAJECTORY) for path in inputs.trajectories},
        first + params.size,
        params.seed,
        params.average,
    )
    write_table(chosen.iloc[first:], snakemake.output[0], GEOMETRIES)
