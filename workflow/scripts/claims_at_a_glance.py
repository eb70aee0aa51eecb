"""Draw all claims of a paper at a glance."""

from study_job import study_job

from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.figures.claims import claims_at_a_glance
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    claims = read_table(snakemake.input.claims, CLAIMS)
    figure = claims_at_a_glance(claims, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
