"""Draw the errors of maps of one electron in a box against the number of training potentials."""

from study_job import study_job

from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.reporting.figures.box import box_learning_curves
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    errors = read_table(snakemake.input.errors, BOX_ERRORS)
    figure = box_learning_curves(errors, read_published(snakemake.input.published))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
