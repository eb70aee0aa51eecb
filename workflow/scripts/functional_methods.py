"""Put the errors of kernel ridge regression beside those of the networks: a table of this study."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import FUNCTIONAL_ERRORS
from hkmaps.networks.results import TABLE1
from hkmaps.reporting.functional_tables import (
    FUNCTIONAL_METHODS,
    functional_methods_markdown,
    functional_methods_table,
)
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    errors = pd.concat(
        [read_table(path, FUNCTIONAL_ERRORS) for path in snakemake.input.errors], ignore_index=True
    )
    published = read_published(snakemake.input.published)
    table1 = read_table(snakemake.input.table1, TABLE1)
    table = functional_methods_table(table1, errors, published)
    write_table(table, snakemake.output.table, FUNCTIONAL_METHODS)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(functional_methods_markdown(table, published), encoding="utf-8")
