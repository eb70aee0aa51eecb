"""Draw how errors of a molecule's density become errors of its energy."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.density_noise_results import DENSITY_NOISE
from hkmaps.reporting.figures.density_noise import density_noise_curves
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    noise = pd.concat(
        [read_table(path, DENSITY_NOISE) for path in snakemake.input.noise], ignore_index=True
    )
    save_figure(density_noise_curves(noise), snakemake.output.png, snakemake.output.pdf)
