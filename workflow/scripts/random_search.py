"""Train networks whose hyperparameters are drawn at random."""

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.comparisons import random_search
from hkmaps.networks.results import RANDOM_SEARCH
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input[0], SYSTEMS)
    functionals = map(Functional.from_path_name, params.functionals)
    tasks = [LearningTask.from_systems(systems, data_set, each) for each in functionals]
    threads = {"threads": snakemake.threads, "progress": log.info}
    searched = random_search(
        tasks, params.choices, params.configurations, params.search | params.common | threads
    )
    write_table(searched, snakemake.output[0], RANDOM_SEARCH)
