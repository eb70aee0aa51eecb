"""Sum up the errors of the maps of molecules over the splits: paper B's Table 1."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.molecule_summary import summarise_molecules
from hkmaps.maps.results import MAP_ERRORS, MOLECULE_SUMMARY
from hkmaps.reporting.molecule_tables import bogojeski_table1_markdown
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    errors = pd.concat(
        [read_table(path, MAP_ERRORS) for path in snakemake.input.errors], ignore_index=True
    )
    summary = summarise_molecules(errors)
    write_table(summary, snakemake.output.table, MOLECULE_SUMMARY)
    published = read_published(snakemake.input.published)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(bogojeski_table1_markdown(summary, errors, published), encoding="utf-8")
