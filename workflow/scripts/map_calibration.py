"""Measure how far the uncertainties of maps hold on geometries that they have not seen."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.map_tests import map_calibration
from hkmaps.maps.results import MAP_CALIBRATION, MAP_TESTS
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    tests = pd.concat([read_table(path, MAP_TESTS) for path in snakemake.input], ignore_index=True)
    write_table(map_calibration(tests), snakemake.output[0], MAP_CALIBRATION)
