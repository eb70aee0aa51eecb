"""Choose the geometries to learn from among the snapshots of a pool's trajectories."""

from pathlib import Path

from study_job import study_job

from hkmaps.molecules.conformers import training_pool
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    trajectories = {Path(path).stem: read_table(path, TRAJECTORY) for path in snakemake.input}
    pool = training_pool(
        find_molecule(snakemake.wildcards.sample.partition("/")[0]),
        trajectories,
        snakemake.params.size,
        snakemake.params.seed,
    )
    write_table(pool, snakemake.output[0], GEOMETRIES)
