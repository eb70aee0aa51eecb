"""Put the errors of ML-KS without choices of the study in one table."""

from study_job import study_job

from hkmaps.maps.ablation_results import ABLATION
from hkmaps.maps.results import MAP_ERRORS
from hkmaps.reporting.ablation_tables import (
    ABLATION_SUMMARY,
    ablation_markdown,
    ablation_summary,
)
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    inputs, outputs = snakemake.input, snakemake.output
    summary = ablation_summary(
        [read_table(path, ABLATION) for path in inputs.ablations],
        [read_table(path, MAP_ERRORS) for path in inputs.errors],
    )
    write_table(summary, outputs.table, ABLATION_SUMMARY)
    with atomic_path(outputs.markdown) as path:
        path.write_text(
            ablation_markdown(summary, read_published(inputs.published)), encoding="utf-8"
        )
