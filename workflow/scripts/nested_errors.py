"""Measure the functionals of a data set by nested cross-validation."""

from study_job import study_job

from hkmaps.datasets.charge_states import CHARGE_STATES
from hkmaps.maps.nested_results import NESTED_ERRORS
from hkmaps.maps.nested_validation import NestedValidation, nested_errors
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    params = snakemake.params
    states = read_table(snakemake.input[0], CHARGE_STATES)
    validation = NestedValidation(**params.validation)
    errors = nested_errors(states, snakemake.wildcards.charge_set, validation, params.seed)
    write_table(errors, snakemake.output[0], NESTED_ERRORS)
