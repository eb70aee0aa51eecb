"""Train the convolutional network with fewer and with more hidden layers."""

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.comparisons import depth_errors
from hkmaps.networks.results import DEPTHS
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input[0], SYSTEMS)
    functionals = map(Functional.from_path_name, params.functionals)
    tasks = [LearningTask.from_systems(systems, data_set, each) for each in functionals]
    threads = {"threads": snakemake.threads, "progress": log.info}
    errors = depth_errors(tasks, params.dense_layers, params.training | params.common | threads)
    write_table(errors, snakemake.output[0], DEPTHS)
