"""Draw the error that settings of the reference engine make against what they cost."""

import pandas as pd
from study_job import study_job

from hkmaps.molecules.results import ENGINE_ACCURACY
from hkmaps.reporting.figures.engines import engine_accuracy
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    tables = [read_table(path, ENGINE_ACCURACY) for path in snakemake.input.accuracy]
    accuracy = pd.concat(tables, ignore_index=True)
    figure = engine_accuracy(accuracy, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
