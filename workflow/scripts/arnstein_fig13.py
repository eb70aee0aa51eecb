"""Draw deviations from a constant shift in both data sets (paper A, Figure 13)."""

from study_job import study_job

from hkmaps.conditioning.pairs import PAIRS
from hkmaps.reporting.figures.conditioning import deviation_distributions
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    atom_pairs = read_table(snakemake.input.atom_pairs, PAIRS)
    diatomic_pairs = read_table(snakemake.input.diatomic_pairs, PAIRS)
    figure = deviation_distributions(atom_pairs, diatomic_pairs)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
