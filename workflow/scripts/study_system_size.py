"""Draw the separate system-size test of hydrogen."""

from study_job import study_job

from hkmaps.exact.convergence import CONVERGENCE
from hkmaps.reporting.figures.convergence import system_size
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    convergence = read_table(snakemake.input.convergence, CONVERGENCE)
    published = read_published(snakemake.input.published)
    figure = system_size(convergence, published)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
