"""Put the errors of the maps of the larger molecules beside the printed: paper B's Table 2."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.reporting.conformer_tables import (
    BOGOJESKI_TABLE2,
    bogojeski_table2,
    bogojeski_table2_markdown,
)
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    errors, elsewhere = (
        pd.concat([read_table(path, MAP_ERRORS) for path in paths], ignore_index=True)
        for paths in (snakemake.input.errors, snakemake.input.elsewhere)
    )
    published = read_published(snakemake.input.published)
    table = bogojeski_table2(errors, published, elsewhere, snakemake.params.ab_initio)
    write_table(table, snakemake.output.table, BOGOJESKI_TABLE2)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(bogojeski_table2_markdown(table, published), encoding="utf-8")
