"""Draw what the study costs, step by step."""

from study_job import study_job

from hkmaps.reporting.cost import COST
from hkmaps.reporting.figures.cost import study_cost
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure = study_cost(read_table(snakemake.input.cost, COST))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
