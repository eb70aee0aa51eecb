"""Put the errors of networks beside the ranges of what they predict."""

from study_job import study_job

from hkmaps.datasets.systems import SYSTEMS
from hkmaps.networks.results import PREDICTIONS
from hkmaps.reporting.range_tables import OUTPUT_RANGES, output_ranges, output_ranges_markdown
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    inputs, params = snakemake.input, snakemake.params
    predictions = {
        tuple(name): read_table(path, PREDICTIONS)
        for path, name in zip(inputs.predictions, params.functionals, strict=True)
    }
    systems = {
        name: read_table(path, SYSTEMS)
        for path, name in zip(inputs.systems, params.data_sets, strict=True)
    }
    table = output_ranges(predictions, systems)
    write_table(table, snakemake.output.table, OUTPUT_RANGES)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(output_ranges_markdown(table), encoding="utf-8")
