"""Sum up the errors of maps that learn from energies, and from energies and forces."""

import pandas as pd
from study_job import study_job

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.molecules.results import REFERENCE_ENERGIES
from hkmaps.reporting.force_tables import calculation_costs, forces_markdown
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake):
    inputs = snakemake.input
    errors = pd.concat([read_table(path, MAP_ERRORS) for path in inputs.errors], ignore_index=True)
    costs = {
        tuple(name): calculation_costs(read_table(path, REFERENCE_ENERGIES))
        for name, path in zip(snakemake.params.settings, inputs.energies, strict=True)
    }
    with atomic_path(snakemake.output[0]) as path:
        path.write_text(forces_markdown(errors, costs), encoding="utf-8")
