"""Draw the errors of maps that learn from energies, and from energies and forces."""

from study_job import study_job

from hkmaps.reporting.figures.forces import forces_figure
from hkmaps.reporting.force_tables import read_compared
from hkmaps.reporting.style import save_figure

with study_job(snakemake):
    inputs, outputs = snakemake.input, snakemake.output
    compared = read_compared(inputs.errors, inputs.energies, snakemake.params.settings)
    save_figure(forces_figure(*compared), outputs.png, outputs.pdf)
