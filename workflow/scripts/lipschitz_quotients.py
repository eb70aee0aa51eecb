"""Compare all pairs of systems of a data set: values of functionals over distances of inputs."""

from study_job import study_job

from hkmaps.conditioning.lipschitz import LIPSCHITZ_QUOTIENTS, lipschitz_quotients
from hkmaps.datasets.charge_states import CHARGE_STATES
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    states = read_table(snakemake.input[0], CHARGE_STATES)
    quotients = lipschitz_quotients(states, snakemake.wildcards.charge_set)
    write_table(quotients, snakemake.output[0], LIPSCHITZ_QUOTIENTS)
