"""Draw the errors of all functionals on a data set (paper A, Figures 9 and 14)."""

from study_job import study_job

from hkmaps.networks.results import TABLE1
from hkmaps.reporting.figures.networks import functional_errors
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    table1 = read_table(snakemake.input.table1, TABLE1)
    published = read_published(snakemake.input.published)
    figure = functional_errors(table1, published, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
