"""Draw errors of functionals over their conditioning and over noise, and what the remedy does."""

import pandas as pd
from study_job import study_job

from hkmaps.conditioning.lipschitz import LIPSCHITZ_QUOTIENTS
from hkmaps.conditioning.pairs import PAIRS
from hkmaps.maps.density_noise_results import DENSITY_NOISE
from hkmaps.maps.nested_results import NESTED_ERRORS
from hkmaps.maps.results import NOISE_RESPONSE
from hkmaps.reporting.figures.ill_conditioning import error_against_conditioning
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table


def read_all(paths, schema):
    return pd.concat([read_table(path, schema) for path in paths], ignore_index=True)


with study_job(snakemake):
    inputs, data_sets = snakemake.input, snakemake.params.settings
    pairs = {
        name: read_table(path, PAIRS) for name, path in zip(data_sets, inputs.pairs, strict=True)
    }
    figure = error_against_conditioning(
        read_all(inputs.nested, NESTED_ERRORS),
        read_all(inputs.lipschitz, LIPSCHITZ_QUOTIENTS),
        read_all(inputs.noise, NOISE_RESPONSE),
        pairs,
        read_all(inputs.molecules, DENSITY_NOISE),
    )
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
