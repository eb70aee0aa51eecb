"""Draw the errors of the maps of molecules against the number of training points."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.reporting.figures.molecules import learning_curves
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    errors = pd.concat(
        [read_table(path, MAP_ERRORS) for path in snakemake.input.errors], ignore_index=True
    )
    figure = learning_curves(errors, read_published(snakemake.input.published))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
