"""Sum up Table 1, and the published pair beside the grid search's winner, over several seeds."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.networks.results import PREDICTIONS, SEED_ERRORS, SEED_PAIRS, repeat_errors
from hkmaps.reporting.published import read_published
from hkmaps.reporting.seed_tables import (
    NEAR_OPTIMAL,
    TABLE1_SEEDS,
    near_optimal,
    seeds_markdown,
    table1_over_seeds,
)
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    errors, pairs = {}, {}
    for path, (data_set, name) in zip(inputs.predictions, params.functionals, strict=True):
        found = repeat_errors(read_table(path, PREDICTIONS))
        label = Functional.from_path_name(name).label
        errors.setdefault(data_set, []).append(found.assign(functional=label, seed=params.seed))
    for place, (data_set, _) in enumerate(params.seeds):
        errors[data_set].append(read_table(inputs.errors[place], SEED_ERRORS))
        pairs.setdefault(data_set, []).append(read_table(inputs.pairs[place], SEED_PAIRS))
    errors, pairs = (
        {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items()}
        for tables in (errors, pairs)
    )
    published = read_published(inputs.published)
    table, optimal = table1_over_seeds(errors, published), near_optimal(pairs)
    write_table(table, snakemake.output.table, TABLE1_SEEDS)
    write_table(optimal, snakemake.output.pairs, NEAR_OPTIMAL)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(seeds_markdown(table, optimal, published), encoding="utf-8")
