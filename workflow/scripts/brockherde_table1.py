"""Write Table I of paper B's source: one electron in a box, measured beside printed."""

from study_job import study_job

from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.reporting.box_tables import brockherde_table1_markdown
from hkmaps.reporting.published import read_published
from hkmaps.tables import atomic_path, read_table

with study_job(snakemake):
    errors = read_table(snakemake.input.errors, BOX_ERRORS)
    published = read_published(snakemake.input.published)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(brockherde_table1_markdown(errors, published), encoding="utf-8")
