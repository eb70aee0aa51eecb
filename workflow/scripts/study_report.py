"""Write the report: one HTML page with all figures, tables and claims."""

from pathlib import Path

from study_job import study_job

from hkmaps.reporting.cost import COST, cost_summary
from hkmaps.reporting.report import Item, Run, render_report
from hkmaps.tables import atomic_path, read_table


def files(name):
    """The input files of that name, be it one or a list."""
    found = snakemake.input[name]
    return [found] if isinstance(found, str) else list(found)


with study_job(snakemake):
    output = Path(snakemake.output[0])
    chapters = {
        title: [
            Item(name, snakemake.params.captions[name], files(name), files(f"{name}_data"))
            for name in names
        ]
        for title, names in snakemake.params.chapters.items()
    }
    cost = cost_summary(read_table(snakemake.input.cost_table, COST))
    run = Run(snakemake.params.config, snakemake.params.published, cost)
    claims = Path(snakemake.input.claims).read_text(encoding="utf-8")
    with atomic_path(output) as path:
        path.write_text(render_report(chapters, claims, run, output.parent), encoding="utf-8")
