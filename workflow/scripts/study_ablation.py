"""Draw the errors of ML-KS without choices of the study against the number of training points."""

from study_job import study_job

from hkmaps.reporting.ablation_tables import ABLATION_SUMMARY
from hkmaps.reporting.figures.ablation import ablation_curves
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    summary = read_table(snakemake.input.ablation, ABLATION_SUMMARY)
    figure = ablation_curves(summary, read_published(snakemake.input.published))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
