"""Draw the convergence of hydrogen (paper A, Figure 2)."""

from study_job import study_job

from hkmaps.exact.convergence import CONVERGENCE
from hkmaps.reporting.figures.model_systems import hydrogen_convergence
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    convergence = read_table(snakemake.input.convergence, CONVERGENCE)
    published = read_published(snakemake.input.published)
    figure = hydrogen_convergence(convergence, published)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
