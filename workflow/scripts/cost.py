"""Gather time and memory of every job of the study."""

from study_job import study_job

from hkmaps.reporting.cost import COST, cost_markdown, cost_summary, gather_cost
from hkmaps.tables import atomic_path, write_table

with study_job(snakemake) as log:
    cost = gather_cost(snakemake.params.jobs)
    write_table(cost, snakemake.output.table, COST)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(cost_markdown(cost), encoding="utf-8")
    log.info("%s", cost_summary(cost))
