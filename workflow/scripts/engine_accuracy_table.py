"""Put cost and accuracy of the reference engine's settings in one table for readers."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.results import ENGINE_ACCURACY
from hkmaps.reporting.engine_tables import engine_accuracy_markdown
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake):
    tables = [read_table(path, ENGINE_ACCURACY) for path in snakemake.input]
    text = engine_accuracy_markdown(pd.concat(tables, ignore_index=True))
    with atomic_path(snakemake.output[0]) as path:
        path.write_text(text, encoding="utf-8")
