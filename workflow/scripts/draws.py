"""Put the errors of one molecule's maps over draws of its trajectories in one table."""

from study_job import study_job

from hkmaps.maps.results import MAP_ERRORS
from hkmaps.reporting.draw_tables import DRAWS, draws_markdown, draws_table
from hkmaps.tables import atomic_path, read_table, write_table

with study_job(snakemake):
    table = draws_table([read_table(path, MAP_ERRORS) for path in snakemake.input])
    write_table(table, snakemake.output.table, DRAWS)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(draws_markdown(table), encoding="utf-8")
