"""Draw the error that settings of the reference engine make against what they cost."""

from study_job import study_job

from hkmaps.molecules.results import ENGINE_ACCURACY
from hkmaps.reporting.figures.engines import engine_accuracy
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    accuracy = read_table(snakemake.input.accuracy, ENGINE_ACCURACY)
    figure = engine_accuracy(accuracy, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
