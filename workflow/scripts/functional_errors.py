"""Learn the functionals of a data set by kernel ridge regression, directly and through n."""

from study_job import study_job

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.maps.exact_systems import functional_errors
from hkmaps.maps.results import FUNCTIONAL_ERRORS
from hkmaps.tables import read_table, write_table

with study_job(snakemake):
    systems = read_table(snakemake.input[0], SYSTEMS)
    errors = functional_errors(systems, snakemake.wildcards.data_set)
    write_table(errors, snakemake.output[0], FUNCTIONAL_ERRORS)
