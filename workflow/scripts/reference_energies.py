"""Gather a sample's energies."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.results import REFERENCE, REFERENCE_ENERGIES
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    # The densities stay where they are.
    columns = REFERENCE_ENERGIES.column_names
    chunks = [read_table(path, REFERENCE, columns) for path in snakemake.input]
    write_table(pd.concat(chunks, ignore_index=True), snakemake.output[0], REFERENCE_ENERGIES)
