"""Draw where the published grid is converged."""

from study_job import study_job

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.reporting.figures.convergence import convergence_plane
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    atoms = read_table(snakemake.input.atoms, SYSTEMS)
    figure = convergence_plane(atoms, snakemake.params.settings)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
