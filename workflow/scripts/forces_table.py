"""Sum up the errors of maps that learn from energies, and from energies and forces."""

from study_job import study_job

from hkmaps.reporting.force_tables import forces_markdown, read_compared
from hkmaps.tables import atomic_path

with study_job(snakemake):
    inputs = snakemake.input
    compared = read_compared(inputs.errors, inputs.energies, snakemake.params.settings)
    with atomic_path(snakemake.output[0]) as path:
        path.write_text(forces_markdown(*compared), encoding="utf-8")
