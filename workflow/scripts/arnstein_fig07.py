"""Draw the convolutional network (paper A, Figure 7)."""

from study_job import study_job

from hkmaps.networks.results import ARCHITECTURE
from hkmaps.reporting.figures.schematics import convolutional_network
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    architecture = read_table(snakemake.input.architecture, ARCHITECTURE)
    figure = convolutional_network(architecture)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
