"""Draw a neural network (paper A, Figure 6)."""

from study_job import study_job

from hkmaps.datasets.gauge_shift import GAUGE_SHIFT
from hkmaps.reporting.figures.schematics import neural_network
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    gauge_shift = read_table(snakemake.input.gauge_shift, GAUGE_SHIFT)
    figure = neural_network(gauge_shift)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
