"""Draw the atoms and their parameters (paper A, Figure 3)."""

from study_job import study_job

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.reporting.figures.model_systems import atoms_data_set
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    atoms = read_table(snakemake.input.atoms, SYSTEMS)
    figure = atoms_data_set(atoms)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
