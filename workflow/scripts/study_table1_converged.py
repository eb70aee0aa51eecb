"""Draw the errors on the published and on the converged data sets."""

from study_job import study_job

from hkmaps.networks.results import TABLE1
from hkmaps.reporting.figures.networks import converged_errors
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    table1 = read_table(snakemake.input.table1, TABLE1)
    figure = converged_errors(table1, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
