"""Draw a diatomic (paper A, Figure 4)."""

from study_job import study_job

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.reporting.figures.model_systems import diatomic_potential
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    diatomics = read_table(snakemake.input.diatomics, SYSTEMS)
    figure = diatomic_potential(diatomics)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
