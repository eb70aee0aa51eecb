"""Draw the geometries of a molecule and say which of them are tested."""

from study_job import study_job

from hkmaps.molecules.geometries import random_geometries
from hkmaps.molecules.results import GEOMETRIES
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import write_table

with study_job(snakemake):
    settings = snakemake.params.settings
    molecule = find_molecule(snakemake.wildcards.sample)
    drawn = random_geometries(
        molecule, settings["geometries"], settings["test"], snakemake.params.seed
    )
    write_table(drawn, snakemake.output[0], GEOMETRIES)
