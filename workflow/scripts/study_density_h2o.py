"""Draw a reference density, its prediction and their difference."""

from study_job import study_job

from hkmaps.maps.results import PREDICTED_DENSITY
from hkmaps.reporting.figures.molecules import density_on_plane
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure = density_on_plane(read_table(snakemake.input.predicted, PREDICTED_DENSITY))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
