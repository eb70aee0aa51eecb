"""Draw the grid search of one functional (paper A, Figure 8)."""

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.networks.results import GRID_SEARCH
from hkmaps.reporting.figures.networks import grid_search
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    search = read_table(snakemake.input.search, GRID_SEARCH)
    published = read_published(snakemake.input.published)
    functional = Functional.from_path_name(snakemake.wildcards.functional)
    figure = grid_search(search, published, f"{functional.label}, {snakemake.wildcards.data_set}")
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
