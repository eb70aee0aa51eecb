"""Draw a mark for every claim of all papers, on one page."""

from study_job import study_job

from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.figures.claims import TITLES, claims_by_place
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure = claims_by_place(read_table(snakemake.input.claims, CLAIMS), TITLES)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
