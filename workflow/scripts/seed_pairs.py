"""Validate the published pair and the winner of the grid search from a further seed."""

from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.comparisons import compare_pairs
from hkmaps.networks.results import GRID_SEARCH, SEED_PAIRS
from hkmaps.networks.tasks import LearningTask
from hkmaps.tables import read_table, write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.wildcards.data_set
    systems = read_table(snakemake.input.systems, SYSTEMS)
    functionals = map(Functional.from_path_name, params.functionals)
    tasks = [LearningTask.from_systems(systems, data_set, each) for each in functionals]
    own = params.common | {"threads": snakemake.threads, "progress": log.info}
    searched = {
        task.functional.label: read_table(path, GRID_SEARCH)
        for task, path in zip(tasks, snakemake.input.searches, strict=True)
    }
    pairs = compare_pairs(tasks, searched, tuple(params.published), params.search | own)
    write_table(pairs, snakemake.output[0], SEED_PAIRS)
