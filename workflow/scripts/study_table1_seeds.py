"""Draw Table 1 seed by seed."""

from study_job import study_job

from hkmaps.reporting.figures.statements import table1_seeds
from hkmaps.reporting.published import read_published
from hkmaps.reporting.seed_tables import TABLE1_SEEDS
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    seeds = read_table(snakemake.input.seeds, TABLE1_SEEDS)
    figure = table1_seeds(seeds, read_published(snakemake.input.published))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
