"""Sum up the repeats of all functionals: paper A's Table 1, with medians and dead networks."""

import pandas as pd
from study_job import study_job

from hkmaps.datasets.functionals import Functional
from hkmaps.networks.results import PREDICTIONS, TABLE1, summarise
from hkmaps.reporting.markdown import table1_markdown
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    rows = []
    for path, (data_set, name) in zip(
        snakemake.input.predictions, snakemake.params.functionals, strict=True
    ):
        functional = Functional.from_path_name(name)
        rows.append(
            {
                "dataset": data_set,
                "functional": functional.label,
                "quantity": functional.quantity,
                "variable": functional.variable,
                **summarise(read_table(path, PREDICTIONS)),
            }
        )
    table1 = pd.DataFrame(rows, columns=TABLE1.column_names)
    write_table(table1, snakemake.output.table, TABLE1)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(
            table1_markdown(table1, read_published(snakemake.input.published)), encoding="utf-8"
        )
