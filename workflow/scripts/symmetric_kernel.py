"""Write the errors of maps with and without the symmetry of their molecules as a table."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.symmetric_results import SYMMETRIC_ERRORS
from hkmaps.reporting.symmetry_tables import symmetric_kernel_markdown
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake):
    errors = pd.concat(
        [read_table(path, SYMMETRIC_ERRORS) for path in snakemake.input.errors], ignore_index=True
    )
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(symmetric_kernel_markdown(errors), encoding="utf-8")
