"""Train the networks of Table 1 from a further seed, all functionals of a data set."""

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.comparisons import seed_errors
from hkmaps.networks.results import SEED_ERRORS
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input[0], SYSTEMS)
    functionals = map(Functional.from_path_name, params.functionals)
    tasks = [LearningTask.from_systems(systems, data_set, each) for each in functionals]
    own = params.common | {"threads": snakemake.threads, "progress": log.info}
    errors = seed_errors(tasks, params.training | own)
    write_table(errors, snakemake.output[0], SEED_ERRORS)
