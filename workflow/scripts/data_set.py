"""Gather a data set's solved systems and let it pass only if its grid is good enough."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.gate import check_data_set
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    systems = pd.concat([read_table(path, SYSTEMS) for path in snakemake.input], ignore_index=True)
    params = snakemake.params
    for miss in check_data_set(
        snakemake.wildcards.data_set,
        systems,
        params.threshold,
        params.accepted,
        params.require_bound,
    ):
        log.warning("accepted although %s", miss)
    write_table(systems, snakemake.output[0], SYSTEMS)
