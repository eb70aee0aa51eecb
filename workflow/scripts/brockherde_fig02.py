"""Draw the errors of the maps of H2O over its bond length and its angle."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.minima_results import MAP_MINIMA, MAP_SURFACE
from hkmaps.reporting.figures.surfaces import surface_errors
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    surface = read_table(snakemake.input.surface, MAP_SURFACE)
    minima = pd.concat(
        [read_table(path, MAP_MINIMA) for path in snakemake.input.minima], ignore_index=True
    )
    figure = surface_errors(surface, minima[minima["molecule"] == "H2O"])
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
