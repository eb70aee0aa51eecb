"""Gather the chunks of a sample: its geometries and its energies; the densities stay there."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.results import GEOMETRIES, REFERENCE, REFERENCE_ENERGIES
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    inputs, outputs = snakemake.input, snakemake.output
    schema = REFERENCE_ENERGIES if snakemake.params.energies_alone else REFERENCE
    geometries = pd.concat(
        [read_table(path, GEOMETRIES) for path in inputs.geometries], ignore_index=True
    )
    columns = REFERENCE_ENERGIES.column_names
    chunks = [read_table(path, schema, columns) for path in inputs.reference]
    write_table(pd.concat(chunks, ignore_index=True), outputs.energies, REFERENCE_ENERGIES)
    write_table(geometries, outputs.geometries, GEOMETRIES)
