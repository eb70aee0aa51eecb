"""Calculate the first geometries of a sample by CCSD(T)."""

import pandas as pd
from study_job import study_job

from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.coupled_cluster import coupled_cluster_table
from hkmaps.molecules.results import COUPLED_CLUSTER, GEOMETRIES
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    inputs, params = snakemake.input, snakemake.params
    geometries = pd.concat(
        [read_table(path, GEOMETRIES) for path in inputs.geometries], ignore_index=True
    )
    calculated = coupled_cluster_table(
        Molecule.from_entry(params.molecule["name"], inputs.structure, params.molecule),
        # They are drawn at random, so that the first ones are a random sample.
        geometries.head(params.geometries),
        params.orbital_basis,
        progress=log.info,
    )
    write_table(calculated, snakemake.output[0], COUPLED_CLUSTER)
