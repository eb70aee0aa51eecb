"""Draw the sensitivities of the density functionals (paper A, Figure 11)."""

from study_job import study_job

from hkmaps.conditioning.pairs import PAIRS
from hkmaps.reporting.figures.conditioning import sensitivities
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    pairs = read_table(snakemake.input.pairs, PAIRS)
    figure = sensitivities(pairs)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
