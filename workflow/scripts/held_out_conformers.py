"""Take the test geometries of a molecule from trajectories of their own, in the order of time."""

from pathlib import Path

from study_job import study_job

from hkmaps.molecules.conformers import held_out_conformers
from hkmaps.molecules.results import GEOMETRIES, TRAJECTORY
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    trajectories = {Path(path).stem: read_table(path, TRAJECTORY) for path in snakemake.input}
    molecule = find_molecule(snakemake.wildcards.sample.partition("/")[0])
    held_out = held_out_conformers(molecule, trajectories, snakemake.params.size)
    write_table(held_out, snakemake.output[0], GEOMETRIES)
