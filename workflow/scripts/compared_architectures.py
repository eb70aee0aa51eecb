"""Put other networks beside paper A's, and say which hyperparameters matter."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.networks.results import (
    DEPTHS,
    FULLY_CONNECTED,
    PREDICTIONS,
    RANDOM_SEARCH,
    repeat_errors,
)
from hkmaps.reporting.architecture_tables import (
    ARCHITECTURES,
    IMPACTS,
    architectures_markdown,
    compare_architectures,
    hyperparameter_impacts,
)
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    convolutional = {
        (data_set, Functional.from_path_name(functional).label): repeat_errors(
            read_table(path, PREDICTIONS)
        )
        for path, (data_set, functional) in zip(inputs.predictions, params.functionals, strict=True)
    }
    fully_connected, depths, searches = (
        {
            name: read_table(path, schema)
            for name, path in zip(params.data_sets[kind], inputs[files], strict=True)
        }
        for kind, files, schema in (
            ("fully_connected", "fully_connected", FULLY_CONNECTED),
            ("depths", "depths", DEPTHS),
            ("random_search", "searches", RANDOM_SEARCH),
        )
    )
    table = compare_architectures(convolutional, fully_connected)
    impacts = pd.concat(
        [hyperparameter_impacts(rows, name) for name, rows in searches.items()], ignore_index=True
    )
    write_table(table, snakemake.output.table, ARCHITECTURES)
    write_table(impacts, snakemake.output.impacts, IMPACTS)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(architectures_markdown(table, depths, impacts), encoding="utf-8")
