"""Draw two atoms that differ by nearly a constant (paper A, Figure 10)."""

from study_job import study_job

from hkmaps.conditioning.pairs import PAIRS
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.reporting.figures.conditioning import near_constant_shift
from hkmaps.reporting.printed_pair import figure10_pair
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    pairs = read_table(snakemake.input.pairs, PAIRS)
    atoms = read_table(snakemake.input.atoms, SYSTEMS)
    published = read_published(snakemake.input.published)
    figure = near_constant_shift(figure10_pair(pairs, published), atoms, published)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
