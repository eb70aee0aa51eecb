"""Calculate a sample of a molecule's geometries by CCSD(T)."""

from study_job import study_job

from hkmaps.molecules.coupled_cluster import coupled_cluster_table
from hkmaps.molecules.results import COUPLED_CLUSTER, GEOMETRIES
from hkmaps.molecules.systems import find_molecule
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params = snakemake.params
    geometries = read_table(snakemake.input[0], GEOMETRIES)
    calculated = coupled_cluster_table(
        find_molecule(snakemake.wildcards.molecule),
        # They are drawn at random, so that the first ones are a random sample.
        geometries.head(params.geometries),
        params.orbital_basis,
        progress=log.info,
    )
    write_table(calculated, snakemake.output[0], COUPLED_CLUSTER)
