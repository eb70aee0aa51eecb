"""Draw the errors of the maps of the larger molecules against the number of training points."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.reporting.figures.conformers import conformer_curves
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    errors, elsewhere = (
        pd.concat([read_table(path, MAP_ERRORS) for path in paths], ignore_index=True)
        for paths in (snakemake.input.errors, snakemake.input.elsewhere)
    )
    published = read_published(snakemake.input.published)
    figure = conformer_curves(errors, published, elsewhere, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
