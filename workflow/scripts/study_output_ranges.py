"""Draw the errors of networks over the spread of what they predict."""

from study_job import study_job

from hkmaps.reporting.figures.statements import output_ranges
from hkmaps.reporting.range_tables import OUTPUT_RANGES
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure = output_ranges(read_table(snakemake.input.ranges, OUTPUT_RANGES))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
