"""Draw the errors of networks and of kernel ridge regression side by side."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import FUNCTIONAL_ERRORS
from hkmaps.networks.results import TABLE1
from hkmaps.reporting.figures.maps import functional_methods
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    table1 = read_table(snakemake.input.table1, TABLE1)
    errors = pd.concat([read_table(path, FUNCTIONAL_ERRORS) for path in snakemake.input.errors])
    figure = functional_methods(table1, errors, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
