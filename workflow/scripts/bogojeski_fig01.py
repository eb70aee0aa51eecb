"""Draw the maps of a molecule (paper B, Figure 1)."""

from study_job import study_job

from hkmaps.maps.results import PREDICTED_DENSITY
from hkmaps.reporting.figures.molecules import hohenberg_kohn_overview
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    figure = hohenberg_kohn_overview(read_table(snakemake.input.predicted, PREDICTED_DENSITY))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
