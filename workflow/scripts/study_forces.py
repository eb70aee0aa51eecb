"""Draw the errors of maps that learn from energies, and from energies and forces."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.results import REFERENCE_ENERGIES
from hkmaps.reporting.figures.forces import forces_figure
from hkmaps.reporting.force_tables import calculation_costs
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    inputs = snakemake.input
    errors = pd.concat([read_table(path, MAP_ERRORS) for path in inputs.errors], ignore_index=True)
    costs = {
        tuple(name): calculation_costs(read_table(path, REFERENCE_ENERGIES))
        for name, path in zip(snakemake.params.settings, inputs.energies, strict=True)
    }
    save_figure(forces_figure(errors, costs), snakemake.output.png, snakemake.output.pdf)
