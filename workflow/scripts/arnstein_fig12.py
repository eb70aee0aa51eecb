"""Draw two diatomics side by side (paper A, Figure 12)."""

from study_job import study_job

from hkmaps.conditioning.diatomics import COMPARISONS
from hkmaps.reporting.figures.conditioning import two_diatomics
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure12 = read_table(snakemake.input.figure12, COMPARISONS)
    published = read_published(snakemake.input.published)
    figure = two_diatomics(figure12, published, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
