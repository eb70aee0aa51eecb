"""Train fully-connected networks in the place of convolutional ones, on a whole data set."""

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.comparisons import fully_connected_errors
from hkmaps.networks.results import FULLY_CONNECTED
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input[0], SYSTEMS)
    functionals = map(Functional.from_path_name, params.functionals)
    tasks = [LearningTask.from_systems(systems, data_set, each) for each in functionals]
    threads = {"threads": snakemake.threads, "progress": log.info}
    errors = fully_connected_errors(
        tasks, params.neurons, params.search, params.training, params.common | threads
    )
    write_table(errors, snakemake.output[0], FULLY_CONNECTED)
