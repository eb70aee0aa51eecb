"""Sum up what dynamics by maps shows of molecules, beside the reference."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.observable_results import OBSERVABLES
from hkmaps.reporting.observable_tables import observables_markdown
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake):
    tables = [read_table(path, OBSERVABLES) for path in snakemake.input]
    observables = pd.concat(tables, ignore_index=True)
    with atomic_path(snakemake.output[0]) as path:
        path.write_text(
            observables_markdown(observables, snakemake.params.settings), encoding="utf-8"
        )
