"""Put errors, conditioning and response to noise of the follow-up's functionals side by side."""

import pandas as pd
from study_job import study_job

from hkmaps.conditioning.lipschitz import LIPSCHITZ_QUOTIENTS
from hkmaps.maps.nested_results import NESTED_ERRORS
from hkmaps.reporting.follow_up_tables import FOLLOW_UP, follow_up_markdown, follow_up_table
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table, write_table


def read_all(paths, schema):
    return pd.concat([read_table(path, schema) for path in paths], ignore_index=True)


with study_job(snakemake):
    table = follow_up_table(
        read_all(snakemake.input.nested, NESTED_ERRORS),
        read_all(snakemake.input.lipschitz, LIPSCHITZ_QUOTIENTS),
    )
    write_table(table, snakemake.output.table, FOLLOW_UP)
    published = read_published(snakemake.input.published)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(follow_up_markdown(table, published), encoding="utf-8")
