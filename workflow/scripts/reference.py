"""Gather a molecule's reference calculations with their densities."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.results import REFERENCE
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    calculated = pd.concat(
        [read_table(path, REFERENCE) for path in snakemake.input], ignore_index=True
    )
    write_table(calculated, snakemake.output[0], REFERENCE)
