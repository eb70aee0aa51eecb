"""Gather the solved charge states of a data set."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.charge_states import CHARGE_STATES
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    chunks = [read_table(path, CHARGE_STATES) for path in snakemake.input]
    write_table(pd.concat(chunks, ignore_index=True), snakemake.output[0], CHARGE_STATES)
