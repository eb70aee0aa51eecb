"""Draw how far the uncertainty of maps holds."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import FRAME_UNCERTAINTIES, MAP_CALIBRATION
from hkmaps.reporting.figures.uncertainty import uncertainty_figure
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    calibration, frames = (
        pd.concat([read_table(path, schema) for path in paths], ignore_index=True)
        for paths, schema in (
            (snakemake.input.calibration, MAP_CALIBRATION),
            (snakemake.input.frames, FRAME_UNCERTAINTIES),
        )
    )
    figure = uncertainty_figure(calibration, frames)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
