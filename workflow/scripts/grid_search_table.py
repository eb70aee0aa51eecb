"""Sum up the grid searches of all functionals: winners, and where the published pair stands."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.networks.results import GRID_SEARCH, GRID_SEARCH_SUMMARY, summarise_grid_search
from hkmaps.reporting.markdown import grid_search_markdown
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    params = snakemake.params
    rows = []
    for path, (data_set, functional) in zip(snakemake.input, params.functionals, strict=True):
        summary = summarise_grid_search(
            read_table(path, GRID_SEARCH), params.learning_rate, params.batch_size
        )
        label = Functional.from_path_name(functional).label
        rows.append({"dataset": data_set, "functional": label, **summary})
    summaries = pd.DataFrame(rows, columns=GRID_SEARCH_SUMMARY.column_names)
    write_table(summaries, snakemake.output.table, GRID_SEARCH_SUMMARY)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(grid_search_markdown(summaries), encoding="utf-8")
