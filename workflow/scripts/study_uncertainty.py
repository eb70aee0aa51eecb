"""Draw how far the uncertainty of maps holds."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import MAP_CALIBRATION, MAP_TESTS
from hkmaps.reporting.figures.uncertainty import uncertainty_figure
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    inputs, shown = snakemake.input, [tuple(names) for names in snakemake.params.settings]
    tests = pd.concat([read_table(path, MAP_TESTS) for path in inputs.tests], ignore_index=True)
    calibration = read_table(inputs.calibration, MAP_CALIBRATION)
    drawn = calibration[["molecule", "sample"]].apply(tuple, axis=1).isin(shown)
    figure = uncertainty_figure(calibration[drawn], tests)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
