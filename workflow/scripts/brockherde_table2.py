"""Write Table II of paper B's source: minima of the maps, measured beside printed."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.minima_results import MAP_MINIMA
from hkmaps.reporting.minima_tables import brockherde_table2_markdown
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake):
    minima = pd.concat(
        [read_table(path, MAP_MINIMA) for path in snakemake.input.minima], ignore_index=True
    )
    published = read_published(snakemake.input.published)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(brockherde_table2_markdown(minima, published), encoding="utf-8")
