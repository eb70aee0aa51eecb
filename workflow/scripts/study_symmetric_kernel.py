"""Draw the errors of maps with and without the symmetry of their molecules."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.symmetric_results import SYMMETRIC_ERRORS
from hkmaps.reporting.figures.symmetry import symmetric_curves
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    errors = pd.concat(
        [read_table(path, SYMMETRIC_ERRORS) for path in snakemake.input.errors], ignore_index=True
    )
    save_figure(symmetric_curves(errors), snakemake.output.png, snakemake.output.pdf)
