"""Compare every pair of a data set's training systems."""

from study_job import study_job

from hkmaps.conditioning.pairs import PAIRS, pair_table
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    systems = read_table(snakemake.input[0], SYSTEMS)
    params = snakemake.params
    pairs = pair_table(systems, params.selected, params.seed, snakemake.wildcards.data_set)
    write_table(pairs, snakemake.output[0], PAIRS)
