"""Draw how far E[n] and A[n] stand out in each family of potentials."""

from study_job import study_job

from hkmaps.reporting.family_tables import FAMILIES_TABLE
from hkmaps.reporting.figures.statements import families
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure = families(read_table(snakemake.input.families, FAMILIES_TABLE))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
